from __future__ import annotations

import asyncio
import contextlib
import contextvars
import types

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased, Sampler, TraceIdRatioBased

ROW = {"size": 1.5, "colour": "red"}
SECRET = "the secret of a row"


class Application:
    """An application with a tracer, and what its exporter gets."""

    def __init__(self, sampler=ALWAYS_ON):
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = self.provider.get_tracer("application")

    @property
    def spans(self):
        """Ended spans by name, the newest of each."""
        return {span.name: span for span in self.exporter.get_finished_spans()}


@pytest.fixture
def application():
    """An application that samples everything."""
    return Application()


def parent_id(span):
    return None if span.parent is None else span.parent.span_id


def test_a_call_has_a_span_with_the_model_and_nothing_of_the_row(rig, application):
    """Attributes by conventions where they exist, ours where not."""

    @rig.monitor.wrap
    def predict(row):
        return 0.7

    rig.monitor.trace(application.provider)
    assert predict(ROW) == 0.7

    (span,) = application.exporter.get_finished_spans()
    assert span.name.endswith("predict m")
    assert dict(span.attributes) == {
        "ml.model.name": "m", "ml.model.version": "1", "ml.model.variant": "primary",
        "code.function.name": f"{predict.__module__}.{predict.__qualname__}",
    }  # fmt: skip
    assert span.instrumentation_scope.name == "mlexporter"
    assert (span.status.status_code, span.events, span.parent) == (trace.StatusCode.UNSET, (), None)
    assert rig.feature("size") == {"01": 1}


def test_of_an_error_only_the_class_is_told(rig, application):
    """A message may hold a value of a row."""

    @rig.monitor.wrap
    def predict(row):
        raise LookupError(SECRET)

    rig.monitor.trace(application.provider)
    with pytest.raises(LookupError, match=SECRET):
        predict(ROW)

    (span,) = application.exporter.get_finished_spans()
    assert span.attributes["error.type"] == "LookupError"
    assert span.attributes["ml.prediction.status"] == "error"
    assert (span.status.status_code, span.status.description) == (trace.StatusCode.ERROR, None)
    assert span.events == ()
    assert SECRET not in span.to_json()


def test_cancelling_is_no_error(rig, application):
    """The span says so, and the trace is not marked as failed."""

    @rig.monitor.wrap
    def predict(row):
        raise KeyboardInterrupt

    rig.monitor.trace(application.provider)
    with pytest.raises(KeyboardInterrupt):
        predict(ROW)

    (span,) = application.exporter.get_finished_spans()
    assert span.attributes["ml.prediction.status"] == "cancelled"
    assert "error.type" not in span.attributes
    assert span.status.status_code is trace.StatusCode.UNSET


def test_nested_calls_are_one_trace_below_the_span_of_the_caller(rig, application):
    """A feature step, the model, and what the application does in between."""

    @rig.monitor.wrap
    def features(row):
        return row

    @rig.monitor.wrap
    async def score(row):
        await asyncio.sleep(0)
        with application.tracer.start_as_current_span("database"):
            return 0.7

    @rig.monitor.wrap
    async def predict(row):
        return await score(features(row))

    rig.monitor.trace(application.provider)
    with application.tracer.start_as_current_span("request") as request:
        assert asyncio.run(predict(ROW)) == 0.7
        assert trace.get_current_span() is request

    spans = {name.split(" ")[0].rpartition(".")[2]: span for name, span in application.spans.items()}
    assert len({span.context.trace_id for span in spans.values()}) == 1
    ids = {name: span.context.span_id for name, span in spans.items()}
    assert {name: parent_id(span) for name, span in spans.items()} == {
        "request": None, "predict": ids["request"], "features": ids["predict"], "score": ids["predict"],
        "database": ids["score"],
    }  # fmt: skip


def test_below_a_span_that_is_not_sampled_nobody_is_asked(rig):
    """Neither the sampler nor the tracer: the function is called as it is."""
    asked = []

    class Counting(TraceIdRatioBased):
        def should_sample(self, *args, **named):
            asked.append(args)
            return super().should_sample(*args, **named)

    application = Application(Counting(0.0))
    seen = []
    predict = rig.monitor.wrap(lambda row: seen.append(trace.get_current_span()) or 0.7)
    rig.monitor.trace(application.provider)

    with application.tracer.start_as_current_span("request") as request:
        assert predict(ROW) == 0.7
    assert (len(asked), seen) == (1, [request])

    assert predict(ROW) == 0.7
    assert len(asked) == 2
    assert application.spans == {}


def test_a_remote_parent_decides(rig):
    """What came in over the network is the parent, and its flag is respected."""
    application = Application(ParentBased(ALWAYS_ON))
    predict = rig.monitor.wrap(lambda row: 0.7)
    rig.monitor.trace(application.provider)

    for flag in (0, 1):
        remote = trace.SpanContext(0xABC, 0xDEF + flag, is_remote=True, trace_flags=trace.TraceFlags(flag))
        with trace.use_span(trace.NonRecordingSpan(remote)):
            predict(ROW)

    (span,) = application.exporter.get_finished_spans()
    assert (span.context.trace_id, span.parent.span_id) == (0xABC, 0xDEF + 1)


def test_the_span_of_a_generator_is_current_only_while_a_piece_of_it_runs(rig, application):
    """A consumer that does something between two pieces does not do it in the span."""
    inside = []

    @rig.monitor.wrap
    def stream(row):
        try:
            got = yield 1
            inside.append((trace.get_current_span().get_span_context().span_id, got))
            yield 2
        except LookupError:
            yield 3
        return 0.7

    rig.monitor.trace(application.provider)
    pieces = stream(ROW)
    between = []
    values = [next(pieces)]
    between.append(trace.get_current_span())
    values.append(pieces.send("sent"))
    between.append(trace.get_current_span())
    values.append(pieces.throw(LookupError()))
    with pytest.raises(StopIteration) as stop:
        next(pieces)

    assert (values, stop.value.value) == ([1, 2, 3], 0.7)
    assert between == [trace.INVALID_SPAN] * 2
    (span,) = application.exporter.get_finished_spans()
    assert inside == [(span.context.span_id, "sent")]
    assert rig.feature("size") == {"01": 1}


def test_a_stream_that_nobody_reads_to_its_end_is_abandoned(rig, application):
    """Its span ends with it, and its clean-up runs."""
    cleaned = []

    @rig.monitor.wrap
    def stream(row):
        try:
            yield 1
            yield 2
        finally:
            cleaned.append(row)

    rig.monitor.trace(application.provider)
    with contextlib.closing(stream(ROW)) as pieces:
        assert next(pieces) == 1

    (span,) = application.exporter.get_finished_spans()
    assert span.attributes["ml.prediction.status"] == "abandoned"
    assert cleaned == [ROW]


@pytest.mark.parametrize("is_traced", [True, False])
async def test_an_async_stream_hands_everything_on(rig, application, is_traced):
    """With a span or without one: values, what is sent, what is thrown in."""

    @rig.monitor.wrap
    async def stream(row):
        with application.tracer.start_as_current_span("token"):
            got = 1
        while True:
            await asyncio.sleep(0)
            try:
                got = yield got
            except LookupError:
                return

    if is_traced:
        rig.monitor.trace(application.provider)
    pieces = stream(ROW)
    assert [await anext(pieces), await pieces.asend(5)] == [1, 5]
    assert trace.get_current_span() is trace.INVALID_SPAN
    with pytest.raises(StopAsyncIteration):
        await pieces.athrow(LookupError())

    names = [span.name for span in application.exporter.get_finished_spans()]
    assert len(names) == (2 if is_traced else 1)
    token = application.spans["token"]
    whole = next((span for name, span in application.spans.items() if name != "token"), None)
    assert parent_id(token) == (whole.context.span_id if whole else None)
    assert rig.service.requests["ok"] == 1


def test_without_a_tracer_the_function_itself_is_called(rig, application):
    """Nothing is between a call and its function but the counting."""
    depths = []

    def predict(row):
        import inspect

        depths.append(len(inspect.stack(0)))
        return 0.7

    wrapped = rig.monitor.wrap(predict)
    wrapped(ROW)
    rig.monitor.trace(application.provider)
    wrapped(ROW)

    assert depths[1] == depths[0] + 1


@pytest.mark.parametrize("strict", [True, False])
def test_an_error_of_the_tracer_never_reaches_the_caller(new_rig, new_reference, strict):
    """It is counted; only strict, which is for tests, raises it."""

    class Broken(Sampler):
        def should_sample(self, *args, **named):
            raise LookupError(SECRET)

        def get_description(self):
            return "broken"

    rig = new_rig(new_reference(), strict=strict)
    predict = rig.monitor.wrap(lambda row: 0.7)
    rig.monitor.trace(Application(Broken()).provider)

    if strict:
        with pytest.raises(LookupError):
            predict(ROW)
    else:
        assert predict(ROW) == 0.7
    assert rig.counter.counts().internal_errors["trace"] == 1


@pytest.mark.parametrize("is_failing", [True, False])
def test_an_error_at_the_end_of_a_span_hides_nothing(new_rig, new_reference, application, is_failing):
    """Neither a result nor an exception."""

    class Broken(SimpleSpanProcessor):
        def on_end(self, span):
            raise LookupError(SECRET)

    application.provider.add_span_processor(Broken(InMemorySpanExporter()))
    rig = new_rig(new_reference(), strict=False)

    @rig.monitor.wrap
    def predict(row):
        if is_failing:
            raise ValueError
        return 0.7

    rig.monitor.trace(application.provider)
    with pytest.raises(ValueError) if is_failing else contextlib.nullcontext():
        assert predict(ROW) == 0.7
    assert rig.counter.counts().internal_errors["trace"] == 1
    assert trace.get_current_span() is trace.INVALID_SPAN


def test_a_coroutine_that_is_closed_elsewhere_ends_its_span_quietly(rig, application, caplog):
    """Python may close it in another context than that in which it has begun."""

    @types.coroutine
    def wait_for_ever():
        yield

    @rig.monitor.wrap
    async def predict(row):
        await wait_for_ever()

    rig.monitor.trace(application.provider)
    coroutine = predict(ROW)
    begun_in, closed_in = contextvars.copy_context(), contextvars.copy_context()
    begun_in.run(coroutine.send, None)
    closed_in.run(coroutine.close)

    (span,) = application.exporter.get_finished_spans()
    assert span.attributes["ml.prediction.status"] == "abandoned"
    assert closed_in.run(trace.get_current_span) is trace.INVALID_SPAN
    assert caplog.records == []
