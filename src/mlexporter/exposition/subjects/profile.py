"""The profile in use, the counts in its bins, and data quality."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.exposition.budget import Selection
from mlexporter.exposition.label_values import clean
from mlexporter.exposition.layout import ModelLabels, ProfileLayout
from mlexporter.exposition.model_part import ModelPart
from mlexporter.exposition.samples import Block, block_of, series_of
from mlexporter.records import ProfileCounts, Reference
from mlexporter.records.sides import DUPLICATES, SLOTS
from mlexporter.statistics.expected_counts import expected_cells


def profile_blocks(part: ModelPart, selection: Selection) -> Iterator[tuple[Metric, Block]]:
    """Yield what is known of the profile; bins only of the selected features and outputs."""
    reference, layout = part.reference, part.layout
    only = series_of(catalogue.PROFILE_LOADED, (part.labels,))
    yield catalogue.PROFILE_LOADED, block_of(only, [0 if reference is None else 1])
    if reference is None or layout is None:
        return
    info = (
        *part.labels,
        clean(reference.profile_id),
        clean(reference.model_version),
        clean(reference.fingerprint),
    )
    yield catalogue.PROFILE_INFO, block_of(series_of(catalogue.PROFILE_INFO, (info,)), [1])
    yield catalogue.PROFILE_CREATED, block_of(only, [reference.created_timestamp])
    yield catalogue.FEATURE_EXCLUDED, _excluded(part, reference, layout)
    yield from layout.settings
    yield from _bins(part.counts, layout, selection)
    yield from _expected(part.counts, reference, layout, selection)
    if part.counts is not None:
        yield from _quality(part.counts, layout, reference, part.labels)


def _bins(
    counts: ProfileCounts | None, layout: ProfileLayout, selection: Selection
) -> Iterator[tuple[Metric, Block]]:
    labels, cells, reference = layout.features.bins(selection.features)
    yield catalogue.FEATURE_REFERENCE, reference
    if counts is not None:
        yield catalogue.FEATURE_OBSERVATIONS, block_of(labels, counts.feature_cells[cells])
    labels, cells, reference = layout.outputs.bins(selection.outputs)
    yield catalogue.OUTPUT_REFERENCE, reference
    if counts is not None:
        yield catalogue.OUTPUT_OBSERVATIONS, block_of(labels, counts.output_cells[cells])


def _expected(
    counts: ProfileCounts | None, reference: Reference, layout: ProfileLayout, selection: Selection
) -> Iterator[tuple[Metric, Block]]:
    if counts is None or reference.slots is None:
        return
    labels, cells, _ = layout.features.bins(selection.features)
    rows = counts.side_cells[reference.side_places[SLOTS]].astype(np.float64)
    expected = expected_cells(reference, rows[None])[0, : reference.feature_offsets[-1]]
    yield catalogue.FEATURE_EXPECTED, block_of(labels, expected[cells])


def _quality(
    counts: ProfileCounts, layout: ProfileLayout, reference: Reference, labels: ModelLabels
) -> Iterator[tuple[Metric, Block]]:
    features, cells = layout.features, counts.feature_cells
    unseen = cells[features.unseen_cells[features.categorical]]
    yield catalogue.FEATURE_MISSING, block_of(features.each, cells[features.missing_cells])
    yield (
        catalogue.FEATURE_OUT_OF_RANGE,
        block_of(features.each_numeric, counts.out_of_range[features.numeric]),
    )
    yield catalogue.FEATURE_UNSEEN, block_of(features.each_categorical, unseen)
    yield catalogue.FEATURE_TYPE_MISMATCH, block_of(features.each, counts.type_mismatches)
    duplicates = counts.side_cells[reference.side_places[DUPLICATES]]
    if duplicates.size:
        yield (
            catalogue.DUPLICATE_ROWS,
            block_of(series_of(catalogue.DUPLICATE_ROWS, (labels,)), duplicates[:1]),
        )


def _excluded(part: ModelPart, reference: Reference, layout: ProfileLayout) -> Block:
    decided = frozenset[str]() if part.view.baseline is None else part.view.baseline.excluded
    values = [int(not feature.alert or feature.name in decided) for feature in reference.features]
    return block_of(layout.features.each, values)
