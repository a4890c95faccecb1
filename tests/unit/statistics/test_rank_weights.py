import numpy as np
import pytest

from mlexporter.statistics.rank_weights import location_weights, spread_weights


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_orthonormal_under_the_reference(seed):
    """1, location and spread have the identity as their matrix of products."""
    shares = np.random.default_rng(seed).dirichlet(np.full(8, 0.7), size=1)
    basis = np.vstack([np.ones(8), location_weights(shares)[0], spread_weights(shares)[0]])
    np.testing.assert_allclose((basis * shares) @ basis.T, np.eye(3), atol=1e-9)


def test_location_ascends():
    """A higher bin never has a lower weight."""
    shares = np.array([[0.1, 0.0, 0.4, 0.3, 0.2]])
    assert (np.diff(location_weights(shares)[0]) >= 0).all()


def test_degenerate_references_have_no_weights():
    """One filled bin has neither weight, two have no spread, an empty one has none; no warning, no NaN."""
    shares = np.array([[1.0, 0.0, 0.0], [0.4, 0.0, 0.6], [0.0, 0.0, 0.0]])
    assert location_weights(shares).any(axis=1).tolist() == [False, True, False]
    assert not spread_weights(shares)[:2].any()
