import numpy as np

from mlexporter.statistics import effect_lower_bound as bound_module
from mlexporter.statistics import noncentrality
from mlexporter.statistics.effect_lower_bound import effect_lower_bound
from mlexporter.statistics.severity import severity


def test_it_is_the_bound_over_the_threshold_of_each_row(compare):
    """A bound of b with thresholds .1 and .4 gives 10 b and 2.5 b."""
    comparison = compare([[90, 10]] * 2, [[500, 500]] * 2, thresholds=np.array([0.1, 0.4]))
    bound = effect_lower_bound(comparison)
    assert bound[0] > 0
    np.testing.assert_allclose(severity(comparison), bound * [10.0, 2.5])


def test_one_threshold_serves_all_rows(compare):
    """A plain number is taken for every row."""
    comparison = compare([[90, 10]] * 2, [[500, 500]] * 2, thresholds=0.5)
    np.testing.assert_allclose(severity(comparison), effect_lower_bound(comparison) * 2)


def test_a_threshold_of_zero_asks_for_any_drift(compare):
    """Significant drift is infinitely severe, no drift is not severe at all."""
    comparison = compare([[90, 10], [50, 50]], [[500, 500]] * 2, thresholds=0.0)
    assert severity(comparison).tolist() == [np.inf, 0.0]


def test_the_bound_is_solved_once(compare, monkeypatch):
    """Severity and the bound of one comparison share the work."""
    solved = []

    def counting(*arguments):
        solved.append(arguments)
        return noncentrality.noncentrality_lower_bound(*arguments)

    monkeypatch.setattr(bound_module, "noncentrality_lower_bound", counting)
    comparison = compare([90, 10], [500, 500])
    severity(comparison)
    effect_lower_bound(comparison)
    assert len(solved) == 1
