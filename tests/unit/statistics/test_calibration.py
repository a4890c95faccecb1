"""Seeded simulations with wide margins: silent on clean data, right size, found when it moves."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from mlexporter.catalogue import FEATURE_DRIFT_SEVERITY
from mlexporter.records import Slots
from mlexporter.records.sides import SLOTS
from mlexporter.statistics.combined_p_value import combined_p_value
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.effect_lower_bound import effect_lower_bound
from mlexporter.statistics.learned_noise import learn_noise
from mlexporter.statistics.minimum_detectable_effect import minimum_detectable_effect
from mlexporter.statistics.noise_floor import window_noise
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


def _repeated(random, n_features, *, n=500, times=5):
    """Draw the counts of one block of each feature, every row so many times."""
    return random.multinomial(n // times, CLEAN, size=n_features) * times


def _wandering(random, n_features, *, n=10_000, deviation=0.05):
    """Draw the counts of one block of each feature, whose mean wanders from block to block."""
    moved = random.normal(0, deviation, (n_features, 1))
    return random.multinomial(n, np.diff(norm.cdf(EDGES - moved), prepend=0.0, append=1.0))


def _cells(counts):
    return [[*row, 0, 0] for row in counts.tolist()]


@pytest.fixture
def learned(profile, number, window):
    """Learn the noise of features from blocks, and compare further blocks with and without it."""

    def run(draw, n_blocks, n_looks, **others):
        random = np.random.default_rng(n_blocks)
        n_features = 60
        blocks = np.stack([draw(random, n_features) for _ in range(n_blocks)])
        training = blocks.sum(axis=0)
        reference = profile([number(cells) for cells in _cells(training)])
        windows = (window(_cells(block)) for block in blocks)
        found = learn_noise(reference, windows, required_observations=100).features
        assert len(found) == n_features
        floor = window_noise([{"1h": noise} for noise in found.values()], ["1h"]).floor
        place = np.tile(np.arange(n_features), n_looks)
        current = np.concatenate([draw(random, n_features) for _ in range(n_looks)])
        plain = Comparison(current, training[place], is_ordered=True, **others)
        return plain, replace(plain, noise=floor.rows(0, place))

    return run


@pytest.mark.parametrize("n_blocks", [24, 168])
def test_the_size_with_learned_noise_is_nominal(learned, n_blocks):
    """Every row five times, a nominal 1 %: between .4 and 1.6 % of 6,000 looks fire, and nearly all without noise."""
    plain, noisy = learned(_repeated, n_blocks, 100, false_alarm_probability=1e-2)
    assert 0.004 < (effect_lower_bound(noisy) > 0).mean() < 0.016
    assert 0.004 < (combined_p_value(noisy) < 1e-2).mean() < 0.016
    assert (effect_lower_bound(plain) > 0).mean() > 0.9


@pytest.mark.slow
def test_quantiles_of_t_matter(learned):
    """With normal ones 24 blocks fire three times as often as they should at 1e-3, and more."""
    _, noisy = learned(_repeated, 24, 400, false_alarm_probability=1e-3)
    certain = replace(noisy, noise=noisy.noise._replace(blocks=np.full(len(noisy.current), 1e9)))
    found, normal = (np.abs(effect_lower_bound(each) > 0).mean() for each in (noisy, certain))
    assert found < 0.003
    assert normal > 2 * found


def test_repeated_rows_do_not_fire(learned):
    """At the shipped level, as one of 100 features in 3 windows; without learned noise a fifth of looks fire."""
    plain, noisy = learned(_repeated, 24, 100, n_subjects=100, n_windows=3)
    assert (severity(noisy) > 1).sum() == 0
    assert (severity(plain) > 1).mean() > 0.2


def test_values_that_wander_together_do_not_fire(learned):
    """Noise that lies in the location alone: without telling directions apart 8 % of looks fired at 1 %."""
    plain, noisy = learned(_wandering, 48, 60, false_alarm_probability=1e-2)
    assert (effect_lower_bound(noisy) > 0).mean() < 0.03
    assert (effect_lower_bound(plain) > 0).mean() > 0.5


def test_seasons_are_silent_with_slots_and_loud_without(profile, number, window, report):
    """A mean that swings by half a standard deviation a day; a shift of .3 on top is found within the hour."""
    random = np.random.default_rng(9)
    hours, n_features, days = 24, 10, 30
    daily = [_shares(location=0.5 * np.sin(2 * np.pi * hour / hours)) for hour in range(hours)]
    rows = 1_000 + 500 * np.sin(2 * np.pi * np.arange(hours) / hours).round().astype(int)
    training = np.stack(
        [random.multinomial(days * rows[hour], daily[hour], size=n_features) for hour in range(hours)]
    )
    flat = profile([number(cells) for cells in _cells(training.sum(axis=0))])
    cells = tuple(tuple(cell for row in _cells(slot) for cell in row) for slot in training)
    names = tuple(f"{hour:02d}" for hour in range(hours))
    seasonal = replace(
        flat,
        slots=Slots(
            (*range(hours),) * 7, "", (), (*range(hours),), names, cells, tuple((days * rows).tolist())
        ),
    )

    def look(reference, counts, hour):
        side_cells = np.zeros(max(place.stop for place in reference.side_places.values()), dtype=np.int64)
        if reference.slots is not None:
            side_cells[reference.side_places[SLOTS].start + hour] = rows[hour]
        entry = report(
            reference, [replace(window(_cells(counts)), side_cells=side_cells)], measures="default"
        ).windows[0]
        return entry.features.scores[FEATURE_DRIFT_SEVERITY.name] > 1

    days_of_serving = [
        (hour, random.multinomial(rows[hour], daily[hour], size=n_features)) for hour in range(hours)
    ]
    assert not np.any([look(seasonal, counts, hour) for hour, counts in days_of_serving])
    assert np.mean([look(flat, counts, hour) for hour, counts in days_of_serving]) > 0.3
    shifted = random.multinomial(
        rows[3], _shares(location=0.3 + 0.5 * np.sin(2 * np.pi * 3 / hours)), size=n_features
    )
    assert look(seasonal, shifted, 3).mean() > 0.5
