import pytest
from scipy import stats

from mlexporter.catalogue import NOISE_METHODS
from mlexporter.statistics import alpha_shares
from mlexporter.statistics.critical_value import critical_values


def test_they_equal_a_hand_computed_case():
    """One feature, one window, 1e-4: a half and a quarter two-sided are 2.5e-5 and 1.25e-5, a quarter one-sided 2.5e-5."""
    found = critical_values(n_subjects=1, n_windows=1)
    assert found == pytest.approx({"location": 4.0556, "spread": 4.2148, "omnibus": 4.0556}, abs=1e-4)


def test_every_method_has_one():
    """The names are those of the noise floor, which rules match them with."""
    assert tuple(critical_values(n_subjects=3, n_windows=2)) == NOISE_METHODS


@pytest.mark.parametrize("probability", [1e-4, 1e-2])
def test_false_alarms_of_all_tests_add_up(probability):
    """By scipy's tails: over tests, features and windows they are the probability of one look at the model."""
    found = critical_values(n_subjects=20, n_windows=3, false_alarm_probability=probability)
    tails = [2 * stats.norm.sf(found["location"]), 2 * stats.norm.sf(found["spread"])]
    assert (sum(tails) + stats.norm.sf(found["omnibus"])) * 60 == pytest.approx(probability)


def test_shares_are_all_of_alpha():
    """Exactly."""
    assert alpha_shares.LOCATION + alpha_shares.SPREAD + alpha_shares.OMNIBUS == 1.0
