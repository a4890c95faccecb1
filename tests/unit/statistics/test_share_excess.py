import math

import pytest
from scipy.stats import norm

from mlexporter.statistics.share_excess import share_excess


def test_it_equals_a_hand_computed_case(compare):
    """For q = 3/4 of 400, p = 1/4 of 400: h = 2 (pi/3 - pi/6) = pi/3; sqrt(s) = .0707107; z(1e-4) = 3.71902."""
    found = share_excess(compare([300, 100], [100, 300], is_ordered=False))
    assert found[0] == pytest.approx(math.pi / 3 - 3.719016 * math.sqrt(0.005), abs=1e-6)


def test_alpha_is_shared_out(compare):
    """10 features in 3 windows look at 1e-4 / 30 each."""
    found = share_excess(compare([300, 100], [100, 300], is_ordered=False, n_subjects=10, n_windows=3))
    assert found[0] == pytest.approx(math.pi / 3 - norm.isf(1e-4 / 30) * math.sqrt(0.005))


def test_a_fall_is_no_excess(compare):
    """Fewer missing values than in training are nothing to alert on."""
    assert share_excess(compare([0, 400], [200, 200], is_ordered=False))[0] == 0.0


def test_everything_missing_where_nothing_was(compare):
    """From 0 to 1 h is pi, its largest value."""
    found = share_excess(compare([1000, 0], [0, 100_000], is_ordered=False))
    assert math.pi - 0.2 < found[0] < math.pi


def test_no_rows_give_no_excess(compare):
    """An empty window has infinite noise."""
    assert share_excess(compare([0, 0], [1, 9], is_ordered=False))[0] == 0.0
