"""The one body behind every face of the decorator: what happens before and after a call.

A call is entered once and left once, whatever happens in it or in us.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns
from typing import Any, TypeAlias

from mlexporter.instrument.capture import Capture, Captured
from mlexporter.instrument.source import Arguments, Keywords, Pick
from mlexporter.state.entries import ABANDONED, CANCELLED, ERROR, OK, UNKNOWN_DURATION, Call
from mlexporter.state.model import ModelState

OnError: TypeAlias = Callable[[str, BaseException], None]
Ticket: TypeAlias = tuple[Capture, Captured, int]
"""What a call carries from its begin to its end: how it was read, its rows, when it began."""


class Accounting:
    """Counts calls of one function, or of one explicit recorder, into a model.

    Args:
        state: The counters of the model.
        on_error: Gets the stage and the exception of every error of ours.
        strict: Raise errors of ours, after they were counted.
        capture: How rows are read; replaced by ``adopt``.
        pick: Takes the container out of the arguments, or None for service metrics only.
        owner: Kept alive for as long as there are calls that may come.
    """

    def __init__(
        self, state: ModelState, on_error: OnError, *, strict: bool, capture: Capture, pick: Pick | None,
        owner: object = None,
    ) -> None:  # fmt: skip
        self._owner = owner
        self._enter = state.enter
        self._leave = state.leave
        self._leave_plain = state.leave_plain
        self._on_error = on_error
        self._strict = strict
        # One assignment replaces both: a call sees the old pair or the new one.
        self._reading = (capture, pick)

    def adopt(self, capture: Capture, pick: Pick | None) -> None:
        """Read the calls that begin from now on with ``capture``."""
        self._reading = (capture, pick)

    def begin(self, args: Arguments, kwargs: Keywords) -> Ticket:
        """Enter a call: take its features while they are what the caller gave."""
        self._enter()
        capture, pick = self._reading
        try:
            captured = capture.take_nothing() if pick is None else capture.take(_picked(pick, args, kwargs))
        except Exception as error:  # noqa: BLE001 - where rows come in, nothing of ours may reach the call
            captured = self._lost(capture, error)
        except BaseException:
            self._leave(Call(capture.lane, 0, status=CANCELLED))
            raise
        return capture, captured, perf_counter_ns()

    def succeed(self, ticket: Ticket, result: object) -> None:
        """Leave a call that returned ``result``."""
        elapsed = perf_counter_ns() - ticket[2]
        capture, captured, _ = ticket
        try:
            if type(captured) is tuple:
                try:
                    outputs = capture.read_outputs(result)
                except BaseException:  # Ctrl-C while the result was read: the call is counted all the same
                    self._leave(Call(capture.lane, rows=(captured,), elapsed_nanoseconds=elapsed))
                    raise
                if outputs is not None:
                    self._leave_plain(capture.lane, captured, elapsed, outputs)
                    return
            self.finish(capture, captured, elapsed, result)
        except Exception as error:
            self._on_error("record", error)
            if self._strict:
                raise

    def fail(self, ticket: Ticket, error: BaseException) -> None:
        """Leave a call that raised ``error``; only the name of its class is kept."""
        elapsed = perf_counter_ns() - ticket[2]
        try:
            call = _as_call(ticket[0], ticket[1])
            call.status, call.error_name = end_of(error)
            call.elapsed_nanoseconds = elapsed
            self._leave(_without_references(call))
        except Exception as problem:
            self._on_error("record", problem)
            if self._strict:
                raise

    def finish(self, capture: Capture, captured: Captured, elapsed: int, result: object) -> None:
        """Leave a successful call that is more than one plain row."""
        call = _as_call(capture, captured)
        call.elapsed_nanoseconds = elapsed
        try:
            capture.complete(call, result)
        finally:
            self._leave(_without_references(call))

    def record(
        self, container: object, result: object, elapsed: int, error: BaseException | str | None
    ) -> None:
        """Count a call that happened elsewhere."""
        capture = self._reading[0]
        self._enter()
        try:
            captured = capture.take(container)
        except Exception as problem:  # noqa: BLE001 - where rows come in, nothing of ours may raise
            captured = self._lost(capture, problem)
        except BaseException:
            self._leave(Call(capture.lane, 0, status=CANCELLED))
            raise
        try:
            if error is None:
                self.finish(capture, captured, elapsed, result)
                return
            call = _as_call(capture, captured)
            call.status, call.error_name = (ERROR, error) if isinstance(error, str) else end_of(error)
            call.elapsed_nanoseconds = elapsed
            self._leave(_without_references(call))
        except Exception as problem:
            self._on_error("record", problem)
            if self._strict:
                raise

    def _lost(self, capture: Capture, error: Exception) -> Call:
        """Account for a row that we failed to read; it is in no bin, and counted as dropped."""
        self._on_error("capture", error)
        call = Call(capture.lane, drop_reason="internal_error")
        if self._strict:
            self._leave(call)
            raise error
        return call


class _PickFailed:
    """Stands for what a callable of the user failed to take out; no reader can read it."""


def _picked(pick: Pick, args: Arguments, kwargs: Keywords) -> object:
    try:
        return pick(args, kwargs)
    except Exception:  # noqa: BLE001 - the user's callable may fail on rubbish: an unreadable row
        return _PickFailed()


def _as_call(capture: Capture, captured: Captured) -> Call:
    if isinstance(captured, Call):
        return captured
    return Call(capture.lane, rows=(captured,))


def _without_references(call: Call) -> Call:
    """Let go of rows that were for a warm-up: a buffer holds what it counts and no more."""
    columns: Any = getattr(call, "columns", None)
    if columns:
        call.columns = {}  # type: ignore[attr-defined]
    return call


def end_of(error: BaseException) -> tuple[int, str | None]:
    """Return the status of a call that raised ``error``, and the error's class for an ``error``."""
    name = class_name(error)
    if isinstance(error, GeneratorExit):
        return ABANDONED, None
    if not isinstance(error, Exception) or name == "CancelledError":
        return CANCELLED, None
    return ERROR, name


def class_name(error: BaseException) -> str:
    """Return the name of the class of ``error``; never raises, whatever its metaclass does."""
    return str(type.__dict__["__name__"].__get__(type(error)))


__all__ = ["OK", "UNKNOWN_DURATION", "Accounting", "OnError", "Ticket", "class_name", "end_of"]
