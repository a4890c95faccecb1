import asyncio
import functools
import gc
import random
from types import SimpleNamespace

import pandas as pd
import pytest
from opentelemetry import context, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

from mlexporter.instrument import event_reader
from mlexporter.instrument.current_trace import NOWHERE, CurrentTrace
from mlexporter.instrument.event_choice import Redaction
from mlexporter.instrument.event_queue import EventQueue
from mlexporter.instrument.events import Events
from mlexporter.instrument.monitor import Monitor
from mlexporter.instrument.selection import Selection
from mlexporter.records import ModelKey
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState

ROW = {"size": 1.5, "colour": "red"}
SECRET = "the secret of a row"


class Rig:
    """One monitor whose calls become events, and the events."""

    def __init__(self, ratio=1.0, redact=(), *, strict=True, per_second=1e9, **selection):
        self.counter = ExporterCounter()
        chosen = Selection(**selection)
        self.state = ModelState(
            ModelKey("m", "1"), latency_bounds=(0.1, 1.0), buffer_rows=256, buffer_limit_rows=4096,
            wall_clock=lambda: 1000.0, counter=self.counter, strict=strict,
        )  # fmt: skip
        self.queue = EventQueue(per_second, self.counter.on_event, limit=100_000)
        self.trace = CurrentTrace()
        self.trace.look()
        self.events = Events(
            self.state.key, chosen, ratio=ratio, redaction=Redaction(redact), queue=self.queue, trace=self.trace,
            on_error=self.counter.on_error, strict=strict,
        )  # fmt: skip
        self.monitor = Monitor(
            self.state, selection=chosen, strict=strict, on_error=self.counter.on_error, events=self.events
        )

    def taken(self):
        """Return what waits, oldest first."""
        found = []
        while (event := self.queue.take(0.0)) is not None:
            found.append(event)
        return found

    def only(self):
        """Return the only event that waits."""
        (event,) = self.taken()
        return event


def features_of(event):
    return event.body.get("features")


def test_an_event_tells_of_the_call_what_a_span_does_and_its_values():
    """Model, function, status, duration, rows; features and the answer."""
    rig = Rig()

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    assert predict(ROW) == 0.7
    event = rig.only()
    duration = event.attributes.pop("ml.prediction.duration")
    assert 0 <= duration < 1
    assert event.attributes == {
        "ml.model.name": "m", "ml.model.version": "1", "ml.model.variant": "primary",
        "ml.prediction.status": "ok", "ml.prediction.rows": 1,
        "code.function.name": f"{predict.__module__}.{predict.__qualname__}",
    }  # fmt: skip
    assert event.body == {"features": ROW, "prediction": 0.7}
    assert (event.is_error, event.ids) == (False, NOWHERE)
    assert event.timestamp == event.observed > 1.6e18


def test_of_an_error_only_the_class_is_told():
    """A message may hold a value of a row; and there is no answer."""
    rig = Rig()

    @rig.monitor.wrap
    def predict(row):
        raise LookupError(SECRET)

    with pytest.raises(LookupError, match=SECRET):
        predict(ROW)
    event = rig.only()
    assert event.attributes["error.type"] == "LookupError"
    assert event.attributes["ml.prediction.status"] == "error"
    assert event.is_error
    assert event.body == {"features": ROW}
    assert SECRET not in repr(event)


def test_cancelling_is_no_error():
    """As for spans."""
    rig = Rig()

    @rig.monitor.wrap
    def predict(row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predict(ROW)
    event = rig.only()
    assert (event.attributes["ml.prediction.status"], event.is_error) == ("cancelled", False)
    assert "error.type" not in event.attributes


def test_features_are_those_that_came_in():
    """What the function does to its row, and to its answer later, changes no event."""
    rig = Rig()
    answer = {"score": 0.7}

    @rig.monitor.wrap
    def predict(row):
        row["size"] = "mutated"
        del row["colour"]
        return answer

    predict(dict(ROW))
    answer["score"] = "mutated"
    assert rig.only().body == {"features": ROW, "prediction": {"score": 0.7}}


def call_plainly(monitor):
    @monitor.wrap
    def predict(row):
        return 0.7

    return predict(ROW)


def call_by_keyword(monitor):
    @monitor.wrap
    def predict(*, row):
        return 0.7

    return predict(row=ROW)


def call_awaited(monitor):
    @monitor.wrap
    async def predict(row):
        await asyncio.sleep(0)
        return 0.7

    return asyncio.run(predict(ROW))


def call_generator(monitor):
    @monitor.wrap
    def predict(row):
        yield 1
        return 0.7

    def caller():
        return (yield from predict(ROW))

    pieces = caller()
    next(pieces)
    with pytest.raises(StopIteration) as stop:
        next(pieces)
    return stop.value.value


def call_asynchronous_generator(monitor):
    @monitor.wrap
    async def predict(row):
        yield 0.7

    async def caller():
        (piece,) = [piece async for piece in predict(ROW)]
        return piece

    return asyncio.run(caller())


class Model:
    """Functions of a class."""

    def method(self, row):
        """Predict."""
        return 0.7

    def __call__(self, row):
        """Predict."""
        return 0.7


def call_method(monitor):
    class Own(Model):
        method = monitor.wrap(Model.method)

    return Own().method(ROW)


def call_static_method(monitor):
    class Own:
        predict = monitor.wrap(staticmethod(lambda row: 0.7))

    return Own.predict(ROW)


def call_class_method(monitor):
    class Own:
        predict = monitor.wrap(classmethod(lambda cls, row: 0.7))

    return Own.predict(ROW)


def call_partial(monitor):
    return monitor.wrap(functools.partial(lambda base, row: base, 0.7))(ROW)


def call_object(monitor):
    return monitor.wrap(Model())(ROW)


def call_frame(monitor):
    @monitor.wrap
    def predict(frame):
        return frame.assign(score=0.7)["score"].to_numpy()

    return predict(pd.DataFrame([ROW]))[0]


CALLS = [
    call_plainly, call_by_keyword, call_awaited, call_generator, call_asynchronous_generator, call_method,
    call_static_method, call_class_method, call_partial, call_object, call_frame,
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_every_kind_of_function_has_events(call):
    """One a call, with its row; the answer where it is returned, and what it returns is what it was."""
    rig = Rig()

    assert call(rig.monitor) == 0.7
    event = rig.only()
    assert features_of(event) == ROW
    assert event.attributes["ml.prediction.status"] == "ok"
    expected = None if call is call_asynchronous_generator else 0.7
    assert event.body.get("prediction") == expected


@pytest.mark.parametrize("call", CALLS)
def test_every_kind_of_function_works_without_its_share(call):
    """A call that is not of the share is the call that it was, and nothing is read."""
    rig = Rig(ratio=1e-300)

    assert call(rig.monitor) == 0.7
    assert rig.taken() == []


def test_a_generator_that_is_left_is_abandoned():
    """Its event tells so."""
    rig = Rig()

    @rig.monitor.wrap
    def predict(row):
        yield 1
        yield 2

    pieces = predict(ROW)
    next(pieces)
    assert rig.taken() == []
    del pieces
    gc.collect()
    assert rig.only().attributes["ml.prediction.status"] == "abandoned"


def test_of_a_batch_only_the_number_of_rows():
    """No values of it."""
    rig = Rig()

    @rig.monitor.wrap
    def predict(frame):
        return [0.5] * len(frame)

    predict(pd.DataFrame([ROW] * 3))
    event = rig.only()
    assert event.attributes["ml.prediction.rows"] == 3
    assert event.body == {}


def test_a_function_whose_features_nobody_knows():
    """Its arguments are not sent."""
    rig = Rig()

    @rig.monitor.wrap
    def predict(customer, basket):
        return 0.7

    predict("john", [1, 2])
    event = rig.only()
    assert event.body == {"prediction": 0.7}
    assert "ml.prediction.rows" not in event.attributes


@pytest.mark.parametrize(
    ("identifier", "redact", "expected"),
    [
        ("order", (), 77),
        ("order", ("order",), "redacted"),
        ("order", ("id",), "redacted"),
        ("absent", (), None),
        (lambda row, extra=None: row["order"] + 1, (), 78),
        (lambda: 1, (), None),
        (None, (), None),
    ],
)
def test_what_identifies_a_prediction(identifier, redact, expected):
    """A field of the row, or what a callable makes of the arguments."""
    rig = Rig(id=identifier, redact=redact)

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    predict({"size": 1.5, "order": 77})
    assert rig.only().attributes.get("ml.prediction.id") == expected


def test_a_parameter_that_identifies():
    """Also where there are several."""
    rig = Rig(id="order", features=["size"])

    @rig.monitor.wrap
    def predict(size, order):
        return 0.7

    predict(1.5, order="A-7")
    event = rig.only()
    assert event.attributes["ml.prediction.id"] == "A-7"
    assert features_of(event) == {"size": 1.5}


def test_an_id_with_the_name_of_the_row():
    """Then it is the field of the row."""
    rig = Rig(id="order")

    @rig.monitor.wrap
    def predict(order):
        return 0.7

    predict({"size": 1.5, "order": "A-7"})
    predict({"size": 1.5})
    assert [each.attributes.get("ml.prediction.id") for each in rig.taken()] == ["A-7", None]


def test_an_id_that_no_parameter_has():
    """The function is monitored all the same."""
    rig = Rig(id="order", features=["size"])

    @rig.monitor.wrap
    def predict(size, colour):
        return 0.7

    predict(1.5, "red")
    assert "ml.prediction.id" not in rig.only().attributes


def test_a_chooser_that_fails_stops_nothing():
    """Neither the call nor the event."""
    rig = Rig(features=lambda row: row["absent"], redact=["x"])

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    assert predict(ROW) == 0.7
    assert rig.only().body == {"prediction": 0.7}
    assert rig.counter.counts().internal_errors == {}


def test_an_error_of_ours_never_reaches_a_call(monkeypatch):
    """It is counted by its stage."""
    rig = Rig(strict=False)

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    def fail(*_):
        raise ArithmeticError

    monkeypatch.setattr(event_reader.EventReader, "read", fail)
    assert predict(ROW) == 0.7
    monkeypatch.undo()
    monkeypatch.setattr(event_reader.EventReader, "prediction", fail)
    assert predict(ROW) == 0.7
    rig.monitor.record(ROW, 0.7)
    assert rig.counter.counts().internal_errors == {"events": 3}
    assert rig.taken() == []


def test_strict_raises_errors_of_ours(monkeypatch):
    """In tests nothing is to be missed."""
    rig = Rig()

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    def fail(*_):
        raise ArithmeticError

    monkeypatch.setattr(event_reader.EventReader, "prediction", fail)
    with pytest.raises(ArithmeticError):
        predict(ROW)


def test_the_rate_is_kept_before_anything_is_read(monkeypatch):
    """A call over the rate is counted and costs nothing more."""
    rig = Rig(per_second=3.0)

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    rig.queue._clock = lambda: rig.queue._refilled
    predict(ROW), predict(ROW), predict(ROW)
    monkeypatch.setattr(event_reader.EventReader, "read", None)
    predict(ROW), predict(ROW)
    rig.monitor.record(ROW, 0.7)
    assert len(rig.taken()) == 3
    assert rig.counter.counts().events["dropped_rate"] == 3


def test_without_events_there_is_no_layer():
    """What a call calls is the very function."""
    rig = Rig()
    bare = Monitor(rig.state, selection=Selection(), on_error=rig.counter.on_error)

    def predict(row):
        return 0.7

    bare.wrap(predict)
    rig.monitor.wrap(predict)
    (without,), (with_events,) = bare._wrapped, rig.monitor._wrapped
    assert (without.layers, without.accounting.function) == ({}, predict)
    assert list(with_events.layers) == ["events"]
    assert with_events.accounting.function is not predict


def test_people_are_told_what_leaves():
    """In the description: the share, and what is kept back."""
    sentence = "1 of the calls are sent as events, with values of their rows; nothing is kept back"

    assert dict(Rig().monitor.notes())["events"] == sentence
    assert "0.25 of the calls" in dict(Rig(0.25).monitor.notes())["events"]
    assert "kept back: email*, name" in dict(Rig(0.25, ["email*", "name"]).monitor.notes())["events"]


# --- records by hand ------------------------------------------------------------------------------


def test_records_by_hand_are_events():
    """With what is known of them."""
    rig = Rig(redact=["colour"])
    rig.monitor.record(ROW, 0.7, id="A-7", timestamp=1_700_000_000.5, duration_seconds=0.25)
    event = rig.only()

    assert event.attributes == {
        "ml.model.name": "m", "ml.model.version": "1", "ml.model.variant": "primary",
        "ml.prediction.status": "ok", "ml.prediction.rows": 1, "ml.prediction.id": "A-7",
        "ml.prediction.duration": 0.25,
    }  # fmt: skip
    assert event.body == {"features": {"size": 1.5, "colour": "redacted"}, "prediction": 0.7}
    assert event.timestamp == 1_700_000_000_500_000_000 < event.observed


@pytest.mark.parametrize("error", [LookupError(SECRET), "LookupError"])
def test_errors_by_hand(error):
    """An exception, or the name of its class."""
    rig = Rig()
    rig.monitor.record(ROW, error=error)
    event = rig.only()

    assert (event.attributes["error.type"], event.is_error) == ("LookupError", True)
    assert "ml.prediction.duration" not in event.attributes
    assert SECRET not in repr(event)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("ValueError: no such rider " + SECRET, "other"),
        (SECRET, "other"),
        ("", "other"),
        ("shop.errors.NoSuchRider", "shop.errors.NoSuchRider"),
    ],
)
def test_a_message_in_the_place_of_a_class_is_not_sent(error, expected):
    """What is no name of a class may quote a row; there is no answer either."""
    rig = Rig()
    rig.monitor.record(ROW, {"who": SECRET}, error=error)
    event = rig.only()

    assert event.attributes["error.type"] == expected
    assert event.body == {"features": ROW}
    assert SECRET not in repr(event)


@pytest.mark.parametrize("timestamp", [None, "yesterday", float("nan"), float("inf"), -1, 1e300, [1]])
def test_a_time_that_is_none(timestamp):
    """The row is of now."""
    rig = Rig()
    rig.monitor.record(ROW, 0.7, timestamp=timestamp)
    event = rig.only()

    assert event.timestamp == event.observed


def test_a_batch_by_hand():
    """One event, with its rows."""
    rig = Rig()
    rig.monitor.record_batch([ROW] * 4, [0.1] * 4, duration_seconds=1.0)
    event = rig.only()

    assert (event.attributes["ml.prediction.rows"], event.body) == (4, {})


def test_the_id_of_a_record_by_hand():
    """Given, a field of the row also where features are chosen from it, and kept back by its name."""
    rig = Rig(id="order", features=lambda row: {"size": row["size"]})
    rig.monitor.record({"size": 1.5, "order": 77}, 0.7)
    rig.monitor.record({"size": 1.5, "order": 77}, 0.7, id=78)
    assert [each.attributes["ml.prediction.id"] for each in rig.taken()] == [77, 78]

    hidden = Rig(id="order", redact=["order"])
    hidden.monitor.record({"size": 1.5, "order": 77}, 0.7, id=78)
    assert hidden.only().attributes["ml.prediction.id"] == "redacted"


# --- which calls ----------------------------------------------------------------------------------


def within(trace_id, flags=1):
    """Return a context within a span of this trace."""
    span = trace.NonRecordingSpan(
        trace.SpanContext(trace_id, 0xABC, is_remote=False, trace_flags=trace.TraceFlags(flags))
    )
    return trace.set_span_in_context(span, context.Context())


def in_trace(trace_id, call, flags=1):
    token = context.attach(within(trace_id, flags))
    try:
        return call()
    finally:
        context.detach(token)


@pytest.mark.parametrize(
    "key", [context._SUPPRESS_INSTRUMENTATION_KEY, "suppress_instrumentation"], ids=["drawn", "plain"]
)
def test_nothing_is_told_where_the_application_wants_nothing(key):
    """No event, none is counted, and the rate is not used up."""
    rig = Rig(per_second=1.0)
    rig.queue._clock = lambda: rig.queue._refilled

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    token = context.attach(context.set_value(key, True))
    try:
        assert predict(ROW) == 0.7
        asyncio_free(rig.monitor.wrap(call_later)(ROW))
        rig.monitor.record(ROW, 0.7)
    finally:
        context.detach(token)
    assert rig.taken() == []
    assert not any(rig.counter.counts().events.values())
    predict(ROW)
    assert len(rig.taken()) == 1


async def call_later(row):
    return 0.7


def test_suppression_without_a_key_for_it(monkeypatch):
    """As in other releases of OpenTelemetry; and whatever is no context wants nothing."""
    monkeypatch.delattr(context, "_SUPPRESS_INSTRUMENTATION_KEY")
    found = CurrentTrace()
    assert not found.is_suppressed()
    found.look()
    assert not found.is_suppressed()
    found.current = object
    assert not found.is_suppressed()


def test_an_event_is_correlated_with_its_span():
    """Trace, span and flags of the current span, also of one that is not sampled."""
    rig = Rig()

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    for flags in (1, 0):
        in_trace(0x1234, lambda: predict(ROW), flags)
        assert rig.only().ids == (0x1234, 0xABC, flags)


def test_our_span_is_the_span_of_the_event():
    """Where the call has one of its own; also in a generator that goes on elsewhere."""
    rig = Rig()
    spans = []
    provider = TracerProvider(shutdown_on_exit=False)

    @rig.monitor.wrap
    def predict(row):
        spans.append(trace.get_current_span().get_span_context())
        return 0.7

    @rig.monitor.wrap
    def pieces(row):
        spans.append(trace.get_current_span().get_span_context())
        yield 1
        yield 2

    rig.monitor.trace(provider)
    predict(ROW)
    list(pieces(ROW))
    for event, span in zip(rig.taken(), spans, strict=True):
        assert event.ids == (span.trace_id, span.span_id, span.trace_flags)


@pytest.mark.parametrize("ratio", [0.01, 0.25, 0.5, 0.999])
def test_the_number_of_a_trace_decides_as_for_spans(ratio):
    """The same traces as those of a sampler of this ratio, each time anew, in every kind of function."""
    rig = Rig(ratio)
    sampler = TraceIdRatioBased(ratio)

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    @rig.monitor.wrap
    async def awaited(row):
        return 0.7

    chance = random.Random(1)
    for _ in range(400):
        trace_id = chance.getrandbits(128) | 1
        in_trace(trace_id, lambda: (predict(ROW), asyncio_free(awaited(ROW)), rig.monitor.record(ROW, 0.7)))
        is_sampled = sampler.should_sample(None, trace_id, "x").decision.is_sampled()
        assert len(rig.taken()) == (3 if is_sampled else 0)


def asyncio_free(coroutine):
    """Run what awaits nothing, in the context of the caller."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


@pytest.mark.parametrize("is_traced", [False, True])
def test_chance_decides_elsewhere(is_traced):
    """The share is the ratio within five standard deviations, with and without OpenTelemetry around."""
    rig = Rig(0.1)
    if not is_traced:
        rig.trace.current = None

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    for _ in range(10_000):
        predict(ROW)
    assert abs(len(rig.taken()) - 1000) < 5 * 30


def test_the_ends_of_the_ratio():
    """All are all."""
    rig = Rig(1.0)

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    for trace_id in (1, 2**64 - 1, 2**128 - 1):
        in_trace(trace_id, lambda: predict(ROW))
    for _ in range(100):
        predict(ROW)
    assert len(rig.taken()) == 103


def test_rubbish_in_the_place_of_a_span_decides_nothing():
    """Calls are taken by chance then."""
    rig = Rig(1.0)

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    token = context.attach(context.Context({rig.trace.key: object()}))
    try:
        assert predict(ROW) == 0.7
    finally:
        context.detach(token)
    assert rig.only().ids == NOWHERE


@pytest.mark.parametrize("trace_id", ["text", None, 1.5])
def test_a_span_with_a_rubbish_number_decides_nothing(trace_id):
    """Calls are taken by chance then."""
    rig = Rig(1.0)

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    class Span(trace.NonRecordingSpan):
        def get_span_context(self):
            return SimpleNamespace(trace_id=trace_id, is_valid=True)

    token = context.attach(context.Context({rig.trace.key: Span(trace.INVALID_SPAN_CONTEXT)}))
    try:
        assert predict(ROW) == 0.7
    finally:
        context.detach(token)
    assert rig.only().ids == NOWHERE


def test_a_trace_is_seen_once_opentelemetry_is_loaded(monkeypatch):
    """Not before, without loading anything, and never raising."""
    import sys

    found = CurrentTrace()
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, "opentelemetry.trace")
        found.look()
        assert (found.current, found.ids()) == (None, NOWHERE)
        patch.setitem(sys.modules, "opentelemetry.trace", object())
        found.look()
        assert found.current is None
    found.look()
    assert in_trace(7, found.ids) == (7, 0xABC, 1)
