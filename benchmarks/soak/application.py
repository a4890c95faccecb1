"""What the pods of the soak serve: a monitored model and a chat, over WSGI and ASGI, through the public API alone.

``POST /predict`` takes one row, ``/batch`` a list of rows, ``/slow`` a row that is answered late, ``/error`` a row
on which the model raises; ``GET /chat`` streams an answer, ``/who`` names the process.

Environment: PROFILE (a path), VERSION (of the model).
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any, Final

import mlexporter
from soak.rows import CHAT, MODEL, fare

PIECES: Final = 12
PIECE_SECONDS: Final = 0.06
SLOW_SECONDS: Final = 0.8
_fails: contextvars.ContextVar[bool] = contextvars.ContextVar("fails", default=False)
_VERSION: Final = os.environ["VERSION"]
_PROFILE: Final = os.environ["PROFILE"]
_CHAT: Final = {"model": CHAT, "version": "1", "kind": "chat", "provider": "house", "request_model": "small"}

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class UnpriceableError(ValueError):
    """The model cannot say."""


@mlexporter.monitor(model=MODEL, version=_VERSION, profile=_PROFILE)
def predict(row: Any) -> Any:
    """Return the fare of a trip, or of each of a list of trips."""
    if _fails.get():
        raise UnpriceableError("no fare")
    return [fare(each) for each in row] if isinstance(row, list) else fare(row)


@mlexporter.monitor(model=MODEL, version=_VERSION, profile=_PROFILE)
def predict_slowly(row: dict[str, Any]) -> float:
    """The same, late."""
    time.sleep(SLOW_SECONDS)
    return fare(row)


@mlexporter.monitor(model=MODEL, version=_VERSION, profile=_PROFILE)
async def predict_later(row: dict[str, Any]) -> float:
    """The same, late, and it can be cancelled."""
    await asyncio.sleep(SLOW_SECONDS)
    return fare(row)


def _piece(place: int) -> dict[str, Any]:
    end = "stop" if place == PIECES - 1 else None
    return {"model": "small-2", "choices": [{"delta": {"content": "la "}, "finish_reason": end}]}


_USAGE: Final = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": PIECES}}


@mlexporter.monitor(**_CHAT)
def chat(_question: str) -> Iterator[dict[str, Any]]:
    """Stream an answer, piece by piece, then what it used."""
    for place in range(PIECES):
        yield _piece(place)
        time.sleep(PIECE_SECONDS)
    yield _USAGE


@mlexporter.monitor(**_CHAT)
async def chat_later(_question: str) -> AsyncIterator[dict[str, Any]]:
    """The same for a loop."""
    for place in range(PIECES):
        yield _piece(place)
        await asyncio.sleep(PIECE_SECONDS)
    yield _USAGE


def _answer(path: str, body: bytes) -> tuple[int, bytes] | None:
    """Return status and body of what is answered at once; None for the other paths."""
    if path == "/who":
        return 200, json.dumps({"pid": os.getpid()}).encode()
    if path not in {"/predict", "/batch", "/error"}:
        return None
    token = _fails.set(path == "/error")
    try:
        return 200, json.dumps(predict(json.loads(body))).encode()
    except UnpriceableError as error:
        return 500, str(error).encode()
    finally:
        _fails.reset(token)


def wsgi(environment: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    """The WSGI application."""
    path = environment["PATH_INFO"]
    body = environment["wsgi.input"].read(int(environment.get("CONTENT_LENGTH") or 0))
    answer = _answer(path, body)
    if answer is None and path == "/chat":
        start("200 OK", [("Content-Type", "text/plain")])
        return _lines("what is there to see")
    if answer is None and path == "/slow":
        answer = 200, json.dumps(predict_slowly(json.loads(body))).encode()
    status, content = answer or (404, b"")
    start(f"{status} .", [("Content-Type", "text/plain"), ("Content-Length", str(len(content)))])
    return [content]


def _lines(question: str) -> Iterator[bytes]:
    for piece in chat(question):
        yield json.dumps(piece).encode() + b"\n"


async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application; who leaves cancels what is made for them."""
    if scope["type"] != "http":
        return
    body, message = b"", {"more_body": True}
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    path = scope["path"]
    answer = _answer(path, body)
    if answer is not None or path not in {"/chat", "/slow"}:
        status, content = answer or (404, b"")
        await _begin(send, status)
        await send({"type": "http.response.body", "body": content})
        return
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        await (_stream(send, gone) if path == "/chat" else _slow(send, gone, json.loads(body)))
    finally:
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _begin(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _slow(send: Send, gone: asyncio.Future[None], row: dict[str, Any]) -> None:
    task = asyncio.ensure_future(predict_later(row))
    await asyncio.sleep(0)  # the call has begun, and its caller is told
    await _begin(send, 200)
    await send({"type": "http.response.body", "body": b"begun\n", "more_body": True})
    await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
        return
    await send({"type": "http.response.body", "body": json.dumps(task.result()).encode()})


async def _stream(send: Send, gone: asyncio.Future[None]) -> None:
    await _begin(send, 200)
    pieces = chat_later("what is there to see")
    try:
        async for piece in pieces:
            if gone.done():
                break
            await send(
                {"type": "http.response.body", "body": json.dumps(piece).encode() + b"\n", "more_body": True}
            )
        await send({"type": "http.response.body", "body": b""})
    finally:
        await pieces.aclose()
