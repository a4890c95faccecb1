"""alibi-detect: the test of Kolmogorov and Smirnov of each feature, Bonferroni's correction, p < 0.05."""

from __future__ import annotations

import time

import numpy as np
from alibi_detect.cd import KSDrift

from calibration.libraries.watching import (
    STEPS_OF_AN_HOUR,
    Told,
    counted,
    powers,
    scaled_training,
    training,
)
from calibration.rows import Numbers, changed


def alarms(told: Told) -> dict[str, float]:
    """Return how often features are below the corrected threshold."""
    detector = KSDrift(training(told), p_val=0.05)

    def fires(hour: Numbers) -> Numbers:
        found = detector.predict(hour)["data"]
        return np.asarray(found["p_val"] < found["threshold"])

    return counted(told, fires)


def power(told: Told) -> dict[str, dict[str, float]]:
    """Return the power of its statistic."""
    rows = scaled_training(told)
    detectors = [KSDrift(rows[:, [place]], p_val=0.05) for place in range(rows.shape[1])]

    def statistic(place: int, sample: Numbers) -> float:
        reference = rows[:, [place]]
        return float(detectors[place].feature_score(reference, sample[:, None])[1][0])

    return {"KS": powers(told, statistic)}


def delays(told: Told) -> dict[str, list[float]]:
    """Return the minutes until p < 1e-6, which has about the false alarms of ours; infinite after the last look.

    Args:
        told: ``changes`` is name to shape and size; ``rows_an_hour``, ``features``, ``looks``, ``seconds``.
    """
    reference, found = training(told), {}
    generator = np.random.default_rng([int(told["seed"]), 5])
    detector = KSDrift(reference, p_val=1e-6, correction="fdr")
    a_step, n_features = int(told["rows_an_hour"]) // STEPS_OF_AN_HOUR, int(told["features"])
    for name, (shape, size) in told["changes"].items():
        started = time.monotonic()
        minutes = np.full(n_features, np.inf)
        window = generator.standard_normal((a_step * STEPS_OF_AN_HOUR, n_features))
        for look in range(1, int(told["looks"]) + 1):
            arrived = changed(generator, shape, (a_step, n_features), size)
            window = np.concatenate([window[a_step:], arrived])
            is_found = detector.feature_score(reference, window)[0] < 1e-6
            minutes[is_found & np.isinf(minutes)] = 5.0 * look
            if not np.isinf(minutes).any() or time.monotonic() - started > float(told["seconds"]):
                break
        found[name] = [float(value) if np.isfinite(value) else -1.0 for value in minutes]
    return found
