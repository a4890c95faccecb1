"""evidently: the preset for drift of data with its defaults, and two of the tests that it offers."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd
from evidently import Report
from evidently.legacy.calculations.stattests import psi_stat_test, wasserstein_stat_test
from evidently.legacy.core import ColumnType
from evidently.presets import DataDriftPreset

from calibration.libraries.watching import (
    Told,
    counted,
    powers,
    scaled_training,
    training,
    with_outlier,
)
from calibration.rows import Numbers


def alarms(told: Told) -> dict[str, float]:
    """Return how often the preset calls columns drifted: above its threshold of 0.1 or below one of p."""
    reference = _frame(training(told))

    def fires(hour: Numbers) -> list[bool]:
        snapshot = Report([DataDriftPreset()]).run(_frame(hour), reference)
        found = [one for one in snapshot.dict()["metrics"] if one["metric_name"].startswith("ValueDrift")]
        return [_is_drift(one["metric_name"], float(one["value"])) for one in found]

    return counted(told, fires)


def _is_drift(name: str, value: float) -> bool:
    threshold = float(name.rpartition("threshold=")[2].rstrip(")"))
    return value < threshold if "p_value" in name else value >= threshold


def power(told: Told) -> dict[str, dict[str, float]]:
    """Return the powers of its normed Wasserstein distance and of its PSI."""
    rows = scaled_training(told)
    columns = [pd.Series(rows[:, place]) for place in range(rows.shape[1])]
    tests = {"W1/sd": wasserstein_stat_test, "PSI": psi_stat_test}

    def statistic_of(test: Any) -> Any:
        return lambda place, sample: test.func(columns[place], pd.Series(sample), ColumnType.Numerical, 0.1)[
            0
        ]

    return {name: powers(told, statistic_of(test)) for name, test in tests.items()}


def outlier(told: Told) -> dict[str, float]:
    """Return PSI before and after one outlier."""
    reference, rows, more = with_outlier(told)
    before, after = (
        float(psi_stat_test.func(pd.Series(reference), pd.Series(sample), ColumnType.Numerical, 0.1)[0])
        for sample in (rows, more)
    )
    return {"before": before, "after": after}


def seconds(told: Told) -> dict[str, float]:
    """Return the processor time of a report for each feature."""
    reference, current = (
        _frame(training(told)),
        _frame(training({**told, "training_rows": told["rows_an_hour"]})),
    )
    started = time.process_time()
    Report([DataDriftPreset()]).run(current, reference).dict()
    return {"seconds": (time.process_time() - started) / int(told["features"])}


def _frame(rows: Numbers) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[f"feature_{place}" for place in range(rows.shape[1])])
