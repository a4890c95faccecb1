"""evidently: a report of drift between two frames; it keeps rows, and has no way for a single one."""

from __future__ import annotations

import time

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

import workload
from contest import Numbers, check


class DriftReport:
    """Drift of 10,000 rows against 10,000 others, with the tests that evidently chooses."""

    def __init__(self, *, quick: bool) -> None:
        n_rows = 500 if quick else 10_000
        self._reference = pd.DataFrame(workload.columns(n_rows, seed=1))
        self._current = pd.DataFrame(workload.columns(n_rows, seed=2))

    def repeat(self) -> Numbers:
        """Return the processor time of a report."""
        started = time.process_time()
        snapshot = Report([DataDriftPreset()]).run(self._current, self._reference)
        seconds = time.process_time() - started
        drifts = [one for one in snapshot.dict()["metrics"] if one["metric_name"].startswith("ValueDrift")]
        check("features with a score of drift", len(drifts), len(workload.FEATURES))
        return {"report": seconds}

    def close(self) -> None:
        """Nothing is open."""
