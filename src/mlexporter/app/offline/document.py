"""An evaluation as a JSON document, for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, Final

from mlexporter import catalogue
from mlexporter.app.offline.evaluation import Evaluation, Period
from mlexporter.app.offline.findings import findings
from mlexporter.catalogue import Metric
from mlexporter.records import FeatureReference, OutputReference, SubjectScores

FORMAT: Final = "mlexporter.evaluation"
SCHEMA_VERSION: Final = 1


def to_json(evaluation: Evaluation) -> str:
    """Return the document; what is absent is not in it, and there is no NaN."""
    return json.dumps(_document(evaluation), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _document(evaluation: Evaluation) -> dict[str, Any]:
    reference, window = evaluation.reference, evaluation.window
    return {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "model_name": reference.model_name,
        "model_version": reference.model_version,
        "profile_id": reference.profile_id,
        "evaluated_timestamp": round(evaluation.evaluated_timestamp, 3),
        "window": window.counts.name,
        "span_seconds": window.counts.span_seconds,
        "rows": window.counts.row_count,
        "required_observations": evaluation.report.required_observations,
        "findings": [finding.__dict__ for finding in findings(reference, window)],
        "features": _subjects(reference.features, window.features),
        "outputs": _subjects(reference.outputs, window.outputs),
        "joints": [
            {"name": joint.name, "inputs": list(joint.inputs), **_scores(window.joints, place)}
            for place, joint in enumerate(reference.joints)
        ],
        "model": {name: value for name, value in window.model.items() if math.isfinite(value)},
        "estimates": [estimate._asdict() for estimate in window.estimates],
        "periods": [_period(period, reference.features, reference.outputs) for period in evaluation.periods],
    }


def _subjects(
    subjects: Sequence[FeatureReference | OutputReference], scores: SubjectScores
) -> list[dict[str, Any]]:
    return [
        {
            "name": subject.name,
            **({"class": subject.class_name} if isinstance(subject, OutputReference) else {}),
            "kind": subject.distribution.kind.value,
            "alert": subject.alert,
            "threshold": subject.threshold,
            **_scores(scores, place),
        }
        for place, subject in enumerate(subjects)
    ]


def _scores(scores: SubjectScores, place: int) -> dict[str, Any]:
    if place >= len(scores.absent):
        return {"observations": 0, "scores": {}}
    known = {name: float(values[place]) for name, values in scores.scores.items()}
    found: dict[str, Any] = {
        "observations": int(scores.observations[place]),
        "scores": {name: value for name, value in known.items() if math.isfinite(value)},
    }
    if scores.absent[place]:
        found["absent"] = scores.absent[place]
    return found


def _period(
    period: Period, features: Sequence[FeatureReference], outputs: Sequence[OutputReference]
) -> dict[str, Any]:
    window = period.window
    severities = {
        "features": _severities(features, window.features, catalogue.FEATURE_DRIFT_SEVERITY),
        "outputs": _severities(outputs, window.outputs, catalogue.OUTPUT_DRIFT_SEVERITY),
    }
    return {
        "begins": period.begins, "ends": period.ends, "rows": window.counts.row_count, "severities": severities,
    }  # fmt: skip


def _severities(
    subjects: Sequence[FeatureReference | OutputReference], scores: SubjectScores, metric: Metric
) -> dict[str, float]:
    values = scores.scores.get(metric.name)
    if values is None:
        return {}
    known = zip(subjects, values.tolist(), strict=True)
    return {_title(subject): value for subject, value in known if math.isfinite(value)}


def _title(subject: FeatureReference | OutputReference) -> str:
    if isinstance(subject, OutputReference) and subject.class_name:
        return f"{subject.name} ({subject.class_name})"
    return subject.name
