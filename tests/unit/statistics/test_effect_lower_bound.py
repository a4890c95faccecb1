import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq

from mlexporter.statistics.effect_lower_bound import effect_lower_bound
from mlexporter.statistics.location import location
from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.spread import spread
from rank_oracle import normal_scores


def test_it_equals_a_hand_computed_case(compare):
    """Two ordered bins, 1000 rows each: .8 / .2 against .5 / .5 moves location by .6 (weights -1, +1).

    alpha / 4 = 2.5e-5 gives z = 4.0556; .6 - 4.0556 x sqrt(.002) = .41863. The omnibus on one
    degree of freedom: phi2 = .09 / .65 + .09 / .35 = .395604, its root .628971 lies above, so it
    wins: sqrt(.395604) - z(alpha / 4) sqrt(.002) = .628971 - 4.0556 x .0447214 = .447598.
    """
    z = stats.norm.isf(1e-4 / 4)
    assert z == pytest.approx(4.0556, abs=1e-4)
    expected = math.sqrt(0.09 / 0.65 + 0.09 / 0.35) - z * math.sqrt(0.002)
    assert effect_lower_bound(compare([800, 200], [500, 500]))[0] == pytest.approx(expected, rel=1e-6)


def test_location_alone_can_carry_it(compare):
    """A small shift over many bins is seen by its direction, not by the omnibus."""
    reference = np.full(20, 500)
    tilt = np.round(np.linspace(-14, 14, 20)).astype(int)
    comparison = compare(reference // 10 + tilt, reference)
    z = stats.norm.isf(1e-4 / 4)
    scores = normal_scores(np.full(20, 0.05))
    location = (tilt / 1000 * scores).sum() / np.sqrt((scores**2).mean())
    assert effect_lower_bound(comparison)[0] == pytest.approx(location - z * np.sqrt(1 / 1000 + 1 / 10_000))


def test_spread_alone_can_carry_it(compare):
    """A small flow to both ends moves no centre, and the omnibus dilutes it over 19 degrees."""
    reference = np.full(20, 500)
    ranks = (np.arange(20) + 0.5) / 20 * 2 - 1
    curve = ranks**2 - (ranks**2).mean()
    tilt = np.round(27 * curve).astype(int)
    tilt[9:11] -= tilt.sum() // 2
    comparison = compare(reference // 10 + tilt, reference)
    moved = (tilt / 1000 * curve).sum() / np.sqrt((curve**2).mean())
    expected = moved - stats.norm.isf(1e-4 / 8) * np.sqrt(1 / 1000 + 1 / 10_000)
    assert effect_lower_bound(comparison)[0] == pytest.approx(expected)


def test_it_equals_every_reference_case(drift_cases):
    """The 40 oracle values of the omnibus with merging off; the closed form beyond 5,000 is within 3e-5.

    They have a third of alpha, which is the quarter of 4/3 of it; location then has a third one-sided, the
    spread a sixth. Location and spread have oracles of their own.
    """
    moderate = 0
    for case, comparison in drift_cases:
        alpha, s = comparison.alpha, comparison.s[0]
        expected = max(
            case["lower_omnibus_exact"],
            abs(location(comparison)[0]) - stats.norm.isf(alpha / 3) * np.sqrt(s),
            abs(spread(comparison)[0]) - stats.norm.isf(alpha / 6) * np.sqrt(s),
            0.0,
        )
        found = effect_lower_bound(replace(comparison, false_alarm_probability=1e-4 * 4 / 3))[0]
        is_moderate = case["phi2"] / s < 5000
        np.testing.assert_allclose(found, expected, rtol=1e-7 if is_moderate else 3e-5, atol=1e-9)
        moderate += is_moderate
    assert moderate > 30


def test_thick_bins_need_no_switch(drift_cases):
    """Where every bin expects 2 rows merging, left on, changes nothing."""
    thick = [unmerged for _, unmerged in drift_cases if (unmerged.n * unmerged.p).min() >= 2]
    for unmerged in thick:
        merged = replace(unmerged, thin_bin_rows=2.0)
        np.testing.assert_allclose(effect_lower_bound(merged), effect_lower_bound(unmerged), atol=1e-12)
    assert len(thick) == 25


def test_categories_use_the_omnibus_at_all_of_alpha(compare):
    """For one degree of freedom the bound is phi - z(alpha) sqrt(s), without a share for ranks."""
    found = effect_lower_bound(compare([800, 200], [500, 500], is_ordered=False))
    expected = math.sqrt(0.09 / 0.65 + 0.09 / 0.35) - stats.norm.isf(1e-4) * math.sqrt(0.002)
    assert found[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("is_ordered", [True, False])
def test_no_rows_no_bound(compare, is_ordered):
    """Empty window, empty reference, both: 0, without a warning."""
    comparison = compare([[0, 0], [5, 5], [0, 0]], [[5, 5], [0, 0], [0, 0]], is_ordered=is_ordered)
    assert effect_lower_bound(comparison).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("is_ordered", [True, False])
def test_counts_beyond_2_to_the_53_have_a_bound(compare, is_ordered):
    """With 10^18 rows the bound is the effect itself: phi = .628971."""
    rows = 10**18
    comparison = compare([8 * rows // 10, 2 * rows // 10], [rows // 2, rows // 2], is_ordered=is_ordered)
    assert effect_lower_bound(comparison)[0] == pytest.approx(math.sqrt(0.09 / 0.65 + 0.09 / 0.35), rel=1e-6)


def _learned(comparison, *, blocks=24.0, **components):
    zero = np.zeros(len(comparison.current))
    floor = NoiseFloor(zero, zero, zero, zero + blocks)
    return replace(
        comparison, noise=floor._replace(**{name: zero + value for name, value in components.items()})
    )


def test_learned_noise_of_the_location_by_hand(compare):
    """Five bins, a shift to the right; l1 = |d1| - t_24(1 - alpha / 4) sqrt(noise), the others silenced."""
    plain = compare([120, 150, 200, 240, 290], [2_000] * 5)
    moved = abs(location(plain)[0])
    for noise, deviations in (
        (0.002, stats.t.isf(1e-4 / 4, 24) * np.sqrt(0.002)),
        (0.0005, stats.norm.isf(1e-4 / 4) * np.sqrt(1 / 1_000 + 1 / 10_000)),
    ):
        assert moved > deviations
        found = effect_lower_bound(_learned(plain, location=noise, spread=9.0, omnibus=9.0))
        assert found[0] == pytest.approx(moved - deviations)


def test_learned_noise_of_categories_equals_a_search(compare):
    """The largest non-centrality that t-inflated noise rejects, found by bisection on scipy's tail."""
    plain = compare([600, 250, 150], [4_000, 3_000, 3_000], is_ordered=False)
    noisy = _learned(plain, omnibus=0.004)
    scale = 0.004 * (stats.t.isf(1e-4, 24) / stats.norm.isf(1e-4)) ** 2
    statistic = plain.phi_squared[0] / scale
    root = brentq(lambda value: stats.ncx2.sf(statistic, 2, value) - 1e-4, 1e-9, 200)
    assert effect_lower_bound(noisy)[0] == pytest.approx(np.sqrt(root * scale), rel=1e-6)


@pytest.mark.parametrize("is_ordered", [True, False])
def test_noise_below_that_of_sampling_changes_nothing(compare, is_ordered):
    """Not even the quantiles."""
    plain = compare([[150, 180, 670]] * 2, [[300, 300, 400]] * 2, is_ordered=is_ordered)
    small = _learned(plain, location=1e-5, spread=1e-5, omnibus=1e-5)
    assert effect_lower_bound(small).tolist() == effect_lower_bound(plain).tolist()
