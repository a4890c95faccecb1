"""``Spans``: what the tracer of an application sees of a monitored call.

Nothing of OpenTelemetry is imported here before the application has: who has no tracer pays nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter_ns
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from mlexporter.catalogue import STATUSES
from mlexporter.instrument.endings import end_of
from mlexporter.state.entries import ERROR, OK

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
_SAMPLED: Final = 1  # as in trace.TraceFlags
_SUPPRESSED: Final = "_SUPPRESS_INSTRUMENTATION_KEY"
"""Where the API has the key under which a context says that nothing in it is to be instrumented."""


class Exemplify(Protocol):
    """What keeps a sampled call that ends now, so that its duration leads to its trace."""

    def __call__(self, status: int, nanoseconds: int, *, trace_id: int, span_id: int) -> None:
        """Keep it; ``status`` is a position in ``catalogue.STATUSES``."""


class Begun:
    """A span that has begun; it watches its call.

    Args:
        spans: Of the function.
        span: It.
        context: In which it is the current one.
    """

    __slots__ = ("_around", "_context", "_span", "_spans", "_started")

    def __init__(self, spans: Spans, span: Span, context: Context) -> None:
        self._spans = spans
        self._span = span
        self._context = context
        self._around: Context | None = None
        self._started = perf_counter_ns()

    def resume(self) -> None:
        """Make the span the current one, in the context in which the last piece of a generator ended."""
        spans = self._spans
        try:
            self._around = spans.current()
            spans.attach(self._context)
        except Exception as problem:
            self._around = None
            spans.on_error("trace", problem)
            if spans.strict:
                raise

    def suspend(self, error: BaseException | None = None) -> None:
        """Go back to the context of before; what is closed elsewhere changes nothing there."""
        around, self._around = self._around, None
        # Not isinstance(): it asks the error for its class, and an odd one raises.
        if around is None or (
            issubclass(type(error), GeneratorExit) and self._spans.current() is not self._context
        ):
            return
        self._context = self._spans.current()
        self._spans.attach(around)

    def piece(self, value: object) -> None:
        """Do nothing: no value gets into a span."""

    def finish(self, result: object, error: BaseException | None = None) -> None:  # noqa: ARG002 - no value gets into a span
        """End the span; of an error only the class is told."""
        try:
            try:
                self._keep(OK if error is None else self._tell(error))
            finally:
                self._span.end()
        except Exception as problem:
            self._spans.on_error("trace", problem)
            if self._spans.strict and error is None:
                raise

    def _keep(self, status: int) -> None:
        """Keep the call as an example of its duration, if others can find its span."""
        found = self._span.get_span_context()
        if found.trace_flags & _SAMPLED and self._span.is_recording():
            elapsed = perf_counter_ns() - self._started
            self._spans.exemplify(status, elapsed, trace_id=found.trace_id, span_id=found.span_id)

    def _tell(self, error: BaseException) -> int:
        status, error_name = end_of(error)
        self._span.set_attribute(STATUS, STATUSES[status])
        if status == ERROR and error_name is not None:
            self._span.set_attribute(ERROR_TYPE, error_name)
            self._span.set_status(self._spans.failed)
        return status


class Spans:
    """Begins and ends the spans of one function.

    A span is begun where the sampler of the application wants one; below a span that is not sampled
    nobody is asked, and the function is called as it is. No message and no value of a row gets into it.

    Args:
        provider: Of the application.
        key: The model.
        title: The function as people know it.
        function_name: Its full name, with the module.
        exemplify: Gets each call whose span is sampled, at its end.
        on_error: Gets the stage and the exception of every error of tracing.
        strict: Raise them, after they were counted, where they hide nothing.

    Attributes:
        current: Returns the current context.
        attach: Makes a context the current one.
        key: Under which a context holds its span.
        invalid: The context of no span.
        failed: The status code of a span whose call has failed.

    Raises:
        Exception: of the provider, which gives no tracer.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each thing that is injected
        self, provider: TracerProvider, key: ModelKey, *, title: str, function_name: str,
        exemplify: Exemplify, on_error: OnError, strict: bool,
    ) -> None:  # fmt: skip
        from opentelemetry import context, trace  # noqa: PLC0415 - the application has loaded it

        self._tracer = provider.get_tracer(INSTRUMENTATION_NAME)
        self._name = f"{title} {key.name}"
        self._attributes = {
            MODEL_NAME: key.name, MODEL_VERSION: key.version, MODEL_VARIANT: key.variant,
            FUNCTION_NAME: function_name,
        }  # fmt: skip
        self.failed = trace.StatusCode.ERROR
        self._current_span, self._with_span = trace.get_current_span, trace.set_span_in_context
        self.current, self.attach = context.get_current, context.attach
        self.invalid = trace.INVALID_SPAN_CONTEXT
        # A look at the context under the key of its span takes a third of get_current_span().
        (self.key,) = trace.set_span_in_context(trace.INVALID_SPAN, context.Context())
        self.exemplify = exemplify
        self._suppressed: str | None = getattr(context, _SUPPRESSED, None)
        self.on_error = on_error
        self.strict = strict

    def begin(self, *_: object) -> Begun | None:
        """Return a span below the current one; None where none is wanted."""
        try:
            around = self._current_span().get_span_context()
            if around.is_valid and not around.trace_flags & _SAMPLED:
                return None
            if self._suppressed is not None and self.current().get(self._suppressed):
                return None  # in an exporter, whose own calls would be spans to export
            span = self._tracer.start_span(self._name, attributes=self._attributes)
            return Begun(self, span, self._with_span(span))
        except Exception as error:
            self.on_error("trace", error)
            if self.strict:
                raise
            return None


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
