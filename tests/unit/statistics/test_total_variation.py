import pytest

from mlexporter.statistics.total_variation import total_variation


def test_it_equals_a_hand_computed_case(compare):
    """For q = (.2, .3, .5), p = (.5, .3, .2): (.3 + 0 + .3) / 2 = .3."""
    assert total_variation(compare([2, 3, 5], [50, 30, 20]))[0] == pytest.approx(0.3)


def test_it_equals_every_reference_case(agrees):
    """The 40 oracle values."""
    assert agrees(total_variation, "total_variation") == 40
