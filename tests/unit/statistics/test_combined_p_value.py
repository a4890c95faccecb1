import numpy as np
import pytest
from scipy import stats

from mlexporter.statistics import alpha_shares
from mlexporter.statistics.combined_p_value import combined_p_value
from mlexporter.statistics.effect_lower_bound import effect_lower_bound
from mlexporter.statistics.location import location
from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.p_value import p_value
from mlexporter.statistics.spread import spread


def test_it_equals_a_hand_computed_case(compare):
    """Two bins: q = (.6, .4) of 100, p = (.5, .5) of 100. d1 = -.2, s = .02: z = 1.4142, p = .15730.

    Spread has no third bin and p = 1; the omnibus has phi2 = .01 / .55 + .01 / .45 = .040404, which is
    2.0202 with one degree: p = .15522. Over their shares .31460, 4, .62088; of the smallest the shares
    are .15730, .07865, .07865: 1 - .84270 x .92135^2 = .28464.
    """
    assert combined_p_value(compare([60, 40], [50, 50]))[0] == pytest.approx(0.28464, abs=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_smallest_of_three_corrected(compare, seed):
    """Scipy's tails of the three tests, each over its share, one row at a time."""
    random = np.random.default_rng(seed)
    comparison = compare(
        random.multinomial(500, [0.2] * 5, size=8), random.multinomial(900, [0.2] * 5, size=8)
    )
    for row, found in enumerate(combined_p_value(comparison)):
        tests = [
            2 * stats.norm.sf(abs(shift(comparison)[row]) / np.sqrt(comparison.s[row]))
            for shift in (location, spread)
        ]
        smallest = min(2 * tests[0], 4 * tests[1], 4 * p_value(comparison)[row])
        expected = 1 - (1 - min(smallest / 2, 1)) * (1 - min(smallest / 4, 1)) ** 2
        assert found == pytest.approx(expected)


def test_equal_shares_are_the_rule_of_three(compare, monkeypatch):
    """With a third each it is 1 - (1 - smallest)^3, Sidak's rule as it is known."""
    for name in ("LOCATION", "SPREAD", "OMNIBUS"):
        monkeypatch.setattr(alpha_shares, name, 1 / 3)
    comparison = compare([35, 30, 35], [300, 400, 300])
    tests = [
        2 * stats.norm.sf(abs(shift(comparison)[0]) / np.sqrt(comparison.s[0]))
        for shift in (location, spread)
    ]
    smallest = min(*tests, p_value(comparison)[0])
    assert combined_p_value(comparison)[0] == pytest.approx(1 - (1 - smallest) ** 3, rel=1e-12)


def test_small_ones_are_the_smallest_over_its_share(compare):
    """Nothing cancels out at 1e-80."""
    comparison = compare([900, 100], [500, 500], thin_bin_rows=0.0)
    by_location = 2 * stats.norm.sf(abs(location(comparison)[0]) / np.sqrt(0.002))
    smallest = min(4 * p_value(comparison)[0], 2 * by_location)
    assert 0 < smallest < 1e-70
    assert combined_p_value(comparison)[0] / smallest == pytest.approx(1, rel=1e-9)


def test_without_any_difference_it_is_1(compare):
    """Of equal shares all three p-values are 1; where only the location stands still it may be 1 too, not above."""
    assert combined_p_value(compare([30, 40, 30], [300, 400, 300]))[0] == 1.0
    assert combined_p_value(compare([31, 38, 31], [300, 400, 300]))[0] == 1.0
    assert combined_p_value(compare([55, 10, 55], [300, 400, 300]))[0] < 1e-5


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
    # Bonferroni inside the bound, the product rule here.
    level = 1 - (1 - 0.05 / 2) * (1 - 0.05 / 4) ** 2
    assert ((combined_p_value(comparison) < level) == (effect_lower_bound(comparison) > 0)).mean() > 0.999


def test_learned_noise_makes_it_larger(compare):
    """A location of .1 with noise of 24 blocks: the tail of t at .1 / sqrt(.01), then the rule for three."""
    noise = NoiseFloor(np.array([0.01]), np.array([0.5]), np.array([0.5]), np.array([24.0]))
    found = combined_p_value(compare([5_500, 4_500], [50_000, 50_000], noise=noise))[0]
    by_location = 2 * stats.t.sf(0.1 / np.sqrt(0.01), 24)
    assert found == pytest.approx(1 - (1 - by_location) * (1 - by_location / 2) ** 2, rel=1e-9)
    assert combined_p_value(compare([5_500, 4_500], [50_000, 50_000]))[0] < 1e-10
