import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from mlexporter.profile.edges import HYBRID_PROBABILITIES
from mlexporter.statistics.rank_weights import location_weights, spread_weights
from rank_oracle import normal_scores

SHIPPED = np.diff([0.0, *HYBRID_PROBABILITIES, 1.0])


def test_four_equal_bins_by_hand():
    """Quartiles -.67449, 0, .67449 have densities .31778, .39894, .31778; their differences over .25.

    Scores -1.27111, -.32466, .32466, 1.27111 with variance (1.61571 + .10541) / 2 = .86056, whose root is .92766.
    """
    expected = np.array([-1.27111, -0.32466, 0.32466, 1.27111]) / 0.92766
    np.testing.assert_allclose(location_weights(np.full((1, 4), 0.25))[0], expected, atol=2e-5)


@pytest.mark.parametrize("seed", range(5))
def test_location_equals_means_of_truncated_normals(seed):
    """By scipy, and by integrating the density bin by bin; centred and divided by their deviation."""
    shares = np.random.default_rng(seed).dirichlet(np.full(8, 0.7))
    ends = stats.norm.ppf(np.minimum(np.cumsum(np.append(0.0, shares)), 1.0))
    integrated = [
        quad(lambda z: z * stats.norm.pdf(z), ends[place], ends[place + 1])[0] / share
        for place, share in enumerate(shares)
    ]
    for scores in (normal_scores(shares), np.array(integrated)):
        centred = scores - shares @ scores
        found = location_weights(shares[None])[0]
        np.testing.assert_allclose(found, centred / np.sqrt(shares @ centred**2), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("shift", "expected"), [(0.1, 0.0996), (0.5, 0.497), (1.0, 0.989)])
def test_location_of_a_normal_feature_is_read_in_its_deviations(shift, expected):
    """In the shipped bins; mid-ranks would read .0973, .477 and .899."""
    ends = stats.norm.cdf(stats.norm.ppf([0.0, *HYBRID_PROBABILITIES, 1.0]) - shift)
    moved = (np.diff(ends) - SHIPPED) @ location_weights(SHIPPED[None])[0]
    assert moved == pytest.approx(expected, abs=5e-4)


def test_tails_of_the_weights_are_those_of_the_normal_distribution():
    """Their fourth moment is 3 for a normal: a test by normal quantiles holds its level at few rows."""
    assert SHIPPED @ location_weights(SHIPPED[None])[0] ** 4 == pytest.approx(2.94, abs=0.01)
    assert SHIPPED @ spread_weights(SHIPPED[None])[0] ** 4 < 3.0


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_orthonormal_under_the_reference(seed):
    """1, location and spread have the identity as their matrix of products."""
    shares = np.random.default_rng(seed).dirichlet(np.full(8, 0.7), size=1)
    basis = np.vstack([np.ones(8), location_weights(shares)[0], spread_weights(shares)[0]])
    np.testing.assert_allclose((basis * shares) @ basis.T, np.eye(3), atol=1e-9)


def test_empty_bins_have_the_weight_of_where_they_lie():
    """Between filled ones the quantile there, -.84162 at .2; outside of them that of the nearest filled bin."""
    shares = np.array([0.0, 0.2, 0.0, 0.5, 0.3, 0.0])
    scores = normal_scores(shares)
    assert scores[2] == pytest.approx(stats.norm.ppf(0.2))
    found = location_weights(shares[None])[0]
    np.testing.assert_allclose(found, scores / np.sqrt(shares @ scores**2), atol=1e-12)
    assert found[0] == found[1]
    assert found[5] == found[4]


def test_two_filled_bins_have_the_only_weights_that_there_are():
    """Mean 0 and variance 1 leave no choice: -sqrt(.6 / .4) and sqrt(.4 / .6)."""
    found = location_weights(np.array([[0.4, 0.0, 0.6, 0.0]]))[0]
    np.testing.assert_allclose(found[[0, 2, 3]], [-(1.5**0.5), 1.5**-0.5, 1.5**-0.5])
    assert found[0] < found[1] < found[2]


@pytest.mark.parametrize("concentration", [0.01, 0.3, 5.0])
def test_location_ascends_and_mirrors(concentration):
    """A higher bin never has a lower weight, and bins in reverse have reversed weights, next to nothing or not."""
    shares = np.random.default_rng(5).dirichlet(np.full(12, concentration), size=2_000)
    shares[:, 4] *= shares[:, 4] > 0.01
    shares /= shares.sum(axis=1, keepdims=True)
    found = location_weights(shares)
    assert np.isfinite(found).all()
    assert np.diff(found, axis=1).min() > -1e-12
    np.testing.assert_allclose(location_weights(shares[:, ::-1])[:, ::-1], -found, atol=1e-6)


def test_bins_of_next_to_nothing_have_sensible_weights():
    """One of 10^17 rows lies beyond 8 deviations at the end, and is as its neighbours are in the middle."""
    shares = np.array([[1e-17, 0.5, 1e-17, 0.5, 1e-17]])
    found = location_weights(shares)[0]
    np.testing.assert_allclose(found[1:4], [-1, 0, 1], atol=1e-6)
    assert found[4] == pytest.approx(-found[0])
    assert 10 < found[4] < 12


def test_degenerate_references_have_no_weights():
    """One filled bin has neither weight, two have no spread, an empty one has none; no warning, no NaN."""
    shares = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.4, 0.0, 0.6], [0.0, 0.0, 0.0]])
    assert location_weights(shares).any(axis=1).tolist() == [False, False, True, False]
    assert not spread_weights(shares).any()
