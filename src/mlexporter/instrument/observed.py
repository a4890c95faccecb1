"""The faces of a watched function: for each kind of function one that tells how a call of it goes.

Generators run piece by piece, among other things of their consumer, in any thread or task; what
watches them is told when a piece begins and when it ends.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

Function: TypeAlias = Callable[..., Any]
OnError: TypeAlias = Callable[[str, BaseException], None]


class Watch(Protocol):
    """Watches one call; nothing of it may raise (``Guarded`` sees to that)."""

    def resume(self) -> None:
        """Know that the function runs from now on, or the next piece of a generator."""

    def suspend(self, error: BaseException | None = None) -> None:
        """Know that it, or this piece of it, has ended, with ``error`` where it raised."""

    def piece(self, value: object) -> None:
        """Know what a generator has yielded."""

    def finish(self, result: object, error: BaseException | None = None) -> None:
        """Know how the whole call has ended: what it returned, or what it raised."""


Begin: TypeAlias = Callable[[tuple[Any, ...], dict[str, Any]], Watch | None]
"""Gets the arguments of a call; returns what watches it, or None where nothing does. It may not raise."""


class Nobody:
    """Watches a call without looking; who looks at some of it overrides that."""

    __slots__ = ()

    def resume(self) -> None:
        """Do nothing."""

    def suspend(self, error: BaseException | None = None) -> None:
        """Do nothing."""

    def piece(self, value: object) -> None:
        """Do nothing."""

    def finish(self, result: object, error: BaseException | None = None) -> None:
        """Do nothing."""


_NOBODY: Final = Nobody()


class Guarded:
    """Begins what watches calls, and keeps from them all that goes wrong there.

    Args:
        begin: As ``Begin``, but it may raise.
        stage: Where errors are counted, one of ``catalogue.INTERNAL_STAGES``.
        on_error: Gets the stage and each error.
        strict: Raise errors, after they were counted, where that hides nothing.
    """

    def __init__(self, begin: Begin, *, stage: str, on_error: OnError, strict: bool) -> None:
        self._begin = begin
        self._stage = stage
        self._on_error = on_error
        self._strict = strict

    def begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Watch | None:
        """Return what watches a call, guarded."""
        watch: Watch | None = self.attempt(None, self._begin, args, kwargs)
        return None if watch is None else _GuardedWatch(watch, self)

    def attempt(self, hidden: BaseException | None, step: Callable[..., Any], *args: object) -> Any:
        """Return what ``step`` returns, None where it fails.

        Args:
            hidden: What an error would hide; then it is never raised.
            step: What is tried.
            args: Given to it.
        """
        try:
            return step(*args)
        except Exception as problem:
            self._on_error(self._stage, problem)
            if self._strict and hidden is None:
                raise
            return None


class _GuardedWatch:
    __slots__ = ("_guard", "_watch")

    def __init__(self, watch: Watch, guard: Guarded) -> None:
        self._watch = watch
        self._guard = guard

    def resume(self) -> None:
        self._guard.attempt(None, self._watch.resume)

    def suspend(self, error: BaseException | None = None) -> None:
        self._guard.attempt(error, self._watch.suspend, error)

    def piece(self, value: object) -> None:
        self._guard.attempt(None, self._watch.piece, value)

    def finish(self, result: object, error: BaseException | None = None) -> None:
        self._guard.attempt(error, self._watch.finish, result, error)


def observed(function: Function, kind: Function, begin: Begin) -> Function:
    """Return ``function``, of the same kind, with its calls watched.

    Args:
        function: What is called.
        kind: What really runs, which tells how: a coroutine function, a generator function or another.
        begin: Called with the arguments of each call.
    """
    if inspect.isasyncgenfunction(kind):
        return _observed_async_generator(function, begin)
    if inspect.isgeneratorfunction(kind):
        return _observed_generator(function, begin)
    if inspect.iscoroutinefunction(kind):
        return _observed_coroutine(function, begin)
    return _observed_function(function, begin)


def is_plain_function(kind: Function) -> bool:
    """Return whether a call runs from its begin to its end: no coroutine and no generator."""
    asks = (inspect.isasyncgenfunction, inspect.isgeneratorfunction, inspect.iscoroutinefunction)
    return not any(ask(kind) for ask in asks)


def _observed_function(function: Function, begin: Begin) -> Function:
    def call(*args: Any, **kwargs: Any) -> Any:
        watch = begin(args, kwargs)
        if watch is None:
            return function(*args, **kwargs)
        return run(watch, function, args, kwargs)

    return call


def run(watch: Watch, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a function returns whose call is watched."""
    watch.resume()
    try:
        result = function(*args, **kwargs)
    except BaseException as error:
        watch.suspend(error)
        watch.finish(None, error)
        raise
    watch.suspend()
    watch.finish(result)
    return result


def _observed_coroutine(function: Function, begin: Begin) -> Function:
    async def call(*args: Any, **kwargs: Any) -> Any:
        watch = begin(args, kwargs)
        if watch is None:
            return await function(*args, **kwargs)
        watch.resume()
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            watch.suspend(error)
            watch.finish(None, error)
            raise
        watch.suspend()
        watch.finish(result)
        return result

    return call


def _observed_generator(function: Function, begin: Begin) -> Function:
    def pieces(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        watch = begin(args, kwargs)
        if watch is None:
            return (yield from function(*args, **kwargs))
        try:
            source = function(*args, **kwargs)
            step = partial(next, source)
            while True:
                is_at_end, item = _piece(watch, step)
                if is_at_end:
                    break
                watch.piece(item)
                held, closing = [item], None
                del item
                try:
                    sent = yield held.pop()  # nobody keeps it here while its consumer works
                except GeneratorExit as exits:
                    closing = exits
                except BaseException as error:  # noqa: BLE001 - thrown in by the consumer, for the source
                    step = partial(source.throw, error)
                else:
                    step, sent = partial(source.send, sent), None
                if closing is not None:
                    _piece(watch, source.close)
                    raise closing  # noqa: TRY301 - where it is caught, what close() raises would tell of it
        except BaseException as error:
            watch.finish(None, error)
            raise
        finally:
            step = closing = None  # type: ignore[assignment]  # as in _piece
        watch.finish(item)
        return item

    return pieces


def _piece(watch: Watch, step: Callable[[], Any]) -> tuple[bool, Any]:
    """Run a generator to its next value, or to its end and what it returns."""
    watch.resume()
    try:
        return False, step()
    except StopIteration as stop:
        return True, stop.value
    finally:
        del step  # it may hold an exception, which holds this frame: no circle
        watch.suspend()


def _observed_async_generator(function: Function, begin: Begin) -> Function:
    async def pieces(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        watch = begin(args, kwargs) or _NOBODY  # nothing delegates to an asynchronous generator
        try:
            source = function(*args, **kwargs)
            step = source.__anext__()
            while True:
                try:
                    item = await _within(watch, step)
                except StopAsyncIteration:
                    break
                watch.piece(item)
                held, closing = [item], None
                del item
                try:
                    sent = yield held.pop()  # nobody keeps it here while its consumer works
                except GeneratorExit as exits:
                    closing = exits
                except BaseException as error:  # noqa: BLE001 - thrown in by the consumer, for the source
                    step = source.athrow(error)
                else:
                    step, sent = source.asend(sent), None
                if closing is not None:
                    await _within(watch, source.aclose())
                    raise closing  # noqa: TRY301 - where it is caught, what aclose() raises would tell of it
        except BaseException as error:
            watch.finish(None, error)
            raise
        finally:
            step = closing = None
        watch.finish(None)

    return pieces


async def _within(watch: Watch, step: Awaitable[Any]) -> Any:
    """Await the next value of an asynchronous generator."""
    watch.resume()
    try:
        item = await step
    except BaseException as error:
        watch.suspend(error)
        raise
    watch.suspend()
    return item
