"""A function of whose calls a share become events."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import random
from typing import TYPE_CHECKING, Any, TypeAlias

from mlexporter.errors import ConfigurationError
from mlexporter.instrument.endings import end_of
from mlexporter.instrument.event_queue import Admission
from mlexporter.instrument.event_reader import EventReader, Features
from mlexporter.instrument.event_values import short_text
from mlexporter.instrument.observed import Nobody, Watch, is_plain_function, observed, run
from mlexporter.instrument.prediction_event import PredictionEvent, body_of
from mlexporter.instrument.selection import Chooser, Selection
from mlexporter.instrument.source import Pick, find_source, full_name_of
from mlexporter.instrument.spans import FUNCTION_NAME
from mlexporter.state.entries import ERROR, OK

if TYPE_CHECKING:
    from mlexporter.instrument.events import Events

Function: TypeAlias = Callable[..., Any]


class FunctionEvents:
    """Makes the events of one function.

    Args:
        events: Of its decorator.
        function: As the user wrote it.
        identifier: ``id=`` of the user.
        pick: Returns what takes the features out of the arguments now; None where nobody knows.
    """

    def __init__(
        self, events: Events, function: Function, identifier: Chooser, pick: Callable[[], Pick | None]
    ) -> None:
        self.events = events
        self.function_name = short_text(full_name_of(function))
        self._pick = pick
        self._pick_id = _pick_of_id(function, identifier)
        self.begin_wanted = events.guarded(self._begin).begin

    def begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Watch | None:
        """Return what makes an event of a call, None where it is not one of the share."""
        if not self.events.wants(self.events.trace.ids().trace_id):
            return None
        return self.begin_wanted(args, kwargs)

    def _begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Watch | None:
        admission = self.events.admit()
        if admission is None:
            return None
        reader, pick = self.events.reader, self._pick()
        identified = _picked(self._pick_id, args, kwargs)
        if pick is None:
            features = reader.read_id(identified)
        else:
            features = reader.read(_picked(pick, args, kwargs), identified)
        return _Observation(self, reader, admission, features)


class _Observation(Nobody):
    """Watches one call of the share."""

    __slots__ = ("_admission", "_features", "_function", "_ids", "_reader", "_started")

    def __init__(
        self, function: FunctionEvents, reader: EventReader, admission: Admission, features: Features
    ) -> None:
        self._function = function
        self._reader = reader
        self._admission = admission
        self._features = features
        self._ids = function.events.trace.ids()
        self._started = time.perf_counter_ns()

    def finish(self, result: object, error: BaseException | None = None) -> None:
        """Let the event wait until it is sent; of an error only the class is told."""
        elapsed = time.perf_counter_ns() - self._started
        events, features = self._function.events, self._features
        status, error_name = (OK, None) if error is None else end_of(error)
        prediction = self._reader.prediction(result, features) if error is None else None
        attributes = events.attributes(features, status=status, error_name=error_name, elapsed=elapsed)
        attributes[FUNCTION_NAME] = self._function.function_name
        now = time.time_ns()
        body = body_of(features, prediction)
        event = PredictionEvent(now, now, status == ERROR, attributes, body, self._ids)
        events.queue.put(self._admission, event)


def evented(function: Function, kind: Function, watching: FunctionEvents) -> Function:
    """Return ``function``, of whose calls a share become events.

    Args:
        function: What is called.
        kind: What really runs, which tells how: a coroutine function, a generator function or another.
        watching: Makes the events.
    """
    if is_plain_function(kind):
        return _evented_function(function, watching)
    return observed(function, kind, watching.begin)


def _evented_function(function: Function, watching: FunctionEvents) -> Function:
    """Decide at once whether a call is one of the share, as ``Events.wants`` does: most are not."""
    events, begin = watching.events, watching.begin_wanted
    trace, low_bits, bound, ratio = events.trace, events.low_bits, events.bound, events.ratio

    def call(*args: Any, **kwargs: Any) -> Any:
        trace_id, current = 0, trace.current
        if current is not None:
            try:
                span = current().get(trace.key)
                if span is not None:
                    trace_id = span.get_span_context().trace_id
                    is_wanted = trace_id & low_bits < bound
            except Exception:  # noqa: BLE001 - whatever somebody has put there is no span
                trace_id = 0
        if not trace_id:
            is_wanted = random() < ratio  # noqa: S311 - no secret
        begun = begin(args, kwargs) if is_wanted else None
        if begun is None:
            return function(*args, **kwargs) if kwargs else function(*args)  # a dict is dear to hand on
        return run(begun, function, args, kwargs)

    return call


def _pick_of_id(function: Function, identifier: Chooser) -> Pick | None:
    """Return what takes out of the arguments the id, or what it is a field of; None where nobody knows."""
    if identifier is None:
        return None
    if callable(identifier):
        chooser = identifier
        return lambda args, kwargs: chooser(*args, **kwargs)
    try:
        return find_source(function, Selection(features=(identifier,)), None).pick
    except ConfigurationError:  # no parameter has this name, and there is more than one
        return None


def _picked(pick: Pick | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
    if pick is None:
        return None
    try:
        return pick(args, kwargs)
    except Exception:  # noqa: BLE001 - the user's callable may fail on rubbish: there is nothing to read
        return None
