"""nannyml: performance without labels on the data sets that it brings along, which ours is given, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import nannyml
import numpy as np
import pandas as pd

from calibration.libraries.watching import Told

_METRICS = ("accuracy", "roc_auc", "f1")


class _Data(NamedTuple):
    reference: pd.DataFrame
    analysis: pd.DataFrame
    score: str
    prediction: str
    label: str
    chunk_rows: int


def quality(told: Told) -> dict[str, dict[str, Any]]:
    """Write each data set as ``<name>.npz`` to ``told["folder"]``; return estimates by name and metric.

    ``rows`` is how many rows a chunk has; the last, shorter one is left out.
    """
    folder, found = Path(str(told["folder"])), {}
    for name, load in (("car loan", _car_loan), ("census", _census), ("California housing", _housing)):
        data = load()
        estimator = nannyml.CBPE(
            y_pred_proba=data.score, y_pred=data.prediction, y_true=data.label, problem_type="classification_binary",
            metrics=list(_METRICS), chunk_size=data.chunk_rows,
        ).fit(data.reference)  # fmt: skip
        columns = {"score": data.score, "prediction": data.prediction, "label": data.label}
        found[name] = _answer(estimator, data, _METRICS, columns, folder / f"{name}.npz")
    found["car price"] = _car_price(folder / "car price.npz")
    return found


def _answer(
    estimator: Any, data: _Data, metrics: tuple[str, ...], columns: dict[str, str], path: Path
) -> dict[str, Any]:
    n_chunks = len(data.analysis) // data.chunk_rows
    rows = data.analysis.iloc[: n_chunks * data.chunk_rows]
    estimates = estimator.estimate(rows).filter(period="analysis").to_df()
    np.savez(
        path,
        **{f"reference {name}": data.reference[column].to_numpy() for name, column in columns.items()},
        **{f"analysis {name}": rows[column].to_numpy() for name, column in columns.items()},
    )
    return {
        "rows": data.chunk_rows,
        "estimates": {metric: estimates[(metric, "value")].astype(float).tolist() for metric in metrics},
    }


def _car_loan() -> _Data:
    reference, analysis, targets = nannyml.load_synthetic_car_loan_dataset()
    analysis = analysis.merge(targets, on="id") if "id" in analysis else analysis.join(targets)
    return _Data(reference, analysis, "y_pred_proba", "y_pred", "repaid", 2_000)


def _census() -> _Data:
    reference, analysis, targets = nannyml.load_us_census_ma_employment_data()
    analysis = analysis.merge(targets, on="id")
    return _Data(reference, analysis, "predicted_probability", "prediction", "employed", 2_000)


def _housing() -> _Data:
    reference, analysis, targets = nannyml.load_modified_california_housing_dataset()
    analysis = analysis.merge(targets, on="id")
    return _Data(reference, analysis, "y_pred_proba", "y_pred", "clf_target", 2_000)


def _car_price(path: Path) -> dict[str, Any]:
    reference, analysis, targets = nannyml.load_synthetic_car_price_dataset()
    analysis = analysis.merge(targets, on="id") if "id" in analysis else analysis.join(targets)
    left_out = {"id", "timestamp", "y_pred", "y_true"}
    features = [name for name in reference.columns if name not in left_out]
    estimator = nannyml.DLE(
        feature_column_names=features,
        y_pred="y_pred",
        y_true="y_true",
        metrics=["mae", "rmse"],
        chunk_size=6_000,
    ).fit(reference)
    data = _Data(reference, analysis, "y_pred", "y_pred", "y_true", 6_000)
    columns = {"score": "y_pred", "label": "y_true", **{f"feature {name}": name for name in features}}
    return _answer(estimator, data, ("mae", "rmse"), columns, path)
