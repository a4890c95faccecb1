"""The rules of a fleet on both Prometheus: equal to the evaluator given the counts, and near it end to end."""

import subprocess
import time
from pathlib import Path

import pytest

from fleet_rules import cases, write_test
from real_programs import program_of
from recorded_fleet import RecordedFleet, RulingPrometheus


@pytest.mark.parametrize("name", cases())
def test_rules_equal_the_evaluator(promtool, tmp_path, name):
    """On the oldest Prometheus that is supported and on the newest, to 1e-6."""
    command = [promtool, "test", "rules", str(write_test(tmp_path, cases()[name]))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(params=["install-prometheus", "install-prometheus-3"], ids=["2", "3"])
def recorded(request, tmp_path):
    """A Prometheus with hours of two pods, and what they really counted."""
    programs = Path(program_of(request.param, "prometheus")).parent
    # Some bins are rare: a counter that moves once in minutes is where extrapolation goes wrong.
    rates = [0.9, 0.004, 2.1, 0.3, 0.02, 1.2]
    fleet = RecordedFleet(time.time(), rates, [9000, 40, 21000, 3000, 200, 12000])
    prometheus = RulingPrometheus(programs, tmp_path, fleet)
    try:
        prometheus.wait()
        yield prometheus, fleet
    finally:
        prometheus.stop()


def test_end_to_end_shares_are_within_a_hundredth(recorded):
    """Scrapes off the grid, two pods, one that restarted: each share to 0.01, all rows to 1 %."""
    prometheus, fleet = recorded
    shares = prometheus.recorded("model_feature_bin:ml_feature_observations:share1h")
    rows = prometheus.recorded("model_feature:ml_feature_window_observations:summed1h")
    until, counted = rows[""]
    truth = fleet.rows(until, 3600.0)
    assert counted == pytest.approx(truth.sum(), rel=0.01)
    found = [shares[f"{place:02d}"][1] for place in range(len(truth))]
    assert found == pytest.approx(truth / truth.sum(), abs=0.01)
    severity = prometheus.recorded("model_feature:ml_feature_drift_severity:summed1h")
    assert severity[""][1] == pytest.approx(0.0, abs=0.5)
