"""``Standby``: many workers call ``serve``, one of them listens, and the next one takes over from it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Self

from mlexporter.errors import EnvironmentDegradedError, PortInUseError
from mlexporter.state.forking import survives_fork
from mlexporter.state.log import LOG, fields

if TYPE_CHECKING:
    from mlexporter.app.shared_files import Lock, SharedLocks
    from mlexporter.exposition.server import ServerHandle

_FIRST_ATTEMPTS: Final = 3
_PAUSE_SECONDS: Final = 0.02
"""A process that was killed gives back its lock and its port one after the other, in any order."""


class Standby:
    """A server handle of a worker: it serves, or stands by until the worker that serves is gone.

    Which worker serves is decided by a lock in the directory that all of them share. A process that
    does not share the directory is a stranger: if it has the port, ``problem`` says so, and the port
    is tried again as soon as ``retry`` is called.

    Args:
        directory: Where the lock is.
        start: Listens on the port and returns the server; raises PortInUseError.
        host: Address to listen on.
        port: Port to listen on; 0 makes no sense here, each such server is one of its own.
        is_tls: Whether whoever serves does so by https.

    Attributes:
        problem: Why nothing is served here or by another worker; empty where all is well.
    """

    def __init__(
        self,
        directory: SharedLocks,
        start: Callable[[], ServerHandle],
        *,
        host: str,
        port: int,
        is_tls: bool = False,
    ) -> None:
        import hashlib  # noqa: PLC0415 - most workers serve nothing

        self.host = host.removeprefix("[").removesuffix("]")
        self.port = port
        self._is_tls = is_tls
        self.problem = ""
        self.is_closed = False
        self._directory = directory
        self._start = start
        self._name = f"port-{port}-{hashlib.sha256(self.host.encode()).hexdigest()[:8]}"
        self._held: Lock | None = None
        self._handle: ServerHandle | None = None
        self._changing = survives_fork(threading.Lock())
        for attempt in range(_FIRST_ATTEMPTS):
            if attempt:
                time.sleep(_PAUSE_SECONDS)
            self.retry()
            if not self.problem:
                break

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = (
            "closed" if self.is_closed else "serving" if self.is_serving else self.problem or "standing by"
        )
        return f"<Standby {self.url} {state}>"

    @property
    def url(self) -> str:
        """Where the metrics of all workers are, whichever of them serves; empty where none does."""
        handle = self._handle
        if handle is not None:
            return handle.url
        if self.problem or self.is_closed:
            return ""
        from mlexporter.exposition.address import url_of  # noqa: PLC0415 - who only counts needs no exposition

        return url_of(self.host, self.port, is_tls=self._is_tls)

    @property
    def is_serving(self) -> bool:
        """True where this very process listens."""
        handle = self._handle
        return handle is not None and not handle.is_closed

    def retry(self, *, is_elsewhere: bool = False) -> None:
        """Take the port over if the worker that had it is gone; cheap, to be called every second.

        Args:
            is_elsewhere: The directory was removed, and another has taken its place: who serves
                takes the lock there.
        """
        with self._changing:
            if is_elsewhere and self._held is not None:
                self._held.release()
                self._held = None
            if self.is_serving and self._held is None:
                self._held, _ = self._try_lock()
            if self.is_closed or self.is_serving:
                return
            held, is_ours_to_try = self._try_lock()
            if not is_ours_to_try:
                self.problem = ""
                return
            try:
                self._handle = self._start()
            except PortInUseError as error:
                self.problem = str(error)
                if held is not None:
                    held.release()
            else:
                self.problem, self._held = "", held
                LOG.info("mlexporter: process %d serves on %s", os.getpid(), self._handle.url,
                         extra=fields(url=self._handle.url))  # fmt: skip

    def renew_connections(self) -> None:
        """End every open connection after the answer in progress, where this process serves."""
        handle = self._handle
        if handle is not None:
            handle.renew_connections()

    def forget(self) -> None:
        """In a forked child: the parent goes on serving, the child stands by."""
        handle, self._handle, self._held = self._handle, None, None
        if handle is not None:
            handle.forget()

    def close(self) -> None:
        """Stop serving, or standing by; another worker takes over. A second call does nothing."""
        with self._changing:
            self.is_closed = True
            handle, self._handle = self._handle, None
            held, self._held = self._held, None
        if handle is not None:
            handle.close()
        if held is not None:
            # After the port: whoever gets the lock finds the port free.
            held.release()

    def _try_lock(self) -> tuple[Lock | None, bool]:
        """Return the lock, if it was free, and whether to try the port."""
        try:
            held = self._directory.try_lock(self._name)
        except (OSError, EnvironmentDegradedError):
            # The directory is broken, and others say so: whoever gets the port serves.
            return None, True
        return held, held is not None
