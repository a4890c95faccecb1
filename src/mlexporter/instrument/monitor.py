"""``Monitor``: functions and explicit records, counted into the state of one model."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from mlexporter.errors import ConfigurationError
from mlexporter.instrument.accounting import Accounting, OnError
from mlexporter.instrument.capture import Capture, ProfileCapture, ServiceCapture, WarmUpCapture
from mlexporter.instrument.notes import Notes, chooses_none
from mlexporter.instrument.selection import Selection
from mlexporter.instrument.source import Pick, Source, find_source, full_name_of, pick_of_time, title_of
from mlexporter.instrument.spans import Spans
from mlexporter.instrument.traced import traced
from mlexporter.instrument.warmup import WarmUp
from mlexporter.instrument.wrap import what_runs, wrap
from mlexporter.state.entries import UNKNOWN_DURATION
from mlexporter.state.forking import IMPORTING
from mlexporter.state.model import ModelState

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

    from mlexporter.instrument.events import Events
    from mlexporter.instrument.generation.recording import Generations
    from mlexporter.records import Reference
    from mlexporter.state.generation import GenerationKind

Function = TypeVar("Function", bound=Callable[..., Any])
Layer: TypeAlias = Callable[[Callable[..., Any], Callable[..., Any]], Callable[..., Any]]
"""Gets a function and what really runs, which tells its kind; returns one that does the same and more."""

_NANOSECONDS: Final = 1_000_000_000


_LAYERS: Final = ("generation", "events", "spans")
"""What may stand between a call and the function, innermost first."""


class _Wrapped:
    __slots__ = ("accounting", "function", "layers", "provider", "source")

    def __init__(self, function: Callable[..., Any], accounting: Accounting, source: Source) -> None:
        self.function = function
        self.accounting = accounting
        self.source = source
        self.provider: TracerProvider | None = None
        self.layers: dict[str, Layer] = {}

    def call_through(self, name: str, layer: Layer | None) -> None:
        """Let calls that begin from now on go through ``layer``, or no more through the one of this name."""
        self.layers = {**self.layers, name: layer} if layer else {**self.layers}
        if layer is None:
            self.layers.pop(name, None)
        function = self.function
        for each in _LAYERS:
            if each in self.layers:
                function = self.layers[each](function, what_runs(self.function))
        self.accounting.call(function)


class Monitor:
    """Counts the calls of functions, or rows recorded by hand, into one model.

    Args:
        state: The counters of the model.
        selection: What the user chose.
        reference: The profile, or None.
        warmup: Collects the first rows where there is no profile yet, or None.
        strict: Raise errors of ours, after they were counted.
        on_error: Gets the stage and the exception of every error of ours.
        prepare: Called by the first call that comes, before it is counted.
        events: Makes events of calls; None where there are none.
        generation: What its functions generate; None where they are no generative model's.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each thing that is injected
        self, state: ModelState, *, selection: Selection, reference: Reference | None = None,
        warmup: WarmUp | None = None, strict: bool = False, on_error: OnError,
        prepare: Callable[[], None] | None = None, events: Events | None = None,
        generation: GenerationKind | None = None,
    ) -> None:  # fmt: skip
        self._state = state
        self._generation = generation
        self._events = events
        self._selection = selection
        self._warmup = warmup
        self._strict = strict
        self._on_error = on_error
        self._reference = reference
        self._prepare = prepare
        self._wrapped: list[_Wrapped] = []
        self._generations = None if generation is None else self._new_generations()
        if events is not None:
            events.adopt(reference)
        self._recorder = Accounting(
            state, on_error, strict=strict, capture=self._capture(None), pick=None, prepare=prepare
        )

    def wrap(self, function: Function) -> Function:
        """Return ``function`` with its calls counted; it stays what it was to every caller.

        Args:
            function: Synchronous or not, a generator or not, a method, static or class method.

        Raises:
            ConfigurationError: it cannot be called, is a class, or lacks what ``features=`` names.
        """
        if isinstance(function, staticmethod | classmethod):
            return type(function)(self.wrap(function.__func__))
        if isinstance(function, type):
            raise ConfigurationError(
                f"monitor() wraps a function, and {function.__name__} is a class; decorate its predict method"
            )
        if not callable(function):
            raise ConfigurationError(f"monitor() wraps a function, and {function!r} cannot be called")
        source = self._source(function)
        accounting = Accounting(
            self._state, self._on_error, strict=self._strict,
            capture=self._capture(source), pick=source.pick, place=source.place,
            pick_time=self._pick_time(function),
            prepare=self._prepare, owner=self, function=function,
        )  # fmt: skip
        wrapped = _Wrapped(function, accounting, source)
        self._wrapped.append(wrapped)
        if self._generations is not None:
            wrapped.call_through("generation", self._generations.layer)
        if self._events is not None:
            wrapped.call_through("events", self._events.layer(function, lambda: wrapped.source.pick))
        return wrap(function, accounting)  # type: ignore[return-value]

    def record(
        self, features: object, prediction: object = None, *,
        id: object = None, timestamp: object = None,  # noqa: A002 - the promised name
        duration_seconds: float | None = None, error: BaseException | str | None = None,
    ) -> None:  # fmt: skip
        """Count one call that happened elsewhere; never raises, but under ``strict``.

        Args:
            features: One row or several, anything that a monitored function may be given.
            prediction: What the model answered; None counts as missing.
            id: Identifies the prediction.
            timestamp: Time of the row, Unix seconds, a time or an ISO text; now if not given.
            duration_seconds: How long it took, 0 or more; not counted if not given.
            error: What the model raised, or the name of its class.
        """
        container = self._selection.container_of(features)
        elapsed = _nanoseconds(duration_seconds)
        moment = self._selection.moment_of(features) if timestamp is None else timestamp
        self._recorder.record(container, prediction, elapsed, error, moment=moment)
        if self._events is not None:
            self._events.record(
                container, prediction, row=features, id=id, timestamp=timestamp, elapsed=elapsed, error=error
            )

    def record_batch(
        self, frame: object, predictions: object = None, *, duration_seconds: float | None = None
    ) -> None:
        """Count a batch that was predicted elsewhere; never raises, but under ``strict``.

        Args:
            frame: DataFrame, Arrow table, mapping of columns, array of shape (n, n_features) or
                list of rows.
            predictions: n predictions, class scores of shape (n, k), or a frame of outputs.
            duration_seconds: How long the whole batch took; not counted if not given.
        """
        self.record(frame, predictions, duration_seconds=duration_seconds)

    def record_generation(self, response: object, arguments: Mapping[str, Any]) -> None:
        """Count a generation, or complete the one that goes on here; never raises, but under ``strict``.

        Args:
            response: An answer to be read, or None.
            arguments: Those of ``GenerationArguments``.

        Raises:
            TypeError: a keyword that there is not.
        """
        generations = self._generations or self._new_generations()
        generations.record(response, arguments, self._prepare)

    @property
    def generation(self) -> GenerationKind | None:
        """What its functions generate; None where they are no generative model's."""
        return self._generation

    def record_feedback(self, rating: object) -> None:
        """Count what somebody says of an answer; never raises, but under ``strict``."""
        (self._generations or self._new_generations()).rate(rating, self._prepare)

    def _new_generations(self) -> Generations:
        with IMPORTING:
            from mlexporter.instrument.generation.recording import Generations  # noqa: PLC0415 - needed by few

        return Generations(self._state, self._generation, on_error=self._on_error, strict=self._strict)

    def adopt(self, reference: Reference | None, warmup: WarmUp | None = None) -> None:
        """Count into the bins of ``reference`` from now on, if any; calls under way keep theirs."""
        self._reference = reference
        self._warmup = warmup
        if self._events is not None:
            self._events.adopt(reference)
        self._recorder.adopt(self._capture(None), None)
        for wrapped in self._wrapped:
            wrapped.source = self._source(wrapped.function)
            source, pick_time = wrapped.source, self._pick_time(wrapped.function)
            wrapped.accounting.adopt(self._capture(source), source.pick, source.place, pick_time)

    def begin_anew(self) -> None:
        """Read calls as before, into the cells that the state of the model has now."""
        self._prepare = None
        self.adopt(self._reference, self._warmup)

    def pause(self, prepare: Callable[[], None]) -> None:
        """Let the next call prepare first, as in a forked child."""
        self._prepare = prepare
        self._recorder.pause(prepare)
        for wrapped in self._wrapped:
            wrapped.accounting.pause(prepare)

    def trace(self, provider: TracerProvider) -> None:
        """Begin a span for each call from now on, where the sampler of ``provider`` wants one.

        Raises:
            Exception: of the provider, which gives no tracer; those functions stay without spans.
        """
        for wrapped in self._wrapped:
            if wrapped.provider is not provider:
                self._trace(wrapped, provider)
                wrapped.provider = provider

    def _trace(self, wrapped: _Wrapped, provider: TracerProvider) -> None:
        make = Spans if self._generations is None else self._generations.spans
        spans = make(
            provider, self._state.key, title=title_of(wrapped.function),
            function_name=full_name_of(wrapped.function), exemplify=self._state.exemplify,
            on_error=self._on_error, strict=self._strict,
        )  # fmt: skip
        wrapped.call_through("spans", lambda function, kind: traced(function, kind, spans))

    def notes(self) -> tuple[tuple[str, str], ...]:
        """Return what is monitored, what is not, and why: (subject, sentence) pairs."""
        told = self._told().notes()
        return told if self._events is None else (*told, ("events", self._events.note()))

    def warnings(self) -> tuple[str, ...]:
        """Return what a person should look at: features that are not found or not chosen."""
        return self._told().warnings()

    def without_features(self) -> tuple[str, ...]:
        """Return why the features of functions are not found although there is a profile with some."""
        return self._told().without_features()

    def _told(self) -> Notes:
        sources = [(title_of(each.function), each.source) for each in self._wrapped]
        return Notes(sources, self._selection, self._reference, self._warmup)

    def _source(self, function: Callable[..., Any]) -> Source:
        is_read = any((self._reference, self._warmup, self._selection.features))
        if self._generations is not None and not is_read:
            return self._generations.source  # a prompt is no row: a list of messages is one call
        names = None if self._reference is None else self._reference.feature_names
        is_learning = names is None and self._warmup is not None
        return find_source(function, self._selection, names, is_learning=is_learning)

    def _capture(self, source: Source | None) -> Capture:
        """Return how calls are read; ``source`` is None for what is recorded by hand."""
        if self._reference is None:
            if self._warmup is None:
                return ServiceCapture(self._state.service_lane)
            return WarmUpCapture(self._state.service_lane, self._warmup, self._selection)
        lane = self._state.open_profile(self._reference)
        has_no_source = source is not None and source.pick is None and bool(self._reference.features)
        is_blind = has_no_source or chooses_none(self._selection, self._reference)
        if lane.block is None or is_blind:
            # Features that nobody looked for are not missing: service metrics only.
            return ServiceCapture(self._state.service_lane)
        checks_extra = (source is None or source.is_container) and self._selection.features is None
        return ProfileCapture(lane, lane.block, self._selection, checks_extra=checks_extra)

    def _pick_time(self, function: Function) -> Pick | None:
        """Return what takes the time of its rows out of a call, where a profile wants to know it."""
        slots = None if self._reference is None else self._reference.slots
        return pick_of_time(function, self._selection) if slots is not None and slots.seasons else None


def _nanoseconds(seconds: float | None) -> int:
    """Return a duration in nanoseconds; one that can be none is unknown."""
    if not isinstance(seconds, int | float) or not math.isfinite(seconds) or seconds < 0:
        return UNKNOWN_DURATION
    return min(round(seconds * _NANOSECONDS), 2**53)
