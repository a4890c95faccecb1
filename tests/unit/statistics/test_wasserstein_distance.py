import numpy as np
import pytest
from scipy import stats

from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.statistics.bin_positions import bin_positions
from mlexporter.statistics.wasserstein_distance import wasserstein_distance


def _distribution(**others):
    described = {"edges": (1.0, 2.0), "minimum": 0.0, "maximum": 4.0, "standard_deviation": 2.0} | others
    return Distribution(Kind.NUMERIC, TrainingType.FLOAT, **described)


def _positions(*described):
    return np.stack([bin_positions(distribution) for distribution in described])


def test_it_equals_a_hand_computed_case(compare):
    """Bins 0-1, 1-2, 2-4 lie at .5, 1.5, 3, which is .25, .75, 1.5 standard deviations of 2.

    q = (.2, .3, .5), p = (.5, .3, .2): |cumulative gaps| .3 and .3, times .5 and .75: .375.
    """
    comparison = compare([2, 3, 5], [50, 30, 20], positions=_positions(_distribution()))
    assert wasserstein_distance(comparison)[0] == pytest.approx(0.375)


def test_it_equals_scipy_on_the_points_of_the_bins(compare):
    """Scipy's distance of weighted points, divided by the standard deviation."""
    current, reference = [12, 3, 40], [7, 31, 5]
    comparison = compare(current, reference, positions=_positions(_distribution()))
    expected = stats.wasserstein_distance([0.5, 1.5, 3.0], [0.5, 1.5, 3.0], current, reference) / 2
    assert wasserstein_distance(comparison)[0] == pytest.approx(expected)


def test_it_is_near_the_shift_of_a_normal_distribution(compare):
    """A shift of .3 standard deviations costs .3 to move, but for what leaves the closed range."""
    quantiles = [0.005, 0.02, 0.05, *np.arange(0.1, 0.95, 0.1), 0.95, 0.98, 0.995]
    edges = stats.norm.ppf(quantiles)
    described = _distribution(edges=tuple(edges), minimum=-3.1, maximum=3.1, standard_deviation=1.0)
    reference = np.diff([0, *quantiles, 1]) * 1e6
    current = np.diff([0, *stats.norm.cdf(edges, loc=0.3), 1]) * 1e6
    comparison = compare(current.astype(int), reference.astype(int), positions=_positions(described))
    assert wasserstein_distance(comparison)[0] == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("lacking", [{"standard_deviation": None}, {"standard_deviation": 0.0}])
def test_without_a_scale_it_is_absent(compare, lacking):
    """NaN marks the value as absent; the row beside it is not touched."""
    both = (_distribution(**lacking), _distribution())
    found = wasserstein_distance(compare([[2, 3, 5]] * 2, [[5, 3, 2]] * 2, positions=_positions(*both)))
    assert np.isnan(found).tolist() == [True, False]


def test_without_positions_it_is_absent(compare):
    """A comparison of bare counts does not know where bins lie."""
    assert np.isnan(wasserstein_distance(compare([1, 2], [2, 1]))).all()
