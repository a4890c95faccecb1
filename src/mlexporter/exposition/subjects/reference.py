"""What drift is measured against, its noise, what people decided about it, and what it is expected to do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import NOISE_METHODS, REFERENCES, Metric
from mlexporter.exposition.layout import SubjectLayout
from mlexporter.exposition.model_part import ModelPart
from mlexporter.exposition.samples import Block, SeriesLabels, block_of, series_of
from mlexporter.records import ComponentNoise, FeatureReference, OutputReference, Reference, View
from mlexporter.statistics.estimates import reference_qualities
from mlexporter.statistics.noise_floor import noise_scale, noise_source

_NOISE: Final = "noise"
_QUALITIES: Final = "qualities"


def reference_blocks(part: ModelPart, view: View) -> Iterator[tuple[Metric, Block]]:
    """Yield what is known of the reference that drift is measured against; nothing without a profile."""
    layout = part.layout
    if part.reference is None or layout is None:
        return
    state = part.view.baseline
    used = part.reference if state is None or state.reference is None else state.reference
    yield from _baseline(part)
    windows = tuple(view.windows)
    for metric, subject, references in (
        (catalogue.FEATURE_NOISE_FLOOR, layout.features, used.features),
        (catalogue.OUTPUT_NOISE_FLOOR, layout.outputs, used.outputs),
    ):
        yield (
            metric,
            subject.kept_of(_NOISE, used, windows, partial(_noise, metric, subject, references, windows)),
        )
    importances = [feature.importance for feature in part.reference.features]
    values = [math.nan if each is None else each for each in importances]
    yield catalogue.FEATURE_IMPORTANCE, block_of(layout.features.each, values)
    make = partial(_qualities, part, part.reference)
    yield catalogue.QUALITY_REFERENCE, layout.outputs.kept_of(_QUALITIES, part.reference, (), make)


def _noise(
    metric: Metric,
    layout: SubjectLayout,
    subjects: Sequence[FeatureReference | OutputReference],
    windows: tuple[str, ...],
) -> Block:
    """Return the noise that is used in each window: of its own, else that of another one."""
    rows: list[tuple[str, ...]] = []
    values: list[float] = []
    for subject, labels in zip(subjects, layout.each.rows, strict=True):
        for window in windows:
            source = noise_source(subject.noise, window)
            if source is None:
                continue
            for method, variance in zip(NOISE_METHODS, _variances(subject.noise[source]), strict=True):
                if variance is not None:
                    rows.append((*labels, method, window))
                    values.append(math.sqrt(variance * noise_scale(source, window)))
    return block_of(SeriesLabels(metric.labels, rows), values, is_constant=True)


def _variances(noise: ComponentNoise) -> tuple[float | None, float | None, float]:
    return noise.location, noise.spread, noise.omnibus


def _qualities(part: ModelPart, reference: Reference) -> Block:
    qualities = reference_qualities(reference)
    labels = series_of(catalogue.QUALITY_REFERENCE, tuple((*part.labels, name) for name in qualities))
    return block_of(labels, list(qualities.values()), is_constant=True)


def _baseline(part: ModelPart) -> Iterator[tuple[Metric, Block]]:
    state = part.view.baseline
    against = REFERENCES[0] if state is None else state.against
    yield _one(catalogue.DRIFT_REFERENCE, (*part.labels, against), 1)
    if state is None or part.layout is None:
        return
    yield _one(catalogue.BASELINE_BLOCKS, part.labels, state.clean_blocks)
    yield _one(catalogue.BASELINE_REQUIRED_BLOCKS, part.labels, state.required_blocks)
    if state.accepted_timestamp is not None:
        yield _one(catalogue.BASELINE_ACCEPTED, part.labels, state.accepted_timestamp)
    names = () if part.reference is None else part.reference.feature_names
    known = [state.acknowledged.get(name, math.nan) for name in names]
    yield catalogue.DRIFT_ACKNOWLEDGED, block_of(part.layout.features.each, known)


def _one(metric: Metric, row: tuple[str, ...], value: float) -> tuple[Metric, Block]:
    return metric, block_of(series_of(metric, (row,)), [value])
