"""Sampled calls of every kind of function are kept with their trace; others cost nothing and leave nothing."""

from __future__ import annotations

import asyncio
import contextlib
import errno

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Decision, Sampler, SamplingResult

from mlexporter.instrument import spans

ROW = {"size": 1.5, "colour": "red"}


class RecordOnly(Sampler):
    """Lets spans be recorded that are not sampled."""

    def should_sample(self, *args, **named):
        """Say so."""
        return SamplingResult(Decision.RECORD_ONLY)

    def get_description(self):
        """Return a name."""
        return "RecordOnly"


@pytest.fixture
def clock(monkeypatch):
    """A performance counter of spans that a test moves, in seconds."""

    class Clock:
        seconds = 0.0

        def __call__(self):
            return round(self.seconds * 1e9)

    moved = Clock()
    monkeypatch.setattr(spans, "perf_counter_ns", moved)
    return moved


def provider_of(sampler=ALWAYS_ON):
    found = TracerProvider(sampler=sampler, shutdown_on_exit=False)
    exporter = InMemorySpanExporter()
    found.add_span_processor(SimpleSpanProcessor(exporter))
    return found, exporter


def kept(rig):
    """Return what is kept, by status and bucket."""
    return {
        (status, bucket): exemplar
        for status, counts in rig.service.durations.items()
        for bucket, exemplar in counts.exemplars.items()
    }


def numbers(exporter):
    return [(span.context.trace_id, span.context.span_id) for span in exporter.get_finished_spans()]


@pytest.mark.parametrize(
    ("raised", "status"), [(None, "ok"), (ValueError, "error"), (KeyboardInterrupt, "cancelled")]
)
def test_a_sampled_call_is_kept_by_how_it_ended_and_how_long_it_took(rig, clock, raised, status):
    """With the numbers of its own span, under its status and in the bucket of its duration."""

    @rig.monitor.wrap
    def predict(row):
        clock.seconds += 0.5
        if raised is not None:
            raise raised
        return 0.7

    provider, exporter = provider_of()
    rig.monitor.trace(provider)
    with contextlib.nullcontext() if raised is None else pytest.raises(raised):
        predict(ROW)

    ((place, exemplar),) = kept(rig).items()
    assert place == (status, 1)
    assert (exemplar.value, exemplar.timestamp) == (0.5, 1000.0)
    assert [(exemplar.trace_id, exemplar.span_id)] == numbers(exporter)
    assert sum(rig.counter.counts().internal_errors.values()) == 0


def test_a_coroutine_is_kept(rig, clock):
    """When it is over."""

    @rig.monitor.wrap
    async def predict(row):
        await asyncio.sleep(0)
        clock.seconds += 2.0
        return 0.7

    provider, exporter = provider_of()
    rig.monitor.trace(provider)
    asyncio.run(predict(ROW))

    ((place, exemplar),) = kept(rig).items()
    assert (place, exemplar.value) == (("ok", 2), 2.0)
    assert [(exemplar.trace_id, exemplar.span_id)] == numbers(exporter)


@pytest.mark.parametrize("is_asynchronous", [True, False])
@pytest.mark.parametrize(("is_closed", "place"), [(True, ("abandoned", 1)), (False, ("ok", 2))])
async def test_a_generator_is_kept_from_its_first_piece_to_its_end(
    rig, clock, is_asynchronous, is_closed, place
):
    """Or until its consumer closes it."""

    def pieces(row):
        for _ in range(2):
            clock.seconds += 0.6
            yield 1

    async def asynchronous_pieces(row):
        for piece in pieces(row):
            yield piece

    provider, exporter = provider_of()
    stream = rig.monitor.wrap(
        asynchronous_pieces if is_asynchronous else lambda row: (yield from pieces(row))
    )
    rig.monitor.trace(provider)
    running = stream(ROW)
    if is_asynchronous:
        await anext(running)
        assert kept(rig) == {}
        if is_closed:
            await running.aclose()
        else:
            assert [piece async for piece in running] == [1]
    else:
        next(running)
        assert kept(rig) == {}
        if is_closed:
            running.close()
        else:
            assert list(running) == [1]

    ((found, exemplar),) = kept(rig).items()
    assert found == place
    assert exemplar.value == (0.6 if is_closed else 1.2)
    assert [(exemplar.trace_id, exemplar.span_id)] == numbers(exporter)


def test_below_the_span_of_a_request_it_is_the_span_of_the_call(rig):
    """Of the trace of the request."""
    provider, _ = provider_of()
    predict = rig.monitor.wrap(lambda row: 0.7)
    rig.monitor.trace(provider)
    with provider.get_tracer("application").start_as_current_span("request") as request:
        predict(ROW)

    (exemplar,) = kept(rig).values()
    assert exemplar.trace_id == request.get_span_context().trace_id
    assert exemplar.span_id != request.get_span_context().span_id


@pytest.mark.parametrize("sampler", [ALWAYS_OFF, RecordOnly()])
@pytest.mark.parametrize("has_parent", [True, False])
def test_a_call_that_is_not_sampled_leaves_no_exemplar(rig, monkeypatch, sampler, has_parent):
    """Nobody would find its trace; the state of the model is not even asked."""
    monkeypatch.setattr(type(rig.state), "exemplify", None)
    provider, _ = provider_of(sampler)
    predict = rig.monitor.wrap(lambda row: 0.7)
    rig.monitor.trace(provider)
    if has_parent:
        with provider.get_tracer("application").start_as_current_span("request"):
            predict(ROW)
    else:
        predict(ROW)

    assert kept(rig) == {}
    assert sum(rig.counter.counts().internal_errors.values()) == 0


def test_spans_of_another_service_are_not_ours(rig):
    """A tracer that hands on the context of a caller records nothing here."""

    class HandsOn(trace.NoOpTracer):
        def start_span(self, *args, **named):
            """Return what is the current one, which is sampled, but not recorded here."""
            return trace.NonRecordingSpan(
                trace.SpanContext(5, 6, is_remote=True, trace_flags=trace.TraceFlags(1))
            )

    class Provider(trace.NoOpTracerProvider):
        def get_tracer(self, *args, **named):
            """Return it."""
            return HandsOn()

    predict = rig.monitor.wrap(lambda row: 0.7)
    rig.monitor.trace(Provider())
    predict(ROW)

    assert kept(rig) == {}


def test_an_exemplar_that_cannot_be_kept_is_an_error_of_ours(new_rig, new_reference, monkeypatch):
    """The call goes on, its span ends, and the error is counted."""
    rig = new_rig(new_reference(), strict=False)
    monkeypatch.setattr(
        "mlexporter.state.slots.Slot.open_block",
        lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")),
    )
    provider, exporter = provider_of()
    predict = rig.monitor.wrap(lambda row: 0.7)
    rig.monitor.trace(provider)

    assert predict(ROW) == 0.7
    assert predict(ROW) == 0.7
    assert len(numbers(exporter)) == 2
    assert rig.counter.counts().internal_errors["trace"] == 2
    monkeypatch.undo()
    assert predict(ROW) == 0.7
    assert len(kept(rig)) == 1
