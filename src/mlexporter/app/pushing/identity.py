"""As what we push: the resource of the application, and an instance that outlives the process that pushes."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
import uuid
import weakref
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from mlexporter.state.forking import IMPORTING
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Observation
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.resources import Resource

INSTANCE_ID: Final = "service.instance.id"
_NAMESPACE: Final = uuid.UUID("6f5a2e6c-0b7e-4b53-9d0e-1f1c6f6d7a11")
_NAME: Final = "service.name"
_DETECTORS: Final = "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS"
_QUESTION: Final = "mlexporter.resource"
_SUFFIX_DIGITS: Final = 8


def instance_id(life: str) -> str:
    """Return the name of an instance: the same for all who push the counters of one life, and for nobody else."""
    return str(uuid.uuid5(_NAMESPACE, life))


class Identity:
    """Finds the resource of our points, and again when the application has changed its own.

    Args:
        given: The resource that the application gave to ``push``.
    """

    def __init__(self, given: Resource | None) -> None:
        self._given = given
        # Asked at once: a forked child does not know any more which id the SDK drew in its parent.
        self._given_is_named = given is not None and _is_named(given)
        self.forget()

    def forget(self) -> None:
        """In a forked child: the application may have another resource here."""
        self._has_asked = False
        self._of_provider: Resource | None = None
        self._default: Resource | None = None
        self._raised: set[str] = set()
        self._kept: tuple[Resource, str, bool, Resource] | None = None

    def resource(self, life: str, *, is_single_worker: bool) -> Resource:
        """Return the resource of our points.

        An id that the user chose stays; where several workers push, each for itself, it gets an ending.

        Args:
            life: Names the life of the counters.
            is_single_worker: They are those of one worker, although its server has several.
        """
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - the push has loaded it

        base = self._given or self._of_application() or self._by_default()
        if self._kept is not None and self._kept[:3] == (base, life, is_single_worker):
            return self._kept[3]
        is_named = self._given_is_named if self._given is not None else _is_named(base)
        name = instance_id(life)
        if is_named:
            chosen = str(base.attributes[INSTANCE_ID])
            name = f"{chosen}-{name[:_SUFFIX_DIGITS]}" if is_single_worker else chosen
        found = base.merge(Resource({INSTANCE_ID: name}))
        self._kept = (base, life, is_single_worker, found)
        return found

    def prepare(self) -> None:
        """Do in good time what cannot be done at the end of a process any more: detectors need threads."""
        if self._given is None and os.environ.get(_DETECTORS):
            self._by_default()

    def _by_default(self) -> Resource:
        if self._default is None:
            from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415 - the push loads it

            # A fork waits while strangers' detectors are loaded, and for nothing else here.
            loading = IMPORTING if os.environ.get(_DETECTORS) else contextlib.nullcontext()
            try:
                with loading:
                    self._default = Resource.create()
            except RuntimeError:  # the process ends: it has no threads for detectors
                plain = Resource({_NAME: f"unknown_service:{os.path.basename(sys.executable)}"})  # noqa: PTH119 - as the SDK names it
                self._default = plain.merge(OTELResourceDetector().detect())
        return self._default

    def _of_application(self) -> Resource | None:
        """Return the resource of the application's MeterProvider, else of its TracerProvider, if it has any."""
        from opentelemetry import metrics, trace  # noqa: PLC0415 - the push has loaded it
        from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415 - likewise
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - likewise

        provider = self._asked("OTEL_PYTHON_METER_PROVIDER", metrics.get_meter_provider)
        if isinstance(provider, MeterProvider):
            if not self._has_asked:  # the global one is set once
                self._has_asked = True
                self._of_provider = self._asked("MeterProvider", lambda: resource_of(provider))
            if self._of_provider is not None:
                return self._of_provider
        tracer_provider = self._asked("OTEL_PYTHON_TRACER_PROVIDER", trace.get_tracer_provider)
        return tracer_provider.resource if isinstance(tracer_provider, TracerProvider) else None

    def _asked(self, whom: str, question: Callable[[], Any]) -> Any:
        """Return what the application answers; None where that raises, and it is not asked in that way again."""
        if whom in self._raised:
            return None
        try:
            return question()
        except BaseException as error:  # noqa: BLE001 - a callback of the application, or a variable that names nothing
            self._raised.add(whom)
            LOG.warning(
                "mlexporter: the resource of the application cannot be asked for: %s has raised %s; pushes "
                "have another one: give push(resource=...) one, or set OTEL_SERVICE_NAME", whom,
                type(error).__name__,
            )  # fmt: skip
            return None


class _Question:
    """A gauge that has a value only while we ask: no other reader of the application ever sees it."""

    def __init__(self, provider: MeterProvider) -> None:
        self._asking = 0
        provider.get_meter(_QUESTION).create_observable_gauge(_QUESTION, callbacks=[self._answer])

    def ask(self, provider: MeterProvider) -> Resource | None:
        """Return what a reader is told to be the resource."""
        reader = _reader_class()()
        provider.add_metric_reader(reader)
        self._asking = threading.get_ident()
        try:
            reader.collect()
        finally:
            self._asking = 0
            provider.remove_metric_reader(reader)
        found: Resource | None = reader.resource
        return found

    def _answer(self, _: CallbackOptions) -> Iterable[Observation]:
        from opentelemetry.metrics import Observation  # noqa: PLC0415 - the push has loaded it

        return [Observation(1)] if threading.get_ident() == self._asking else ()


_questions: Final[weakref.WeakKeyDictionary[MeterProvider, _Question]] = weakref.WeakKeyDictionary()
"""An instrument is made once for a provider, for it cannot be taken away again."""


def resource_of(provider: MeterProvider) -> Resource | None:
    """Return the resource of a provider; None where it does not tell.

    It tells readers alone, together with a value: so one of ours reads once, and is taken away.
    """
    if not hasattr(provider, "add_metric_reader"):
        return None
    question = _questions.get(provider)
    if question is None:
        question = _questions[provider] = _Question(provider)
    return question.ask(provider)


@functools.cache
def _reader_class() -> Any:
    from opentelemetry.sdk.metrics.export import MetricReader, MetricsData  # noqa: PLC0415 - the push has loaded it

    class Reader(MetricReader):
        resource: Resource | None = None

        def _receive_metrics(self, metrics_data: MetricsData, timeout_millis: float = 0, **_: Any) -> None:
            del timeout_millis
            self.resource = metrics_data.resource_metrics[0].resource

        def shutdown(self, timeout_millis: float = 0, **_: Any) -> None:
            del timeout_millis

    return Reader


def _is_named(resource: Resource) -> bool:
    """Return whether the id is the user's: the SDK draws one for each process where there is none."""
    chosen = resource.attributes.get(INSTANCE_ID)
    if not chosen:
        return False
    try:
        from opentelemetry.sdk.resources import ServiceInstanceIdResourceDetector  # noqa: PLC0415 - in newer SDKs only
    except ImportError:
        return True
    return chosen != ServiceInstanceIdResourceDetector().detect().attributes.get(INSTANCE_ID)
