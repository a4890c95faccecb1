"""``Outcome``: what is known of one generation so far, piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mlexporter.instrument.generation.fields import text
from mlexporter.instrument.generation.finish_reasons import finish_reason
from mlexporter.state.names import clean_name

_CALLS_OF_TOOLS_AT_MOST: Final = 1024
_ANSWERS_AT_MOST: Final = 128


class Outcome:
    """Numbers and short texts that were read from an answer; never a reference into it.

    What comes later wins, because streams tell sums of what they have written so far.

    Attributes:
        input_tokens: Tokens that were read without those beside them, or None where that is unknown.
        cached_beside: Tokens from a cache that the vendor does not count in ``input_tokens``.
        written_beside: Tokens that went into a cache and are not in ``input_tokens`` either.
        output_tokens: Tokens that were written, those of reasoning included, or None.
        cached_tokens: Those of the input that came from a cache, or None.
        reasoning_tokens: Those of the output that nobody sees, or None.
        response_model: What answered, by its own name; empty where it does not say.
        is_refusal: True where the model said that it will not answer.
        reader: What has read the last piece, or None.
    """

    __slots__ = (
        "_answers", "_tool_calls", "cached_beside", "cached_tokens", "input_tokens", "is_refusal", "output_tokens",
        "reader", "reasoning_tokens", "response_model", "written_beside",
    )  # fmt: skip

    def __init__(self) -> None:
        self.input_tokens: int | None = None
        self.cached_beside = 0
        self.written_beside = 0
        self.output_tokens: int | None = None
        self.cached_tokens: int | None = None
        self.reasoning_tokens: int | None = None
        self.response_model = ""
        self.is_refusal = False
        self.reader: Callable[[Any, Outcome], bool | None] | None = None
        self._answers: dict[int, str] = {}
        self._tool_calls: set[tuple[int, int]] = set()

    @property
    def all_input_tokens(self) -> int | None:
        """All tokens that were read, as the conventions count them, or None."""
        if self.input_tokens is None:
            return None
        return self.input_tokens + self.cached_beside + self.written_beside

    @property
    def finish_reasons(self) -> tuple[str, ...]:
        """Of each answer why it ended, of ``catalogue.FINISH_REASONS``; empty while that is unknown."""
        return tuple(self._answers[place] for place in sorted(self._answers))

    @property
    def tool_calls(self) -> int:
        """Calls of tools that the model asked for."""
        return len(self._tool_calls)

    def finish(self, reason: object, place: int = 0) -> None:
        """Know why the answer at ``place`` ended, in the words of its vendor; whatever is no word is left out."""
        found = finish_reason(text(reason))
        if found and (place in self._answers or len(self._answers) < _ANSWERS_AT_MOST):
            self._answers[place] = found

    def ask_tool(self, answer: int, place: int) -> None:
        """Know of one call of a tool; the same place of the same answer is the same call."""
        if len(self._tool_calls) < _CALLS_OF_TOOLS_AT_MOST:
            self._tool_calls.add((answer, place))

    def forget_tools(self) -> set[tuple[int, int]]:
        """Return the calls of tools that are known, and begin to know them anew."""
        before, self._tool_calls = self._tool_calls, set()
        return before

    def know_tools(self, before: set[tuple[int, int]]) -> None:
        """Keep those of ``before`` where they are more: a whole answer has all calls of its pieces again."""
        if len(before) > len(self._tool_calls):
            self._tool_calls = before

    def answered_by(self, model: object) -> None:
        """Know what answered, if this is a name."""
        name = text(model)
        if name.strip():
            self.response_model = clean_name(name)
