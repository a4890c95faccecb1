"""``Generations``: counts the calls of generative models that one monitor watches, or is told of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mlexporter.catalogue import OPERATIONS, RATINGS
from mlexporter.errors import ConfigurationError
from mlexporter.instrument.generation.attributes import own_span, tell_span
from mlexporter.instrument.generation.generation_spans import GenerationSpans
from mlexporter.instrument.generation.outcome import Outcome
from mlexporter.instrument.generation.ratings import rating_of
from mlexporter.instrument.generation.reading import read_answer
from mlexporter.instrument.generation.told import told
from mlexporter.instrument.generation.watch import CURRENT, GenerationWatch, generation_of
from mlexporter.instrument.observed import Function, Guarded, OnError, observed
from mlexporter.instrument.source import Source
from mlexporter.state.generation import Generation, GenerationKind
from mlexporter.state.log import LOG
from mlexporter.state.model import ModelState
from mlexporter.state.names import OTHER

if TYPE_CHECKING:
    from opentelemetry.trace import Span

STAGE: Final = "generation"
_READ: Final = "tokens, times and the end are read from what it returns or yields; no features are"
_UNNAMED: Final = GenerationKind("")
_LOGGED_AT_MOST: Final = 200
_logged: Final[set[str]] = set()


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
        self.source = Source(None, is_container=False, note=f"{self._kind.operation}: {_READ}")
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
        watch = watch_here()
        if watch is not None and watch.key == self._state.key:
            complete(watch, response, arguments, self._on_error, strict=self._strict)
            return
        found, wrong = told(arguments)
        self._guarded.attempt(None, self._record, response, found, prepare)
        complain(wrong, self._on_error, strict=self._strict)

    def rate(self, rating: object, prepare: Callable[[], None] | None) -> None:
        """Count a rating; one that is none of the catalogue's is ``other``. Never raises, but under ``strict``.

        Args:
            rating: As ``ratings.rating_of`` takes it.
            prepare: Called before it is counted, or None.
        """
        self._guarded.attempt(None, self._rate, rating, prepare)

    def _rate(self, rating: object, prepare: Callable[[], None] | None) -> None:
        if prepare is not None:
            prepare()
        found = rating_of(rating)
        self._state.generations.rate(found)
        if found == OTHER:
            self._state.generations.on_overflow()
            if self._strict:
                raise ConfigurationError(
                    f"rating={rating!r}: one of {', '.join(RATINGS[:-1])}, True or False is needed"
                )

    def _record(self, response: object, found: Mapping[str, Any], prepare: Callable[[], None] | None) -> None:
        outcome = Outcome()
        if response is not None:
            read_answer(response, outcome)
        generation = generation_of(self._kind, outcome, found)
        if not generation.kind.operation:
            raise ConfigurationError(
                f"operation=None: model {self._state.key.name!r} is monitored without kind=, so that it is needed: "
                f"one of {', '.join(OPERATIONS)}"
            )
        if prepare is not None:
            prepare()
        self._state.generations.count(generation)

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
        if _is_news(f"stream {key}"):
            LOG.warning(
                "mlexporter: model %s %s: a call returned a stream, whose end is not seen: its tokens and times are "
                "unknown; let the function yield its pieces, or tell them by record_generation(); logged once",
                key.name, key.version,
            )  # fmt: skip


def watch_here() -> GenerationWatch | None:
    """Return the call of a generative model that goes on here, if there is one."""
    watch = CURRENT.get()
    return None if watch is None or watch.is_over else watch


def complete(
    watch: GenerationWatch, response: object, arguments: Mapping[str, Any], on_error: OnError, *, strict: bool
) -> None:
    """Complete a call that goes on; never raises, but under ``strict``.

    Args:
        watch: Of the call.
        response: An answer to be read, or None.
        arguments: Those of ``GenerationArguments``.
        on_error: Gets the stage and each error.
        strict: Raise them, after they were counted.

    Raises:
        TypeError: a keyword that there is not.
    """
    found, wrong = told(arguments)
    try:
        watch.tell(response, found)
    except Exception as error:
        on_error(STAGE, error)
        if strict:
            raise
    complain(wrong, on_error, strict=strict)


def complain(wrong: list[ConfigurationError], on_error: OnError, *, strict: bool) -> None:
    """Count what was told wrongly, and log the field once, never its value.

    Raises:
        ConfigurationError: the first, under ``strict``.
    """
    for error in wrong:
        on_error(STAGE, error)
        field, _, _ = str(error).partition("=")
        if _is_news(field):
            LOG.warning(
                "mlexporter: record_generation(): %s= cannot be counted as it is given; logged once", field
            )
    if strict and wrong:
        raise wrong[0]


def _is_news(what: str) -> bool:
    if what in _logged or len(_logged) >= _LOGGED_AT_MOST:
        return False
    _logged.add(what)
    return True
