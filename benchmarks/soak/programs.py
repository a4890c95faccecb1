"""Programs of the soak: started with an environment, killed in every way, and never left behind."""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

POLL_SECONDS: Final = 0.1
_END_SECONDS: Final = 25.0
_PR_SET_PDEATHSIG: Final = 1


class SoakError(Exception):
    """The soak itself cannot go on; says why."""


class Program:
    """A program that can be started again and again; its output is appended to ``log``."""

    def __init__(self, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self.name, self.command, self.log = name, list(command), log
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process, also of one that has ended; 0 before the first start."""
        return self._process.pid if self._process is not None else 0

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; it ends no later than this process."""
        library = ctypes.CDLL(None)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - programs of ours
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self._environment,
                cwd=self.log.parent, start_new_session=True,
                preexec_fn=functools.partial(library.prctl, _PR_SET_PDEATHSIG, signal.SIGTERM),  # noqa: PLW1509 - one system call
            )  # fmt: skip

    def send(self, number: int) -> None:
        """Send it a signal."""
        if self.is_running:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None and self.is_running:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it in order; where it does not, at once."""
        if self._process is None or not self.is_running:
            return
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def said(self) -> str:
        """Return all that it has written."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


def until(is_so: Callable[[], object], *, seconds: float, told: str) -> None:
    """Return once ``is_so`` says so.

    Raises:
        SoakError: it does not within ``seconds``; says what ``told`` says.
    """
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise SoakError(f"{told}: not within {seconds:g} s")
        time.sleep(POLL_SECONDS)
