"""river: detectors of change in a stream with their defaults; they know no reference and no window."""

from __future__ import annotations

import time

import numpy as np
from river import drift

from calibration.libraries.watching import Told


def alarms(told: Told) -> dict[str, dict[str, float]]:
    """Return how many changes each detector finds in a stable stream, and in how many values."""
    found = {}
    for place, kind in enumerate((drift.ADWIN, drift.PageHinkley, drift.KSWIN)):
        generator = np.random.default_rng([int(told["seed"]), 6, place])
        detector = kind(seed=int(told["seed"])) if kind is drift.KSWIN else kind()
        started, changes, n_values = time.monotonic(), 0, 0
        while n_values < int(told["values"]) and time.monotonic() - started < float(told["seconds"]):
            for value in generator.standard_normal(500).tolist():
                detector.update(value)
                changes += detector.drift_detected
            n_values += 500
        found[kind.__name__] = {"begun": changes, "values": n_values}
    return found
