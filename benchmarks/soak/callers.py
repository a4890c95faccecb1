"""Callers of one pod: threads that ask for mixed things at a limited rate, and write all of it into the ledger."""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
from typing import Any, Final, NamedTuple

from soak.ledger import Ledger
from soak.rows import CHAT, KILOMETRES_IN_METRES, MODEL, new_row

KINDS: Final = {"/predict": 60, "/batch": 22, "/chat": 8, "/leave": 3, "/slow": 3, "/desert": 2, "/error": 1}
"""What is asked for, by weight: ``/leave`` is a chat whose caller goes away, ``/desert`` a slow call likewise."""

BATCH_ROWS: Final = (1, 40)
_PATIENCE_SECONDS: Final = 45.0
_OK, _RAISED = 200, 500


class Target(NamedTuple):
    """A pod that takes calls: its port, the life of its directory, the version of its model."""

    port: int
    life: str
    version: str


class Traffic:
    """Where calls go now, and what is wrong with them; changed while callers run, each in one step."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.distance_factor = 1.0

    def begin_unit_error(self) -> None:
        """From now on distances come in another unit."""
        self.distance_factor = KILOMETRES_IN_METRES


class Callers:
    """``n_threads`` callers of a pod that make ``calls_per_second`` together, while nothing is slow."""

    def __init__(
        self, traffic: Traffic, ledger: Ledger, *, seed: str, calls_per_second: float, n_threads: int = 6
    ) -> None:
        self._traffic, self._ledger = traffic, ledger
        self._wait = n_threads / calls_per_second
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(random.Random(f"{seed}-{place}"),), daemon=True)
            for place in range(n_threads)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Make no new calls, and wait for those under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join(_PATIENCE_SECONDS + 5)

    def _run(self, chance: random.Random) -> None:
        while not self._stop.wait(chance.expovariate(1.0 / self._wait)):
            (kind,) = chance.choices(list(KINDS), list(KINDS.values()))
            self._call(kind, chance)

    def _call(self, kind: str, chance: random.Random) -> None:
        target = self._traffic.target
        is_chat = kind in {"/chat", "/leave"}
        rows = [] if is_chat else self._rows(kind, chance)
        model = (CHAT, "1") if is_chat else (MODEL, target.version)
        number = self._ledger.ask((target.life, *model), 1 if is_chat else len(rows))
        body: Any = rows if kind == "/batch" else rows[0] if rows else None
        connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=_PATIENCE_SECONDS)
        try:
            connection.connect()
        except OSError:
            self._ledger.withdraw(number)
            return
        try:
            outcome = self._exchange(connection, kind, body)
        except (OSError, http.client.HTTPException) as error:
            self._ledger.lose(number, f"{kind} {type(error).__name__}")
        else:
            if outcome in {"ok", "error", "left"}:
                self._ledger.answer(number, outcome)
            else:
                self._ledger.lose(number, outcome)
        finally:
            connection.close()

    def _rows(self, kind: str, chance: random.Random) -> list[dict[str, Any]]:
        n_rows = chance.randint(*BATCH_ROWS) if kind == "/batch" else 1
        return [new_row(chance, distance_factor=self._traffic.distance_factor) for _ in range(n_rows)]

    def _exchange(self, connection: http.client.HTTPConnection, kind: str, body: Any) -> str:
        headers = {"Connection": "close"}
        path = {"/leave": "/chat", "/desert": "/slow"}.get(kind, kind)
        if body is None:
            connection.request("GET", path, headers=headers)
        else:
            connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        if kind in {"/leave", "/desert"}:  # the first line says that the call has begun
            if response.status != _OK or not response.readline():
                return f"{kind} {response.status}"
            _reset(connection)
            return "left"
        content = response.read()
        if kind == "/chat" and response.status == _OK:
            return "ok" if b"usage" in content else f"{kind} was cut short"
        expected = _RAISED if kind == "/error" else _OK
        if response.status != expected:
            return f"{kind} {response.status}"
        return "error" if kind == "/error" else "ok"


def _reset(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        connection.sock.shutdown(socket.SHUT_RDWR)
    connection.close()
