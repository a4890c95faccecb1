"""nannyml: univariate drift by its default for numbers, the Jensen-Shannon distance, with its own thresholds."""

from __future__ import annotations

from typing import Any

import nannyml
import numpy as np
import pandas as pd
from nannyml.drift.univariate.methods import FeatureType, MethodFactory

from calibration.joint_worlds import BROKEN, FEATURES, FOURS, PAIRS, all_means, one_correlation, stable
from calibration.libraries import nannyml_quality
from calibration.libraries.watching import (
    Told,
    counted,
    powers,
    scaled_training,
    training,
    with_outlier,
)
from calibration.rows import Numbers

_METHOD = "jensen_shannon"


def alarms(told: Told) -> dict[str, float]:
    """Return how often it alerts where its chunks are as large as the windows."""
    names = [f"feature_{place}" for place in range(int(told["features"]))]
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=names, continuous_methods=[_METHOD], chunk_size=int(told["rows_an_hour"])
    ).fit(pd.DataFrame(training(told), columns=names))

    def fires(hour: Numbers) -> Numbers:
        results = calculator.calculate(pd.DataFrame(hour, columns=names)).filter(period="analysis").to_df()
        return np.array([bool(results[(name, _METHOD, "alert")].iloc[0]) for name in names])

    return counted(told, fires)


def power(told: Told) -> dict[str, dict[str, float]]:
    """Return the power of its Jensen-Shannon distance."""
    rows = scaled_training(told)
    methods = [_fitted(rows[:, place]) for place in range(rows.shape[1])]
    return {"JS": powers(told, lambda place, sample: float(methods[place].calculate(pd.Series(sample))))}


def outlier(told: Told) -> dict[str, float]:
    """Return the distance before and after one outlier."""
    reference, rows, more = with_outlier(told)
    method = _fitted(reference)
    return {
        "before": float(method.calculate(pd.Series(rows))),
        "after": float(method.calculate(pd.Series(more))),
    }


def _fitted(reference: Numbers) -> object:
    method = MethodFactory.create(
        key=_METHOD, feature_type=FeatureType.CONTINUOUS,
        chunker=nannyml.chunk.DefaultChunker(), threshold=nannyml.thresholds.StandardDeviationThreshold(),
        computation_params={},
    )  # fmt: skip
    return method.fit(pd.Series(reference, name="feature"))


def dependence(told: Told) -> dict[str, dict[str, float]]:
    """Return how often PCA reconstruction alerts about joint worlds, by world; its domain classifier takes minutes."""
    generator = np.random.default_rng([int(told["seed"]), 7])
    n_rows, names = int(told["rows"]), [f"feature_{place}" for place in range(FEATURES)]
    pairs = {"no change": lambda rows, _: rows, **BROKEN, "all means + 0.08": all_means}
    fours = {"one correlation -.4, groups of four": lambda rows, chance: one_correlation(rows, chance, FOURS)}
    found = {}
    for family, worlds in ((PAIRS, pairs), (FOURS, fours)):
        reference = pd.DataFrame(stable(int(told["training_rows"]), generator, family), columns=names)
        calculator = nannyml.DataReconstructionDriftCalculator(column_names=names, chunk_size=n_rows).fit(
            reference
        )
        for name, world in worlds.items():
            windows = [
                world(stable(n_rows, generator, family), generator) for _ in range(int(told["windows"]))
            ]
            rows = pd.DataFrame(np.concatenate(windows), columns=names)
            results = calculator.calculate(rows).filter(period="analysis").to_df()
            alerts = results.loc[:, results.columns.get_level_values(-1) == "alert"]
            found[name] = float(alerts.iloc[:, 0].astype(bool).mean())
    return {"PCA reconstruction": found}


def quality(told: Told) -> dict[str, dict[str, Any]]:
    """Return estimates of performance without labels."""
    return nannyml_quality.quality(told)
