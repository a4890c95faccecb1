"""What each address answers, for ASGI and WSGI alike: paths, methods, headers, who may see what."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from mlexporter.exposition.families import OnError, collect
from mlexporter.exposition.negotiation import Format, accepts_gzip, choose_format, compress
from mlexporter.exposition.reload import RELOAD_METHODS, RELOAD_PATH, ReloadEndpoint
from mlexporter.exposition.single_flight import SingleFlight
from mlexporter.exposition.subjects.exporter import PAGE_ENDPOINT
from mlexporter.records import View

Source = Callable[[], View]
OnDenied = Callable[[str, str], None]
"""Told of each request or connection that was turned away: the endpoint and the reason."""

METRICS_PATH: Final = "/metrics"
_PLAIN: Final = "text/plain; charset=utf-8"
_READY_PATH: Final = "/-/ready"
HEALTH_PATHS: Final = frozenset({"/-/healthy", _READY_PATH})
"""What everybody may ask; the answers have no data."""
AUTHENTICATED: Final = "mlexporter.authenticated"
"""Key of an ASGI scope: who asks is known to whom the server is configured for."""
_PAGE_PATH: Final = "/"
_PATHS: Final = frozenset({METRICS_PATH, *HEALTH_PATHS, _PAGE_PATH})
_METHODS: Final = ("GET", "HEAD")
_SECURITY_HEADERS: Final = (
    (
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
)
_HOST_HEADER: Final = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^:\[\]]+))(?::[0-9]{1,5})?")
_WRONG_LISTENER: Final = (
    "The page is only shown on a server that listens on this machine alone, or asks who you are.\n"
    "Start it with host='127.0.0.1', open it there or through a forwarded port (ssh -L 9469:127.0.0.1:9469 HOST),\n"
    "or name a web configuration with passwords or tokens in MLEXPORTER_WEB_CONFIG. The metrics are at /metrics.\n"
)
_WRONG_HOST: Final = (
    "The page is only shown under localhost, 127.0.0.1 or [::1], so that no other site can\n"
    "make a browser read it. Open it as http://localhost: and the port.\n"
)


@dataclass(frozen=True)
class Request:
    """The part of a request that matters; ``path`` without the place where the app is mounted.

    Attributes:
        headers: Lower-case names; values as sent.
        is_mounted: True inside another application.
        is_authenticated: Who asks has said who they are, by a password, a token or a certificate.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    is_mounted: bool = False
    is_authenticated: bool = False


@dataclass(frozen=True)
class Response:
    """A complete answer; ``content-length`` counts the body also where HEAD leaves it out."""

    status: int
    body: bytes
    content_type: str = _PLAIN
    extra_headers: tuple[tuple[str, str], ...] = ()
    is_closing: bool = False

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers, lower-case names."""
        closing = (("connection", "close"),) if self.is_closing else ()
        return [
            ("content-type", self.content_type),
            ("content-length", str(len(self.body))),
            *_SECURITY_HEADERS,
            *self.extra_headers,
            *closing,
        ]


def is_loopback(host: str | None) -> bool:
    """Return whether a host is this machine's loopback: ``localhost`` or an address of it."""
    if host is None:
        return False
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_local_host_header(header: str) -> bool:
    """Return whether a ``Host`` header names this machine, which no rebound domain name does."""
    match = _HOST_HEADER.fullmatch(header.strip().lower())
    return match is not None and is_loopback(match["six"] or match["name"])


class Endpoints:
    """Answers requests about what ``source`` gives.

    Args:
        source: Returns the View to show.
        page: True offers the page at ``/``, if the listener is loopback or who asks is authenticated.
        listener_host: The address that the server listens on, not that of any client.
        is_ready: Whether ``/-/ready`` says yes.
        on_error: Told of models, or of everything, that could not be rendered.
        on_denied: Told of requests that were turned away.
        reload: What answers at ``/-/reload``; None has no such address.
    """

    def __init__(  # noqa: PLR0913  each is a setting or a hook, by keyword and with a default
        self,
        source: Source,
        *,
        page: bool = False,
        listener_host: str | None = None,
        is_ready: Callable[[], bool] = lambda: True,
        on_error: OnError | None = None,
        on_denied: OnDenied | None = None,
        reload: ReloadEndpoint | None = None,
    ) -> None:
        self._source = source
        self._reload = reload
        self._has_page = page
        self._is_loopback_listener = is_loopback(listener_host)
        self._is_ready = is_ready
        self._on_error = on_error
        self._on_denied = on_denied
        self._flight = SingleFlight()

    def answer(self, request: Request) -> Response | Callable[[], Response]:
        """Return a response that is at hand, or a function that renders it and may take its time."""
        path = self._path(request)
        is_reload = path == RELOAD_PATH and self._reload is not None
        mistake = _mistake(path, request, RELOAD_METHODS if is_reload else _METHODS, is_known=is_reload)
        if mistake is not None:
            return mistake
        if is_reload and self._reload is not None:
            return self._reload.answer(request)
        asked = self._flight.asked()
        if path == METRICS_PATH:
            return lambda: self._metrics(request, asked)
        if path == _PAGE_PATH:
            refusal = self._refusal(request)
            return refusal if refusal is not None else lambda: self._page(asked)
        if path == _READY_PATH and not self._is_ready():
            return Response(503, b"not ready\n")
        return Response(200, b"ok\n")

    def _path(self, request: Request) -> str:
        # Mounted at /metrics by another application, the mount itself is asked for.
        if request.is_mounted and request.path in {"", "/"}:
            return METRICS_PATH
        return request.path if request.path != _PAGE_PATH or self._has_page else ""

    def _metrics(self, request: Request, asked: float) -> Response:
        chosen = choose_format(request.headers.get("accept", ""))
        is_compressed = accepts_gzip(request.headers.get("accept-encoding", ""))
        body = self._flight.answer(
            (chosen.content_type, is_compressed),
            asked,
            lambda: self._render(chosen, is_compressed=is_compressed),
        )
        encoding = (("content-encoding", "gzip"),) if is_compressed else ()
        vary = ("vary", "Accept, Accept-Encoding")
        return Response(200, body, chosen.content_type, extra_headers=(*encoding, vary))

    def _render(self, chosen: Format, *, is_compressed: bool) -> bytes:
        try:
            body = chosen.render(collect(self._source(), on_error=self._on_error))
        except Exception as error:
            self._report(error)
            raise
        return compress(body) if is_compressed else body

    def _page(self, asked: float) -> Response:
        body = self._flight.answer("page", asked, self._render_page)
        return Response(200, body, "text/html; charset=utf-8")

    def _render_page(self) -> bytes:
        from mlexporter.exposition.page import render_page  # noqa: PLC0415  the page costs only who opens it

        try:
            document: str = render_page(self._source(), now=time.time())
            return document.encode(errors="replace")
        except Exception as error:
            self._report(error)
            raise

    def _report(self, error: BaseException) -> None:
        if self._on_error is not None:
            self._on_error("render", error)

    def _refusal(self, request: Request) -> Response | None:
        if request.is_authenticated:
            # The Host check keeps other sites from reading the page through a browser that finds this
            # server under their name. A browser sends its password for one origin only, never for such a
            # name, and a certificate of ours is none for that name: who got here was sent by a person.
            return None
        if not self._is_loopback_listener:
            return self._denied("listener", _WRONG_LISTENER)
        if not is_local_host_header(request.headers.get("host", "")):
            return self._denied("host", _WRONG_HOST)
        return None

    def _denied(self, reason: str, text: str) -> Response:
        if self._on_denied is not None:
            self._on_denied(PAGE_ENDPOINT, reason)
        return Response(403, text.encode())


def _mistake(path: str, request: Request, methods: tuple[str, ...], *, is_known: bool) -> Response | None:
    has_body = _has_body(request)
    if path not in _PATHS and not is_known:
        return Response(404, b"not found; the metrics are at /metrics\n", is_closing=has_body)
    if request.method not in methods:
        allow = (("allow", ", ".join(methods)),)
        only = f"only {' and '.join(methods)}\n".encode()
        return Response(405, only, extra_headers=allow, is_closing=has_body)
    if has_body:
        return Response(413, b"a request with a body is not read\n", is_closing=True)
    return None


def _has_body(request: Request) -> bool:
    length = request.headers.get("content-length", "").strip()
    return "transfer-encoding" in request.headers or length not in {"", "0"}
