"""Says what a generative model wrote: tokens, times, ends, costs, and what people think of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlexporter.catalogue import FINISH_REASONS, TOKEN_TYPES, TOOL_CALL_STATUSES
from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import Markup, element, join, name_markup
from mlexporter.exposition.page.service import by_key, fact, quantile_words
from mlexporter.records import GenerationCounts, GenerationSeries, HistogramCounts

_MODELS_SHOWN = 8


def generation_facts(counts: GenerationCounts | None) -> Markup | None:
    """Return the section; None where nothing was generated and nobody has rated."""
    if counts is None or not (counts.series or counts.feedback):
        return None
    facts = [*_written(counts), *_ends(counts)]
    return element("div", element("h3", "Generation"), element("dl", *facts, class_="facts-grid"))


def _written(counts: GenerationCounts) -> list[Markup]:
    if not counts.series:
        return []
    read, written = (_tokens(counts, name) for name in TOKEN_TYPES)
    models = _by_model(counts)
    first = _together(counts, lambda series: series.time_to_first_token)
    each = _together(counts, lambda series: series.time_per_output_token)
    facts = [
        fact("Tokens read", *read),
        fact("Tokens written", *written),
        fact("First token, median", quantile_words(first, 0.5), "of calls that streamed"),
        fact("First token, 95 %", quantile_words(first, 0.95), "take at most this"),
        fact("Time per token, median", quantile_words(each, 0.5), "after the first"),
    ]
    return (
        [*facts, fact("Answered by", words.plural(len(models), "model"), _models(models))]
        if models
        else facts
    )


def _ends(counts: GenerationCounts) -> list[Markup]:
    facts = []
    if counts.finishes:
        answers = words.count(sum(counts.finishes.values()))
        facts.append(fact("Answers ended", answers, by_key(counts.finishes, FINISH_REASONS)))
    if counts.refusals is not None:
        facts.append(fact("Refusals", words.count(counts.refusals), "the model said that it will not answer"))
    if any(counts.tool_calls.values()):
        calls = words.count(sum(counts.tool_calls.values()))
        facts.append(fact("Calls of tools", calls, by_key(counts.tool_calls, TOOL_CALL_STATUSES)))
    facts += [
        fact("Cost", f"{cost:,.9f}".rstrip("0").rstrip("."), name_markup(currency))
        for currency, cost in counts.costs.items()
    ]
    if counts.feedback:
        ratings = words.count(sum(counts.feedback.values()))
        facts.append(
            fact("Ratings", ratings, by_key(counts.feedback_in_words, tuple(counts.feedback_in_words)))
        )
    return facts


def _tokens(counts: GenerationCounts, name: str) -> tuple[str, Markup | str]:
    """Return the sum, and the mean of a call; a dash where nobody told."""
    found = [series.tokens[name] for series in counts.series if name in series.tokens]
    n_calls = sum(int(each.buckets.sum()) for each in found)
    if not n_calls:
        return words.UNKNOWN, "unknown"
    total = round(sum(each.total for each in found))
    return words.count(total), join(f"{words.count(round(total / n_calls))} a call")


def _by_model(counts: GenerationCounts) -> dict[str, int]:
    models: dict[str, int] = {}
    for series in counts.series:
        name = series.response_model  # what was only asked for has answered nothing
        if name:
            calls = sum(int(each.buckets.sum()) for each in series.durations.values())
            models[name] = models.get(name, 0) + calls
    return models


def _models(models: Mapping[str, int]) -> Markup:
    """Return calls by model, the most first; names as they are, for an underscore is a part of them."""
    found = sorted(models.items(), key=lambda pair: (-pair[1], pair[0]))
    parts = [
        join(words.count(calls) + words.SPACE, name_markup(name)) for name, calls in found[:_MODELS_SHOWN]
    ]
    rest = sum(calls for _, calls in found[_MODELS_SHOWN:])
    return join(*parts, *([f"{words.count(rest)} others"] if rest else []), separator=", ")


def _together(
    counts: GenerationCounts, histogram: Callable[[GenerationSeries], HistogramCounts]
) -> Mapping[str, HistogramCounts]:
    return {str(place): histogram(series) for place, series in enumerate(counts.series)}
