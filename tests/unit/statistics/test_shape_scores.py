from dataclasses import replace

import numpy as np
import pytest

from mlexporter.catalogue import FEATURE_DRIFT, FEATURE_DRIFT_SEVERITY, FEATURE_MISSING_EXCESS
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
