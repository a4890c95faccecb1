import numpy as np
import pytest
from scipy import optimize, stats

from mlexporter.statistics.noncentrality import noncentrality_lower_bound


def _bound(statistic, degrees, alpha):
    central = stats.chi2.sf(statistic, degrees)
    return noncentrality_lower_bound(
        np.array([float(statistic)]), np.array([degrees]), np.array([central]), alpha
    )[0]


@pytest.mark.parametrize("degrees", [1, 7, 23])
@pytest.mark.parametrize("statistic", [90.0, 400.0, 5000.0])
def test_the_tail_at_the_bound_is_alpha(degrees, statistic):
    """Scipy's other implementation of the distribution, solved by bisection."""
    alpha = 1e-7
    expected = optimize.brentq(
        lambda value: stats.ncx2.logsf(statistic, degrees, value) - np.log(alpha), 1e-9, statistic
    )
    assert _bound(statistic, degrees, alpha) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("degrees", [1, 7, 40])
@pytest.mark.parametrize("alpha", [1e-5, 1e-9])
@pytest.mark.parametrize("statistic", [5001.0, 40_000.0, 1e6])
def test_the_closed_form_continues_the_exact_root(degrees, alpha, statistic):
    """From 5,000 on the root of the bound is within 3e-5 of scipy's exact one."""
    from scipy.special import chndtrinc

    exact = np.sqrt(chndtrinc(statistic, degrees, 1 - alpha))
    assert np.sqrt(_bound(statistic, degrees, alpha)) == pytest.approx(exact, rel=3e-5)


def test_immense_statistics_have_a_bound():
    """Beyond 2^53 rows, where the exact root is undefined, the bound stays just below the statistic."""
    assert 0.999 < _bound(1e17, 17, 1e-8) / 1e17 <= 1.0


def test_nothing_is_solved_without_significance():
    """From a central p-value of alpha on the bound is 0."""
    assert _bound(17.0, 17, 1e-4) == 0.0


def test_many_degrees_never_give_a_negative_root():
    """A statistic that its degrees of freedom explain has the bound 0, also above 5,000."""
    found = noncentrality_lower_bound(np.array([5001.0]), np.array([9_000]), np.array([0.0]), 1e-9)
    assert found[0] >= 0.0
