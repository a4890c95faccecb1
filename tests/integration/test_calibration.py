"""`make calibrate` with little work: every goal of ours is measured, and a short version holds its margins."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
RUN = BENCHMARKS / "calibrate.py"


@pytest.fixture(scope="module")
def calibration():
    """Import a module of ``benchmarks/calibration``."""
    before = set(sys.modules)
    sys.path.insert(0, str(BENCHMARKS))
    yield lambda name: importlib.import_module(f"calibration.{name}")
    sys.path.remove(str(BENCHMARKS))
    for name in set(sys.modules) - before:
        if str(BENCHMARKS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
    sys.modules.pop("calibration", None)


def test_a_quick_run_measures_every_goal(tmp_path):
    """Without peers; margins are those of the goals, which so few draws may miss, so that only figures are asked."""
    path = tmp_path / "calibration.json"
    done = subprocess.run(
        [sys.executable, RUN, "--quick", "--json", path],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr

    goals = json.loads(path.read_text(encoding="utf-8"))["goals"].values()
    found = [one for goal in goals for one in goal["findings"]]
    measured = {one["goal"] for one in found if "ours" in one}
    assert measured == {"G1", "G2", "G3", "G4", "G5", "G6", "G7", "G10", "G11", "G14"}
    reached = {one["what"]: one["is_reached"] for one in found if "is_reached" in one}
    assert reached["one outlier, largest relative change of a measure"]
    assert reached["false alerts a week, rows x5, n = 200/h, learned noise"]
    assert "QUICK" in done.stdout


def test_an_unknown_goal_is_told():
    """With the names of those that there are."""
    done = subprocess.run(
        [sys.executable, RUN, "--goals", "G99"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "'G99'" in done.stderr
    assert "G10," in done.stderr


class TestShort:
    """A few draws of the calibration itself, with wide margins: it fails where the statistics are broken."""

    def test_clean_days_are_silent(self, calibration):
        """30 features, a day, 200 rows an hour, a look each five minutes, threshold 0: at most one alert."""
        false_alarms = calibration("false_alarms")
        asked = false_alarms.Week(200, 0, 1, step_seconds=300.0, n_features=30, seconds=86_400.0)
        found = false_alarms.week(asked)
        assert found.at_once <= 1
        assert found.pending == 0
        assert false_alarms.week(asked) == found

    @pytest.mark.parametrize("n_rows", [200, 1_000])
    def test_the_size_at_one_percent_is_about_one_percent(self, calibration, n_rows):
        """8,000 windows of 40 features with profiles of their own."""
        sizes, references = calibration("sizes"), calibration("references")
        generator = np.random.default_rng(9)
        reference = references.normal_reference(generator, 40)
        found = sum(
            sizes.significant(training[None], generator.multinomial(n_rows, share, 200), 0.01)
            for training, share in zip(
                references.training_counts(reference), references.true_shares(reference), strict=True
            )
        )
        assert 0.003 <= found / 8_000 <= 0.02

    @pytest.mark.parametrize(
        ("shape", "least"),
        [
            ("mean", 0.6),
            ("scale", 0.75),
            ("tail", 0.8),
            ("bimodal", 0.95),
            ("spike", 0.4),
            ("low spike", 0.45),
            ("clip", 0.8),
        ],
    )
    @pytest.mark.parametrize("scale", ["normal", "lognormal"])
    def test_each_shape_is_found(self, calibration, shape, least, scale):
        """At 1 %, 1,000 rows: about a tenth below what the benchmark finds."""
        power = calibration("power")
        assert power.power(power.Samples(shape, 1_000, scale, 2, 3, n_features=60)) >= least

    def test_a_shift_is_found_within_two_hours(self, calibration):
        """+0.5 sigma at 1,000 rows an hour by the default rule with ``for: 15m``; a median of ten features."""
        delays = calibration("delays")
        minutes = delays.delays(delays.Run(delays.CASES[1], 3, n_features=10), n_looks=24)
        assert 20.0 <= np.median(minutes) <= 90.0
