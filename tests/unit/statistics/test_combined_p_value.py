import numpy as np
import pytest
from scipy import stats

from mlexporter.statistics.combined_p_value import combined_p_value
from mlexporter.statistics.effect_lower_bound import effect_lower_bound
from mlexporter.statistics.location import location
from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.p_value import p_value
from mlexporter.statistics.spread import spread


def test_it_equals_a_hand_computed_case(compare):
    """Two bins: q = (.6, .4) of 100, p = (.5, .5) of 100. d1 = -.2, s = .02: z = 1.4142, p = .15730.

    Spread has no third bin and p = 1; the omnibus has phi2 = .01 / .55 + .01 / .45 = .040404, which is
    2.0202 with one degree: p = .15522. Smallest of three: 1 - (1 - .15522)^3 = .39710.
    """
    assert combined_p_value(compare([60, 40], [50, 50]))[0] == pytest.approx(0.39710, abs=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_smallest_of_three_corrected(compare, seed):
    """Scipy's tails of the three tests, one row at a time."""
    random = np.random.default_rng(seed)
    comparison = compare(
        random.multinomial(500, [0.2] * 5, size=8), random.multinomial(900, [0.2] * 5, size=8)
    )
    for row, found in enumerate(combined_p_value(comparison)):
        tests = [
            2 * stats.norm.sf(abs(shift(comparison)[row]) / np.sqrt(comparison.s[row]))
            for shift in (location, spread)
        ]
        assert found == pytest.approx(1 - (1 - min(*tests, p_value(comparison)[row])) ** 3)


def test_small_ones_are_three_times_the_smallest(compare):
    """Nothing cancels out at 1e-80."""
    comparison = compare([900, 100], [500, 500], thin_bin_rows=0.0)
    smallest = min(p_value(comparison)[0], 2 * stats.norm.sf(abs(location(comparison)[0]) / np.sqrt(0.002)))
    assert 0 < smallest < 1e-80
    assert combined_p_value(comparison)[0] == pytest.approx(3 * smallest, rel=1e-9)


def test_categories_have_the_omnibus(compare):
    """And where only rare categories are left, the one-sided rise of their share."""
    comparison = compare([[60, 30, 10], [90, 9, 1]], [[500, 300, 200], [9_980, 15, 5]], is_ordered=False)
    found = combined_p_value(comparison)
    assert found[0] == p_value(comparison)[0]
    rise = 2 * (np.arcsin(np.sqrt(0.1)) - np.arcsin(np.sqrt(0.002)))
    assert found[1] == pytest.approx(stats.norm.sf(rise / np.sqrt(1 / 100 + 1 / 10_000)))


def test_it_is_significant_where_the_bound_is_above_zero(compare):
    """Both speak of the same tests at the same level, without noise exactly."""
    random = np.random.default_rng(3)
    shares = [0.3, 0.25, 0.2, 0.15, 0.1]
    comparison = compare(
        random.multinomial(400, shares, size=3_000),
        random.multinomial(900, shares, size=3_000),
        false_alarm_probability=0.05,
    )
    # Bonferroni inside the bound, the product rule here: 3 x .05 / 3 against 1 - (1 - .05 / 3)^3.
    level = 1 - (1 - 0.05 / 3) ** 3
    assert ((combined_p_value(comparison) < level) == (effect_lower_bound(comparison) > 0)).mean() > 0.999


def test_learned_noise_makes_it_larger(compare):
    """A location of .1 with noise of 24 blocks: the tail of t at .1 / sqrt(.01), then the rule for three."""
    noise = NoiseFloor(np.array([0.01]), np.array([0.5]), np.array([0.5]), np.array([24.0]))
    found = combined_p_value(compare([5_500, 4_500], [50_000, 50_000], noise=noise))[0]
    by_location = 2 * stats.t.sf(0.1 / np.sqrt(0.01), 24)
    assert found == pytest.approx(1 - (1 - by_location) ** 3, rel=1e-9)
    assert combined_p_value(compare([5_500, 4_500], [50_000, 50_000]))[0] < 1e-10
