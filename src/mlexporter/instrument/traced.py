"""The faces of a traced function: for each kind of function one that calls it within a span.

Generators run piece by piece, among other things of their consumer. With a span they have a context
of their own, which is the current one only while a piece of them runs.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from functools import partial
from typing import Any, TypeAlias

from mlexporter.instrument.spans import Begun, Spans

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
    """See first whether the current span has no flag at all: most are not sampled."""
    begin, current, key, invalid = spans.begin, spans.current, spans.key, spans.invalid

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            found = current()[key].get_span_context()  # type: ignore[attr-defined]  # or whatever is there
            is_unsampled = not found.trace_flags and found is not invalid
        except Exception:  # noqa: BLE001 - there is no current span, or none that can be asked
            is_unsampled = False
        begun = None if is_unsampled else begin()
        if begun is None:
            return function(*args, **kwargs) if kwargs else function(*args)  # a dict is dear to hand on
        token = spans.enter(begun)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            spans.finish(begun, token, error)
            raise
        spans.finish(begun, token)
        return result

    return call


def _traced_coroutine(function: Function, spans: Spans) -> Function:
    async def call(*args: Any, **kwargs: Any) -> Any:
        begun = spans.begin()
        if begun is None:
            return await function(*args, **kwargs)
        token = spans.enter(begun)
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            spans.finish(begun, token, error)
            raise
        spans.finish(begun, token)
        return result

    return call


def _traced_generator(function: Function, spans: Spans) -> Function:
    def pieces(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        begun = spans.begin()
        if begun is None:
            return (yield from function(*args, **kwargs))
        try:
            source = function(*args, **kwargs)
            step = partial(next, source)
            while True:
                is_at_end, item = _piece(spans, begun, step)
                if is_at_end:
                    break
                closing = None
                try:
                    sent = yield item
                except GeneratorExit as exits:
                    closing = exits
                except BaseException as error:  # noqa: BLE001 - thrown in by the consumer, for the source
                    step = partial(source.throw, error)
                else:
                    step = partial(source.send, sent)
                if closing is not None:
                    _piece(spans, begun, source.close)
                    raise closing  # noqa: TRY301 - where it is caught, what close() raises would tell of it
        except BaseException as error:
            spans.end(begun, error)
            raise
        finally:
            step = closing = None  # type: ignore[assignment]  # as in _piece
        spans.end(begun)
        return item

    return pieces


def _piece(spans: Spans, begun: Begun, step: Callable[[], Any]) -> tuple[bool, Any]:
    """Run a generator to its next value, or to its end and what it returns."""
    around = spans.resume(begun)
    try:
        return False, step()
    except StopIteration as stop:
        return True, stop.value
    finally:
        del step  # it may hold an exception, which holds this frame: no circle
        spans.suspend(begun, around)


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
                closing = None
                try:
                    sent = yield item
                except GeneratorExit as exits:
                    closing = exits
                except BaseException as error:  # noqa: BLE001 - thrown in by the consumer, for the source
                    step = source.athrow(error)
                else:
                    step = source.asend(sent)
                if closing is not None:
                    await _within(spans, begun, source.aclose())
                    raise closing  # noqa: TRY301 - where it is caught, what aclose() raises would tell of it
        except BaseException as error:
            spans.end(begun, error)
            raise
        finally:
            step = closing = None
        spans.end(begun)

    return pieces


async def _within(spans: Spans, begun: Begun | None, step: Awaitable[Any]) -> Any:
    """Await the next value of an asynchronous generator in the context that it has."""
    if begun is None:
        return await step
    around = spans.resume(begun)
    try:
        item = await step
    except BaseException as error:
        spans.suspend(begun, around, error)
        raise
    spans.suspend(begun, around)
    return item
