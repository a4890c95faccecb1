import numpy as np
import pytest
from scipy.stats import norm, t

from mlexporter.statistics.effect_lower_bound import effect_lower_bound
from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.rare_share import has_rare_share_only, rare_share_lower_bound, rare_share_rise


def test_a_flooding_rare_class_is_found(compare):
    """A label of 1 % among 100 rows expects 1 of them; when half the rows carry it, the bound is large."""
    comparison = compare([50, 50, 0], [9_900, 95, 5], is_ordered=False)
    assert has_rare_share_only(comparison).tolist() == [True]
    rise = 2 * (np.arcsin(np.sqrt(0.5)) - np.arcsin(np.sqrt(0.01)))
    expected = rise - norm.isf(1e-4) * np.sqrt(1 / 100 + 1 / 10_000)
    assert rare_share_lower_bound(comparison)[0] == pytest.approx(expected)
    assert effect_lower_bound(comparison)[0] == pytest.approx(expected)


def test_one_rare_row_is_no_alarm(compare):
    """A class seen once in 10,000 training rows and once in the window is no drift."""
    assert effect_lower_bound(compare([99, 1], [9_999, 1], is_ordered=False))[0] == 0.0


def test_it_keeps_out_where_the_omnibus_works(compare):
    """With two bins of enough expected rows the omnibus decides alone."""
    comparison = compare([50, 50], [900, 100], is_ordered=False)
    assert has_rare_share_only(comparison).tolist() == [False]
    assert rare_share_lower_bound(comparison)[0] == 0.0


def test_learned_noise_lowers_its_bound(compare):
    """The rise of the rare share less t_24 times the root of the noise."""
    zero = np.zeros(1)
    noise = NoiseFloor(zero, zero, zero + 0.02, zero + 24)
    comparison = compare([30, 70], [100, 9_900], is_ordered=False, noise=noise)
    assert has_rare_share_only(comparison).tolist() == [True]
    expected = rare_share_rise(comparison)[0] - t.isf(1e-4, 24) * np.sqrt(0.02)
    assert rare_share_lower_bound(comparison)[0] == pytest.approx(expected)
    assert expected > 0


def test_the_rise_is_that_of_everything_but_the_most_frequent(compare):
    """Cohen's h from 1 % to 30 % by hand: 2 asin(sqrt(.3)) - 2 asin(sqrt(.01)) = .95895."""
    assert rare_share_rise(compare([30, 70], [100, 9_900], is_ordered=False))[0] == pytest.approx(
        0.95895, abs=1e-5
    )
