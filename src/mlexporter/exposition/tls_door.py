"""``TlsDoor``: takes connections, and lets only those in whose TLS handshake ends well and in time.

asyncio's own servers have one context for their life, wait a minute for a handshake, and do not tell of
connections before it: nothing of that would end a client that stays silent.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
import traceback
from collections.abc import Callable
from typing import Final

from mlexporter.exposition.certificate_names import has_allowed_name
from mlexporter.exposition.guard import Guard, GuardedProtocol
from mlexporter.exposition.subjects.exporter import CONNECTION_ENDPOINT
from mlexporter.exposition.web_config_tls import Tls

_ACCEPTED_AT_ONCE: Final = 64
_PAUSE_SECONDS: Final = 1.0
_NO_ROOM: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_HANDSHAKE: Final = b"\x16"
"""First byte of every TLS connection; that of a request is a letter."""
_CLIENT_REASONS: Final = frozenset({"PEER_DID_NOT_RETURN_A_CERTIFICATE", "CERTIFICATE_VERIFY_FAILED"})
_SHUTDOWN_SECONDS: Final = 5.0
_PLAIN_ANSWER: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 36\r\n"
    b"Connection: close\r\n\r\nThis port speaks TLS: ask by https.\n"
)
_LARGEST_PLAIN_BYTES: Final = 64 * 1024


class TlsDoor:
    """Accepts connections of one listening socket, from ``open`` to ``close``.

    Args:
        listener: Does not block.
        guard: Counts connections from their first moment, and cuts off those that take too long.
        make_protocol: Makes what speaks HTTP on a connection.
        current: What new connections are met with.
    """

    def __init__(
        self,
        listener: socket.socket,
        guard: Guard,
        make_protocol: Callable[[], GuardedProtocol],
        current: Callable[[], Tls],
    ) -> None:
        self.guard = guard
        self.make_protocol = make_protocol
        self.current = current
        self.handshakes: set[asyncio.Task[None]] = set()
        self.loop = asyncio.get_running_loop()
        self._listener = listener
        self._resume: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Accept from now on."""
        self._resume = None
        self.loop.add_reader(self._listener.fileno(), self._accept)

    def close(self) -> None:
        """Accept nothing more; what waits is cut off by the guard."""
        if self._resume is not None:
            self._resume.cancel()
        self.loop.remove_reader(self._listener.fileno())

    def _accept(self) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                accepted, _address = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno in _NO_ROOM:  # it would be told at once again, and nothing else be done
                    self.loop.remove_reader(self._listener.fileno())
                    self._resume = self.loop.call_later(_PAUSE_SECONDS, self.open)
                return
            accepted.setblocking(False)
            Newcomer(self, accepted)


class Newcomer:
    """A connection before its first request can be read; the guard treats it like any other."""

    has_completed_request = False
    is_answering = False
    unsent_bytes = 0

    def __init__(self, door: TlsDoor, connection: socket.socket) -> None:
        self._door = door
        self._connection = connection
        self._handshake: asyncio.Task[None] | None = None
        door.guard.connections[self] = None
        self._clock = door.loop.call_later(door.guard.header_timeout, self.cut_off, "header_timeout")
        door.loop.add_reader(connection.fileno(), self._begin)
        door.guard.make_room()

    def cut_off(self, reason: str | None) -> None:
        """Close the connection at once; with a reason it is counted as denied."""
        if self not in self._door.guard.connections:
            return
        self._leave()
        if reason is not None:
            self._door.guard.on_denied(CONNECTION_ENDPOINT, reason)
        if self._handshake is None:
            self._door.loop.remove_reader(self._connection.fileno())
            self._connection.close()
        else:
            self._handshake.cancel()

    def shutdown(self) -> None:
        """Nothing: what is asked of it is what holds when its handshake ends."""

    def _leave(self) -> None:
        self._clock.cancel()
        self._door.guard.connections.pop(self, None)

    def _begin(self) -> None:
        try:
            first = self._connection.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            first = b""
        if first != _HANDSHAKE:
            if first:
                self._door.guard.on_denied(CONNECTION_ENDPOINT, "no_tls")
                self._answer_plainly()
            self.cut_off(None)
            return
        self._door.loop.remove_reader(self._connection.fileno())
        self._handshake = self._door.loop.create_task(self._shake_hands())
        self._door.handshakes.add(self._handshake)
        self._handshake.add_done_callback(self._ended)

    def _ended(self, handshake: asyncio.Task[None]) -> None:
        self._door.handshakes.discard(handshake)
        self._handshake = None  # it knows us too
        if handshake.cancelled():  # perhaps before it began, so that nobody else closes it
            self._connection.close()

    def _answer_plainly(self) -> None:
        with contextlib.suppress(OSError):
            # Read first: closing with bytes unread would take the answer back.
            self._connection.recv(_LARGEST_PLAIN_BYTES)
            self._connection.send(_PLAIN_ANSWER)
            self._connection.shutdown(socket.SHUT_WR)

    async def _shake_hands(self) -> None:
        tls = self._door.current()
        reason = None
        try:
            await self._door.loop.connect_accepted_socket(
                lambda: self._protocol(tls),
                self._connection,
                ssl=tls.context,
                # Our own clock is the one that counts; this one is for a guard that was replaced.
                ssl_handshake_timeout=2 * self._door.guard.header_timeout + _SHUTDOWN_SECONDS,
                ssl_shutdown_timeout=_SHUTDOWN_SECONDS,
            )
        except (OSError, asyncio.CancelledError) as error:
            # Frames of asyncio hold the error that holds them: the buffers of a connection, a third of a
            # megabyte, would stay until somebody collects rubbish, which few do often and some never.
            traceback.clear_frames(error.__traceback__)
            if isinstance(error, asyncio.CancelledError):
                raise
            if isinstance(error, ssl.SSLError):  # else it went away
                reason = "client_certificate" if error.reason in _CLIENT_REASONS else "tls_handshake"
        finally:
            if self in self._door.guard.connections:
                self._leave()
                if reason is not None:
                    self._door.guard.on_denied(CONNECTION_ENDPOINT, reason)

    def _protocol(self, tls: Tls) -> GuardedProtocol:
        protocol = self._door.make_protocol()
        protocol.on_first = lambda transport: self._admit(protocol, transport, tls)
        return protocol

    def _admit(self, protocol: GuardedProtocol, transport: asyncio.Transport, tls: Tls) -> None:
        """Take the newcomer's name off the list, now that its protocol is on it."""
        was_cut_off = self not in self._door.guard.connections
        self._leave()
        if was_cut_off:
            protocol.cut_off(None)
        elif tls.client_policy != self._door.current().client_policy:
            protocol.cut_off(None)  # it was met with what does not hold any more, and may try again
        elif tls.allowed_names and not self._has_allowed_name(transport, tls):
            protocol.cut_off("client_certificate")

    @staticmethod
    def _has_allowed_name(transport: asyncio.Transport, tls: Tls) -> bool:
        certificate = transport.get_extra_info("peercert")
        if not certificate:
            return not tls.requires_certificates
        return has_allowed_name(certificate, tls.allowed_names)
