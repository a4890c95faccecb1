"""Real programs beside the demo: find one, start one, talk to one, and never leave one behind."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import http.client
import json
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from mlexporter.errors import EnvironmentDegradedError

HOST: Final = "127.0.0.1"
_STOP_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 2.0
_POLL_SECONDS: Final = 0.05
_LOG_TAIL: Final = 400
_PR_SET_PDEATHSIG: Final = 1
_LOWEST_PORT, _N_PORTS = 20_000, 12_000
"""Below those that systems give to clients (32768 on Linux, 49152 by RFC 6335)."""
_given_ports: set[int] = set()


def find_program(names: Sequence[str], search_path: str) -> str | None:
    """Return the first of ``names`` on ``search_path`` (folders, separated as in PATH) that starts here."""
    for name in names:
        found = shutil.which(name, path=search_path)
        if found is not None and _starts(found):
            return found
    return None


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody listens on, and that was not returned before.

    It is by chance, and none that a connection of somebody could get: some seconds may pass until it is used.

    Raises:
        EnvironmentDegradedError: there is none.
    """
    for _ in range(_N_PORTS):
        port = _LOWEST_PORT + secrets.randbelow(_N_PORTS)
        if port in _given_ports:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            _given_ports.add(port)
            return port
    raise EnvironmentDegradedError(
        f"no port between {_LOWEST_PORT} and {_LOWEST_PORT + _N_PORTS} of {HOST} is free"
    )


class Child:
    """One running program; its output goes to a file, and it ends no later than this process."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        """Start ``command``, called ``name`` in messages, with its output in the file ``log``."""
        self.name = name
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                list(command), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                preexec_fn=_death_signal(),  # noqa: PLW1509 - one system call, no lock is taken
            )  # fmt: skip
        atexit.register(self.stop)

    @property
    def is_running(self) -> bool:
        """True until the program has ended."""
        return self._process.poll() is None

    @property
    def status(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._process.poll()

    @property
    def last_words(self) -> str:
        """The end of what it has said."""
        return self._last_words()

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float) -> None:
        """Return when ``is_ready`` says so.

        Raises:
            EnvironmentDegradedError: the program ended, or ``seconds`` went by; quotes its last words.
        """
        until = time.monotonic() + seconds
        while not is_ready():
            if self._process.poll() is not None:
                raise EnvironmentDegradedError(f"{self.name} ended at once: {self._last_words()}")
            if time.monotonic() > until:
                raise EnvironmentDegradedError(
                    f"{self.name} was not ready in {seconds:g} s: {self._last_words()}"
                )
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End the program, kindly and then not, and wait until it has ended; may be called again."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        atexit.unregister(self.stop)

    def _last_words(self) -> str:
        text = self._log.read_text(encoding="utf-8", errors="replace").strip()
        return text[-_LOG_TAIL:] if text else "it said nothing"


def answers(port: int, path: str) -> bool:
    """Return whether ``GET path`` on a loopback port is answered with 200."""
    return _get(port, path) is not None


def get_json(port: int, path: str) -> Any:
    """Return the JSON that a loopback port answers ``GET path`` with, or None."""
    body = _get(port, path)
    return None if body is None else json.loads(body)


def _get(port: int, path: str) -> bytes | None:
    # http.client, not urllib: a proxy of the environment has no business on the loopback interface.
    connection = http.client.HTTPConnection(HOST, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return body if response.status == http.client.OK else None


def _starts(program: str) -> bool:
    try:
        tried = subprocess.run([program, "--version"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def _death_signal() -> Callable[[], object] | None:
    """Return what makes the kernel end a child with its parent, also after ``kill -9``; Linux only."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return functools.partial(library.prctl, _PR_SET_PDEATHSIG, signal.SIGTERM)
