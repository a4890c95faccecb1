"""The parts of `make calibrate`: its worlds are the same each time, its counting of alerts is Prometheus's."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from examples import examples

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
FINDINGS = [
    {"goal": "G1", "what": "alerts", "ours": 0.25, "highest": 1.0, "peers": {"other": "300 (of 9 looks)"}},
    {"goal": "G4", "what": "size", "ours": 0.02, "lowest": 0.005, "highest": 0.015, "basis": "100 windows"},
    {"goal": "G5", "what": "power | average", "ours": 0.813, "lowest": 0.8},
    {"goal": "G13", "what": "expressions", "absent": "see tests"},
    {"goal": "G3", "what": "beside it", "ours": 2217.0},
]


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


def slow_alerts(firing, pending, kept):
    """Walk through the looks of one series, as Prometheus does: inactive, pending, firing, kept firing."""
    started, since, active, silent = [], None, False, 0
    for look, holds in enumerate(firing):
        silent = 0 if holds else silent + 1
        if holds and not active:
            since = look if since is None else since
            if look - since >= pending:
                active = True
                started.append(look)
        elif not holds:
            since = None
            if active and silent >= kept:
                active = False
    return started


class TestEpisodes:
    """``calibration/episodes.py``."""

    @pytest.mark.parametrize(
        ("step", "pending", "kept"), [(300.0, 0, 1), (300.0, 3, 1), (60.0, 15, 5), (60.0, 0, 5)]
    )
    @settings(max_examples=examples(60), deadline=None)
    @given(firing=st_numpy.arrays(bool, st.tuples(st.integers(1, 60), st.integers(1, 3))))
    def test_alerts_start_where_a_walk_through_the_looks_says(self, calibration, firing, step, pending, kept):
        """With and without ``for: 15m``, with looks each minute and each five; 5 minutes keep an alert."""
        found = calibration("episodes").starts(firing, step, pending_seconds=pending * step)
        expected = [slow_alerts(column, pending, kept) for column in firing.T]
        assert [np.flatnonzero(column).tolist() for column in found.T] == expected

    def test_a_case_by_hand(self, calibration):
        """Looks each five minutes: four that hold in a row make an alert with ``for: 15m``, three do not."""
        firing = np.array([1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1], dtype=bool)[:, None]
        episodes = calibration("episodes").episodes
        assert episodes(firing, 300.0, pending_seconds=0.0) == 3
        assert episodes(firing, 300.0, pending_seconds=900.0) == 1


class TestWorlds:
    """``calibration/rows.py``, ``references.py``, ``looks.py`` and ``false_alarms.py``."""

    def test_chance_belongs_to_seed_and_purpose(self, calibration):
        """Equal ones draw the same, others something else."""
        generator_of = calibration("plan").generator_of
        drawn = [generator_of(*names).random() for names in ((1, "a"), (1, "a"), (2, "a"), (1, "b"))]
        assert drawn[0] == drawn[1]
        assert len(set(drawn)) == 3

    def test_changes_are_the_same_each_time_and_change_something(self, calibration):
        """Seven shapes; twice the same generator gives twice the same rows, and none gives the clean ones."""
        rows = calibration("rows")
        clean = rows.changed(np.random.default_rng(3), "", (500,), 0.0)
        for shape in rows.SIZES:
            size = rows.size_of(shape, 1_000, 10_000)
            once, again = (rows.changed(np.random.default_rng(3), shape, (500,), size) for _ in range(2))
            assert np.array_equal(once, again), shape
            assert not np.array_equal(once, clean), shape

    def test_a_bimodal_change_keeps_mean_and_variance(self, calibration):
        """As its description says; the fourth moment falls by twice the size."""
        rows = calibration("rows").changed(np.random.default_rng(4), "bimodal", (400_000,), 0.4)
        assert rows.mean() == pytest.approx(0.0, abs=0.01)
        assert rows.var() == pytest.approx(1.0, abs=0.01)
        assert (rows**4).mean() == pytest.approx(3.0 - 2 * 0.4, abs=0.05)

    def test_true_shares_are_those_of_the_training_rows(self, calibration):
        """Within what 10,000 rows can say, on both scales; they sum to 1."""
        references = calibration("references")
        for scale in ("normal", "lognormal"):
            reference = references.normal_reference(np.random.default_rng(5), 3, scale=scale)
            shares, counts = (
                references.true_shares(reference, scale=scale),
                references.training_counts(reference),
            )
            assert shares.sum(axis=1) == pytest.approx(1.0)
            assert shares == pytest.approx(counts / 10_000, abs=0.02)

    def test_windows_are_sums_of_their_steps(self, calibration):
        """Steps of an hour, 26 of them: three looks, of one, six and twenty-four steps."""
        steps = np.arange(26)[:, None]
        sums = calibration("looks").window_sums(steps, 3600.0)
        assert sums.shape == (3, 3, 1)
        assert sums[0].ravel().tolist() == [23, 18 + 19 + 20 + 21 + 22 + 23, sum(range(24))]
        assert sums[2].ravel().tolist() == [25, sum(range(20, 26)), sum(range(2, 26))]

    @pytest.mark.parametrize("rows_a_step", [3.0, 3_000.0])
    def test_counts_of_steps_hold_every_row(self, calibration, rows_a_step):
        """Both ways to draw: row by row, and step by step."""
        generator = np.random.default_rng(6)
        arrivals = generator.poisson(rows_a_step, 200)
        shares = np.array([0.1, 0.2, 0.7])
        counts = calibration("false_alarms").drawn(generator, arrivals, shares)
        assert counts.sum(axis=1).tolist() == arrivals.tolist()
        assert counts.sum(axis=0) / counts.sum() == pytest.approx(shares, abs=0.06)

    def test_what_is_asked_of_one_feature_is_what_evaluate_says(self, calibration):
        """On features of which some have moved a lot, some a little and some not at all."""
        calibration("false_alarms").agree(seed=7, n_features=3)

    def test_the_screen_leaves_nothing_out(self, calibration):
        """At a lax level, where a few in a hundred are significant, none of these is dropped."""
        from mlexporter.statistics.comparison import Comparison
        from mlexporter.statistics.effect_lower_bound import effect_lower_bound

        references, generator = calibration("references"), np.random.default_rng(8)
        reference = references.normal_reference(generator, 1)
        training = references.training_counts(reference)
        for n_rows in (30, 200, 5_000):
            rows = generator.multinomial(n_rows, references.true_shares(reference)[0], 2_000)
            passed = calibration("one_feature").may_fire(training, rows, 0.05)
            comparison = Comparison(
                rows, np.repeat(training, len(rows), axis=0), is_ordered=True, false_alarm_probability=0.05
            )
            significant = effect_lower_bound(comparison) > 0
            assert significant.sum() > 20
            assert not (significant & ~passed).any()


class TestFindings:
    """``calibration/findings.py``."""

    def test_the_table_says_ours_asked_and_whether_it_is_reached(self, calibration):
        """A line for each; peers and what it rests on stand below."""
        findings = calibration("findings")
        lines = findings.table([findings.Finding.from_json(found) for found in FINDINGS]).splitlines()
        assert lines[2].split() == ["G1", "alerts", "0.25", "<=", "1", "yes"]
        assert lines[3].strip() == "peers: other 300 (of 9 looks)"
        assert lines[4].split() == ["G4", "size", "0.02", "0.005", "to", "0.015", "NO"]
        assert lines[6].split() == ["G5", "power", "|", "average", "0.813", ">=", "0.8", "yes"]
        assert lines[7].split() == ["G13", "expressions", "see", "tests"]
        assert lines[8].split() == ["G3", "beside", "it", "2,217"]

    def test_json_gives_the_findings_back(self, calibration):
        """What is asked is told beside them."""
        findings = calibration("findings")
        for found in FINDINGS:
            finding = findings.Finding.from_json(found)
            told = finding.as_json()
            assert findings.Finding.from_json(told) == finding
            assert told.get("is_reached") is finding.is_reached

    def test_the_page_counts_what_is_reached_and_names_who_is_not_here(self, calibration):
        """A bar in a cell does not end it."""
        results = {
            "seed": 5, "absent": {"other": "does not install"}, "machine": {"cores": 2, "processor": "one"},
            "versions": {"numpy": "2.0"}, "not_measured": ["G2"],
            "goals": {
                "G1": {"measured": "2026-01-01", "seconds": 500, "findings": FINDINGS[:1]},
                "G4": {"measured": "2026-01-02", "seconds": 100, "findings": FINDINGS[1:]},
            },
        }  # fmt: skip
        page = calibration("findings").document(results)
        assert (
            "2 of 3 figures reach their goals. Seed 5, 2026-01-01 and 2026-01-02, 10 minutes on 2 cores of one; numpy 2.0."
            in page
        )
        assert "| G1 | alerts | 0.25 | <= 1 | yes | other 300 (of 9 looks) |  |" in page
        assert "power \\| average" in page
        assert "- other: does not install" in page
        assert "Not measured yet: G2;" in page

    def test_the_page_is_that_of_the_results(self, calibration):
        """`make calibrate` writes both; there is no page without results."""
        import json

        path = BENCHMARKS / "calibration.json"
        page = BENCHMARKS.parent / "docs" / "explanation" / "calibration-results.md"
        assert path.exists() == page.exists()
        if path.exists():
            results = json.loads(path.read_text(encoding="utf-8"))
            assert results["is_quick"] is False
            assert page.read_text(encoding="utf-8") == calibration("findings").document(results)
