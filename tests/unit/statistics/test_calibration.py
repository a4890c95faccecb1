"""Seeded simulations with wide margins: silent on clean data, right size, found when it moves."""

import numpy as np
import pytest
from scipy.stats import norm

from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.effect_lower_bound import effect_lower_bound
from mlexporter.statistics.minimum_detectable_effect import minimum_detectable_effect
from mlexporter.statistics.severity import severity

QUANTILES = np.array(
    [0.005, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.995]
)
CLEAN = np.diff([0.0, *QUANTILES, 1.0])
EDGES = norm.ppf(QUANTILES)
RARE = np.array([0.6, 0.2, 0.1, 0.05, 0.02, 0.015, 0.01, 0.004, 0.001])


def _shares(location=0.0, scale=1.0):
    return np.diff([0.0, *norm.cdf((EDGES - location) / scale), 1.0])


def _drawn(shares, reference_shares, n, *, m=10_000, repeats=2_000, is_ordered=True, **others):
    random = np.random.default_rng(n)
    current = random.multinomial(n, shares, size=repeats)
    reference = random.multinomial(m, reference_shares, size=repeats)
    return Comparison(current, reference, is_ordered, **others)


@pytest.mark.parametrize("n", [100, 1_000, 10_000])
@pytest.mark.parametrize(("shares", "is_ordered"), [(CLEAN, True), (RARE, False)])
def test_clean_data_is_silent(n, shares, is_ordered):
    """2,000 looks at clean rows, as one of 100 features in 3 windows: no severity above 1."""
    comparison = _drawn(shares, shares, n, is_ordered=is_ordered, n_subjects=100, n_windows=3)
    assert (severity(comparison) > 1).sum() == 0


@pytest.mark.parametrize("n", [100, 200, 1_000])
@pytest.mark.parametrize(("shares", "is_ordered"), [(CLEAN, True), (RARE, False)])
def test_its_size_is_the_nominal_one(n, shares, is_ordered):
    """At a nominal 1 % between .2 % and 2 % of clean looks are significant."""
    comparison = _drawn(shares, shares, n, repeats=5_000, is_ordered=is_ordered, false_alarm_probability=1e-2)
    assert 0.002 < (effect_lower_bound(comparison) > 0).mean() < 0.02


@pytest.mark.parametrize(
    ("moved", "power"),
    [({"location": 0.5}, 0.99), ({"location": 0.3}, 0.6), ({"scale": 1.5}, 0.99)],
)
def test_real_drift_is_found(moved, power):
    """1,000 rows among 100 features in 3 windows at the default threshold of .1."""
    comparison = _drawn(_shares(**moved), CLEAN, 1_000, n_subjects=100, n_windows=3)
    assert (severity(comparison) > 1).mean() > power


def test_the_bound_stays_below_the_truth():
    """A shift of .3 has the effect .3: 99 % bounds exceed it in fewer than 3 % of looks."""
    comparison = _drawn(_shares(location=0.3), CLEAN, 1_000, false_alarm_probability=1e-2)
    assert (effect_lower_bound(comparison) > 0.31).mean() < 0.03


def test_the_minimum_detectable_shift_is_detected_4_times_of_5():
    """A shift of location by the published minimum is significant in 70 to 95 % of looks."""
    comparison = _drawn(CLEAN, CLEAN, 1_000, n_subjects=100, n_windows=3)
    smallest = minimum_detectable_effect(comparison)[0]
    shifted = _drawn(_shares(location=smallest), CLEAN, 1_000, n_subjects=100, n_windows=3)
    assert 0.7 < (effect_lower_bound(shifted) > 0).mean() < 0.95
