"""Calls, rows, durations and errors: what is known of every model, with or without a profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.exposition.label_values import clean, merged
from mlexporter.exposition.layout import ModelLabels
from mlexporter.exposition.model_part import ModelPart
from mlexporter.exposition.samples import (
    Block,
    SeriesLabels,
    block_of,
    histogram_block,
    histogram_labels,
    series_of,
)
from mlexporter.records import HistogramCounts, Lineage


def service_blocks(part: ModelPart) -> Iterator[tuple[Metric, Block]]:
    """Yield the metrics that need no profile; every known status and reason starts at 0."""
    service, model = part.view.snapshot.service, part.labels
    only = _rows(catalogue.PREDICTIONS, model, ("",))
    yield from _durations(model, service.durations)
    yield (
        catalogue.PREDICTION_REQUESTS,
        _known(catalogue.PREDICTION_REQUESTS, model, catalogue.STATUSES, service.requests),
    )
    yield catalogue.PREDICTIONS, block_of(only, [service.accepted])
    errors = merged(service.errors)
    yield (
        catalogue.PREDICTION_ERRORS,
        block_of(_rows(catalogue.PREDICTION_ERRORS, model, tuple(errors)), list(errors.values())),
    )
    yield catalogue.PREDICTIONS_IN_PROGRESS, block_of(only, [service.in_progress])
    yield (
        catalogue.PREDICTION_BATCH_ROWS,
        _histogram(catalogue.PREDICTION_BATCH_ROWS, model, service.batch_rows),
    )
    yield catalogue.MODEL_INFO, _info(part)
    yield catalogue.MODEL_LOADED, block_of(only, [service.loaded_timestamp])
    yield (
        catalogue.SCHEMA_VIOLATIONS,
        _known(catalogue.SCHEMA_VIOLATIONS, model, catalogue.SCHEMA_REASONS, service.schema_violations),
    )
    yield (
        catalogue.DROPPED_ROWS,
        _known(catalogue.DROPPED_ROWS, model, catalogue.DROP_REASONS, service.dropped),
    )
    yield catalogue.ROWS_LOST, _known(catalogue.ROWS_LOST, model, catalogue.LOST_REASONS, service.lost)


def _durations(
    model: ModelLabels, durations: Mapping[str, HistogramCounts]
) -> Iterator[tuple[Metric, Block]]:
    bounds = next((counts.bounds for counts in durations.values() if counts.bounds), ())
    n_buckets = len(bounds or catalogue.PREDICTION_DURATION.bounds) + 1
    empty = HistogramCounts(np.zeros(n_buckets, dtype=np.int64), 0.0, bounds)
    for status in catalogue.STATUSES:
        counts = durations.get(status, empty)
        yield (
            catalogue.PREDICTION_DURATION,
            _histogram(catalogue.PREDICTION_DURATION, (*model, status), counts),
        )


def _histogram(metric: Metric, row: tuple[str, ...], counts: HistogramCounts) -> Block:
    return histogram_block(_histogram_labels(metric, row, counts.bounds or metric.bounds), counts)


_histogram_labels = lru_cache(maxsize=512)(histogram_labels)


def _known(metric: Metric, model: ModelLabels, names: tuple[str, ...], counts: Mapping[str, int]) -> Block:
    found = merged(counts)
    every = (*names, *(name for name in found if name not in names))
    return block_of(_rows(metric, model, every), [found.get(name, 0) for name in every])


@lru_cache(maxsize=512)
def _rows(metric: Metric, model: ModelLabels, values: tuple[str, ...]) -> SeriesLabels:
    if metric.labels == catalogue.MODEL_LABELS:
        return series_of(metric, (model,))
    return series_of(metric, tuple((*model, value) for value in values))


def _info(part: ModelPart) -> Block:
    reference = part.reference
    lineage = reference.lineage if reference is not None else Lineage()
    profile_id = reference.profile_id if reference is not None else ""
    values = (profile_id, lineage.dataset, lineage.run_id, lineage.commit, lineage.framework)
    row = (*part.labels, *(clean(value) for value in values))
    return block_of(series_of(catalogue.MODEL_INFO, (row,)), [1])
