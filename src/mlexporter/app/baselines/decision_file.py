"""The file of decisions about a model, in a directory or on a disk; whoever adds to it holds its lock."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterable
from typing import Final, Protocol

from mlexporter.app.baselines.decisions import Decision, decisions_from_bytes, decisions_to_bytes, merged
from mlexporter.app.shared_files import Lock, SharedFiles, SharedLocks, file_name
from mlexporter.errors import DirectoryBusyError
from mlexporter.records import ModelKey

_LOGGER = logging.getLogger("mlexporter")
KIND: Final = "decisions"
DAMAGED_PREFIX: Final = "damaged-"
_PAUSE_SECONDS: Final = 0.02


class LockedFiles(SharedFiles, SharedLocks, Protocol):
    """Files and locks of one place."""


def read_decisions(files: SharedFiles, key: ModelKey) -> tuple[Decision, ...]:
    """Return the decisions that are in the file; none where there is no file.

    Raises:
        ValueError: it is damaged, of another version, or of another model.
        OSError: the file system says no.
        DirectoryError: likewise, with the way out.
    """
    data = files.read_shared(file_name(KIND, key))
    if data is None:
        return ()
    found, decisions = decisions_from_bytes(data)
    if found != key:
        raise ValueError(f"damaged: decisions about {found.name!r} in the file of {key.name!r}")
    return decisions


def add_decisions(
    files: LockedFiles, key: ModelKey, decisions: Iterable[Decision], *, wait_seconds: float = 0.0
) -> tuple[Decision, ...]:
    """Put ``decisions`` into the file, beside those that are there, and return all of them.

    A file that is damaged is kept under another name, for a person to look at.

    Args:
        files: Where the file is.
        key: The model.
        decisions: Those that are there already are left out.
        wait_seconds: How long to wait for others that add to it.

    Raises:
        DirectoryBusyError: others hold the lock for longer.
        OSError: the file system says no.
        DirectoryError: likewise, with the way out.
    """
    name = file_name(KIND, key)
    lock = _locked(files, name, wait_seconds)
    try:
        before: tuple[Decision, ...] | None = None
        try:
            before = read_decisions(files, key)
        except ValueError as error:
            _set_aside(files, name, error)
        after = merged(before or (), decisions)
        if after != before:
            files.write_shared(name, decisions_to_bytes(key, after))
        return after
    finally:
        lock.release()


def _locked(files: SharedLocks, name: str, wait_seconds: float) -> Lock:
    until = time.monotonic() + wait_seconds
    while (lock := files.try_lock(name)) is None:
        if time.monotonic() >= until:
            raise DirectoryBusyError(
                "another process is writing down a decision about this model and does not finish; try again"
            )
        time.sleep(_PAUSE_SECONDS)
    return lock


def _set_aside(files: SharedFiles, name: str, error: ValueError) -> None:
    _LOGGER.warning(
        "mlexporter: the file of decisions %r is set aside as %r: %s", name, DAMAGED_PREFIX + name, error
    )
    with contextlib.suppress(OSError):
        data = files.read_shared(name)
        if data is not None:
            files.write_shared(DAMAGED_PREFIX + name, data)
