"""An HTTP/1.1 protocol for uvicorn that slow and silent clients cannot wear down.

uvicorn waits forever for the end of a request's head and for a client to read. Here both have a
limit, and so has the number of connections: one too many costs the connection that deserves it
most its place, never an honest newcomer.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from mlexporter.exposition.endpoints import OnDenied
from mlexporter.exposition.subjects.exporter import CONNECTION_ENDPOINT

HEAD_LIMIT_BYTES: Final = 16 * 1024
"""Largest request line with its headers."""
KEEP_ALIVE_SECONDS: Final = 75
"""How long an idle connection stays: longer than the usual scrape intervals."""
READING_SECONDS: Final = 30.0
"""How long a client may keep an answer from being sent before it is cut off."""
UNSENT_LIMIT_BYTES: Final = 64 * 2**20
"""Bytes of answers that may wait for slow readers, of all connections together."""

# Mistakes of clients are counted, not logged: this logger is in no hierarchy and says nothing.
_SILENT: Final = logging.Logger("mlexporter.http", level=logging.CRITICAL + 1)  # noqa: LOG001


class Connection(Protocol):
    """What the guard asks of a connection, whether its first request can be read yet or not."""

    @property
    def has_completed_request(self) -> bool:
        """True from the end of its first head."""

    @property
    def is_answering(self) -> bool:
        """True from a complete head to the end of its answer."""

    @property
    def unsent_bytes(self) -> int:
        """Bytes that the client has not taken yet."""

    def cut_off(self, reason: str | None) -> None:
        """Close the connection at once; with a reason it is counted as denied."""

    def shutdown(self) -> None:
        """Close the connection as soon as the answer in progress has ended."""


@dataclass
class Guard:
    """The limits of one server and its open connections, oldest first.

    Attributes:
        connection_limit: Connections that may be open at once.
        header_timeout: Seconds in which the head of a request has to be complete.
        on_denied: Told of each connection that was cut off.
        reading_timeout: Seconds for which a client may leave an answer unread.
    """

    connection_limit: int
    header_timeout: float
    on_denied: OnDenied
    reading_timeout: float = READING_SECONDS
    connections: dict[Connection, None] = field(default_factory=dict)

    def make_room(self) -> None:
        """Cut off one connection where there are too many.

        The first choice is the oldest that has not completed a request, then the one that has
        been idle or unread for longest, and last the newest.
        """
        if len(self.connections) <= self.connection_limit:
            return
        *older, newest = self.connections
        silent = (connection for connection in older if not connection.has_completed_request)
        idle = (connection for connection in older if not connection.is_answering)
        victim = next(silent, None) or next(idle, None) or newest
        victim.cut_off("connection_limit")

    def limit_unsent(self) -> None:
        """Cut off the oldest slow readers while too many bytes wait for them."""
        slow = [connection for connection in self.connections if connection.unsent_bytes > 0]
        total = sum(connection.unsent_bytes for connection in slow)
        for connection in slow[:-1]:
            if total <= UNSENT_LIMIT_BYTES:
                return
            total -= connection.unsent_bytes
            connection.cut_off("connection_limit")


class _HeadReader(h11.Connection):
    """Reads requests; what is wrong with one does not keep the connection in memory."""

    def next_event(self) -> Any:
        try:
            return super().next_event()
        except h11.RemoteProtocolError as error:
            # Frames of h11 hold the error that holds them, until somebody collects rubbish.
            traceback.clear_frames(error.__traceback__)
            raise


class GuardedProtocol(H11Protocol):
    """One connection, with the limits of its ``guard``.

    Attributes:
        on_first: Told of the transport before anything is read from it; may cut the connection off.
    """

    def __init__(self, guard: Guard, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.logger = _SILENT
        self.access_log = False
        self.conn = _HeadReader(h11.SERVER, HEAD_LIMIT_BYTES)
        self._guard = guard
        self._head_timer: asyncio.TimerHandle | None = None
        self._reading_timer: asyncio.TimerHandle | None = None
        self.has_completed_request = False
        self.on_first: Callable[[asyncio.Transport], None] | None = None

    @property
    def is_answering(self) -> bool:
        """True from a complete head to the end of its answer."""
        cycle = cast("RequestResponseCycle | None", self.cycle)  # uvicorn starts with None, untyped
        return cycle is not None and not cycle.response_complete

    @property
    def unsent_bytes(self) -> int:
        """Bytes that the client has not taken yet."""
        return self.transport.get_write_buffer_size()

    def cut_off(self, reason: str | None) -> None:
        """Close the connection at once; with a reason it is counted as denied."""
        if self not in self._guard.connections:
            return
        del self._guard.connections[self]
        if reason is not None:
            self._guard.on_denied(CONNECTION_ENDPOINT, reason)
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock of the first head."""
        super().connection_made(transport)
        self._guard.connections[self] = None
        self._await_head()
        on_first, self.on_first = self.on_first, None  # it may know us: a circle would keep our buffers
        if on_first is not None:
            on_first(transport)
        self._guard.make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._guard.connections.pop(self, None)
        self._stop_head_clock()
        self._stop_reading_clock()
        super().connection_lost(exc)
        self._unset_keepalive_if_required()  # uvicorn leaves the clock of one that was reset, and it keeps us

    def data_received(self, data: bytes) -> None:
        """Start the clock of a later head at its first byte; stop it when the head is complete."""
        if not self.is_answering and self._head_timer is None:
            self._await_head()
        previous = self.cycle
        super().data_received(data)
        if self.cycle is not previous:
            self.has_completed_request = True
            self._stop_head_clock()

    def on_response_complete(self) -> None:
        """Put the connection behind those that have been idle for longer."""
        if self._guard.connections.pop(self, self) is None:
            self._guard.connections[self] = None
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Start the clock of a client that does not read."""
        super().pause_writing()
        self._stop_reading_clock()
        self._reading_timer = self.loop.call_later(self._guard.reading_timeout, self.cut_off, None)
        self._guard.limit_unsent()

    def resume_writing(self) -> None:
        """Stop the clock of a client that reads again."""
        self._stop_reading_clock()
        super().resume_writing()

    def shutdown(self) -> None:
        """Close the connection as soon as the answer in progress has ended."""
        try:
            super().shutdown()
        except h11.LocalProtocolError:  # it is being closed already
            self.cut_off(None)

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, also where its client has not read its answer."""
        if self.unsent_bytes > 0:
            self.cut_off(None)
        else:
            super().timeout_keep_alive_handler()

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(self._guard.header_timeout, self.cut_off, "header_timeout")

    def _stop_head_clock(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_reading_clock(self) -> None:
        if self._reading_timer is not None:
            self._reading_timer.cancel()
            self._reading_timer = None
