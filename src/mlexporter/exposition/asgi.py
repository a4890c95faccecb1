"""The exposition as an ASGI application, to be served or mounted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from mlexporter.exposition.endpoints import AUTHENTICATED, Endpoints, OnDenied, Request, Response, Source
from mlexporter.exposition.families import OnError
from mlexporter.exposition.reload import ReloadEndpoint

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_RENDERING_THREADS: Final = 2


def metrics_app(  # noqa: PLR0913  each is a setting or a hook, by keyword and with a default
    source: Source,
    *,
    page: bool = False,
    listener_host: str | None = None,
    is_ready: Callable[[], bool] = lambda: True,
    on_error: OnError | None = None,
    on_denied: OnDenied | None = None,
    reload: ReloadEndpoint | None = None,
) -> Application:
    """Return an ASGI application with ``/metrics``, ``/-/healthy`` and ``/-/ready``.

    Mounted in another application (``app.mount("/metrics", metrics_app(source))``), the place
    where it is mounted answers with the metrics too. It never reads a request's body.

    Args:
        source: Returns the View to show; called off the event loop.
        page: True offers the page at ``/``, on a loopback listener only.
        listener_host: The address that the server listens on.
        is_ready: Whether ``/-/ready`` says yes.
        on_error: Told of what could not be rendered.
        on_denied: Told of requests that were turned away.
        reload: What answers at ``/-/reload``; None has no such address.
    """
    endpoints = Endpoints(
        source,
        page=page,
        listener_host=listener_host,
        is_ready=is_ready,
        on_error=on_error,
        on_denied=on_denied,
        reload=reload,
    )
    # Threads of our own: the loop's default ones may all be busy with predictions.
    executor = ThreadPoolExecutor(_RENDERING_THREADS, thread_name_prefix="mlexporter-render")

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            answer = endpoints.answer(_request(scope))
            if not isinstance(answer, Response):
                answer = await asyncio.get_running_loop().run_in_executor(executor, answer)
            await send_response(send, answer, has_body=scope["method"] != "HEAD")
        else:
            await send({"type": "websocket.close", "code": 1000})

    return application


def _request(scope: Scope) -> Request:
    root = scope.get("root_path", "")
    path = scope["path"]
    if root and (path == root or path.startswith(root + "/")):
        path = path.removeprefix(root)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    is_authenticated = scope.get(AUTHENTICATED) is True
    return Request(scope["method"], path, headers, is_mounted=bool(root), is_authenticated=is_authenticated)


async def send_response(send: Send, response: Response, *, has_body: bool) -> None:
    """Send a complete answer, of a request for HEAD without its body."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body if has_body else b""})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
