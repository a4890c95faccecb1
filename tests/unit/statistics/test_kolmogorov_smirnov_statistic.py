import numpy as np
import pytest
from scipy.stats import ks_2samp

from mlexporter.statistics.kolmogorov_smirnov_statistic import kolmogorov_smirnov_statistic


def test_it_equals_a_hand_computed_case(compare):
    """For q = (.1, .4, .5), p = (.3, .3, .4): cumulative gaps -.2, -.1, 0."""
    assert kolmogorov_smirnov_statistic(compare([1, 4, 5], [30, 30, 40]))[0] == pytest.approx(0.2)


def test_it_equals_every_reference_case(agrees):
    """The 40 oracle values."""
    assert agrees(kolmogorov_smirnov_statistic, "ks_statistic") == 40


def test_it_equals_scipy_on_values_that_are_their_bins(compare):
    """On discrete values with a bin each nothing is lost by binning."""
    current, reference = [4, 9, 2, 5], [20, 11, 13, 6]
    values = np.arange(4)
    expected = ks_2samp(np.repeat(values, current), np.repeat(values, reference)).statistic
    assert kolmogorov_smirnov_statistic(compare(current, reference))[0] == pytest.approx(expected)
