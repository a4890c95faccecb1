from dataclasses import replace

import numpy as np
import pytest

from mlexporter.catalogue import FEATURE_DRIFT, FEATURE_DRIFT_SEVERITY, FEATURE_MISSING_EXCESS
from mlexporter.records import Slots
from mlexporter.records.sides import SLOTS
from mlexporter.statistics.bin_positions import bin_positions
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.statistic import statistic_named

TRAINING = [2_000, 5_000, 3_000, 0, 0]
NAMES = [metric.name for metric in FEATURE_DRIFT]


def _scores(entry, place):
    return np.array([entry.features.scores[name][place] for name in NAMES])


def test_a_mix_of_kinds_equals_one_by_one(profile, number, category, window, report):
    """Grouping by bins changes no value: each score equals its statistic on that row alone."""
    distributions = [
        number([1_000, 2_000, 500, 400, 7, 3]),
        category([3_000, 900, 100, 40, 60, 5]),
        number([600, 900, 500, 0, 0]),
        category([1_000, 400, 100, 300, 4, 4]),
        number([90, 2_000, 700, 1_200, 0, 0], standard_deviation=3.0),
    ]
    random = np.random.default_rng(8)
    windows = [
        window(
            [
                random.multinomial(n, np.full(len(found.counts), 1 / len(found.counts)))
                for found in distributions
            ]
        )
        for n in (900, 5_000)
    ]
    reference = profile(distributions, threshold=0.2)
    found = report(reference, windows)
    offsets = reference.feature_offsets
    for entry, counts in zip(found.windows, windows, strict=True):
        for place, distribution in enumerate(distributions):
            start, n_bins = offsets[place], distribution.n_shape_bins
            alone = Comparison(
                counts.feature_cells[None, start : start + n_bins],
                distribution.shape_counts[None],
                distribution.is_ordered,
                thresholds=0.2,
                positions=bin_positions(distribution)[None],
                n_subjects=5,
                n_windows=2,
            )
            for metric in FEATURE_DRIFT:
                value = entry.features.scores[metric.name][place]
                if metric.is_ordered and not distribution.is_ordered:
                    assert np.isnan(value)
                else:
                    np.testing.assert_allclose(value, statistic_named(metric.statistic)(alone)[0], rtol=1e-12)


def test_every_feature_has_its_own_threshold(profile, number, window, report):
    """Equal drift is as many times less severe as its threshold is higher."""
    reference = profile([number(TRAINING)] * 3)
    features = tuple(
        replace(feature, threshold=threshold)
        for feature, threshold in zip(reference.features, (0.1, 0.2, 0.8), strict=True)
    )
    found = report(replace(reference, features=features), [window([[100, 300, 600, 0, 0]] * 3)])
    severity = found.windows[0].features.scores[FEATURE_DRIFT_SEVERITY.name]
    np.testing.assert_allclose(severity[0] / severity, [1.0, 2.0, 8.0])


def test_missing_and_invalid_rows_never_enter_shapes(profile, number, window, report):
    """Any number of them on either side leaves every score as it was."""
    plain = report(profile([number([*TRAINING[:3], 0, 0])]), [window([[100, 300, 600, 0, 0]])])
    with_gaps = report(profile([number([*TRAINING[:3], 7_000, 9])]), [window([[100, 300, 600, 5_000, 80]])])
    np.testing.assert_array_equal(_scores(plain.windows[0], 0), _scores(with_gaps.windows[0], 0))
    assert with_gaps.windows[0].features.observations.tolist() == [1_000]


@pytest.mark.parametrize("rows", [0, 1, 5, 99])
def test_too_few_rows_have_no_scores_and_a_reason(profile, number, window, report, rows):
    """Below 100 rows all shape scores are absent for "rows"; the observations are there."""
    entry = report(profile([number(TRAINING)]), [window([[rows, 0, 0, 0, 0]])]).windows[0]
    assert np.isnan(_scores(entry, 0)).all()
    assert entry.features.absent == ("rows",)
    assert entry.features.observations.tolist() == [rows]


@pytest.mark.parametrize("rows", [1, 5, 100])
def test_as_many_rows_as_required_have_scores(profile, number, window, report, rows):
    """From the required number on every score is a number, however small the window."""
    found = report(profile([number(TRAINING)]), [window([[rows, 0, 0, 0, 0]])], required_observations=rows)
    assert np.isfinite(_scores(found.windows[0], 0)).all()
    assert found.windows[0].features.absent == ("",)


@pytest.mark.parametrize(
    "training",
    [[99, 0, 0, 9_000, 0], [30, 30, 39, 0, 0], [10_000, 0, 0, 0, 0], [0, 0, 0, 5_000, 0]],
    ids=["one bin and few", "too few", "one bin", "all missing"],
)
def test_a_reference_that_says_nothing_is_the_reason(profile, number, window, report, training):
    """Fewer than 100 training rows or fewer than two filled bins: "profile", even when rows lack too."""
    for rows in (1_000, 3):
        entry = report(profile([number(training)]), [window([[rows, 0, 0, 0, 0]])]).windows[0]
        assert entry.features.absent == ("profile",)
        assert np.isnan(_scores(entry, 0)).all()
        assert entry.features.observations.tolist() == [rows]


def test_a_feature_with_one_open_bin_is_the_profiles_fault(profile, number, window, report):
    """A constant without edges has a single bin that nothing can leave."""
    entry = report(profile([number([5_000, 0, 0])]), [window([[900, 0, 0]])]).windows[0]
    assert entry.features.absent == ("profile",)


def test_an_all_missing_feature_has_no_shape_but_its_excess(profile, number, window, report):
    """Reason "rows", 0 observations, and a missing excess that cries."""
    entry = report(profile([number(TRAINING)]), [window([[0, 0, 0, 1_000, 0]])]).windows[0]
    assert entry.features.absent == ("rows",)
    assert entry.features.observations.tolist() == [0]
    assert entry.features.scores[FEATURE_MISSING_EXCESS.name][0] > 2


def test_counts_beyond_2_to_the_53_have_scores(profile, number, window, report):
    """10^17 rows in the window and in the profile: every score is finite."""
    training = [int(rows) * 10**13 for rows in TRAINING]
    found = report(profile([number(training)]), [window([[3 * 10**17, 5 * 10**17, 2 * 10**17, 0, 0]])])
    scores = _scores(found.windows[0], 0)
    assert np.isfinite(scores).all()
    assert scores[0] > 1
    assert found.windows[0].features.observations.tolist() == [10**18]


@pytest.mark.parametrize(
    "cells",
    [[2**62, 2**62, 5, 0, 0], [2**62] * 3 + [0, 0], [-5, 900, 900, 0, 0]],
    ids=["2^63", "3 x 2^62", "wrapped"],
)
def test_more_rows_than_an_int64_holds_are_absent(profile, number, window, report, cells):
    """They would wrap to a wrong number, also to a plausible one: the reason is "overflow"."""
    entry = report(profile([number(TRAINING)]), [window([cells])]).windows[0]
    assert entry.features.absent == ("overflow",)
    assert np.isnan(_scores(entry, 0)).all()
    assert entry.features.observations.tolist() == [2**63 - 1]


def test_a_profile_of_more_rows_than_an_int64_holds_is_compared(profile, number, category, window, report):
    """Its shares are what matters: twice 2^63 training rows in equal parts."""
    for make in (number, category):
        counts = [2**63, 2**63, 0, 0, 0]
        entry = report(profile([make(counts)]), [window([[900, 100, 0, 0, 0]])]).windows[0]
        assert entry.features.scores[FEATURE_DRIFT_SEVERITY.name][0] > 1


def test_a_bin_that_training_never_saw_is_drift(profile, number, category, window, report):
    """Half of the rows in a bin without training rows: finite scores, above their threshold."""
    for make in (number, category):
        entry = report(profile([make([5_000, 5_000, 0, 0, 0])]), [window([[250, 250, 500, 0, 0]])]).windows[0]
        scores = _scores(entry, 0)
        assert scores[0] > 1
        assert not np.isnan(scores).all()
        assert not np.isinf(scores).any()


def test_a_reference_of_30_rows_says_nothing(profile, number, window, report):
    """Absent for "profile" where 100 rows are required, and a minimum detectable effect above 1 where 30 are enough."""
    reference = profile([number([10, 10, 10, 0, 0])])
    counts = window([[300, 300, 300, 0, 0]])
    assert report(reference, [counts]).windows[0].features.absent == ("profile",)
    entry = report(reference, [counts], required_observations=30).windows[0]
    smallest = next(metric for metric in FEATURE_DRIFT if metric.statistic == "minimum_detectable_effect")
    assert entry.features.scores[smallest.name][0] > 0.9
    assert entry.features.scores[FEATURE_DRIFT_SEVERITY.name][0] == 0.0


def test_two_values_are_compared(profile, number, window, report):
    """Two bins have a location and no spread."""
    entry = report(profile([number([5_000, 5_000, 0, 0])]), [window([[900, 100, 0, 0]])]).windows[0]
    spread = next(metric for metric in FEATURE_DRIFT if metric.statistic == "spread")
    assert entry.features.scores[FEATURE_DRIFT_SEVERITY.name][0] > 1
    assert entry.features.scores[spread.name][0] == 0.0


def _in_slots(reference, cells, rows):
    slots = Slots((0, 1) * 84, "", (), (0, 1), ("a", "b"), tuple(map(tuple, cells)), tuple(rows))
    return replace(reference, slots=slots)


def _at(reference, counts, rows):
    side_cells = np.zeros(max(place.stop for place in reference.side_places.values()), dtype=np.int64)
    side_cells[reference.side_places[SLOTS]] = rows
    return replace(counts, side_cells=side_cells)


def test_a_window_is_compared_with_its_slots(profile, number, window, report):
    """All scores are those of a profile that has the rows of that slot alone."""
    by_slot = [[500, 300, 200, 0, 0], [100, 300, 600, 0, 0]]
    seasonal = _in_slots(profile([number([600, 600, 800, 0, 0])]), by_slot, [1_000, 1_000])
    counts = window([[260, 140, 100, 0, 0]])
    found = report(seasonal, [_at(seasonal, counts, [500, 0])]).windows[0]
    alone = report(profile([number(by_slot[0])]), [counts]).windows[0]
    np.testing.assert_allclose(_scores(found, 0), _scores(alone, 0), rtol=1e-9, atol=1e-12)
    assert _scores(found, 0)[0] == 0
    assert _scores(report(seasonal, [counts]).windows[0], 0)[0] > 1


def test_a_slot_with_too_few_training_rows_is_the_profiles_fault(profile, number, window, report):
    """80 rows of a slot cannot stand for 100; neither can one bin."""
    for slot in ([40, 40, 0, 0, 0], [900, 0, 0, 0, 0]):
        seasonal = _in_slots(
            profile([number([2_000, 2_000, 2_000, 0, 0])]), [slot, [999, 999, 999, 0, 0]], [sum(slot), 2_997]
        )
        counts = window([[300, 300, 300, 0, 0]])
        entries = [
            report(seasonal, [_at(seasonal, counts, rows)]).windows[0] for rows in ([900, 0], [0, 900])
        ]
        assert [entry.features.absent for entry in entries] == [("profile",), ("",)]


def test_the_classic_rule_of_a_feature_is_in_force(profile, number, window, report):
    """Its threshold is a PSI; a feature with too few rows stays absent."""
    reference = profile([number(TRAINING)] * 2, threshold=0.2)
    first, second = reference.features
    classic = replace(reference, features=(replace(first, statistic="psi"), second))
    entry = report(classic, [window([[100, 300, 600, 0, 0]] * 2)]).windows[0]
    psi = next(metric for metric in FEATURE_DRIFT if metric.statistic == "population_stability_index")
    expected = (entry.features.scores[psi.name][0] - 2 * (1 / 1_000 + 1 / 10_000)) / 0.2
    severities = entry.features.scores[FEATURE_DRIFT_SEVERITY.name]
    assert severities[0] == pytest.approx(expected)
    assert severities[1] != severities[0]
    assert report(classic, [window([[9, 30, 60, 0, 0]] * 2)]).windows[0].features.absent == ("rows", "rows")
