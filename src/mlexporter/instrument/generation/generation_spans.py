"""``GenerationSpans``: spans of the calls of a generative model, which know what they are from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlexporter.instrument.generation.attributes import first_attributes, marked, span_name
from mlexporter.instrument.spans import Spans

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span

    from mlexporter.state.generation import GenerationKind


class GenerationSpans(Spans):
    """Begins and ends spans that are named by the GenAI conventions; what is read at the end follows then.

    Args:
        kind: What the decorator says of the generations.
        arguments: Those of ``Spans``.

    Raises:
        Exception: of the provider, which gives no tracer.
    """

    def __init__(self, kind: GenerationKind, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._name = span_name(kind) or self._name
        self._attributes |= first_attributes(kind)
        with_span = self._with_span

        def with_mark(span: Span, context: Context | None = None) -> Context:
            return marked(span, with_span(span, context))

        self._with_span = with_mark
