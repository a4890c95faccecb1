"""What was counted of a generative model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlexporter.catalogue import RATINGS
from mlexporter.records.counts import HistogramCounts


@dataclass(frozen=True)
class GenerationSeries:
    """Calls that have provider and models in common; empty text where one is unknown.

    Attributes:
        operation: One of ``catalogue.OPERATIONS``.
        provider: Who was asked.
        request_model: What was asked for.
        response_model: What answered.
        tokens: Tokens of a call, by ``catalogue.TOKEN_TYPES``.
        durations: Seconds of a call, by how it failed; empty text where it succeeded.
        time_to_first_token: Seconds, of calls that streamed and succeeded.
        time_per_output_token: Seconds, likewise.
    """

    operation: str
    provider: str
    request_model: str
    response_model: str
    tokens: Mapping[str, HistogramCounts]
    durations: Mapping[str, HistogramCounts]
    time_to_first_token: HistogramCounts
    time_per_output_token: HistogramCounts

    @property
    def label_values(self) -> tuple[str, str, str, str]:
        """The values of the labels by which calls are told apart."""
        return (self.operation, self.provider, self.request_model, self.response_model)


@dataclass(frozen=True)
class GenerationCounts:
    """All that was counted of a generative model, at one moment.

    Attributes:
        series: By operation, provider and models.
        finishes: Answers by ``catalogue.FINISH_REASONS``.
        refusals: Generations that were refused; None where nothing was generated yet.
        tool_calls: By ``catalogue.TOOL_CALL_STATUSES``.
        costs: By currency, in its units.
        feedback: By ``catalogue.RATINGS``; empty where nobody rated.
    """

    series: tuple[GenerationSeries, ...] = ()
    finishes: Mapping[str, int] = field(default_factory=dict)
    refusals: int | None = None
    tool_calls: Mapping[str, int] = field(default_factory=dict)
    costs: Mapping[str, float] = field(default_factory=dict)
    feedback: Mapping[str, int] = field(default_factory=dict)

    @property
    def feedback_in_words(self) -> dict[str, int]:
        """How often people said what, in the order of ``catalogue.RATINGS``: a number is ``rated 5``."""
        said = {rating: self.feedback.get(rating, 0) for rating in RATINGS}
        return {f"rated {rating}" if rating.isdigit() else rating: n for rating, n in said.items()}
