"""The faces of the decorator: one for each kind of function, all over the same accounting."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, TypeAlias

from mlexporter.instrument.accounting import Accounting
from mlexporter.instrument.capture import NO_RESULT

Function: TypeAlias = Callable[..., Any]


def wrap(function: Function, accounting: Accounting) -> Function:
    """Return ``function`` with its calls counted: of the same kind, with the same signature.

    Args:
        function: A function, method, coroutine function, generator function, asynchronous
            generator function, or any other callable.
        accounting: Where calls are counted.
    """
    plain = _called(function)
    if inspect.isasyncgenfunction(plain):
        return _wrap_async_generator(function, accounting)
    if inspect.isgeneratorfunction(plain):
        return _wrap_generator(function, accounting)
    if inspect.iscoroutinefunction(plain):
        return _wrap_coroutine(function, accounting)
    return _wrap_function(function, accounting)


def _called(function: Function) -> Function:
    """Return what really runs: under ``partial``, or the ``__call__`` of an object."""
    while isinstance(function, functools.partial):
        function = function.func
    if inspect.isroutine(function):
        return function
    called: Function = type(function).__call__
    return called


def _wrap_function(function: Function, accounting: Accounting) -> Function:
    begin, succeed, fail = accounting.begin, accounting.succeed, accounting.fail

    @functools.wraps(function)
    def monitored(*args: Any, **kwargs: Any) -> Any:
        ticket = begin(args, kwargs)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            fail(ticket, error)
            raise
        succeed(ticket, result)
        return result

    return monitored


def _wrap_coroutine(function: Function, accounting: Accounting) -> Function:
    begin, succeed, fail = accounting.begin, accounting.succeed, accounting.fail

    @functools.wraps(function)
    async def monitored(*args: Any, **kwargs: Any) -> Any:
        ticket = begin(args, kwargs)
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            fail(ticket, error)
            raise
        succeed(ticket, result)
        return result

    return monitored


def _wrap_generator(function: Function, accounting: Accounting) -> Function:
    begin, succeed, fail = accounting.begin, accounting.succeed, accounting.fail

    @functools.wraps(function)
    def monitored(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        ticket = begin(args, kwargs)
        try:
            # Delegation hands on send(), throw(), close() and the returned value.
            result = yield from function(*args, **kwargs)
        except BaseException as error:
            fail(ticket, error)
            raise
        succeed(ticket, NO_RESULT if result is None else result)
        return result

    return monitored


def _wrap_async_generator(function: Function, accounting: Accounting) -> Function:
    begin, succeed, fail = accounting.begin, accounting.succeed, accounting.fail

    @functools.wraps(function)
    async def monitored(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        ticket = begin(args, kwargs)
        try:
            source = function(*args, **kwargs)
            step = source.__anext__()
            while True:
                try:
                    item = await step
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
            fail(ticket, error)
            raise
        succeed(ticket, NO_RESULT)

    return monitored
