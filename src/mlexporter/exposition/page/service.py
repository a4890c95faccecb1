"""Says how a model is served: rows, calls, latency, errors and what was dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from mlexporter.catalogue import LATENCY_BOUNDS_SECONDS, STATUSES
from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import Content, Markup, element, join, name_markup
from mlexporter.records import HistogramCounts, ServiceCounts

_ERRORS_SHOWN: Final = 8
_NOTHING: Final = "none"


def service_facts(service: ServiceCounts, *, now: float) -> Markup:
    """Return the facts of service as a description list."""
    loaded = words.duration(max(now - service.loaded_timestamp, 0.0))
    calls = sum(service.requests.values())
    facts = [
        fact("Rows", words.count(service.accepted), f"last loaded {loaded} ago"),
        fact("Calls", words.count(calls), by_key(service.requests, STATUSES) if calls else "none yet"),
        fact("Latency, median", quantile_words(service.durations, 0.5), "estimated from buckets"),
        fact("Latency, 95 %", quantile_words(service.durations, 0.95), "of calls take at most this"),
        fact("In progress", words.count(service.in_progress), "calls now"),
        fact("Errors", words.count(sum(service.errors.values())), by_key(service.errors)),
        fact("Dropped rows", words.count(sum(service.dropped.values())), by_key(service.dropped)),
        *_lost(service),
        fact(
            "Schema violations",
            words.count(sum(service.schema_violations.values())),
            by_key(service.schema_violations),
        ),
    ]
    return element("dl", *facts, class_="facts-grid")


def _lost(service: ServiceCounts) -> list[Markup]:
    n_lost = sum(service.lost.values())
    return [fact("Lost rows", words.count(n_lost), "died with their worker")] if n_lost else []


def fact(name: str, value: str, note: Content) -> Markup:
    """Return one fact of a grid: its name, its value, and what the value is."""
    return element(
        "div", element("dt", name), element("dd", value, class_="big"), element("dd", note, class_="note")
    )


def by_key(counts: Mapping[str, int], order: tuple[str, ...] = ()) -> Markup | str:
    """Return the counts above 0 by key in words: those of ``order`` first, then the largest."""
    present = {key: number for key, number in counts.items() if number}
    if not present:
        return _NOTHING
    keys = [key for key in order if key in present]
    keys += sorted((key for key in present if key not in order), key=lambda key: -present[key])
    parts = [join(words.count(present[key]) + words.SPACE, name_markup(key.replace("_", " ") if key.islower() else key))
             for key in keys[:_ERRORS_SHOWN]]  # fmt: skip
    if len(keys) > _ERRORS_SHOWN:
        rest = sum(present[key] for key in keys[_ERRORS_SHOWN:])
        parts.append(join(f"{words.count(rest)} others"))
    return join(*parts, separator=", ")


def quantile_words(durations: Mapping[str, HistogramCounts], probability: float) -> str:
    """Return the latency below which so many of all calls lie, in words; a dash without calls.

    Args:
        durations: Histograms by status, which must share their bounds to be added up.
        probability: 0 to 1.

    Linear interpolation within a bucket, as PromQL's histogram_quantile does; the first and the
    open bucket are only told as a bound, since nothing is known inside them.
    """
    histograms = [histogram for histogram in durations.values() if histogram.buckets.any()]
    if not histograms:
        return words.UNKNOWN
    bounds = histograms[0].bounds or LATENCY_BOUNDS_SECONDS
    n_buckets = len(bounds) + 1
    if any(histogram.buckets.size != n_buckets for histogram in histograms):
        return words.UNKNOWN
    buckets = np.sum([histogram.buckets for histogram in histograms], axis=0)
    cumulative = np.cumsum(buckets)
    wanted = probability * float(cumulative[-1])
    index = int(np.searchsorted(cumulative, wanted, side="left"))
    if index == 0:
        return f"under {words.latency(bounds[0])}"
    if index >= len(bounds):
        return f"over {words.latency(bounds[-1])}"
    low, high = bounds[index - 1], bounds[index]
    inside = (wanted - float(cumulative[index - 1])) / float(buckets[index])
    return words.latency(low + (high - low) * inside)
