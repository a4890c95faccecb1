import numpy as np
import pytest
from scipy import stats

from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.quantiles import inflated_variance, upper_quantiles, upper_tail


@pytest.fixture
def learned(compare):
    """Five rows with s = .02: nothing learned, 24 and 168 blocks above s, 24 below s, 24 equal to s."""
    values = np.array([0.0, 0.05, 0.05, 0.01, 0.02])
    noise = NoiseFloor(values, values, values, np.array([np.inf, 24, 168, 24, 24]))
    return compare([[50, 50]] * 5, [[60, 40]] * 5, noise=noise)


def test_without_noise_it_is_one_normal_quantile(compare):
    """1.6449 at 5 %, as every table has it."""
    comparison = compare([50, 50], [60, 40])
    assert upper_quantiles(comparison, comparison.s, 0.05) == pytest.approx(1.6448536)


@pytest.mark.parametrize("alpha", [1e-2, 1e-5, 1e-9])
def test_where_learned_noise_wins_it_is_that_of_t(learned, alpha):
    """Scipy's quantiles, row by row; 2.4922 for 24 blocks at 1 %."""
    normal = stats.norm.isf(alpha)
    expected = [normal, stats.t.isf(alpha, 24), stats.t.isf(alpha, 168), normal, normal]
    np.testing.assert_allclose(
        upper_quantiles(learned, learned.location_variance, alpha), expected, rtol=1e-9
    )
    if alpha == 1e-2:
        assert expected[1] == pytest.approx(2.4922, abs=1e-4)


def test_tails_are_the_reverse_of_quantiles(learned):
    """The tail beyond a quantile is its level; infinitely far is 0, nowhere is a half."""
    variance = learned.spread_variance
    for alpha in (0.3, 1e-3, 1e-8):
        found = upper_tail(learned, variance, upper_quantiles(learned, variance, alpha))
        np.testing.assert_allclose(found, alpha, rtol=1e-9)
    assert upper_tail(learned, variance, np.full(5, np.inf)).tolist() == [0.0] * 5
    assert upper_tail(learned, variance, np.full(5, -np.inf)).tolist() == [1.0] * 5
    assert upper_tail(learned, variance, np.zeros(5)).tolist() == [0.5] * 5


def test_an_inflated_variance_makes_normal_quantiles_right(learned, compare):
    """Normal z sqrt(inflated) is t sqrt(variance); without noise nothing changes."""
    variance = learned.omnibus_variance
    found = stats.norm.isf(1e-6) * np.sqrt(inflated_variance(learned, variance, 1e-6))
    np.testing.assert_allclose(found, upper_quantiles(learned, variance, 1e-6) * np.sqrt(variance))
    plain = compare([50, 50], [60, 40])
    assert inflated_variance(plain, plain.s, 1e-6) is plain.s
