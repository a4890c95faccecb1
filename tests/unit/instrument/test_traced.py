from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import types
import weakref

import pytest
from opentelemetry import baggage, context, trace
from opentelemetry.instrumentation.utils import suppress_instrumentation
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

    assert depths[1] == depths[0] + 2


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
    requests = [application.tracer.start_span(name) for name in ("one", "another")]
    for request, variables in zip(requests, (begun_in, closed_in), strict=True):
        variables.run(context.attach, trace.set_span_in_context(request))
    begun_in.run(coroutine.send, None)
    closed_in.run(coroutine.close)

    (span,) = application.exporter.get_finished_spans()
    assert span.attributes["ml.prediction.status"] == "abandoned"
    assert span.parent.span_id == requests[0].get_span_context().span_id
    assert closed_in.run(trace.get_current_span) is requests[1]
    assert caplog.records == []


@pytest.mark.parametrize("is_asynchronous", [True, False])
async def test_a_generator_keeps_what_it_sets_from_piece_to_piece(rig, application, is_asynchronous):
    """Its own spans and baggage are there again when it goes on, and its consumer never sees them."""

    def pieces():
        token = context.attach(baggage.set_baggage("tenant", "a"))
        with application.tracer.start_as_current_span("generate"):
            for number in range(3):
                with application.tracer.start_as_current_span(f"token {number}"):
                    yield baggage.get_baggage("tenant")
        context.detach(token)

    if is_asynchronous:

        @rig.monitor.wrap
        async def stream(row):
            for piece in pieces():
                yield piece

        rig.monitor.trace(application.provider)
        found = [(piece, baggage.get_baggage("tenant")) async for piece in stream(ROW)]
    else:
        stream = rig.monitor.wrap(lambda row: (yield from pieces()))
        rig.monitor.trace(application.provider)
        found = [(piece, baggage.get_baggage("tenant")) for piece in stream(ROW)]

    spans = application.spans
    assert found == [("a", None)] * 3
    generate = spans["generate"]
    whole = next(span for name, span in spans.items() if name.endswith(" m"))
    assert parent_id(generate) == whole.context.span_id
    assert {parent_id(spans[f"token {number}"]) for number in range(3)} == {generate.context.span_id}
    assert trace.get_current_span() is trace.INVALID_SPAN


def test_a_generator_keeps_what_it_attaches_for_all_its_pieces(rig, application):
    """Nobody restores its context in between, whatever the consumer does in its own."""

    @rig.monitor.wrap
    def stream(row):
        token = context.attach(baggage.set_baggage("tenant", "a"))
        for _ in range(3):
            yield baggage.get_baggage("tenant")
        context.detach(token)

    rig.monitor.trace(application.provider)
    assert list(stream(ROW)) == ["a", "a", "a"]
    assert baggage.get_baggage("tenant") is None


def test_nothing_is_a_span_where_instrumentation_is_suppressed(rig, application):
    """As in an exporter that calls a monitored function: its spans would be exported, and so on without end."""
    predict = rig.monitor.wrap(lambda row: 0.7)
    rig.monitor.trace(application.provider)

    with suppress_instrumentation():
        assert predict(ROW) == 0.7
    assert application.exporter.get_finished_spans() == ()
    predict(ROW)
    assert len(application.exporter.get_finished_spans()) == 1


def test_below_a_span_that_is_none_a_trace_begins(rig, application):
    """As the tracer itself sees it; it is no span that was not sampled."""
    predict = rig.monitor.wrap(lambda row: 0.7)
    rig.monitor.trace(application.provider)

    with trace.use_span(trace.INVALID_SPAN):
        predict(ROW)
    assert len(application.exporter.get_finished_spans()) == 1


def test_what_a_generator_raises_when_it_is_closed_tells_of_nothing_else(rig, application):
    """Its clean-up is in the span, and an error of it has no context that is not its own."""
    prepared = ValueError("ready-made")

    @rig.monitor.wrap
    def stream(row):
        with contextlib.suppress(GeneratorExit):
            yield 1
        application.tracer.start_span("clean-up").end()
        raise prepared

    rig.monitor.trace(application.provider)
    pieces = stream(ROW)
    next(pieces)
    with pytest.raises(ValueError, match="ready-made") as caught:
        pieces.close()

    assert caught.value is prepared
    assert caught.value.__context__ is None
    whole = next(span for name, span in application.spans.items() if name.endswith(" m"))
    assert parent_id(application.spans["clean-up"]) == whole.context.span_id
    assert rig.service.errors == {"ValueError": 1}


def test_an_exception_that_is_thrown_in_leaves_no_circle(rig, application):
    """Nothing waits for the garbage collector."""

    class ThrownError(Exception):
        """Can be referred to weakly."""

    @rig.monitor.wrap
    def stream(row):
        yield 1

    rig.monitor.trace(application.provider)
    pieces = stream(ROW)
    next(pieces)
    thrown = ThrownError()
    reference = weakref.ref(thrown)
    gc.disable()
    try:
        with contextlib.suppress(ThrownError):
            pieces.throw(thrown)
        del pieces, thrown
        assert reference() is None
    finally:
        gc.enable()


def test_an_end_is_told_even_if_nothing_else_can_be(rig, application):
    """A span that is never ended would hold memory, and its trace would never be whole."""

    class OddError(Exception):
        __class__ = property(lambda self: 1 / 0)

    @rig.monitor.wrap
    def predict(row):
        raise OddError

    rig.monitor.trace(application.provider)
    with contextlib.suppress(BaseException):
        predict(ROW)

    assert len(application.exporter.get_finished_spans()) == 1


@pytest.mark.parametrize("rubbish", ["text", object()])
def test_rubbish_where_a_span_should_be_is_no_span(rig, application, rubbish):
    """As the tracer itself sees it: a new trace begins."""
    predict = rig.monitor.wrap(lambda row: 0.7)
    rig.monitor.trace(application.provider)
    (key,) = trace.set_span_in_context(trace.INVALID_SPAN, context.Context())
    token = context.attach(context.set_value(key, rubbish))
    try:
        assert predict(ROW) == 0.7
    finally:
        context.detach(token)

    (span,) = application.exporter.get_finished_spans()
    assert span.parent is None


def test_spans_and_the_way_of_rows_change_at_once_without_harm(rig):
    """Where another thread takes another way in between, calls take the way and the function of now."""
    rig.monitor.wrap(lambda row: 0.7)
    (wrapped,) = rig.monitor._wrapped  # a white-box test: the race is of two assignments
    accounting = wrapped.accounting
    others = accounting.way

    class Interrupted:
        """A way that is replaced while its steps are read."""

        @property
        def steps(self):
            if accounting.way is self:
                accounting._take(others)
            return ("steps of a way that is gone",)

    accounting._take(Interrupted())

    assert accounting.way is others
    assert accounting.steps == (*others.steps, accounting.function)
