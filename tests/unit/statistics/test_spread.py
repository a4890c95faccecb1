import math

import numpy as np
import pytest

from mlexporter.statistics.spread import spread
from rank_oracle import components


def test_it_equals_a_hand_computed_case(compare):
    """For p = (1/4, 1/2, 1/4): squared mid-ranks 9/16, 0, 9/16 less their mean 9/32: +-9/32, variance (9/32)^2.

    Weights are +1, -1, +1; q = (1/2, 0, 1/2) moves 1/4, -1/2, 1/4: spread 1.
    """
    assert spread(compare([5, 0, 5], [10, 20, 10]))[0] == pytest.approx(1.0)


def test_it_equals_every_reference_case(drift_cases):
    """A QR decomposition of 1, normal scores and squared mid-ranks, for the 35 oracle cases that have three bins."""
    chosen = [(case, comparison) for case, comparison in drift_cases if len(case["reference"]) > 2]
    for case, comparison in chosen:
        expected = components(case["current"], case["reference"])[1]
        np.testing.assert_allclose(spread(comparison)[0], expected, rtol=1e-6, atol=1e-8)
    assert len(chosen) == 35


def test_it_equals_the_oracle_where_location_has_no_part_in_it(compare):
    """Of symmetric shares squared mid-ranks are free of any location: (9, 1, 9) / 16 less its mean 5 / 16.

    For four quarters that is +-4/16, so the weights are 1, -1, -1, 1; q = (.4, .1, .1, .4) moves .6.
    """
    assert spread(compare([4, 1, 1, 4], [25, 25, 25, 25]))[0] == pytest.approx(0.6)


def test_two_filled_bins_have_no_spread(compare):
    """Location explains all of a shift between two bins: 0, not rounding noise."""
    assert spread(compare([80, 20, 7], [30, 70, 0]))[0] == 0.0


def test_its_sign_tells_wider_from_narrower(compare):
    """Rows that leave both ends make it negative, by the same scale."""
    assert spread(compare([0, 10, 0], [10, 20, 10]))[0] == pytest.approx(-1.0)
    assert math.copysign(1, spread(compare([4, 2, 4], [10, 20, 10]))[0]) == 1
