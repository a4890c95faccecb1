"""What the span of a generation says, by the GenAI conventions; nothing of what was asked or answered."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from mlexporter.state.names import clean_name

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span

    from mlexporter.instrument.generation.outcome import Outcome
    from mlexporter.state.generation import Generation, GenerationKind

OPERATION_NAME: Final = "gen_ai.operation.name"
PROVIDER_NAME: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
RESPONSE_MODEL: Final = "gen_ai.response.model"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
CACHED_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
REASONING_TOKENS: Final = "gen_ai.usage.reasoning.output_tokens"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
_OWN: Final = "mlexporter-generation"
"""Key of a context under which the span of a generation stands, and no other, so that none of the application is written to."""


def first_attributes(kind: GenerationKind) -> dict[str, str]:
    """Return what is known when a span begins."""
    pairs = {
        OPERATION_NAME: kind.operation, PROVIDER_NAME: kind.provider, REQUEST_MODEL: kind.request_model
    }  # fmt: skip
    return {name: clean_name(value) for name, value in pairs.items() if value}


def span_name(kind: GenerationKind) -> str:
    """Return the name of the span of a generation; empty where the model that is asked for is not known."""
    return f"{kind.operation} {clean_name(kind.request_model)}" if kind.request_model else ""


class Mark:
    """Says in a context that a span is of a generation whose call has not begun yet."""

    __slots__ = ("_span",)

    def __init__(self, span: Span) -> None:
        self._span: Span | None = span

    def take(self) -> Span | None:
        """Return the span to the first who asks; a call within this one has none, or one of its own."""
        span, self._span = self._span, None
        return span


def marked(span: Span, context: Context) -> Context:
    """Return ``context`` that knows that ``span`` is of a generation."""
    from opentelemetry.context import set_value  # noqa: PLC0415 - who has a span has loaded it

    return set_value(_OWN, Mark(span), context)


def own_span() -> Span | None:
    """Return the span that was begun for the call that begins here; None where none was."""
    context = sys.modules.get("opentelemetry.context")
    mark: Mark | None = None if context is None else context.get_current().get(_OWN)
    return None if mark is None else mark.take()


def tell_span(span: Span, generation: Generation, outcome: Outcome) -> None:
    """Write what is known at the end to the span of a call."""
    if not span.is_recording():
        return
    kind = generation.kind
    for name, value in first_attributes(kind).items():
        span.set_attribute(name, value)
    if span_name(kind):
        span.update_name(span_name(kind))
    if kind.response_model:
        span.set_attribute(RESPONSE_MODEL, clean_name(kind.response_model))
    numbers = {
        INPUT_TOKENS: generation.input_tokens, OUTPUT_TOKENS: generation.output_tokens,
        CACHED_TOKENS: outcome.cached_tokens, REASONING_TOKENS: outcome.reasoning_tokens,
    }  # fmt: skip
    for name, number in numbers.items():
        if number is not None:
            span.set_attribute(name, number)
    if generation.finish_reasons:
        span.set_attribute(FINISH_REASONS, generation.finish_reasons)
