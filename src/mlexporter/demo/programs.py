"""Real programs beside the demo: find one, start one, talk to one, and never leave one behind."""

from __future__ import annotations

import atexit
import ctypes
import functools
import http.client
import json
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


def find_program(names: Sequence[str], search_path: str) -> str | None:
    """Return the first of ``names`` on ``search_path`` (folders, separated as in PATH) that starts here."""
    for name in names:
        found = shutil.which(name, path=search_path)
        if found is not None and _starts(found):
            return found
    return None


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


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
