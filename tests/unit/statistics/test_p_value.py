import math

import numpy as np
import pytest
from scipy.stats import chi2_contingency, norm, t

from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.p_value import p_value


def test_it_equals_a_hand_computed_case(compare):
    """Three bins have two degrees of freedom, where the tail is exp(-x / 2).

    q = (.5, .3, .2) of 100, p = (.4, .3, .3) of 100: phi2 = .01/.45 + .01/.25 = .062222; x = 3.1111.
    """
    x = (0.01 / 0.45 + 0.01 / 0.25) / 0.02
    assert p_value(compare([50, 30, 20], [40, 30, 30]))[0] == pytest.approx(math.exp(-x / 2))


def test_it_equals_every_reference_case(agrees):
    """The 40 oracle values with merging off."""
    assert agrees(p_value, "p_value", rtol=1e-7, atol=1e-300) == 40


def test_thin_bins_are_merged(compare):
    """Of 100 rows the last two bins expect .1 each: they join the second, as scipy computes by hand."""
    current, reference = [55, 42, 2, 1], [6_000, 3_980, 10, 10]
    expected = chi2_contingency([[55, 45], [6_000, 4_000]], correction=False).pvalue
    assert p_value(compare(current, reference))[0] == pytest.approx(expected)


def test_a_single_bin_differs_from_nothing(compare):
    """One bin on both sides, or one left by merging: probability 1."""
    assert p_value(compare([[7, 0], [99, 1]], [[9, 0], [9_999, 1]])).tolist() == [1.0, 1.0]


def test_learned_noise_takes_the_place_of_that_of_sampling(compare):
    """Categories: phi2 over the noise, its normal quantile read as one of t with 24 degrees."""
    zero = np.zeros(1)
    noise = NoiseFloor(zero, zero, zero + 0.05, zero + 24)
    comparison = compare([50, 30, 20], [40, 30, 30], is_ordered=False, noise=noise)
    tail = math.exp(-(0.01 / 0.45 + 0.01 / 0.25) / 0.05 / 2)
    assert p_value(comparison)[0] == pytest.approx(t.sf(norm.isf(tail), 24))
    small = compare([50, 30, 20], [40, 30, 30], is_ordered=False, noise=noise._replace(omnibus=zero + 0.01))
    assert p_value(small)[0] == pytest.approx(math.exp(-(0.01 / 0.45 + 0.01 / 0.25) / 0.02 / 2))
