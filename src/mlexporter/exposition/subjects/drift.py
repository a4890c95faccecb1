"""Scores of each window, and the reason where there is none."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.exposition.layout import ModelLabels, SubjectLayout
from mlexporter.exposition.model_part import ModelPart
from mlexporter.exposition.samples import Block, block_of, series_of
from mlexporter.records import Report, SubjectScores, View, WindowReport

_BESIDE_DRIFT: Final = (
    catalogue.FEATURE_MISSING_EXCESS,
    catalogue.FEATURE_INVALID_EXCESS,
    catalogue.FEATURE_OUT_OF_RANGE_EXCESS,
    catalogue.FEATURE_UNSEEN_EXCESS,
    catalogue.FEATURE_TYPE_MISMATCH_EXCESS,
    catalogue.FEATURE_STUCK_EXCESS,
    catalogue.FEATURE_TOP_VALUE,
    catalogue.FEATURE_UNIT_FACTOR,
    catalogue.FEATURE_SKEW,
    catalogue.FEATURE_EXPECTED_EFFECT,
    catalogue.FEATURE_TRAINING_SKEW,
    catalogue.FEATURE_TRAINING_SKEW_EFFECT,
)
_FEATURE_SCORES: Final = (*catalogue.FEATURE_DRIFT, *_BESIDE_DRIFT)


def drift_blocks(part: ModelPart, view: View) -> Iterator[tuple[Metric, Block]]:
    """Yield the scores of every window; all of them absent, with why, where no report is valid."""
    layout = part.layout
    if layout is None:
        yield catalogue.SCORE_ABSENT, _without_profile(part.labels, tuple(view.windows))
        return
    if part.report is None:
        subjects = (
            (catalogue.SCORE_ABSENT, layout.features),
            (catalogue.OUTPUT_SCORE_ABSENT, layout.outputs),
        )
        for window in view.windows:
            for metric, subject in subjects:
                yield metric, subject.all_absent(window, part.absent_reason)
        return
    for window_report in part.report.windows:
        name = window_report.counts.name
        yield from _window(part.labels, window_report, part.report)
        yield from _scores(window_report.features, layout.features, name, _FEATURE_SCORES, view.measures)
        yield (
            catalogue.FEATURE_WINDOW_OBSERVATIONS,
            block_of(layout.features.window(name), window_report.features.observations),
        )
        yield from _absent(window_report.features, layout.features, name, catalogue.SCORE_ABSENT)
        yield from _scores(window_report.outputs, layout.outputs, name, catalogue.OUTPUT_DRIFT, view.measures)
        yield (
            catalogue.OUTPUT_WINDOW_OBSERVATIONS,
            block_of(layout.outputs.window(name), window_report.outputs.observations),
        )
        yield from _absent(window_report.outputs, layout.outputs, name, catalogue.OUTPUT_SCORE_ABSENT)


def _without_profile(model: ModelLabels, windows: tuple[str, ...]) -> Block:
    rows = tuple((*model, "", window, "profile") for window in windows)
    return block_of(series_of(catalogue.SCORE_ABSENT, rows), [1] * len(rows))


def _window(model: ModelLabels, window: WindowReport, report: Report) -> Iterator[tuple[Metric, Block]]:
    labels = series_of(catalogue.WINDOW_OBSERVATIONS, ((*model, window.counts.name),))
    yield catalogue.WINDOW_OBSERVATIONS, block_of(labels, [window.counts.row_count])
    yield catalogue.WINDOW_REQUIRED, block_of(labels, [report.required_observations])
    yield catalogue.WINDOW_SPAN, block_of(labels, [float(window.counts.span_seconds)])


def _scores(
    subject: SubjectScores, layout: SubjectLayout, window: str, metrics: Sequence[Metric], measures: str
) -> Iterator[tuple[Metric, Block]]:
    for metric in metrics:
        values = subject.scores.get(metric.name)
        if values is not None and (metric.is_default or measures == "all"):
            yield metric, block_of(layout.window(window), values)


def _absent(
    subject: SubjectScores, layout: SubjectLayout, window: str, metric: Metric
) -> Iterator[tuple[Metric, Block]]:
    for reason in sorted(set(subject.absent) - {""}):
        values = [1 if absent == reason else math.nan for absent in subject.absent]
        yield metric, block_of(layout.absent(window, reason), values)
