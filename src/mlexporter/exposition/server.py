"""Serves the exposition from a daemon thread of this process."""

from __future__ import annotations

import asyncio
import atexit
import errno
import functools
import os
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, cast

from mlexporter.errors import PortInUseError
from mlexporter.exposition.address import url_of
from mlexporter.exposition.asgi import Application, metrics_app
from mlexporter.exposition.endpoints import OnDenied, Source
from mlexporter.exposition.families import OnError
from mlexporter.exposition.reload import ReloadEndpoint

if TYPE_CHECKING:
    from mlexporter.exposition.guard import Guard, GuardedProtocol
    from mlexporter.exposition.tls_door import TlsDoor
    from mlexporter.exposition.web_config import WebConfig
    from mlexporter.exposition.web_config_tls import Tls

_BACKLOG: Final = 1024
_CLOSING_SECONDS: Final = 1.0
"""How long answers in progress may still take when the server closes."""


class ServerHandle:
    """A running server; ``close`` it, or use it as a context manager.

    Attributes:
        host: The address that is listened on.
        port: The port, also where 0 was asked for.
        url: Where to open it on this machine.
    """

    def __init__(
        self,
        listener: socket.socket,
        application: Application,
        guard: Guard,
        tls: Callable[[], Tls] | None = None,
    ) -> None:
        self.host, self.port = listener.getsockname()[:2]
        self.url = url_of(self.host, self.port, is_tls=tls is not None)
        self._tls = tls
        self._listener = listener
        self._guard = guard
        self._application = application
        self._closing = threading.Lock()
        self._is_closed = False
        # A selector loop, whatever policy the host process has set for its own.
        self._loop = asyncio.SelectorEventLoop()
        self._stop = asyncio.Event()
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="mlexporter-serve", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure
        atexit.register(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<ServerHandle {self.url}{' closed' if self._is_closed else ''}>"

    @property
    def is_closed(self) -> bool:
        """True after ``close``."""
        return self._is_closed

    def forget(self) -> None:
        """In a forked child: let go of the port, which is the parent's; nothing is served here."""
        self._is_closed = True
        atexit.unregister(self.close)
        self._listener.close()

    def close(self) -> None:
        """Stop serving and free the port; a second call does nothing."""
        with self._closing:
            if self._is_closed:
                return
            self._is_closed = True
            atexit.unregister(self.close)
            self._loop.call_soon_threadsafe(self._stop.set)
            if threading.current_thread() is not self._thread:
                self._thread.join(timeout=5 * _CLOSING_SECONDS)

    def renew_connections(self) -> None:
        """End every open connection after the answer in progress, so that all are made anew."""
        if not self._is_closed:
            self._loop.call_soon_threadsafe(self._end_connections)

    def _end_connections(self) -> None:
        for connection in list(self._guard.connections):
            connection.shutdown()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except Exception as error:
            if self._started.is_set():
                raise
            self._failure = error
        finally:
            self._listener.close()
            asyncio.set_event_loop(None)
            self._loop.close()
            self._started.set()

    async def _serve(self) -> None:
        state, make_protocol = _protocol_factory(self._application, self._guard)
        door: asyncio.Server | TlsDoor
        handshakes: set[asyncio.Task[None]] = set()
        if self._tls is None:
            door = await self._loop.create_server(make_protocol, sock=self._listener, backlog=_BACKLOG)
        else:
            from mlexporter.exposition.tls_door import TlsDoor  # noqa: PLC0415  ssl is for those who name a certificate

            door = TlsDoor(self._listener, self._guard, make_protocol, self._tls)
            door.open()
            handshakes = door.handshakes
        self._started.set()
        await self._stop.wait()
        door.close()
        if state.tasks:
            await asyncio.wait(set(state.tasks), timeout=_CLOSING_SECONDS)
        for connection in list(self._guard.connections):
            connection.cut_off(None)
        if handshakes:
            await asyncio.wait(set(handshakes), timeout=_CLOSING_SECONDS)
        for task in list(state.tasks):
            task.cancel()
        await asyncio.sleep(0)  # lets the transports tell their protocols
        await asyncio.sleep(0)


def serve(  # noqa: PLR0913  each is a setting or a hook, by keyword and with a default
    source: Source,
    *,
    host: str = "127.0.0.1",
    port: int = 9469,
    connection_limit: int = 512,
    header_timeout: float = 5.0,
    page: bool = True,
    is_ready: Callable[[], bool] = lambda: True,
    on_error: OnError | None = None,
    on_denied: OnDenied | None = None,
    web: Callable[[], WebConfig] | None = None,
    reload: ReloadEndpoint | None = None,
) -> ServerHandle:
    """Serve what ``source`` gives, and return at once with a handle.

    Signals, logging and any running event loop of the process stay untouched, and the thread
    does not keep the interpreter alive.

    Args:
        source: Returns the View to show; called for each answer, never on the caller's thread.
        host: Address or name to listen on; IPv6 with or without brackets.
        port: 0 lets the system choose.
        connection_limit: Connections that may be open at once.
        header_timeout: Seconds in which the head of a request has to be complete.
        page: False leaves out the page at ``/``; it is only shown on a loopback listener, or to who is
            authenticated, anyway.
        is_ready: Whether ``/-/ready`` says yes.
        on_error: Told of what could not be rendered.
        on_denied: Told of requests and connections that were turned away.
        web: Returns the newest good reading of the web configuration; whether it has TLS may not change.
        reload: What answers at ``/-/reload``; None has no such address.

    Raises:
        PortInUseError: the address cannot be listened on; says why, and what would do.
    """
    from mlexporter.exposition.guard import Guard  # noqa: PLC0415  uvicorn is for those who serve

    listener = _listen(host, port)
    application = metrics_app(
        source,
        page=page,
        listener_host=listener.getsockname()[0],
        is_ready=is_ready,
        on_error=on_error,
        on_denied=on_denied,
        reload=reload,
    )
    guard = Guard(connection_limit, header_timeout, on_denied if on_denied is not None else _ignore)
    if web is None:
        return ServerHandle(listener, application, guard)
    from mlexporter.exposition.authentication import protected  # noqa: PLC0415  for those who name a file

    tls = _tls_of(web) if web().tls is not None else None
    return ServerHandle(listener, protected(application, web, on_denied), guard, tls)


def _tls_of(web: Callable[[], WebConfig]) -> Callable[[], Tls]:
    first = web().tls

    def current() -> Tls:
        return cast("Tls", web().tls or first)

    return current


def _protocol_factory(application: Application, guard: Guard) -> tuple[Any, Callable[[], GuardedProtocol]]:
    from uvicorn.config import Config  # noqa: PLC0415  as above
    from uvicorn.server import ServerState  # noqa: PLC0415

    from mlexporter.exposition.guard import HEAD_LIMIT_BYTES, KEEP_ALIVE_SECONDS, GuardedProtocol  # noqa: PLC0415

    # No uvicorn.Server: it logs, ticks ten times a second and knows signals.
    config = Config(
        application,
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        proxy_headers=False,
        workers=1,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        h11_max_incomplete_event_size=HEAD_LIMIT_BYTES,
    )
    config.load()
    state = ServerState()
    factory = functools.partial(GuardedProtocol, guard, config=config, server_state=state, app_state={})
    return state, factory


def _listen(host: str, port: int) -> socket.socket:
    name = host.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise PortInUseError(_refusal(name, port, error)) from error
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # The wildcard takes IPv4 as well; any other address is itself alone.
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address[0] != "::"))
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise PortInUseError(_refusal(name, port, error)) from error
    return listener


def _refusal(host: str, port: int, error: OSError) -> str:
    where = f"cannot listen on host={host!r} port={port}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"{where}: the port is taken; choose another one, port=0 for any free one, or stop who holds it"
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"{where}: not permitted; choose a port from 1024 on"
    return f"{where}: {error.strerror or type(error).__name__}; choose an address of this machine, such as 127.0.0.1"


def _ignore(_endpoint: str, _reason: str) -> None:
    pass
