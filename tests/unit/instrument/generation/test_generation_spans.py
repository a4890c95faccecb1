"""The span of a generation has the names of the GenAI conventions, and that of the application is left alone."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON

from mlexporter.instrument.generation.recording import complete, watch_here
from mlexporter.instrument.monitor import Monitor
from mlexporter.instrument.selection import Selection
from mlexporter.records import ModelKey
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.generation import GenerationKind
from mlexporter.state.model import ModelState

KIND = GenerationKind("chat", "openai", "gpt-4o")
USAGE = {
    "prompt_tokens": 10, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 3},
    "completion_tokens_details": {"reasoning_tokens": 2},
}  # fmt: skip
ANSWER = {
    "model": "gpt-4o-mini", "usage": USAGE,
    "choices": [{"finish_reason": "stop", "message": {"content": "the secret of an answer"}}],
}  # fmt: skip
GENAI = {
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-mini", "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 4,
    "gen_ai.usage.cache_read.input_tokens": 3, "gen_ai.usage.reasoning.output_tokens": 2,
    "gen_ai.response.finish_reasons": ("stop",),
}  # fmt: skip


class Application:
    """An application with a tracer."""

    def __init__(self, sampler=ALWAYS_ON):
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = self.provider.get_tracer("application")

    @property
    def spans(self):
        """Ended spans in their order: names, and attributes of the conventions."""
        return [
            (
                span.name,
                {name: value for name, value in span.attributes.items() if name.startswith("gen_ai.")},
            )
            for span in self.exporter.get_finished_spans()
        ]


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def new_monitor():
    """Return a function that makes a monitor, with spans if it is given a provider."""

    def make(kind=KIND):
        counter = ExporterCounter()
        state = ModelState(
            ModelKey("bot", "1"), latency_bounds=(0.1,), buffer_rows=8, buffer_limit_rows=100,
            wall_clock=lambda: 1000.0, counter=counter, strict=True,
        )  # fmt: skip
        return Monitor(state, selection=Selection(), strict=True, on_error=counter.on_error, generation=kind)

    return make


def told(**values):
    assert complete(watch_here(), None, values) == (None, [])


def test_a_span_is_named_and_described_by_the_conventions(new_monitor, application):
    """Nothing of a prompt or an answer gets into it."""
    monitor = new_monitor()
    chat = monitor.wrap(lambda prompt: ANSWER)
    monitor.trace(application.provider)
    chat("the secret of a prompt")

    assert application.spans == [("chat gpt-4o", GENAI)]
    (span,) = application.exporter.get_finished_spans()
    assert span.attributes["ml.model.name"] == "bot"
    assert "secret" not in span.to_json()


def test_what_is_known_at_the_start_is_there_for_a_sampler(new_monitor):
    """So that it can choose by model."""
    seen = []

    class Sampler(type(ALWAYS_ON)):
        def should_sample(self, context, trace_id, name, kind=None, attributes=None, *others, **named):
            seen.append(
                (name, {key: value for key, value in attributes.items() if key.startswith("gen_ai.")})
            )
            return super().should_sample(context, trace_id, name, kind, attributes, *others, **named)

    monitor = new_monitor()
    chat = monitor.wrap(lambda prompt: ANSWER)
    monitor.trace(Application(Sampler(ALWAYS_ON._decision)).provider)
    chat("Hi")
    assert seen == [("chat gpt-4o", dict(list(GENAI.items())[:3]))]


def test_a_model_that_is_told_in_the_call_names_its_span(new_monitor, application):
    """Until then it has the name of the function."""
    monitor = new_monitor(GenerationKind("embeddings"))

    @monitor.wrap
    def embed(text):
        told(request_model="text-embedding-3-small", provider="openai")

    monitor.trace(application.provider)
    embed("Hi")
    ((name, attributes),) = application.spans
    assert name == "embeddings text-embedding-3-small"
    assert attributes == {
        "gen_ai.operation.name": "embeddings", "gen_ai.request.model": "text-embedding-3-small",
        "gen_ai.provider.name": "openai",
    }  # fmt: skip

    monitor = new_monitor(GenerationKind("chat"))
    chat = monitor.wrap(lambda prompt: None)
    monitor.trace(application.provider)
    chat("Hi")
    assert application.spans[-1][0].endswith("<lambda> bot")


def test_broken_and_long_texts_are_made_valid(new_monitor, application):
    """One lone surrogate would cost the exporter its whole batch."""
    monitor = new_monitor(GenerationKind("chat", "\ud800", "x" * 10_000))
    chat = monitor.wrap(lambda prompt: {**ANSWER, "model": "m\udfff"})
    monitor.trace(application.provider)
    chat("Hi")

    ((name, attributes),) = application.spans
    assert attributes["gen_ai.provider.name"] == "?"
    assert attributes["gen_ai.response.model"] == "m?"
    assert attributes["gen_ai.request.model"] == "x" * 128
    assert name == f"chat {'x' * 128}"


def test_a_stream_fills_its_own_span_however_it_goes_on(new_monitor, application):
    """Piece by piece, with spans of the application around and within."""
    monitor = new_monitor()

    @monitor.wrap
    def chat(prompt):
        with application.tracer.start_as_current_span("request"):
            yield {"model": "gpt-4o-mini", "choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}
        yield {"choices": [], "usage": USAGE}

    monitor.trace(application.provider)
    with application.tracer.start_as_current_span("POST /chat"):
        for _ in chat("Hi"):
            with application.tracer.start_as_current_span("send"):
                pass

    spans = dict(application.spans)
    assert spans == {"request": {}, "send": {}, "chat gpt-4o": GENAI, "POST /chat": {}}


def test_spans_of_the_application_are_never_written_to(new_monitor, application):
    """Where there is no span of ours: their readers would take the request for a generation."""
    monitor = new_monitor()
    chat = monitor.wrap(lambda prompt: ANSWER)
    with application.tracer.start_as_current_span("POST /chat"):
        chat("Hi")
    monitor.trace(Application(ALWAYS_OFF).provider)
    with application.tracer.start_as_current_span("POST /chat"):
        chat("Hi")

    assert application.spans == [("POST /chat", {})] * 2


def test_a_generation_within_a_generation_has_a_span_of_its_own(new_monitor, application):
    """Each is told what is its own."""
    monitor, other = new_monitor(), new_monitor(GenerationKind("embeddings", "local", "e5"))
    embed = other.wrap(lambda text: {"usage": {"prompt_tokens": 2}})

    @monitor.wrap
    def chat(prompt):
        embed(prompt)
        return ANSWER

    for each in (monitor, other):
        each.trace(application.provider)
    chat("Hi")

    (inner, attributes), outer = application.spans
    assert len(application.exporter.get_finished_spans()) == 2
    assert (inner, attributes["gen_ai.usage.input_tokens"]) == ("embeddings e5", 2)
    assert outer == ("chat gpt-4o", GENAI)


def test_a_generation_without_a_span_writes_to_no_other(new_monitor, application):
    """Not to that of the generation around it, before or after."""
    monitor, other = new_monitor(), new_monitor(GenerationKind("embeddings", "local", "e5"))
    embed = other.wrap(lambda text: {"model": "e5-large", "usage": {"prompt_tokens": 2}})

    @monitor.wrap
    def chat(prompt):
        embed(prompt)
        yield "Hi"
        embed(prompt)

    monitor.trace(application.provider)
    list(chat("Hi"))

    assert application.spans == [("chat gpt-4o", dict(list(GENAI.items())[:3]))]
