import numpy as np
import pytest

from mlexporter.statistics import effect_lower_bound as bound_module
from mlexporter.statistics import noncentrality
from mlexporter.statistics.effect_lower_bound import effect_lower_bound
from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.population_stability_index import population_stability_index
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


def test_the_classic_rule_divides_debiased_psi(compare):
    """Two rows alike, one of each kind, threshold .2: (psi - 1 x (1/100 + 1/1000)) / .2 by hand.

    q' = (90.5, 10.5) / 101, p' = (500.5, 500.5) / 1001: psi = .39604 x ln(.896040 / .103960) = .85308.
    """
    comparison = compare([[90, 10]] * 2, [[500, 500]] * 2, thresholds=0.2, uses_psi=np.array([False, True]))
    psi = (90.5 / 101 - 0.5) * np.log(90.5 / 10.5)
    found = severity(comparison)
    assert found[1] == pytest.approx((psi - 0.011) / 0.2)
    assert found[0] == effect_lower_bound(comparison)[0] / 0.2


def test_the_classic_rule_takes_learned_noise_off(compare):
    """Degrees times what was learned, where that is more than sampling explains; never below 0."""
    zero = np.zeros(1)
    counts = [60, 30, 10], [500, 300, 200]
    for noise in (0.02, 5.0):
        floor = NoiseFloor(zero, zero, zero + noise, zero + 24)
        comparison = compare(*counts, thresholds=0.1, uses_psi=True, noise=floor)
        psi = population_stability_index(comparison)[0]
        assert severity(comparison)[0] == pytest.approx(max(psi - 2 * noise, 0.0) / 0.1)


def test_the_classic_rule_is_silent_on_clean_rows(compare):
    """What PSI is without drift is taken off: 18 bins and 100 rows have .17 on average, and fire at .1 without."""
    random = np.random.default_rng(2)
    rows = random.multinomial(100, np.full(18, 1 / 18), size=500)
    comparison = compare(rows, np.full((500, 18), 1_000), thresholds=0.1, uses_psi=True)
    assert (population_stability_index(comparison) > 0.1).mean() > 0.8
    assert (severity(comparison) > 1).mean() < 0.1
