import math

import pytest

from mlexporter.statistics.location import location


def test_it_equals_a_hand_computed_case(compare):
    """For p = (1/4, 1/2, 1/4): mid-ranks -3/4, 0, 3/4 with variance 9/32; q = (0, 1/2, 1/2) moves 1/4.

    (-1/4) (-3/4) + (1/4) (3/4) = 3/8, divided by sqrt(9/32): 0.707107.
    """
    assert location(compare([0, 5, 5], [10, 20, 10]))[0] == pytest.approx(0.375 / math.sqrt(9 / 32))


def test_it_equals_every_reference_case(agrees):
    """The 40 oracle values."""
    assert agrees(location, "location") == 40


def test_its_sign_tells_the_direction(compare):
    """The mirrored shift has the opposite sign."""
    up, down = compare([0, 5, 5], [10, 20, 10]), compare([5, 5, 0], [10, 20, 10])
    assert location(up)[0] == pytest.approx(-location(down)[0])
    assert location(up)[0] > 0


def test_one_filled_bin_has_no_location(compare):
    """Where the reference fills one bin ranks have no spread, and the answer is 0."""
    assert location(compare([3, 4], [10, 0]))[0] == 0.0
