"""G8: performance without labels, on the data sets that nannyml brings along, beside nannyml's estimates."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from calibration.estimated_quality import estimates_of, profile_of
from calibration.findings import Finding, figure
from calibration.peers import NANNYML, Question, ask
from calibration.plan import Plan
from calibration.rows import Numbers
from mlexporter.catalogue import ACCURACY, F1, MEAN_ABSOLUTE_ERROR, ROC_AUC, ROOT_MEAN_SQUARED_ERROR

_NAMES: Final = {
    "accuracy": ACCURACY.name,
    "roc_auc": ROC_AUC.name,
    "f1": F1.name,
    "mae": MEAN_ABSOLUTE_ERROR.name,
    "rmse": ROOT_MEAN_SQUARED_ERROR.name,
}
_WITHIN: Final = 0.002
_BREAKS_CALIBRATION: Final = "California housing"
"""Few chunks, whose truth both miss by a tenth: shown, and not asked for."""


def measure(plan: Plan) -> list[Finding]:
    """G8: mean distance of estimate and truth, ours and nannyml's."""
    if not plan.with_peers:
        return [
            Finding("G8", "performance without labels", absent=f"{NANNYML} was not asked, which has the data")
        ]
    with tempfile.TemporaryDirectory() as folder:
        answer = ask(Question(NANNYML, "quality", {"folder": folder}))
        if "absent" in answer:
            return [Finding("G8", "performance without labels", absent=f"{NANNYML}: {answer['absent']}")]
        return [
            finding
            for name, said in answer.items()
            for finding in _of(name, said, dict(np.load(Path(folder) / f"{name}.npz", allow_pickle=True)))
        ]


def _of(name: str, said: Mapping[str, Any], data: Mapping[str, Any]) -> list[Finding]:
    theirs: Mapping[str, Numbers] = {
        metric: np.asarray(values) for metric, values in said["estimates"].items()
    }
    ours, truths = _estimated(data, int(said["rows"]), list(theirs))
    findings = []
    for metric, values in theirs.items():
        own = float(np.mean(np.abs(ours[metric] - truths[metric])))
        peer = float(np.mean(np.abs(values - truths[metric])))
        is_asked = name != _BREAKS_CALIBRATION
        # An error is asked to be no larger, a share to be within two thousandths.
        highest = None if not is_asked else peer if metric in {"mae", "rmse"} else peer + _WITHIN
        findings.append(
            Finding("G8", f"|estimated - real| {metric}, {name}", own, "", None, highest, {NANNYML: figure(peer)},
                    f"{len(values)} chunks of {said['rows']:,} rows")
        )  # fmt: skip
    return findings


def _estimated(
    data: Mapping[str, Any], chunk_rows: int, metrics: list[str]
) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    features = [
        name.removeprefix("reference feature ") for name in data if name.startswith("reference feature ")
    ]
    is_score = "reference prediction" in data
    threshold = float(data["reference score"][data["reference prediction"] == 1].min()) if is_score else None
    columns = {"score": "score", "label": "label", **{name: f"feature {name}" for name in features}}
    held_out = {name: data[f"reference {column}"] for name, column in columns.items()}
    reference = profile_of(
        held_out, prediction="score", label="label", features=features, threshold=threshold
    )
    ours: dict[str, list[float]] = {metric: [] for metric in metrics}
    truths: dict[str, list[float]] = {metric: [] for metric in metrics}
    for first in range(0, len(data["analysis score"]), chunk_rows):
        chunk = {
            name: data[f"analysis {column}"][first : first + chunk_rows] for name, column in columns.items()
        }
        estimates = estimates_of(reference, "score", chunk)
        real = _real(chunk, data["analysis prediction"][first : first + chunk_rows] if is_score else None)
        for metric in metrics:
            ours[metric].append(estimates[_NAMES[metric]].value)
            truths[metric].append(real[metric])
    return {name: np.array(said) for name, said in ours.items()}, {
        name: np.array(said) for name, said in truths.items()
    }


def _real(chunk: Mapping[str, Any], predictions: Any) -> dict[str, float]:
    if predictions is None:
        errors = np.asarray(chunk["score"], dtype=np.float64) - np.asarray(chunk["label"], dtype=np.float64)
        return {"mae": float(np.abs(errors).mean()), "rmse": float(np.sqrt((errors**2).mean()))}
    labels, decided = np.asarray(chunk["label"]).astype(int), np.asarray(predictions).astype(int)
    return {
        "accuracy": float(accuracy_score(labels, decided)),
        "roc_auc": float(roc_auc_score(labels, np.asarray(chunk["score"], dtype=np.float64))),
        "f1": float(f1_score(labels, decided)),
    }
