"""``Generations``: counts the calls of generative models that one monitor watches, or is told of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mlexporter.catalogue import OPERATIONS, RATINGS
from mlexporter.instrument.generation.attributes import own_span, tell_span
from mlexporter.instrument.generation.complaints import STAGE, Complaints, Mistake, log_once
from mlexporter.instrument.generation.generation_spans import GenerationSpans
from mlexporter.instrument.generation.outcome import Outcome
from mlexporter.instrument.generation.ratings import rating_of
from mlexporter.instrument.generation.reading import read_answer
from mlexporter.instrument.generation.told import refuse_unknown, told
from mlexporter.instrument.generation.watch import CURRENT, GenerationWatch, generation_of
from mlexporter.instrument.observed import Function, Guarded, OnError, observed
from mlexporter.instrument.source import Source
from mlexporter.state.generation import Generation, GenerationKind
from mlexporter.state.model import ModelState
from mlexporter.state.names import OTHER

if TYPE_CHECKING:
    from opentelemetry.trace import Span

    from mlexporter.records import ModelKey

_READ: Final = "tokens, times and the end are read from what it returns or yields; features are not"
_UNNAMED: Final = GenerationKind("")


class Generations:
    """Counts generations of one model.

    Args:
        state: The counters of the model.
        kind: What the decorator says of its functions; None where they are no generative model's.
        on_error: Gets the stage and the exception of every error of ours.
        strict: Raise them, after they were counted.

    Attributes:
        source: Says that no features are read of a call.
    """

    def __init__(
        self, state: ModelState, kind: GenerationKind | None, *, on_error: OnError, strict: bool
    ) -> None:
        self._state = state
        self._kind = kind or _UNNAMED
        self._on_error = on_error
        self._strict = strict
        self._guarded = Guarded(self._begin, stage=STAGE, on_error=on_error, strict=strict)
        self.source = Source(None, is_container=False, note=f"kind {self._kind.operation}; {_READ}")
        if kind is not None:
            state.generations.expect()

    def layer(self, function: Function, kind: Function) -> Function:
        """Return ``function`` with each call counted as one generation.

        Args:
            function: What is called.
            kind: What really runs, which tells how.
        """
        return observed(function, kind, self._guarded.begin)

    def spans(self, *arguments: Any, **named: Any) -> GenerationSpans:
        """Return spans that are named by the GenAI conventions; the arguments are those of ``Spans``.

        Raises:
            Exception: of the provider, which gives no tracer.
        """
        return GenerationSpans(self._kind, *arguments, **named)

    def record(
        self, response: object, arguments: Mapping[str, Any], prepare: Callable[[], None] | None
    ) -> None:
        """Count a generation, or complete the one that goes on here; never raises, but under ``strict``.

        Args:
            response: An answer to be read, or None.
            arguments: Those of ``GenerationArguments``.
            prepare: Called before anything is counted, or None.

        Raises:
            TypeError: a keyword that there is not.
        """
        refuse_unknown(arguments)
        self._complaints("record_generation").attempt(self._record, response, arguments, prepare)

    def rate(self, rating: object, prepare: Callable[[], None] | None) -> None:
        """Count a rating; one that is none of the catalogue's is ``other``. Never raises, but under ``strict``.

        Args:
            rating: As ``ratings.rating_of`` takes it.
            prepare: Called before it is counted, or None.
        """
        self._complaints("record_feedback").attempt(self._rate, rating, prepare)

    def _complaints(self, function: str) -> Complaints:
        return Complaints(
            function,
            on_mistake=self._state.generations.on_mistake,
            on_error=self._on_error,
            strict=self._strict,
        )

    def _rate(self, rating: object, prepare: Callable[[], None] | None) -> tuple[None, list[Mistake]]:
        if prepare is not None:
            prepare()
        found = rating_of(rating)
        self._state.generations.rate(found)
        if found == OTHER:
            self._state.generations.on_overflow()
            if self._strict:  # elsewhere the series of overflows tells of it
                advice = f"one of {', '.join(RATINGS[:-1])}, True or False is needed"
                return None, [Mistake({"rating": rating}, advice)]
        return None, []

    def _record(
        self, response: object, arguments: Mapping[str, Any], prepare: Callable[[], None] | None
    ) -> tuple[None, list[Mistake]]:
        watch = watch_here(lambda key: key == self._state.key)
        if watch is not None:
            return complete(watch, response, arguments)
        found, wrong = told(arguments)
        outcome = Outcome()
        if response is not None:
            read_answer(response, outcome)
        generation = generation_of(self._kind, outcome, found)
        if not generation.kind.operation:
            advice = (
                f"model {self._state.key.name!r} is monitored without kind=; give it kind=, or operation= here: "
                f"one of {', '.join(OPERATIONS)}"
            )
            return None, [Mistake({"operation": arguments.get("operation")}, advice), *wrong]
        if prepare is not None:
            prepare()
        self._state.generations.count(generation)
        return None, wrong

    def _begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> GenerationWatch:  # noqa: ARG002 - no value of a call is looked at
        count = partial(self._count, own_span())
        return GenerationWatch(self._state.key, self._kind, count, self._on_stream)

    def _count(self, span: Span | None, generation: Generation, outcome: Outcome) -> None:
        try:
            self._state.generations.count(generation)
        finally:
            if span is not None:
                tell_span(span, generation, outcome)

    def _on_stream(self) -> None:
        key = self._state.key
        log_once(
            f"model {key.name} {key.version}: a call returned a stream, or what is still to be awaited: its end is "
            "not seen, its tokens and times are unknown; let the function yield its pieces, or be a coroutine"
        )


def watch_here(fits: Callable[[ModelKey], bool] | None = None) -> GenerationWatch | None:
    """Return the innermost call of a generative model that goes on here, of a model that ``fits``, if any is."""
    watch = CURRENT.get()
    return None if watch is None else watch.here(fits or (lambda _: True))


def complete(
    watch: GenerationWatch, response: object, arguments: Mapping[str, Any]
) -> tuple[None, list[Mistake]]:
    """Complete a call that goes on, and return what cannot be counted.

    Args:
        watch: Of the call.
        response: An answer to be read, or None.
        arguments: Those of ``GenerationArguments``.
    """
    found, wrong = told(arguments)
    watch.tell(response, found)
    return None, wrong
