"""An evaluation as a page for people, and as series for a textfile collector."""

from __future__ import annotations

import math

from mlexporter import catalogue
from mlexporter.app.offline.evaluation import Evaluation, Period
from mlexporter.catalogue import MODEL_LABELS, Metric
from mlexporter.exposition.families import collect
from mlexporter.exposition.page.markup import Markup
from mlexporter.exposition.page.report import render_report
from mlexporter.exposition.page.timeline import TimelineRow, timeline
from mlexporter.exposition.text import render_text
from mlexporter.records import Reference

_ABOUT_THE_RUN = (catalogue.BUILD_INFO, catalogue.LAST_EVALUATION)


def page_of(evaluation: Evaluation, file: str) -> str:
    """Return the HTML page of an evaluation of the rows of ``file``."""
    counts = evaluation.window.counts
    subtitle = f"{counts.row_count:,} rows of {file}, as a window of {counts.name}."
    drawn = [timeline_of(evaluation.reference, evaluation.periods)] if evaluation.periods else []
    return render_report(
        evaluation.view, subtitle=subtitle, now=evaluation.evaluated_timestamp, timelines=drawn
    )


def timeline_of(
    reference: Reference, periods: tuple[Period, ...], *, title: str = "Severity over time", note: str = ""
) -> Markup:
    """Return the severity of every feature and output in each period, as a picture."""
    rows = [
        _row(periods, output.name, place, is_output=True, alert=output.alert)
        for place, output in enumerate(reference.outputs)
    ]
    rows += [
        _row(periods, feature.name, place, is_output=False, alert=feature.alert)
        for place, feature in enumerate(reference.features)
    ]
    said = (
        note
        or "Each period against the profile; drift begins above severity 1. A pointer shows when and how much."
    )
    return timeline(title, said, [period.begins for period in periods], rows)


def textfile_of(evaluation: Evaluation) -> str:
    """Return the series of the model in the text format; what is about a running exporter is left out."""
    now = evaluation.evaluated_timestamp
    families = collect(evaluation.view, now=now, include_process=False)
    return render_text(family for family in families if _is_kept(family.metric)).decode()


def _is_kept(metric: Metric) -> bool:
    return metric.labels[: len(MODEL_LABELS)] == MODEL_LABELS or metric in _ABOUT_THE_RUN


def _row(periods: tuple[Period, ...], name: str, place: int, *, is_output: bool, alert: bool) -> TimelineRow:
    metrics = catalogue.OUTPUT_DRIFT if is_output else catalogue.FEATURE_DRIFT
    names = {metric.statistic: metric.name for metric in metrics}
    found: dict[str, list[float]] = {"severity": [], "minimum_detectable_effect": []}
    for period in periods:
        scores = (period.window.outputs if is_output else period.window.features).scores
        for statistic, values in found.items():
            known = scores.get(names[statistic])
            values.append(math.nan if known is None else float(known[place]))
    return TimelineRow(name, alert, found["severity"], found["minimum_detectable_effect"])
