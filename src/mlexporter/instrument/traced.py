"""The faces of a traced function: for each kind of function one that calls it within a span.

Generators run piece by piece, among other things of their consumer: their span is the current one
only while a piece of them runs.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from functools import partial
from typing import Any, TypeAlias

from mlexporter.instrument.spans import SAMPLED, Begun, Spans

Function: TypeAlias = Callable[..., Any]


def traced(function: Function, kind: Function, spans: Spans) -> Function:
    """Return ``function``, called within a span where one is wanted.

    Args:
        function: What is called.
        kind: What really runs, which tells how: a coroutine function, a generator function or another.
        spans: Begins and ends the spans.
    """
    if inspect.isasyncgenfunction(kind):
        return _traced_async_generator(function, spans)
    if inspect.isgeneratorfunction(kind):
        return _traced_generator(function, spans)
    if inspect.iscoroutinefunction(kind):
        return _traced_coroutine(function, spans)
    return _traced_function(function, spans)


def _traced_function(function: Function, spans: Spans) -> Function:
    """Look at the current span as ``Spans.begin`` does, written out: most are not sampled."""
    begin, current, key = spans.begin, spans.current, spans.key

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            found = current()[key].get_span_context()  # type: ignore[attr-defined]  # or whatever is there
            is_unsampled = not found.trace_flags & SAMPLED and found.is_valid
        except Exception:  # noqa: BLE001 - there is no current span, or none that can be asked
            is_unsampled = False
        begun = None if is_unsampled else begin()
        if begun is None:
            return function(*args, **kwargs) if kwargs else function(*args)  # a dict is dear to hand on
        around = spans.enter(begun)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            spans.leave(around)
            spans.end(begun, error)
            raise
        spans.leave(around)
        spans.end(begun)
        return result

    return call


def _traced_coroutine(function: Function, spans: Spans) -> Function:
    async def call(*args: Any, **kwargs: Any) -> Any:
        begun = spans.begin()
        if begun is None:
            return await function(*args, **kwargs)
        around = spans.enter(begun)
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            spans.leave(around)
            spans.end(begun, error)
            raise
        spans.leave(around)
        spans.end(begun)
        return result

    return call


def _traced_generator(function: Function, spans: Spans) -> Function:
    def pieces(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        begun = spans.begin()
        if begun is None:
            return (yield from function(*args, **kwargs))
        try:
            source = function(*args, **kwargs)
            resume = partial(next, source)
            while True:
                around = spans.enter(begun)
                try:
                    item = resume()
                except StopIteration as stop:
                    result = stop.value
                    break
                finally:
                    spans.leave(around)
                try:
                    sent = yield item
                except GeneratorExit:
                    source.close()
                    raise
                except BaseException as error:  # noqa: BLE001 - thrown in by the consumer, for the source
                    resume = partial(source.throw, error)
                else:
                    resume = partial(source.send, sent)
        except BaseException as error:
            spans.end(begun, error)
            raise
        spans.end(begun)
        return result

    return pieces


def _traced_async_generator(function: Function, spans: Spans) -> Function:
    async def pieces(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        begun = spans.begin()
        try:
            source = function(*args, **kwargs)
            step = source.__anext__()
            while True:
                try:
                    item = await _within(spans, begun, step)
                except StopAsyncIteration:
                    break
                try:
                    sent = yield item
                except GeneratorExit:
                    await source.aclose()
                    raise
                except BaseException as error:  # noqa: BLE001 - thrown in by the consumer, for the source
                    step = source.athrow(error)
                else:
                    step = source.asend(sent)
        except BaseException as error:
            spans.end(begun, error)
            raise
        spans.end(begun)

    return pieces


async def _within(spans: Spans, begun: Begun | None, step: Awaitable[Any]) -> Any:
    if begun is None:
        return await step
    around = spans.enter(begun)
    try:
        return await step
    finally:
        spans.leave(around)
