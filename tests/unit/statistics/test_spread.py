import math

import pytest

from mlexporter.statistics.spread import spread


def test_it_equals_a_hand_computed_case(compare):
    """For p = (1/4, 1/2, 1/4): squared mid-ranks 9/16, 0, 9/16 less their mean 9/32: +-9/32, variance (9/32)^2.

    Weights are +1, -1, +1; q = (1/2, 0, 1/2) moves 1/4, -1/2, 1/4: spread 1.
    """
    assert spread(compare([5, 0, 5], [10, 20, 10]))[0] == pytest.approx(1.0)


def test_it_equals_every_reference_case(agrees):
    """The oracle values; on two bins the oracle normalises rounding noise and is left out."""
    assert agrees(spread, "spread", where=lambda case: len(case["reference"]) > 2) == 35


def test_two_filled_bins_have_no_spread(compare):
    """Location explains all of a shift between two bins: 0, not rounding noise."""
    assert spread(compare([80, 20, 7], [30, 70, 0]))[0] == 0.0


def test_its_sign_tells_wider_from_narrower(compare):
    """Rows that leave both ends make it negative, by the same scale."""
    assert spread(compare([0, 10, 0], [10, 20, 10]))[0] == pytest.approx(-1.0)
    assert math.copysign(1, spread(compare([4, 2, 4], [10, 20, 10]))[0]) == 1
