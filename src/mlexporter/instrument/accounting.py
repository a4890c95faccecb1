"""The one body behind every face of the decorator: what happens before and after a call.

A call is entered once and left once, whatever happens in it or in us. Calls of one plain row take a
short way; ``wrap.py`` writes that way out once more for plain functions, where each step counts.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns
from typing import Any, Final, TypeAlias

from mlexporter.instrument.capture import NO_RESULT, Capture, Captured
from mlexporter.instrument.captured import as_call, is_well_formed, picked, without_references
from mlexporter.instrument.endings import end_of
from mlexporter.instrument.plain_rows import VALUE_TYPES
from mlexporter.instrument.plain_way import PlainWay, no_way
from mlexporter.instrument.source import Arguments, Keywords, Pick
from mlexporter.instrument.ticket import Ticket
from mlexporter.state.entries import CANCELLED, Call
from mlexporter.state.ledger import PLAIN, has_global_lock, is_released
from mlexporter.state.model import ModelState

Function: TypeAlias = Callable[..., Any]
OnError: TypeAlias = Callable[[str, BaseException], None]

_TRUSTED_AFTER: Final = 16
"""Rows that are read with care before rows of a function are taken for plain."""
_DISTRUST_CALLS: Final = 1024
"""Rows that are read with care after values were found that should not be held."""


def _call_nothing(*_: object) -> None:
    """Stand where a function would be: calls are recorded by hand."""


class Accounting:
    """Counts calls of one function, or of one explicit recorder, into a model.

    Args:
        state: The counters of the model.
        on_error: Gets the stage and the exception of every error of ours.
        strict: Raise errors of ours, after they were counted.
        capture: How rows are read; replaced by ``adopt``.
        pick: Takes the container out of the arguments, or None for service metrics only.
        pick_time: Takes the time of the rows out of them, or None where rows bring theirs, or none.
        place: Position of the container among the arguments, or None where it has none.
        prepare: Called by the first call that comes; afterwards ``adopt`` was called.
        owner: Kept alive for as long as there are calls that may come.
        function: What a call calls; replaced by ``call``.

    Attributes:
        way: How plain rows are counted now.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each thing that is injected
        self, state: ModelState, on_error: OnError, *, strict: bool, capture: Capture, pick: Pick | None,
        place: int | None = None, pick_time: Pick | None = None,
        prepare: Callable[[], None] | None = None, owner: object = None,
        function: Function = _call_nothing,
    ) -> None:  # fmt: skip
        self._owner = owner
        self.function = function
        self._state = state
        self.enter = state.enter
        self.relieve = state.relieve
        self.relieve_every = state.relieve_every
        self._on_error = on_error
        self._strict = strict
        self._prepare = prepare
        self._trusted: PlainWay | None = None
        self.adopt(capture, pick, place, pick_time)

    def adopt(
        self, capture: Capture, pick: Pick | None, place: int | None = None, pick_time: Pick | None = None
    ) -> None:
        """Read the calls that begin from now on with ``capture``."""
        self._pick = pick
        self._clean_rows, self._needed = 0, _TRUSTED_AFTER
        self._trusted = None
        if place in (0, 1) and pick_time is None and has_global_lock():
            self._trusted = capture.plain_way(self._state, place, self._distrust)
        self._reading = (capture, pick, pick_time)
        self._take(no_way(capture))

    def pause(self, prepare: Callable[[], None]) -> None:
        """Let the next call prepare first: nothing can be counted before, as in a forked child."""
        self._prepare = prepare
        self._trusted = None
        self._take(no_way(self.way.capture))

    def call(self, function: Function) -> None:
        """Let calls that begin from now on call ``function``, which does the same."""
        self.function = function
        self._bind()

    def _take(self, way: PlainWay) -> None:
        self.way = way
        self._bind()

    def _bind(self) -> None:
        """Bring together what two threads may change at once."""
        way, function = None, None
        while way is not self.way or function is not self.function:
            way, function = self.way, self.function
            self.steps = (*way.steps, function)

    def begin(self, args: Arguments, kwargs: Keywords) -> Ticket:
        """Enter a call: take its features while they are what the caller gave."""
        way = self.way
        n_entered = self.enter()
        try:
            row = args[way.place]
            if type(row) is dict and len(row) == way.n_keys and type(row[way.probe]) in VALUE_TYPES:
                return Ticket(way, row.copy(), perf_counter_ns())
        except Exception:  # noqa: BLE001, S110 - not a plain row: whatever it is, it is read with care
            pass
        return self.begin_carefully(args, kwargs, n_entered)

    def begin_carefully(self, args: Arguments, kwargs: Keywords, n_entered: int) -> Ticket:
        """Read the features of a call that was entered, as which ``enter`` has told."""
        if self._prepare is not None:
            self._prepare_once(n_entered)
        capture, pick, pick_time = self._reading
        try:
            if pick is None:
                captured = capture.take_nothing()
            else:
                container = picked(pick, args, kwargs)
                captured = capture.take(container, picked(pick_time, args, kwargs))
                if self._trusted is not None and type(container) is dict and is_well_formed(captured):
                    self._gain_trust(self._trusted, len(container))
        except Exception as error:  # noqa: BLE001 - where rows come in, nothing of ours may reach the call
            captured = self._lost(capture, error)
        except BaseException:
            self._leave(Call(capture.lane, 0, status=CANCELLED))
            raise
        return Ticket(no_way(capture), captured, perf_counter_ns())

    def succeed(self, ticket: Ticket, result: object) -> None:
        """Leave a call that returned ``result``."""
        elapsed = perf_counter_ns() - ticket.started
        way, captured, _ = ticket
        try:
            if isinstance(captured, dict):
                self.finish_plain(way, captured, elapsed, result)
                if len(way.waiting) % self.relieve_every == 0:
                    self.relieve()
            else:
                self._finish(way.capture, captured, elapsed, result)
        except Exception as error:
            self._on_error("record", error)
            if self._strict:
                raise

    def finish_plain(self, way: PlainWay, row: dict[str, object], elapsed: int, result: object) -> None:
        """Leave a call of one plain row, whatever it answered; it is counted once, come what may."""
        is_counted = False
        try:
            answer = result if type(result) is way.result_type else way.capture.plain_output(result)
            if answer is not NO_RESULT:
                # Neither Ctrl-C nor another thread can come between a cell and the name beside it.
                way.cells[PLAIN] += 1
                is_counted = True
                way.append((row, elapsed, answer))
                return
            captured = way.capture.take(row)
            is_counted = True  # there, whatever happens
            self._finish(way.capture, captured, elapsed, result)
        except BaseException as error:  # noqa: BLE001 - raised again there, unless it is of our own making
            ticket = Ticket(way, row, perf_counter_ns() - elapsed)
            self.rescue(ticket, result, error, is_counted=is_counted)

    def rescue(self, ticket: Ticket, result: object, error: BaseException, *, is_counted: bool) -> None:
        """Account for a plain row whose counting was interrupted: by a fork, by Ctrl-C, by us.

        Raises:
            BaseException: ``error``, unless it is of our own making and ``strict`` is off.
        """
        if not is_counted and not is_released(ticket.way.cells):
            capture, row = ticket.way.capture, ticket.captured
            self._finish(capture, capture.take(row), perf_counter_ns() - ticket.started, result)
        if not isinstance(error, Exception):
            raise error
        if is_counted or not is_released(ticket.way.cells):
            self._on_error("record", error)
            if self._strict:
                raise error

    def fail(self, ticket: Ticket, error: BaseException) -> None:
        """Leave a call that raised ``error``; only the name of its class is kept."""
        elapsed = perf_counter_ns() - ticket.started
        try:
            capture, captured = ticket.way.capture, ticket.captured
            call = as_call(capture, capture.take(captured) if isinstance(captured, dict) else captured)
            call.status, call.error_name = end_of(error)
            call.elapsed_nanoseconds = elapsed
            self._leave(without_references(call))
        except Exception as problem:
            self._on_error("record", problem)
            if self._strict:
                raise

    def record(
        self, container: object, result: object, elapsed: int, error: BaseException | str | None, *,
        moment: object = None,
    ) -> None:  # fmt: skip
        """Count a call that happened elsewhere; ``moment`` is the time of its rows, if they bring none."""
        n_entered = self.enter()
        if self._prepare is not None:
            self._prepare_once(n_entered)
        capture = self._reading[0]
        try:
            captured = capture.take(container, moment)
        except Exception as problem:  # noqa: BLE001 - where rows come in, nothing of ours may raise
            captured = self._lost(capture, problem)
        except BaseException:
            self._leave(Call(capture.lane, 0, status=CANCELLED))
            raise
        try:
            if error is None:
                self._finish(capture, captured, elapsed, result)
                return
            call = as_call(capture, captured)
            call.status, call.error_name = end_of(error)
            call.elapsed_nanoseconds = elapsed
            self._leave(without_references(call))
        except Exception as problem:
            self._on_error("record", problem)
            if self._strict:
                raise

    def _finish(self, capture: Capture, captured: Captured, elapsed: int, result: object) -> None:
        call = as_call(capture, captured)
        call.elapsed_nanoseconds = elapsed
        try:
            capture.complete(call, result)
        finally:
            self._leave(without_references(call))

    def _leave(self, call: Call) -> None:
        try:
            self._state.leave(call)
        except ValueError:
            if not is_released(call.lane.ledger):
                raise
            # The process was forked in this call: the parent counts it.

    def _lost(self, capture: Capture, error: Exception) -> Call:
        """Account for a row that we failed to read; it is in no bin, and counted as dropped."""
        self._on_error("capture", error)
        call = Call(capture.lane, drop_reason="internal_error")
        if self._strict:
            self._leave(call)
            raise error
        return call

    def _prepare_once(self, n_entered: int) -> None:
        prepare = self._prepare
        if prepare is not None:
            try:
                prepare()
            except Exception as error:
                self._on_error("record", error)
                if self._strict:
                    raise
            self._prepare = None
            if n_entered <= self._state.opened_at:
                self.enter()  # what was entered before the cells were opened is not counted any more

    def _gain_trust(self, way: PlainWay, n_keys: int) -> None:
        """Take rows for plain from now on, if enough were; they have as many keys as the last one had."""
        self._clean_rows += 1
        if self._clean_rows >= self._needed:
            has_beside = way.n_keys < n_keys <= way.n_keys + way.n_beside
            self._take(way._replace(n_keys=n_keys) if has_beside else way)

    def _distrust(self) -> None:
        """Hold no rows for a while: there were values among them that ought not to be held."""
        self._clean_rows, self._needed = 0, _DISTRUST_CALLS
        self._take(no_way(self.way.capture))
