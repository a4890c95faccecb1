from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from mlexporter.statistics.minimum_detectable_effect import minimum_detectable_effect
from mlexporter.statistics.noise_floor import NoiseFloor


def test_it_equals_a_hand_computed_case(compare):
    """For n = m = 100, one subject, one window: alpha / 4 = 2.5e-5 gives z = 4.0556; z(.8) = .8416.

    (4.0556 + .8416) x sqrt(.02) = .69258.
    """
    assert minimum_detectable_effect(compare([60, 40], [50, 50]))[0] == pytest.approx(0.69258, abs=1e-5)


def test_it_equals_every_reference_case(agrees):
    """The 40 oracle values for ordered bins; they have a sixth of alpha, which is the quarter of 2/3 of it."""

    def at_a_sixth(comparison):
        return minimum_detectable_effect(replace(comparison, false_alarm_probability=1e-4 * 2 / 3))

    assert agrees(at_a_sixth, "minimum_detectable_location") == 40


def test_categories_at_this_effect_are_found_with_80_percent_power(compare):
    """Scipy's non-central chi-square at the returned effect exceeds the critical value 8 times of 10."""
    comparison = compare(
        [[50, 30, 20], [40, 40, 20]], [[500, 300, 200], [400, 400, 200]], is_ordered=False, n_subjects=7
    )
    critical = stats.chi2.isf(1e-4 / 7, 2)
    noncentrality = minimum_detectable_effect(comparison) ** 2 / comparison.s
    np.testing.assert_allclose(stats.ncx2.sf(critical, 2, noncentrality), 0.8, rtol=1e-6)


def test_rare_categories_have_the_power_of_their_own_test(compare):
    """Where merging leaves one bin it is (z(alpha) + z(.8)) sqrt(s)."""
    found = minimum_detectable_effect(compare([99, 1], [9_999, 1], is_ordered=False))
    expected = (stats.norm.isf(1e-4) + stats.norm.ppf(0.8)) * np.sqrt(1 / 100 + 1 / 10_000)
    assert found[0] == pytest.approx(expected)


@pytest.mark.parametrize("is_ordered", [True, False])
def test_without_rows_nothing_can_be_detected(compare, is_ordered):
    """An empty window could not have seen any shift."""
    assert minimum_detectable_effect(compare([0, 0], [5, 5], is_ordered=is_ordered))[0] == np.inf


def test_learned_noise_makes_it_larger(compare):
    """Ordered: (t_24(1 - alpha / 4) + z(.8)) sqrt(noise of location); categories: by inflated noise."""
    zero = np.zeros(1)
    noise = NoiseFloor(zero + 0.05, zero, zero + 0.06, zero + 24)
    counts = [60, 40], [50, 50]
    expected = (stats.t.isf(1e-4 / 4, 24) + stats.norm.ppf(0.8)) * np.sqrt(0.05)
    assert minimum_detectable_effect(compare(*counts, noise=noise))[0] == pytest.approx(expected)
    plain = compare(*counts, is_ordered=False)
    ratio = stats.t.isf(1e-4, 24) / stats.norm.isf(1e-4) * np.sqrt(0.06 / plain.s[0])
    found = minimum_detectable_effect(compare(*counts, is_ordered=False, noise=noise))[0]
    assert found == pytest.approx(minimum_detectable_effect(plain)[0] * ratio)
