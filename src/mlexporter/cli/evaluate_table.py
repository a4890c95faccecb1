"""An evaluation as a table for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from mlexporter import catalogue
from mlexporter.app.offline.findings import findings
from mlexporter.cli.plain_text import plain
from mlexporter.exposition.page.subjects import BLIND_ABOVE
from mlexporter.records import FeatureReference, OutputReference, SubjectScores

if TYPE_CHECKING:
    from mlexporter.app.offline.evaluation import Evaluation

_SHOWN: Final = 30
_NAME_WIDTH: Final = 28
_VISIBLE: Final = "minimum_detectable_effect"
_MEASURES: Final = (
    "severity",
    "effect",
    "location",
    _VISIBLE,
    "population_stability_index",
)
_HEADS: Final = ("severity", "effect", "location", "visible from", "PSI")
_REASONS: Final = {"rows": "too few rows", "profile": "training has one value only, or too few rows"}


def evaluation_lines(evaluation: Evaluation, file: str, *, shows_all: bool) -> Iterator[str]:
    """Yield what was compared, a line for each feature and output, and what was found."""
    reference, window = evaluation.reference, evaluation.window
    yield (
        f"{plain(file)}: {window.counts.row_count:,} rows against the profile {reference.profile_id} of "
        f"{plain(reference.model_name)} {plain(reference.model_version)} ({reference.row_count:,} rows)"
    )
    yield f"{'':{_NAME_WIDTH}}  {'rows':>9}" + "".join(f"  {head:>12}" for head in _HEADS)
    lines = [
        *_lines(reference.outputs, window.outputs, "output"),
        *_lines(reference.features, window.features, "feature"),
    ]
    lines.sort(key=lambda line: line[0])
    shown = lines if shows_all else lines[:_SHOWN]
    yield from (text for _, text in shown)
    if len(lines) > len(shown):
        yield f"and {len(lines) - len(shown)} more; --all lists them"
    yield from _model_lines(evaluation)
    yield from _found(evaluation)


def _lines(
    subjects: Sequence[FeatureReference | OutputReference], scores: SubjectScores, what: str
) -> list[tuple[float, str]]:
    metrics = catalogue.FEATURE_DRIFT if what == "feature" else catalogue.OUTPUT_DRIFT
    names = {metric.statistic: metric.name for metric in metrics}
    found = []
    for place, subject in enumerate(subjects):
        values = [_value(scores, names[statistic], place) for statistic in _MEASURES]
        title = f"→ {subject.name}" if what == "output" else subject.name
        if isinstance(subject, OutputReference) and subject.class_name:
            title += f" ({subject.class_name})"
        reason = scores.absent[place]
        end = f"  no score: {_REASONS.get(reason, reason)}" if reason else "".join(map(_cell, values))
        mark = "" if subject.alert else "  shown, no alert"
        line = f"{_cut(title):{_NAME_WIDTH}}  {int(scores.observations[place]):>9,}{end}{mark}"
        severity = values[0]
        found.append((math.inf if math.isnan(severity) else -severity, line))
    return found


def _value(scores: SubjectScores, name: str, place: int) -> float:
    values = scores.scores.get(name)
    return math.nan if values is None else float(values[place])


def _cell(value: float) -> str:
    return f"  {'–' if math.isnan(value) else f'{value:.3f}':>12}"


def _model_lines(evaluation: Evaluation) -> Iterator[str]:
    window = evaluation.window
    p_value = window.model.get(catalogue.DATASET_P_VALUE.name)
    drifted = window.model.get(catalogue.DRIFTED_FEATURES.name)
    if p_value is not None and drifted is not None:
        yield f"all features together: {drifted:.0f} moved significantly (5 % false discoveries), p = {p_value:.2g}"
    yield from _joint_lines(evaluation)
    for estimate in window.estimates:
        if not estimate.class_name:
            yield (
                f"estimated without labels: {estimate.metric} {estimate.value:.4g} "
                f"({estimate.lower:.4g} to {estimate.upper:.4g})"
            )


def _joint_lines(evaluation: Evaluation) -> Iterator[str]:
    scores = evaluation.window.joints
    for place, joint in enumerate(evaluation.reference.joints):
        metric = catalogue.EMBEDDING_DRIFT_SEVERITY if joint.name else catalogue.JOINT_DRIFT_SEVERITY
        severity = _value(scores, metric.name, place) if scores.absent else math.nan
        what = f"embedding {plain(joint.name)}" if joint.name else "dependence between features"
        yield f"{what}: " + ("too few rows" if math.isnan(severity) else f"severity {severity:.3f}")


def _found(evaluation: Evaluation) -> Iterator[str]:
    found = findings(evaluation.reference, evaluation.window)
    for finding in found:
        yield f"{finding.kind}: {plain(finding.sentence)}"
    if not found:
        yield f"no drift seen{_limit(evaluation)}"


def _limit(evaluation: Evaluation) -> str:
    """Say what could not have been seen: "no drift" on few rows is not an all-clear."""
    name = next(each.name for each in catalogue.FEATURE_DRIFT if each.statistic == _VISIBLE)
    values = evaluation.window.features.scores.get(name)
    known = [value for value in ([] if values is None else values.tolist()) if math.isfinite(value)]
    seen = [value for value in known if value <= BLIND_ABOVE]
    told = f"; only shifts above {max(seen):.2g} standard deviations could have been" if seen else ""
    n_blind = len(known) - len(seen)
    return told + (f"; none could in {n_blind} that move too much by themselves" if n_blind else "")


def _cut(text: str) -> str:
    shown = plain(text)
    return shown if len(shown) <= _NAME_WIDTH else shown[: _NAME_WIDTH - 1] + "…"
