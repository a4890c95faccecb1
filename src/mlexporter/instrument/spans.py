"""``Spans``: what the tracer of an application sees of a monitored call.

Nothing of OpenTelemetry is imported here before the application has: who has no tracer pays nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from mlexporter.catalogue import STATUSES
from mlexporter.instrument.endings import end_of
from mlexporter.state.entries import ERROR

if TYPE_CHECKING:
    from contextvars import Token

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
_SAMPLED: Final = 1  # as in trace.TraceFlags


class Begun:
    """A span that has begun.

    Attributes:
        span: It.
        context: In which it is the current one; of a generator what it was when its last piece ended.
    """

    __slots__ = ("context", "span")

    def __init__(self, span: Span, context: Context) -> None:
        self.span = span
        self.context = context


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

    Attributes:
        current: Returns the current context.
        key: Under which a context holds its span.
        invalid: The context of no span.

    Raises:
        Exception: of the provider, which gives no tracer.
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
        self._current_span, self._with_span = trace.get_current_span, trace.set_span_in_context
        self.current, self._attach, self._detach = context.get_current, context.attach, context.detach
        self.invalid = trace.INVALID_SPAN_CONTEXT
        # A look at the context under the key of its span takes a third of get_current_span().
        (self.key,) = trace.set_span_in_context(trace.INVALID_SPAN, context.Context())
        self._on_error = on_error
        self._strict = strict

    def begin(self) -> Begun | None:
        """Return a span below the current one; None where none is wanted."""
        try:
            around = self._current_span().get_span_context()
            if around.is_valid and not around.trace_flags & _SAMPLED:
                return None
            span = self._tracer.start_span(self._name, attributes=self._attributes)
            return Begun(span, self._with_span(span))
        except Exception as error:
            self._on_error("trace", error)
            if self._strict:
                raise
            return None

    def enter(self, begun: Begun) -> Token[Context] | None:
        """Make the span the current one; return what ``finish`` needs."""
        try:
            return self._attach(begun.context)
        except Exception as error:
            self._on_error("trace", error)
            if self._strict:
                raise
            return None

    def finish(self, begun: Begun, token: Token[Context] | None, error: BaseException | None = None) -> None:
        """Make current what was current before ``enter``, and end the span.

        A coroutine that is closed ends wherever Python is at that moment; nothing is changed there.
        """
        if token is not None and self._is_within(begun, error):
            self._detach(token)  # logs what goes wrong, and raises nothing
        self.end(begun, error)

    def resume(self, begun: Begun) -> Context | None:
        """Go on in the context that a generator had; return that of its consumer."""
        around = self.current()
        return None if self.enter(begun) is None else around

    def suspend(self, begun: Begun, around: Context | None, error: BaseException | None = None) -> None:
        """Keep the context of a generator and go back to that of its consumer, unless it was closed elsewhere."""
        if around is not None and self._is_within(begun, error):
            begun.context = self.current()
            self._attach(around)

    def _is_within(self, begun: Begun, error: BaseException | None) -> bool:
        # Not isinstance(): it asks the error for its class, and an odd one raises.
        return not issubclass(type(error), GeneratorExit) or self.current() is begun.context

    def end(self, begun: Begun | None, error: BaseException | None = None) -> None:
        """End the span, if there is one; of an error only the class is told."""
        if begun is None:
            return
        try:
            try:
                if error is not None:
                    self._tell(begun.span, error)
            finally:
                begun.span.end()
        except Exception as problem:
            self._on_error("trace", problem)
            if self._strict and error is None:
                raise

    def _tell(self, span: Span, error: BaseException) -> None:
        status, error_name = end_of(error)
        span.set_attribute(STATUS, STATUSES[status])
        if status == ERROR and error_name is not None:
            span.set_attribute(ERROR_TYPE, error_name)
            span.set_status(self._failed)


def application_provider() -> TracerProvider | None:
    """Return the tracer provider that the application has set, if it has one; never raises.

    Where ``OTEL_PYTHON_TRACER_PROVIDER`` names one, whoever asks first sets it: do not ask before the
    application has done what it does at its start.
    """
    trace = sys.modules.get("opentelemetry.trace")
    try:
        provider: TracerProvider = trace.get_tracer_provider()  # type: ignore[union-attr]  # None has none: see below
        is_set = not isinstance(provider, trace.ProxyTracerProvider | trace.NoOpTracerProvider)  # type: ignore[union-attr]  # likewise
    except Exception:  # noqa: BLE001 - not loaded, being loaded, or set up wrongly: that is for the application to see
        return None
    return provider if is_set else None
