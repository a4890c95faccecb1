"""An ASGI application around another one: who may ask, how often, and with which headers it answers."""

from __future__ import annotations

import functools
import ipaddress
import time
from collections.abc import Callable, Mapping
from typing import Final

from mlexporter.exposition.asgi import Application, Message, Receive, Scope, Send, send_response
from mlexporter.exposition.credentials import Credentials, Login, Verdict
from mlexporter.exposition.endpoints import AUTHENTICATED, HEALTH_PATHS, OnDenied, Response
from mlexporter.exposition.subjects.exporter import REQUEST_ENDPOINT
from mlexporter.exposition.turns import Turns
from mlexporter.exposition.web_config import RateLimit, WebConfig

_AGAIN_SECONDS: Final = "5"
"""When a client that was turned away for others' sake may try again."""


def protected(
    application: Application, current: Callable[[], WebConfig], on_denied: OnDenied | None
) -> Application:
    """Return ``application`` behind what the web configuration says at each request.

    Health is open to all: who asks learns from it that the process lives, and nothing else.

    Args:
        application: What answers those who may ask.
        current: The newest good reading of the file.
        on_denied: Told of requests that were turned away.
    """
    turns, rate = Turns(), _Rate()

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        config = current()
        if config.headers:
            send = _with_headers(send, config.headers)
        if scope["path"] in HEALTH_PATHS:
            await application(scope, receive, send)
            return
        refusal = rate.refusal(config.rate_limit) or await _refusal(scope, config.credentials, turns)
        if refusal is None:
            await application({**scope, AUTHENTICATED: config.is_protected}, receive, send)
            return
        reason, response = refusal
        if on_denied is not None:
            on_denied(REQUEST_ENDPOINT, reason)
        await send_response(send, response, has_body=scope["method"] != "HEAD")

    return guarded


async def _refusal(
    scope: Scope, credentials: Credentials | None, turns: Turns
) -> tuple[str, Response] | None:
    if credentials is None:
        return None
    verdict = credentials.judge([value for name, value in scope["headers"] if name == b"authorization"])
    if isinstance(verdict, Login):
        check = functools.partial(credentials.check, verdict)
        is_right = await turns.take(_client(scope), check)
        if is_right is None:
            return "too_many_checks", _later(b"too many passwords wait to be checked\n")
        verdict = Verdict.RIGHT if is_right else Verdict.WRONG
    if verdict is Verdict.RIGHT:
        return None
    challenges = tuple(("www-authenticate", challenge) for challenge in credentials.challenges)
    # A body is not read, and nothing behind it is taken for a request.
    return verdict.value, Response(401, b"not authorised\n", extra_headers=challenges, is_closing=True)


def _later(text: bytes) -> Response:
    return Response(429, text, extra_headers=(("retry-after", _AGAIN_SECONDS),), is_closing=True)


def _client(scope: Scope) -> str:
    """Return who takes turns: an address, or the network of one that has billions of them."""
    address = scope["client"][0] if scope.get("client") else ""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return str(address)
    return str(ipaddress.ip_network((found, 64), strict=False) if found.version == 6 else found)


def _with_headers(send: Send, headers: Mapping[str, str]) -> Send:
    set_here = [(name.encode(), value.encode()) for name, value in headers.items() if value]
    replaced = {name.encode() for name in headers}

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if pair[0] not in replaced]
            message = {**message, "headers": [*kept, *set_here]}
        await send(message)

    return sending


class _Rate:
    """How many requests may come now: one more each interval, up to a burst."""

    def __init__(self) -> None:
        self._limit: RateLimit | None = None
        self._left = 0.0
        self._last = 0.0

    def refusal(self, limit: RateLimit | None) -> tuple[str, Response] | None:
        if limit is None:
            self._limit = None
            return None
        now = time.monotonic()
        if limit != self._limit:
            self._limit, self._left, self._last = limit, float(limit.burst), now
        self._left = min(limit.burst, self._left + (now - self._last) / limit.interval_seconds)
        self._last = now
        if self._left < 1:
            return "rate_limit", _later(b"more requests than rate_limit allows\n")
        self._left -= 1
        return None
