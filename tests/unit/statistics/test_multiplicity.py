import numpy as np
import pytest
from scipy.stats import cauchy, false_discovery_control, norm

from mlexporter.catalogue import DATASET_P_VALUE, DRIFTED_FEATURES, DRIFTED_FEATURES_RATIO
from mlexporter.statistics.multiplicity import dataset_p_value, drifted_features, model_scores


def test_counts_by_hand():
    """Allowed are .0125, .025, .0375, .05: .03 is above its own, but .036 is below the third."""
    assert drifted_features(np.array([0.9, 0.036, 0.001, 0.03])) == 3
    assert drifted_features(np.array([0.9, 0.04, 0.013, 0.03])) == 0
    assert drifted_features(np.array([0.05])) == 1


@pytest.mark.parametrize("seed", range(20))
def test_counts_equal_scipy(seed):
    """As many as have an adjusted p-value of at most 5 %."""
    random = np.random.default_rng(seed)
    p_values = random.uniform(size=40) ** random.uniform(1, 6)
    assert drifted_features(p_values) == (false_discovery_control(p_values) <= 0.05).sum()


def test_one_feature_combines_to_itself():
    """The mean of one Cauchy variable has its own tail."""
    for p_value in (1e-200, 1e-9, 0.3, 0.5, 0.98):
        assert dataset_p_value(np.array([p_value])) == pytest.approx(p_value, rel=1e-9)


def test_a_hand_computed_combination():
    """Of .25 and .5: tan(pi / 4) = 1 and 0, mean .5; 1/2 - atan(.5) / pi = .352416."""
    assert dataset_p_value(np.array([0.25, 0.5])) == pytest.approx(0.352416, abs=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_combinations_equal_a_plain_loop(seed):
    """The tail of scipy's Cauchy distribution at the mean of its quantiles."""
    p_values = np.random.default_rng(seed).uniform(1e-6, 0.98, size=30)
    mean = sum(cauchy.isf(p_value) for p_value in p_values) / len(p_values)
    assert dataset_p_value(p_values) == pytest.approx(cauchy.sf(mean), rel=1e-9)


def test_it_holds_its_level_under_correlation():
    """100 features that share half their variance: 1 % of 6,000 stable looks, between .5 and 2 %."""
    random = np.random.default_rng(1)
    shared = random.normal(size=(6_000, 1))
    tails = 2 * norm.sf(np.abs(shared + random.normal(size=(6_000, 100))) / np.sqrt(2))
    level = np.mean([dataset_p_value(row) < 0.01 for row in tails])
    assert 0.005 < level < 0.02


def test_a_p_value_of_one_does_not_silence_the_others():
    """One feature of 100 with 1e-6 is significant although one is exactly as expected."""
    p_values = np.full(100, 0.5)
    p_values[:2] = [1e-6, 1.0]
    assert dataset_p_value(p_values) == pytest.approx(1e-4, rel=1e-2)
    assert dataset_p_value(np.ones(3)) == pytest.approx(0.99)
    assert 0 <= dataset_p_value(np.zeros(3)) < 1e-290


def test_scores_of_a_model_leave_out_what_has_no_score():
    """Two of three known features drifted; without any known one there is nothing to say."""
    found = model_scores(np.array([1e-9, np.nan, 1e-8, 0.7]))
    assert found[DRIFTED_FEATURES.name] == 2.0
    assert found[DRIFTED_FEATURES_RATIO.name] == pytest.approx(2 / 3)
    assert found[DATASET_P_VALUE.name] == pytest.approx(3 / (1 / 1e-9 + 1 / 1e-8), rel=1e-6)
    assert model_scores(np.array([np.nan, np.nan])) == {}
    assert model_scores(np.zeros(0)) == {}
