"""The shift of several means at once: Hotelling's statistic over rank weights."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import chi2, ncx2

from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.shift_of_means import shift_of_means_lower_bound

HALVES = np.array([[5_000, 5_000]])


def _bound(pairs, correlations, *, alpha=0.01):
    """Return the bound for components in two equal bins whose upper halves hold so many of 1,000 rows."""
    current = np.array([[1_000 - upper, upper] for upper in pairs])
    comparison = Comparison(
        current, np.repeat(HALVES, len(pairs), axis=0), is_ordered=True, false_alarm_probability=alpha
    )
    return shift_of_means_lower_bound([(np.arange(len(pairs)), comparison)], np.asarray(correlations))[0]


def test_two_components_worked_by_hand():
    """560 and 540 of 1,000 in the upper half: shifts .12 and .08, squares .0208, over .0011 18.9; delta by scipy."""
    statistic = (0.12**2 + 0.08**2) / 0.0011
    delta = brentq(lambda value: ncx2.sf(statistic, 2, value) - 0.01, 1e-9, 100)
    assert _bound([560, 540], np.eye(2)) == pytest.approx(np.sqrt(delta * 0.0011), rel=1e-6)


def test_below_the_critical_value_there_is_no_bound():
    """The bound is 0 exactly where scipy's chi-square does not reject."""
    for upper in range(500, 580, 4):
        shift = 2 * (upper - 500) / 1_000
        is_significant = chi2.sf(2 * shift**2 / 0.0011, 2) < 0.01
        assert (_bound([upper, upper], np.eye(2)) > 0) == is_significant


def test_correlated_components_do_not_count_twice():
    """Of two components that say the same, a shift of both is about that of one; against each other it is far."""
    correlations = [[1.0, 0.9], [0.9, 1.0]]
    inverse = np.linalg.inv(correlations)
    for pairs in ([560, 560], [560, 540], [530, 470]):
        shift = 2 * (np.array(pairs) - 500) / 1_000
        statistic = shift @ inverse @ shift / 0.0011
        delta = brentq(lambda value, at=statistic: ncx2.sf(at, 2, value) - 0.01, 1e-9, 1_000)
        assert _bound(pairs, correlations) == pytest.approx(np.sqrt(delta * 0.0011), rel=1e-6)


def test_copies_of_a_component_are_no_division_by_zero():
    """A direction without variance is taken for one with little."""
    assert np.isfinite(_bound([560, 540], np.ones((2, 2))))


def test_components_of_several_groups_come_in_their_own_order():
    """Groups by the number of bins may be in any order, and components beyond the last do not take part."""
    correlations = np.array([[1.0, 0.5, 0.0], [0.5, 1.0, -0.3], [0.0, -0.3, 1.0]])
    current = np.array([[440, 560], [470, 530], [520, 480], [0, 1_000]])
    reference = np.repeat(HALVES, 4, axis=0)
    order = np.array([2, 0]), np.array([1, 3])
    parts = [
        (
            members,
            Comparison(current[members], reference[members], is_ordered=True, false_alarm_probability=0.01),
        )
        for members in order
    ]
    shift = 2 * (current[:3, 1] - 500) / 1_000
    statistic = shift @ np.linalg.inv(correlations) @ shift / 0.0011
    delta = brentq(lambda value: ncx2.sf(statistic, 3, value) - 0.01, 1e-9, 100)
    assert shift_of_means_lower_bound(parts, correlations)[0] == pytest.approx(
        np.sqrt(delta * 0.0011), rel=1e-6
    )
