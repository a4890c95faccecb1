"""What becomes of exporters when their process forks, and when it ends in order."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

if TYPE_CHECKING:
    from mlexporter.app.exporter import Exporter

_LOGGER = logging.getLogger("mlexporter")
_EXPORTERS: Final[WeakSet[Exporter]] = WeakSet()
_LAST: Final = -100
"""Priority of what ``multiprocessing`` does at the end, after what others have asked for."""
_watched: set[int] = set()


def watch(exporter: Exporter) -> None:
    """Tell ``exporter`` of forks, and of an end in order, for as long as it lives."""
    _EXPORTERS.add(exporter)


def watch_end() -> None:
    """See to the end of a child of ``multiprocessing`` too, which runs no ``atexit`` handlers."""
    if os.getpid() in _watched:
        return
    _watched.add(os.getpid())
    process, util = (sys.modules.get(f"multiprocessing.{name}") for name in ("process", "util"))
    if process is not None and util is not None and process.parent_process() is not None:
        util.Finalize(None, _at_end, exitpriority=_LAST)


def _at_end() -> None:
    for exporter in list(_EXPORTERS):
        try:
            exporter._end()  # noqa: SLF001 - a part of the exporter, told apart by size alone
        except Exception as error:  # noqa: BLE001 - a program that ends is not kept from it
            _LOGGER.warning("mlexporter: the last counts may be lost: %s", error)


def _after_fork() -> None:
    """Let go, in a forked child, of the parent's ports, counts and locks."""
    _watched.clear()
    for exporter in list(_EXPORTERS):
        exporter._after_fork()  # noqa: SLF001 - as above


atexit.register(_at_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
