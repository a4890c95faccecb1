"""The closed form of the bound in the rules of a fleet; that the rules compute it is a test on Prometheus."""

import numpy as np
import pytest
from scipy.special import chdtri, chndtrinc, ndtri

from fleet_rules import closed_form_root
from mlexporter.generate.fleet import fleet_groups
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.recording import recording_groups


@pytest.mark.parametrize("degrees", [1, 2, 5, 17, 40])
@pytest.mark.parametrize("alpha", [2.5e-5, 1e-7, 2e-9])
def test_the_closed_form_is_never_above_the_exact_root(degrees, alpha):
    """From where the omnibus is significant on; at most 2 deviations below it, and a tenth where it is large."""
    statistics = np.geomspace(chdtri(degrees, alpha) * 1.0001, 4_000, 60)
    exact = np.sqrt([chndtrinc(statistic, degrees, 1 - alpha) for statistic in statistics])
    found = np.array([closed_form_root(statistic, degrees, -ndtri(alpha)) for statistic in statistics])
    assert (found <= exact).all()
    assert (found >= exact - 2).all()
    assert found[-1] == pytest.approx(exact[-1], abs=0.1)


def test_below_significance_it_is_nothing():
    """No root of a negative number, down to no contingency at all."""
    assert [closed_form_root(statistic, 17, 4.06) for statistic in (0.0, 5.0, 17.0, 50.0)] == [0.0] * 4


def test_no_series_is_recorded_by_two_files():
    """Who runs a fleet loads both: two samples of one moment are refused, and the log is full of it."""
    options = RuleOptions()
    of_all = [rule.name for group in recording_groups(options) for rule in group.rules]
    of_fleet = [rule.name for group in fleet_groups(options) for rule in group.rules]
    assert set(of_all) & set(of_fleet) == set()
    assert len(of_fleet) > 1
