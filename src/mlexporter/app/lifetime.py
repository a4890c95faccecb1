"""What becomes of exporters when their process forks, and when it ends in order."""

from __future__ import annotations

import atexit
import functools
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

if TYPE_CHECKING:
    from mlexporter.app.exporter import Exporter

_LOGGER = logging.getLogger("mlexporter")
_EXPORTERS: Final[WeakSet[Exporter]] = WeakSet()
_LAST: Final = -100
"""Priority of what ``multiprocessing`` does at the end, after what others have asked for."""
_OURS: Final = "_is_watched_by_mlexporter"
_watched: set[int] = set()


def watch(exporter: Exporter) -> None:
    """Tell ``exporter`` of forks, and of an end in order, for as long as it lives."""
    _EXPORTERS.add(exporter)
    _watch_uvicorn()


def watch_end() -> None:
    """See to the end of processes too that run no ``atexit`` handlers: of ``multiprocessing``, and of uvicorn."""
    if os.getpid() in _watched:
        return
    _watched.add(os.getpid())
    _watch_uvicorn()
    process, util = (sys.modules.get(f"multiprocessing.{name}") for name in ("process", "util"))
    if process is not None and util is not None and process.parent_process() is not None:
        util.Finalize(None, _at_end, exitpriority=_LAST)


def _watch_uvicorn() -> None:
    """See to the end of a process in which uvicorn serves: it raises SIGTERM once more when it has shut down.

    Nobody handles that one, so that the process ends at once and no ``atexit`` handler runs. What is wrapped is
    public, and does what it did. A version that keeps no signals to raise them again needs nothing.
    """
    server: Any = getattr(sys.modules.get("uvicorn.server"), "Server", None)
    shutdown = getattr(server, "shutdown", None)
    if shutdown is None or hasattr(shutdown, _OURS):
        return

    @functools.wraps(shutdown)
    async def shutdown_and_end(self: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return await shutdown(self, *arguments, **named)
        finally:
            if signal.SIGTERM in getattr(self, "_captured_signals", ()):
                _at_end()

    setattr(shutdown_and_end, _OURS, True)
    server.shutdown = shutdown_and_end


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
