"""``GenerationWatch``: measures one call of a generative model while it goes on, and counts it at its end."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Final

from mlexporter.catalogue import STATUSES, TOOL_CALL_STATUSES
from mlexporter.instrument.endings import end_of
from mlexporter.instrument.generation.fields import comes_later, holds_stream
from mlexporter.instrument.generation.outcome import Outcome
from mlexporter.instrument.generation.reading import read_answer, read_end, read_piece
from mlexporter.state.entries import ABANDONED, ERROR
from mlexporter.state.generation import Generation, GenerationKind
from mlexporter.state.names import OTHER

if TYPE_CHECKING:
    from mlexporter.records import ModelKey

CURRENT: Final[ContextVar[GenerationWatch | None]] = ContextVar("mlexporter-generation", default=None)
"""The call of a generative model that goes on here; what is told by hand completes it."""
_CALLS_AROUND_AT_MOST: Final = 64


class Times:
    """When a call began and when its content came, in nanoseconds of a clock that only goes on."""

    __slots__ = ("_first", "_last", "began")

    def __init__(self) -> None:
        self.began = perf_counter_ns()
        self._first = self._last = 0

    def content(self, now: int) -> None:
        """Know that content came at ``now``."""
        self._last = now
        self._first = self._first or now

    @property
    def first_token(self) -> int | None:
        """Nanoseconds from the call to its first content; None where none came in pieces."""
        return self._first - self.began if self._first else None

    def per_token(self, tokens: int | None) -> int | None:
        """Return the mean of nanoseconds between two of so many tokens; None where that is unknown."""
        if tokens is None or tokens < 2 or self._last <= self._first:
            return None
        return round((self._last - self._first) / (tokens - 1))


class GenerationWatch:
    """Watches one call; ``Guarded`` keeps its errors from it.

    Args:
        key: The model.
        kind: What the decorator says of its generations.
        count: Gets what is known at the end, and the outcome that it was read from.
        on_stream: Told where the call returned what comes later, such as a stream: nobody sees its end.

    Attributes:
        key: The model.
        around: The call within which it goes on here, or None.
        is_over: True once it was counted: what is told later comes too late.
    """

    __slots__ = (
        "_count",
        "_kind",
        "_on_stream",
        "_outcome",
        "_process",
        "_times",
        "_told",
        "around",
        "is_over",
        "key",
    )

    def __init__(
        self, key: ModelKey, kind: GenerationKind, count: Callable[[Generation, Outcome], None],
        on_stream: Callable[[], None],
    ) -> None:  # fmt: skip
        self.key = key
        self.is_over = False
        self._kind = kind
        self._count = count
        self._on_stream = on_stream
        self._outcome = Outcome()
        self._told: dict[str, Any] = {}
        self.around: GenerationWatch | None = None
        self._process = os.getpid()
        self._times = Times()

    def resume(self) -> None:
        """Be the call that goes on here."""
        around = CURRENT.get()
        # In a thread that was started within an earlier piece, this call stands around itself.
        self.around = None if around is self else around
        CURRENT.set(self)

    def suspend(self, error: BaseException | None = None) -> None:  # noqa: ARG002 - as ``Watch`` has it
        """Let the one around go on; what is closed in another context changes nothing there."""
        around, self.around = self.around, None
        if CURRENT.get() is self:
            CURRENT.set(around)

    def piece(self, value: object) -> None:
        """Read what a stream has brought, and know when content came."""
        now = perf_counter_ns()
        if read_piece(value, self._outcome):
            self._times.content(now)

    def finish(self, result: object, error: BaseException | None = None) -> None:
        """Count the call; where a process was forked in it, the parent counts it."""
        now = perf_counter_ns()
        self.is_over = True
        if self._process != os.getpid():
            return
        duration: int | None = now - self._times.began
        if error is None and self._is_unfinished(result):
            duration = None
            self._on_stream()
        error_type = "" if error is None else self._ending(error)
        self._count(
            generation_of(self._kind, self._outcome, self._told, self._times, (duration, error_type)),
            self._outcome,
        )

    def tell(self, response: object, told: Mapping[str, Any]) -> None:
        """Take what is told by hand: an answer or a piece of one, and values that win over what was read."""
        if response is not None:
            read_answer(response, self._outcome)
        self._told.update(told)

    def here(self, fits: Callable[[ModelKey], bool]) -> GenerationWatch | None:
        """Return the innermost call whose model fits: this one, or one of those around it that still go on."""
        watch: GenerationWatch | None = self
        for _ in range(
            _CALLS_AROUND_AT_MOST
        ):  # threads may resume calls around each other: no endless circle
            if watch is None or (not watch.is_over and fits(watch.key)):
                return watch
            watch = watch.around
        return None

    def _is_unfinished(self, result: object) -> bool:
        """Read what was returned, and return whether the answer is still to come."""
        if comes_later(result):
            return True
        return not read_end(result, self._outcome) and holds_stream(result)

    def _ending(self, error: BaseException) -> str:
        status, name = end_of(error)
        if status == ERROR:
            return name or OTHER
        if status == ABANDONED and self._outcome.finish_reasons:
            return ""  # it was all there: its consumer has seen that it is the end
        return STATUSES[status]


def generation_of(
    kind: GenerationKind,
    outcome: Outcome,
    told: Mapping[str, Any],
    times: Times | None = None,
    ending: tuple[int | None, str] = (None, ""),
) -> Generation:
    """Return what is counted: what was told by hand, else what was read or measured.

    Args:
        kind: What the decorator says.
        outcome: What was read.
        told: What was told, as ``told.told`` returns it.
        times: When content came, or None.
        ending: Nanoseconds of the whole call, and how it failed.
    """
    duration, error_type = ending
    error_type = told.get("error", error_type)
    output_tokens = told.get("output_tokens", outcome.output_tokens)
    measured = times if times is not None and not error_type else None
    asked = {TOOL_CALL_STATUSES[0]: outcome.tool_calls} if outcome.tool_calls else {}
    return Generation(
        GenerationKind(
            told.get("operation", kind.operation),
            told.get("provider", kind.provider),
            told.get("request_model", kind.request_model),
            told.get("response_model", outcome.response_model),
        ),
        error_type,
        told.get("duration_seconds", duration),
        told.get("input_tokens", outcome.all_input_tokens),
        output_tokens,
        told.get("time_to_first_token_seconds", None if measured is None else measured.first_token),
        told.get(
            "time_per_output_token_seconds", None if measured is None else measured.per_token(output_tokens)
        ),
        (told["finish_reason"],) if "finish_reason" in told else outcome.finish_reasons,
        told.get("refusal", outcome.is_refusal),
        told.get("tool_calls", asked),
        told.get("currency", ""),
        told.get("cost", 0),
    )
