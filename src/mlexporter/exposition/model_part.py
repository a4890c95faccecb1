"""One model as the subjects see it: clean labels, a prepared layout, and a report still valid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlexporter import catalogue
from mlexporter.exposition.layout import ModelLabels, ProfileLayout, layout_of
from mlexporter.records import ModelView, ProfileCounts, Reference, Report, View


@dataclass(frozen=True)
class ModelPart:
    """What the subject files are handed.

    Attributes:
        labels: Clean values of ``catalogue.MODEL_LABELS``.
        reference: The profile, or None.
        layout: Its prepared labels, or None without a profile.
        counts: Counts in the bins of that profile, or None.
        report: The newest report on that profile, or None where there is none to be shown.
        absent_reason: Why there is no report; empty where there is one.
        is_drifting: Whether each feature drifts in any window, shape (n_features,).
    """

    labels: ModelLabels
    view: ModelView
    reference: Reference | None
    layout: ProfileLayout | None
    counts: ProfileCounts | None
    report: Report | None
    absent_reason: str
    is_drifting: npt.NDArray[np.bool_]


def prepare(model: ModelView, labels: ModelLabels, view: View, now: float) -> ModelPart:
    """Return the part of one model; ``now`` in Unix seconds."""
    reference = model.reference
    if reference is None:
        return ModelPart(labels, model, None, None, None, None, "profile", _drifting(None, 0))
    counts = model.snapshot.profile
    if counts is not None and counts.fingerprint != reference.fingerprint:
        counts = None
    report = model.report
    if report is not None and report.fingerprint != reference.fingerprint:
        report = None
    newest = report.evaluated_timestamp if report is not None else model.snapshot.service.loaded_timestamp
    is_stale = now - newest > view.stale_after_seconds
    reason = "stale" if is_stale else ("rows" if report is None else "")
    if report is None and model.has_failed:
        reason = "error"
    return ModelPart(
        labels=labels,
        view=model,
        reference=reference,
        layout=layout_of(labels, reference),
        counts=counts,
        report=None if is_stale else report,
        absent_reason=reason,
        is_drifting=_drifting(report, len(reference.features)),
    )


def _drifting(report: Report | None, n_features: int) -> npt.NDArray[np.bool_]:
    drifting = np.zeros(n_features, dtype=np.bool_)
    for window in report.windows if report is not None else ():
        severity = window.features.scores.get(catalogue.FEATURE_DRIFT_SEVERITY.name)
        if severity is not None:
            drifting |= severity > 1.0
    return drifting
