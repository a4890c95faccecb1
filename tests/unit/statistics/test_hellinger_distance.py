import math

import pytest

from mlexporter.statistics.hellinger_distance import hellinger_distance


def test_it_equals_a_hand_computed_case(compare):
    """For q = (1, 0), p = (1/2, 1/2): sqrt(1 - sqrt(1 x 1/2)) = 0.541196."""
    assert hellinger_distance(compare([3, 0], [5, 5]))[0] == pytest.approx(math.sqrt(1 - math.sqrt(0.5)))


def test_it_equals_every_reference_case(agrees):
    """The 40 oracle values, computed as 1 - sum(sqrt(q p))."""
    assert agrees(hellinger_distance, "hellinger", atol=1e-9) == 40


def test_nothing_in_common_is_one(compare):
    """Disjoint samples are at distance 1."""
    assert hellinger_distance(compare([5, 0], [0, 9]))[0] == 1.0
