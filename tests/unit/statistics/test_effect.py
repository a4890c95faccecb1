import math

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from mlexporter.statistics.effect import effect
from mlexporter.statistics.noise_floor import NoiseFloor


def test_it_equals_a_hand_computed_case(compare):
    """For q = (.8, .2) of 100, p = (.5, .5) of 100: pooled (.65, .35).

    phi2 = .09 / .65 + .09 / .35 = .395604; noise 1 x (1/100 + 1/100) = .02; sqrt(.375604) = .612866.
    """
    expected = math.sqrt(0.09 / 0.65 + 0.09 / 0.35 - 0.02)
    assert effect(compare([80, 20], [50, 50]))[0] == pytest.approx(expected)


def test_it_equals_every_reference_case(agrees):
    """The 40 oracle values; near 0 the root magnifies rounding."""
    assert agrees(effect, "effect", atol=1e-8) == 40


def test_phi_squared_equals_every_reference_case_and_scipy(agrees, drift_cases):
    """Scipy's uncorrected chi-square of the 2 x bins table is phi squared / s."""
    agrees(lambda comparison: comparison.phi_squared, "phi2")
    for _, comparison in drift_cases:
        table = np.vstack([comparison.current, comparison.reference])
        expected = chi2_contingency(table[:, table.sum(axis=0) > 0], correction=False)
        found = comparison.phi_squared[0] / comparison.s[0]
        np.testing.assert_allclose(found, expected.statistic, rtol=1e-7)
        assert comparison.degrees_of_freedom[0] == expected.dof


def test_merging_does_not_touch_it(compare):
    """Thin bins are merged for the test only."""
    counts = [30, 69, 1], [9_000, 990, 10]
    assert effect(compare(*counts)) == effect(compare(*counts, thin_bin_rows=0.0))


def test_noise_alone_is_zero(compare):
    """Below the expectation of noise the effect is 0, not the root of a negative number."""
    assert effect(compare([51, 49], [50, 50]))[0] == 0.0


def test_learned_noise_is_taken_off(compare):
    """K times the noise of the omnibus where that is larger than 1/n + 1/m."""
    counts = [80, 15, 5], [50, 30, 20]
    noise = NoiseFloor(*(np.array([value]) for value in (0.0, 0.0, 0.07, 24.0)))
    assert effect(compare(*counts, noise=noise))[0] == pytest.approx(
        math.sqrt(compare(*counts).phi_squared[0] - 2 * 0.07)
    )
    small = noise._replace(omnibus=np.array([0.01]))
    assert effect(compare(*counts, noise=small)) == effect(compare(*counts))
