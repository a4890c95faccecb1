"""Tokens, times, ends, costs and ratings of generative models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import numpy as np

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.exposition.label_values import clean, merged
from mlexporter.exposition.model_part import ModelPart
from mlexporter.exposition.samples import Block, block_of, histogram_block, histogram_labels, series_of
from mlexporter.records import GenerationCounts, GenerationSeries, HistogramCounts

_Rows = dict[tuple[str, ...], HistogramCounts]


def generation_blocks(part: ModelPart) -> Iterator[tuple[Metric, Block]]:
    """Yield the metrics of a generative model; nothing of any other.

    A label whose value is unknown is there and empty, which Prometheus takes for a label that is not there.
    """
    counts = part.view.snapshot.generation
    if counts is None:
        return
    yield from _histograms(part, counts)
    known: tuple[tuple[Metric, Mapping[str, int] | Mapping[str, float]], ...] = (
        (catalogue.GENERATION_COST, _costs(counts)),
        (catalogue.GENERATION_FINISHES, merged(counts.finishes)),
        (catalogue.GENERATION_TOOL_CALLS, merged(counts.tool_calls)),
        (catalogue.FEEDBACK, merged(counts.feedback)),
    )
    for metric, values in known:
        if values:
            rows = tuple((*part.labels, name) for name in values)
            yield metric, block_of(series_of(metric, rows), list(values.values()))
    if counts.refusals is not None:
        metric = catalogue.GENERATION_REFUSALS
        yield metric, block_of(series_of(metric, (part.labels,)), [counts.refusals])


def _costs(counts: GenerationCounts) -> dict[str, float]:
    return {clean(currency): cost for currency, cost in counts.costs.items()}


def _histograms(part: ModelPart, counts: GenerationCounts) -> Iterator[tuple[Metric, Block]]:
    each: tuple[tuple[Metric, Callable[[GenerationSeries], Mapping[str, HistogramCounts]]], ...] = (
        (catalogue.GENERATION_TOKENS, lambda series: series.tokens),
        (catalogue.GENERATION_DURATION, lambda series: series.durations),
        (catalogue.TIME_TO_FIRST_TOKEN, lambda series: {"": series.time_to_first_token}),
        (catalogue.TIME_PER_OUTPUT_TOKEN, lambda series: {"": series.time_per_output_token}),
    )
    for metric, histograms in each:
        # Times have no label of their own behind those by which generations are told apart.
        width = len(metric.labels)
        rows: _Rows = {}
        for series in counts.series:
            for name, histogram in histograms(series).items():
                if histogram.buckets.any():
                    row = (*part.labels, *(clean(value) for value in (*series.label_values, name)))[:width]
                    rows[row] = _sum(rows.get(row), histogram)
        for row, histogram in rows.items():
            yield metric, histogram_block(_labels(metric, row, histogram.bounds or metric.bounds), histogram)


def _sum(first: HistogramCounts | None, second: HistogramCounts) -> HistogramCounts:
    """Return both together, for label values that become equal when they are cleaned."""
    if first is None or first.bounds != second.bounds:
        return second
    return HistogramCounts(np.add(first.buckets, second.buckets), first.total + second.total, first.bounds)


_labels = lru_cache(maxsize=2048)(histogram_labels)
