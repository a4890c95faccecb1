"""``Outsiders``: processes that found no room for their counts in the directory, and say so in it.

What they count is missing in everybody's sums. Each leaves an empty file, which needs no room even
where there is none: its name says who and why, its lock is the sign of life.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import threading
from collections.abc import Iterable
from typing import Final, NamedTuple

from mlexporter.errors import DirectoryError
from mlexporter.state.forking import survives_fork
from mlexporter.state.log import LOG
from mlexporter.state.slots.folder import Folder
from mlexporter.state.slots.locks import Lock
from mlexporter.state.slots.process_name import ProcessName, own_process

OUTSIDE_PREFIX: Final = "outside-"
_NAME: Final = re.compile(
    OUTSIDE_PREFIX + r"([0-9]{1,10})-([0-9]{1,20})-([0-9]{1,20})-(directory_[a-z]{1,20})-[0-9a-f]{16}"
)


class Outsider(NamedTuple):
    """One living process that counts outside.

    Attributes:
        process: Who.
        reason: Why: one of ``catalogue.DEGRADED_REASONS``.
        is_own: True where whoever asks has said it itself.
    """

    process: ProcessName
    reason: str
    is_own: bool


class Outsiders:
    """The files of those who count outside; safe with threads.

    Args:
        folder: The shared directory.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._changing = survives_fork(threading.Lock())
        self._own: tuple[str, Lock, int] | None = None

    def declare(self, reason: str) -> None:
        """Say that this process counts outside, until ``withdraw`` or its end.

        Args:
            reason: A reason of ``catalogue.DEGRADED_REASONS`` about the directory.

        Raises:
            OSError: no file can be made; nobody else knows.
        """
        with self._changing:
            if self._own is not None and self._own[2] == os.getpid():
                return
            name = "-".join((OUTSIDE_PREFIX[:-1], *map(str, own_process()), reason, secrets.token_hex(8)))
            if not _NAME.fullmatch(name):
                raise ValueError(f"reason {reason!r}: name one of a directory")
            temporary, lock = self._folder.create_temporary()
            try:
                self._folder.rename(temporary, name)
            except BaseException:
                lock.release()
                raise
            self._own = name, lock, os.getpid()

    def withdraw(self) -> None:
        """Say that this process counts inside again; does nothing where it said nothing else."""
        with self._changing:
            own, self._own = self._own, None
            if own is None or own[2] != os.getpid():
                return
            with contextlib.suppress(OSError, DirectoryError):  # DirectoryError: the directory is gone
                self._folder.remove(own[0])
            own[1].release()

    def living(self, names: Iterable[str]) -> tuple[Outsider, ...]:
        """Return those who count outside now, among the files ``names``."""
        known = self._own
        own = known[0] if known is not None and known[2] == os.getpid() else None
        return tuple(
            Outsider(ProcessName(*map(int, found.groups()[:3])), found[4], name == own)
            for name, found in _matches(names)
            if self._folder.is_locked(name)
        )

    def sweep(self, names: Iterable[str]) -> None:
        """Remove the files of the dead among ``names``, and say that what they counted is lost."""
        for name, found in _matches(names):
            if not self._folder.is_locked(name):
                with contextlib.suppress(OSError):
                    self._folder.remove(name)
                    LOG.warning(
                        "mlexporter: process %s has ended, which counted outside directory %r (%s): what it "
                        "counted there is lost", found[1], str(self._folder.path), found[4],
                    )  # fmt: skip


def _matches(names: Iterable[str]) -> list[tuple[str, re.Match[str]]]:
    return [(name, found) for name in names if (found := _NAME.fullmatch(name)) is not None]
