"""``Events``: a share of the calls of a model, each as one record with its row and its answer.

Whether a call is one of them is decided before anything of it is read. What is kept back never gets
further than this: not into the queue, not into a record.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import random
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mlexporter.catalogue import STATUSES
from mlexporter.instrument.current_trace import CurrentTrace, SpanIds
from mlexporter.instrument.endings import end_of
from mlexporter.instrument.event_choice import Redaction
from mlexporter.instrument.event_queue import Admission, EventQueue
from mlexporter.instrument.event_reader import EventReader, Features
from mlexporter.instrument.event_values import Plain, short_text
from mlexporter.instrument.evented import FunctionEvents, evented
from mlexporter.instrument.observed import Guarded
from mlexporter.instrument.prediction_event import (
    DURATION,
    ID,
    ROWS,
    Attributes,
    PredictionEvent,
    Recorded,
    body_of,
    nanoseconds_of,
    seconds_of,
)
from mlexporter.instrument.spans import ERROR_TYPE, MODEL_NAME, MODEL_VARIANT, MODEL_VERSION, STATUS
from mlexporter.state.entries import ERROR, OK

if TYPE_CHECKING:
    from mlexporter.instrument.observed import Begin, OnError
    from mlexporter.instrument.selection import Selection
    from mlexporter.instrument.source import Pick
    from mlexporter.records import ModelKey, Reference

Function: TypeAlias = Callable[..., Any]

STAGE: Final = "events"
LOW_BITS: Final = 2**64 - 1
"""The bits of the number of a trace that decide, as for ``TraceIdRatioBased``."""


class Events:
    """Makes the events of one decorator, or of one explicit recorder.

    Where a call is part of a trace, the number of the trace decides: all calls of a trace agree.
    Elsewhere chance does.

    Args:
        key: The model.
        selection: What the user chose.
        ratio: Share of the calls, above 0 and up to 1.
        redaction: Tells what is kept back.
        queue: Where events wait.
        trace: Reads the trace of a call.
        on_error: Gets the stage and the exception of every error of ours.
        strict: Raise them, after they were counted, where they hide nothing.

    Attributes:
        ratio, trace, queue: As they were given.
        bound: Traces whose low bits, those of ``low_bits``, are below it are of the share.
        reader: Reads calls now.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each thing that is injected
        self, key: ModelKey, selection: Selection, *, ratio: float, redaction: Redaction, queue: EventQueue,
        trace: CurrentTrace, on_error: OnError, strict: bool,
    ) -> None:  # fmt: skip
        self.ratio = ratio
        self.bound = round(ratio * (LOW_BITS + 1))
        self.low_bits = LOW_BITS
        self.queue = queue
        self.trace = trace
        self._selection = selection
        self._redaction = redaction
        self._on_error = on_error
        self._strict = strict
        names = {MODEL_NAME: key.name, MODEL_VERSION: key.version, MODEL_VARIANT: key.variant}
        self._attributes: Attributes = {name: short_text(value) for name, value in names.items()}
        self.adopt(None)

    def adopt(self, reference: Reference | None) -> None:
        """Send the features and outputs of ``reference`` from now on, if there is one."""
        self.reader = EventReader(self._selection, reference, self._redaction)

    def layer(
        self, function: Function, pick: Callable[[], Pick | None]
    ) -> Callable[[Function, Function], Function]:
        """Return what lets calls become events.

        Args:
            function: As the user wrote it.
            pick: Returns what takes the features out of the arguments now.
        """
        watching = FunctionEvents(self, function, self._selection.id, pick)
        return lambda called, kind: evented(called, kind, watching)

    def wants(self, trace_id: int) -> bool:
        """Return whether a call of this trace, 0 for none, is one of the share."""
        return trace_id & LOW_BITS < self.bound if trace_id else random() < self.ratio  # noqa: S311 - no secret

    def admit(self) -> Admission | None:
        """Return what lets the event of a chosen call in; None where it is not to be made."""
        return None if self.trace.is_suppressed() else self.queue.admit()

    def guarded(self, begin: Begin) -> Guarded:
        """Return what keeps errors of ``begin`` from calls."""
        return Guarded(begin, stage=STAGE, on_error=self._on_error, strict=self._strict)

    def attributes(
        self, features: Features, *, status: int, error_name: str | None, elapsed: int
    ) -> Attributes:
        """Return the attributes of a call.

        Args:
            features: What was read of it.
            status: Position in ``catalogue.STATUSES``.
            error_name: Class of its exception, or None.
            elapsed: Nanoseconds, negative where nobody knows.
        """
        found: dict[str, Plain | None] = {
            **self._attributes, STATUS: STATUSES[status], DURATION: seconds_of(elapsed),
            ERROR_TYPE: None if error_name is None else short_text(error_name),
            ROWS: features.n_rows, ID: features.id,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value is not None}

    def record(  # noqa: PLR0913 - one for each thing that is known of a call
        self, container: object, result: object, *, row: object, id: object, timestamp: object,  # noqa: A002 - as in Monitor.record
        elapsed: int, error: BaseException | str | None,
    ) -> None:  # fmt: skip
        """Make an event of a call that happened elsewhere, if it is one of the share; ``Recorded`` says more.

        Raises:
            Exception: an error of ours, only under ``strict``.
        """
        ids = self.trace.ids()
        if self.wants(ids.trace_id):
            call = Recorded(container, row, result, id, timestamp, elapsed, error)
            self.guarded(_nobody).attempt(None, self._record, call, ids)

    def _record(self, call: Recorded, ids: SpanIds) -> None:
        admission = self.admit()
        if admission is None:
            return
        reader = self.reader
        features = reader.read_recorded(call.container, call.row, call.id)
        status, error_name = OK, None
        if call.error is not None:
            status, error_name = end_of(call.error)
        prediction = reader.prediction(call.result, features) if status == OK else None
        now = time.time_ns()
        self.queue.put(admission, PredictionEvent(
            nanoseconds_of(call.timestamp, now), now, status == ERROR,
            self.attributes(features, status=status, error_name=error_name, elapsed=call.elapsed),
            body_of(features, prediction), ids,
        ))  # fmt: skip

    def note(self) -> str:
        """Return, in words, what is sent and what is kept back."""
        kept = ", ".join(self._redaction.patterns)
        return (
            f"{self.ratio:.4g} of the calls are sent as events, with values of their rows; "
            f"{f'kept back: {kept}' if kept else 'nothing is kept back'}"
        )


def _nobody(*_: object) -> None:
    """Stand where a call would begin: it has happened already."""
