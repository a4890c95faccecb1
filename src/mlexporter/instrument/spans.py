"""``Spans``: what the tracer of an application sees of a monitored call.

Nothing of OpenTelemetry is imported here before the application has: who has no tracer pays nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from mlexporter.catalogue import STATUSES
from mlexporter.instrument.endings import end_of
from mlexporter.state.entries import ERROR

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, TracerProvider

    from mlexporter.records import ModelKey

OnError: TypeAlias = Callable[[str, BaseException], None]

INSTRUMENTATION_NAME: Final = "mlexporter"
ERROR_TYPE: Final = "error.type"
FUNCTION_NAME: Final = "code.function.name"
MODEL_NAME: Final = "ml.model.name"
MODEL_VERSION: Final = "ml.model.version"
MODEL_VARIANT: Final = "ml.model.variant"
STATUS: Final = "ml.prediction.status"
"""How a call ended that brought no prediction, one of ``catalogue.STATUSES``."""
SAMPLED: Final = 1  # as in trace.TraceFlags


class Begun(NamedTuple):
    """A span that has begun, and the context in which it is the current one."""

    span: Span
    context: Context


class Spans:
    """Begins and ends the spans of one function.

    A span is begun where the sampler of the application wants one; below a span that is not sampled
    nobody is asked, and the function is called as it is. No message and no value of a row gets into it.

    Args:
        provider: Of the application.
        key: The model.
        title: The function as people know it.
        function_name: Its full name, with the module.
        on_error: Gets the stage and the exception of every error of tracing.
        strict: Raise them, after they were counted, where they hide nothing.
    """

    def __init__(
        self, provider: TracerProvider, key: ModelKey, *, title: str, function_name: str,
        on_error: OnError, strict: bool,
    ) -> None:  # fmt: skip
        from opentelemetry import context, trace  # noqa: PLC0415 - the application has loaded it

        self._tracer = provider.get_tracer(INSTRUMENTATION_NAME)
        self._name = f"{title} {key.name}"
        self._attributes = {
            MODEL_NAME: key.name, MODEL_VERSION: key.version, MODEL_VARIANT: key.variant,
            FUNCTION_NAME: function_name,
        }  # fmt: skip
        self._failed = trace.StatusCode.ERROR
        self._with_span = trace.set_span_in_context
        self.current, self._attach = context.get_current, context.attach
        # A look at the context under the key of its span takes a third of get_current_span().
        (self.key,) = trace.set_span_in_context(trace.INVALID_SPAN, context.Context())
        self._on_error = on_error
        self._strict = strict

    def begin(self) -> Begun | None:
        """Return a span below the current one; None where none is wanted."""
        try:
            current = self.current().get(self.key)
            if current is not None:
                around = current.get_span_context()  # type: ignore[attr-defined]  # contexts hold anything
                if not around.trace_flags & SAMPLED and around.is_valid:
                    return None
            span = self._tracer.start_span(self._name, attributes=self._attributes)
            return Begun(span, self._with_span(span))
        except Exception as error:
            self._on_error("trace", error)
            if self._strict:
                raise
            return None

    def enter(self, begun: Begun) -> Context:
        """Make the span the current one; return what was current before, for ``leave``."""
        around = self.current()
        self._attach(begun.context)
        return around

    def leave(self, around: Context) -> None:
        """Make current what was current before.

        Not by the token of ``enter``: that fails in another context, in which Python may close a
        coroutine that nobody waits for any more.
        """
        self._attach(around)

    def end(self, begun: Begun | None, error: BaseException | None = None) -> None:
        """End the span, if there is one; of an error only the class is told."""
        if begun is None:
            return
        span = begun.span
        try:
            if error is not None:
                status, error_name = end_of(error)
                span.set_attribute(STATUS, STATUSES[status])
                if status == ERROR and error_name is not None:
                    span.set_attribute(ERROR_TYPE, error_name)
                    span.set_status(self._failed)
            span.end()
        except Exception as problem:
            self._on_error("trace", problem)
            if self._strict and error is None:
                raise


def application_provider() -> TracerProvider | None:
    """Return the tracer provider that the application has set, if it has one; never raises."""
    trace = sys.modules.get("opentelemetry.trace")
    try:
        provider: TracerProvider = trace.get_tracer_provider()  # type: ignore[union-attr]  # None has none: see below
        is_set = not isinstance(provider, trace.ProxyTracerProvider | trace.NoOpTracerProvider)  # type: ignore[union-attr]  # likewise
    except Exception:  # noqa: BLE001 - not loaded, being loaded, or set up wrongly: that is for the application to see
        return None
    return provider if is_set else None
