"""The exposition as a WSGI application, to be mounted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from mlexporter.exposition.endpoints import Endpoints, OnDenied, Request, Response, Source
from mlexporter.exposition.families import OnError

Environment = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environment, StartResponse], Iterable[bytes]]


def metrics_app(
    source: Source,
    *,
    is_ready: Callable[[], bool] = lambda: True,
    on_error: OnError | None = None,
    on_denied: OnDenied | None = None,
) -> Application:
    """Return a WSGI application with ``/metrics``, ``/-/healthy`` and ``/-/ready``; never the page.

    Args:
        source: Returns the View to show.
        is_ready: Whether ``/-/ready`` says yes.
        on_error: Told of what could not be rendered.
        on_denied: Told of requests that were turned away.
    """
    endpoints = Endpoints(source, is_ready=is_ready, on_error=on_error, on_denied=on_denied)

    def application(environment: Environment, start_response: StartResponse) -> Iterable[bytes]:
        answer = endpoints.answer(_request(environment))
        response = answer if isinstance(answer, Response) else answer()
        # Connection is a hop-by-hop header, which a WSGI application may not set.
        headers = [(name.title(), value) for name, value in response.headers if name != "connection"]
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
        return [] if environment["REQUEST_METHOD"] == "HEAD" else [response.body]

    return application


def _request(environment: Environment) -> Request:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environment.items()
        if name.startswith("HTTP_")
    }
    if environment.get("CONTENT_LENGTH"):
        headers["content-length"] = environment["CONTENT_LENGTH"]
    is_mounted = bool(environment.get("SCRIPT_NAME"))
    return Request(
        environment["REQUEST_METHOD"], environment.get("PATH_INFO", ""), headers, is_mounted=is_mounted
    )
