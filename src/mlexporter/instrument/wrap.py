"""The faces of the decorator: one for each kind of function, all over the same accounting."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from time import perf_counter_ns
from typing import Any, Final, TypeAlias

from mlexporter.instrument.accounting import Accounting
from mlexporter.instrument.capture import NO_RESULT
from mlexporter.instrument.plain_rows import VALUE_TYPES
from mlexporter.instrument.ticket import Ticket
from mlexporter.state.ledger import PLAIN

Function: TypeAlias = Callable[..., Any]

_ABSENT: Final = object()
"""Stands for an argument that was not given."""


def wrap(function: Function, accounting: Accounting) -> Function:
    """Return ``function`` with its calls counted: of the same kind, with the same signature.

    Args:
        function: A function, method, coroutine function, generator function, asynchronous
            generator function, or any other callable.
        accounting: Where calls are counted.
    """
    plain = what_runs(function)
    if inspect.isasyncgenfunction(plain):
        return _wrap_async_generator(function, accounting)
    if inspect.isgeneratorfunction(plain):
        return _wrap_generator(function, accounting)
    if inspect.iscoroutinefunction(plain):
        return _wrap_coroutine(function, accounting)
    return _wrap_function(function, accounting)


def what_runs(function: Function) -> Function:
    """Return what really runs: under ``partial``, or the ``__call__`` of an object."""
    while isinstance(function, functools.partial):
        function = function.func
    if inspect.isroutine(function):
        return function
    called: Function = type(function).__call__
    return called


def _wrap_function(function: Function, accounting: Accounting) -> Function:  # noqa: C901 - see below
    """The hot path: ``begin`` and ``succeed`` of ``Accounting`` for a plain row, written out.

    Steps that are calls elsewhere stand here in one piece, because each call of a Python function
    costs as much as all bookkeeping of a row; and two arguments have names, because handing on a
    tuple of them costs as much again. ``tests/properties/test_faces.py`` holds both together.
    """
    enter, relieve, every = accounting.enter, accounting.relieve, accounting.relieve_every
    fail, finish_plain, rescue = accounting.fail, accounting.finish_plain, accounting.rescue
    call_carefully = _careful(accounting)

    @functools.wraps(function)
    def monitored(first: Any = _ABSENT, second: Any = _ABSENT, /, *others: Any, **named: Any) -> Any:
        way, place, n_keys, probe, cells, append, result_type, call = accounting.steps
        n_entered = enter()
        plain = None
        try:
            row = second if place else first
            if type(row) is dict and len(row) == n_keys and type(row[probe]) in VALUE_TYPES:
                plain = row.copy()
        except Exception:  # noqa: BLE001, S110 - not a plain row: whatever it is, it is read with care
            pass
        if plain is None:
            return call_carefully(_given(first, second, others), named, n_entered)
        started = perf_counter_ns()
        try:
            if others or named:
                result = call(*_given(first, second, others), **named)
            elif second is _ABSENT:
                result = call(first)
            else:
                result = call(first, second)
        except BaseException as error:
            fail(Ticket(way, plain, started), error)
            raise
        is_counted = False
        try:
            elapsed = perf_counter_ns() - started
            if type(result) is result_type:
                cells[PLAIN] += 1
                is_counted = True
                append((plain, elapsed, result))
            else:
                is_counted = True  # there, whatever happens
                finish_plain(way, plain, elapsed, result)
            if n_entered % every == 0:
                relieve()
        except BaseException as error:  # noqa: BLE001 - raised again there, unless it is of our own making
            rescue(Ticket(way, plain, started), result, error, is_counted=is_counted)
        return result

    return monitored


def _careful(accounting: Accounting) -> Function:
    """Return what calls the function where its row is not plain; the call was entered already."""
    begin, succeed, fail = accounting.begin_carefully, accounting.succeed, accounting.fail

    def call(args: tuple[Any, ...], named: dict[str, Any], n_entered: int) -> Any:
        ticket = begin(args, named, n_entered)
        try:
            result = accounting.function(*args, **named)
        except BaseException as error:
            fail(ticket, error)
            raise
        succeed(ticket, result)
        return result

    return call


def _given(first: Any, second: Any, others: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments as they were given: who is given a later one is given all before it."""
    if second is _ABSENT:
        return () if first is _ABSENT else (first,)
    return first, second, *others


def _wrap_coroutine(function: Function, accounting: Accounting) -> Function:
    begin, succeed, fail = accounting.begin, accounting.succeed, accounting.fail

    @functools.wraps(function)
    async def monitored(*args: Any, **kwargs: Any) -> Any:
        ticket = begin(args, kwargs)
        try:
            result = await accounting.function(*args, **kwargs)
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
            result = yield from accounting.function(*args, **kwargs)
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
            source = accounting.function(*args, **kwargs)
            step = source.__anext__()
            while True:
                try:
                    item = await step
                except StopAsyncIteration:
                    break
                held = [item]
                del item
                try:
                    sent = yield held.pop()  # nobody keeps it here while its consumer works
                except GeneratorExit:
                    await source.aclose()
                    raise
                except BaseException as error:  # noqa: BLE001 - thrown in by the consumer, for the source
                    step = source.athrow(error)
                else:
                    step, sent = source.asend(sent), None
        except BaseException as error:
            fail(ticket, error)
            raise
        succeed(ticket, NO_RESULT)

    return monitored
