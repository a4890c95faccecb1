"""Whether a feature hangs is told from neighbours that are equal and from its fullest bin."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from mlexporter.catalogue import FEATURE_STUCK_EXCESS, FEATURE_TOP_VALUE
from mlexporter.records import ComponentNoise, Distribution, Kind, TrainingType
from mlexporter.records.sides import REPEATS
from mlexporter.statistics.quality_scores import quality_scores


def _knowing(reference, *collisions):
    features = [
        replace(feature, collision=collision)
        for feature, collision in zip(reference.features, collisions, strict=True)
    ]
    return replace(reference, features=tuple(features))


def _with_repeats(reference, window, repeats):
    cells = np.zeros(max(place.stop for place in reference.side_places.values()), dtype=np.int64)
    cells[reference.side_places[REPEATS]] = repeats
    return replace(window, side_cells=cells)


def _score(reference, window, metric, place=0, required=100):
    found = quality_scores(reference, [window], required_observations=required)
    return found[metric.name][0, place]


def test_stuck_excess_equals_its_formula(profile, number, window):
    """75 % of 1,000 neighbours are equal where 25 % are expected: h = pi/3, and each row counts half."""
    reference = _knowing(profile([number([5_000, 5_000, 0, 0])]), 0.25)
    counts = _with_repeats(reference, window([[500, 500, 0, 0]]), [750, 1_000])
    expected = math.pi / 3 - norm.isf(1e-4) * math.sqrt(2 / 1_000 + 2 / 10_000)
    assert _score(reference, counts, FEATURE_STUCK_EXCESS) == pytest.approx(expected)


@pytest.mark.slow
def test_half_of_the_rows_bounds_the_variance_of_neighbours():
    """Brute force: the share of equal neighbours varies at most twice as much as that of as many pairs."""
    generator = np.random.default_rng(4)
    for shares in ([0.5, 0.5], [0.1, 0.9], [0.7, *[0.01] * 30], [0.05] * 20):
        collision = sum(share**2 for share in shares)
        drawn = generator.choice(len(shares), size=(20_000, 201), p=shares)
        repeated = (drawn[:, 1:] == drawn[:, :-1]).mean(axis=1)
        assert repeated.mean() == pytest.approx(collision, abs=0.003)
        assert repeated.var() * 200 < 2 * collision * (1 - collision) * 1.03


def test_chance_alone_is_hardly_ever_stuck():
    """Of 20,000 windows of independent rows about 1 % exceed a bound at 1 %, never many more."""
    generator = np.random.default_rng(11)
    drawn = generator.random((20_000, 301)) < 0.3
    repeats = (drawn[:, 1:] == drawn[:, :-1]).sum(axis=1)
    share, collision = repeats / 300, 0.3**2 + 0.7**2
    rise = 2 * (np.arcsin(np.sqrt(share)) - math.asin(math.sqrt(collision)))
    assert 0 < (rise > norm.isf(0.01) * math.sqrt(2 / 300)).mean() < 0.02


def test_learned_noise_widens_the_bound(profile, number, window):
    """What moves much from block to block while all is well, is stuck only beyond that."""
    reference = _knowing(profile([number([5_000, 5_000, 0, 0])]), 0.25)
    noise = {"1h": ComponentNoise(24, None, None, 0.05)}
    noisy = replace(reference, features=(replace(reference.features[0], noise=noise),))
    counts = _with_repeats(reference, window([[500, 500, 0, 0]]), [750, 1_000])
    expected = math.pi / 3 - student.isf(1e-4, 24) * math.sqrt(0.05)
    assert _score(noisy, counts, FEATURE_STUCK_EXCESS) == pytest.approx(expected)
    assert _score(reference, counts, FEATURE_STUCK_EXCESS) > expected + 0.5


@pytest.mark.parametrize(
    ("collision", "repeats"), [(None, [750, 1_000]), (0.25, [0, 0]), (0.25, [50, 99])],
    ids=["unknown in the profile", "nothing was compared", "too few were compared"],
)  # fmt: skip
def test_what_is_unknown_is_absent(profile, number, window, collision, repeats):
    """Without an expectation, or without rows, nobody knows whether it hangs."""
    reference = _knowing(profile([number([5_000, 5_000, 0, 0])]), collision)
    counts = _with_repeats(reference, window([[500, 500, 0, 0]]), repeats)
    assert np.isnan(_score(reference, counts, FEATURE_STUCK_EXCESS))


def test_windows_without_side_cells_have_no_stuck_features(profile, number, window):
    """Counts of an older worker tell nothing of neighbours."""
    reference = _knowing(profile([number([5_000, 5_000, 0, 0])]), 0.25)
    assert np.isnan(_score(reference, window([[500, 500, 0, 0]]), FEATURE_STUCK_EXCESS))


def test_a_feature_of_one_value_cannot_be_more_stuck(profile, number, window):
    """Where all training rows were equal, all rows being equal is no news."""
    reference = _knowing(profile([number([10_000, 0, 0])]), 1.0)
    counts = _with_repeats(reference, window([[1_000, 0, 0]]), [999, 999])
    assert _score(reference, counts, FEATURE_STUCK_EXCESS) == 0.0
    assert _score(reference, counts, FEATURE_TOP_VALUE) == 1.0


def test_the_top_value_of_categories_is_the_fullest_named_one(profile, category, window):
    """``other`` and ``unseen`` hold many values: they are no top value. 300 of 1,000 rows are ``c0``."""
    reference = _knowing(profile([category([5_000, 1_000, 10, 0, 0, 0])]), None)
    counts = window([[300, 100, 500, 50, 50, 0]])
    assert _score(reference, counts, FEATURE_TOP_VALUE) == pytest.approx(0.3)


def test_repeats_count_only_as_far_as_the_fullest_bin(profile, number, window):
    """Sessions of many values repeat 80 % of their rows; no bin has more than 40 %, nor has a value."""
    reference = _knowing(profile([number([2_500] * 4 + [0, 0])]), 0.0)
    sessions = _with_repeats(reference, window([[400, 200, 200, 200, 0, 0]]), [800, 1_000])
    hanging = _with_repeats(reference, window([[1_000, 0, 0, 0, 0, 0]]), [990, 1_000])
    assert _score(reference, sessions, FEATURE_TOP_VALUE) == pytest.approx(0.4)
    assert _score(reference, hanging, FEATURE_TOP_VALUE) == pytest.approx(0.99)


def test_bins_of_one_value_are_atoms_and_single_integers(profile, window):
    """An atom is some float32 steps wide, (1.5, 2.5] holds one integer, (2.5, 7.5] does not; ends are open."""
    atom = Distribution(
        Kind.NUMERIC, TrainingType.FLOAT, edges=(2.9999995, 3.0000005, 8.0), counts=(10, 80, 5, 5, 0, 0)
    )
    whole = Distribution(
        Kind.NUMERIC, TrainingType.INTEGER, edges=(1.5, 2.5, 7.5), counts=(10, 80, 5, 5, 0, 0)
    )
    reference = _knowing(profile([atom, whole, whole]), None, None, None)
    counts = window([[0, 600, 400, 0, 0, 0], [0, 600, 400, 0, 0, 0], [600, 0, 400, 0, 0, 0]])
    found = quality_scores(reference, [counts], required_observations=100)[FEATURE_TOP_VALUE.name][0]
    assert found.tolist() == pytest.approx([0.6, 0.6, 0.0])


@pytest.mark.parametrize("cells", [[0, 0, 0, 0], [1, 0, 0, 0], [5, 0, 0, 0], [0, 0, 500, 0], [0, 0, 0, 500]])
def test_few_rows_or_none_with_a_value_have_no_top_value(profile, number, window, cells):
    """0, 1 and 5 rows are too few, and a feature that is missing altogether has no value."""
    reference = _knowing(profile([number([5_000, 5_000, 0, 0])]), 0.5)
    assert np.isnan(_score(reference, window([cells]), FEATURE_TOP_VALUE))


@pytest.mark.slow
def test_sessions_stay_below_the_alert_and_a_stuck_feed_does_not(profile, number, window):
    """Each row five times, in 200 worlds: the alert (0.8 and 90 %) never holds; with one value it does."""
    collision = 18 * (1 / 18) ** 2
    reference = _knowing(profile([number([1_000] * 18 + [0, 0])]), collision)
    generator = np.random.default_rng(5)
    for _ in range(200):
        rows = np.repeat(generator.integers(0, 18, 40), 5)
        cells = [*np.bincount(rows, minlength=18).tolist(), 0, 0]
        counts = _with_repeats(reference, window([cells]), [int((rows[1:] == rows[:-1]).sum()), 199])
        top = _score(reference, counts, FEATURE_TOP_VALUE)
        assert not (_score(reference, counts, FEATURE_STUCK_EXCESS) > 0.8 and top > 0.9)
    stuck = _with_repeats(reference, window([[0, 200, *[0] * 18]]), [199, 199])
    assert _score(reference, stuck, FEATURE_STUCK_EXCESS) > 0.8
    assert _score(reference, stuck, FEATURE_TOP_VALUE) > 0.9
