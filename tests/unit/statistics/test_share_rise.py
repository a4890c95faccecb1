import numpy as np
from scipy.stats import binom

from mlexporter.statistics.share_rise import share_rise_lower_bound


def test_rounding_beyond_one_is_tolerated():
    """A share that sums to a little more than 1 is 1."""
    found = share_rise_lower_bound(np.array([1 + 1e-12]), np.array([0.0]), np.array([0.01]), 0.5)
    assert found[0] == np.pi
    fallen = share_rise_lower_bound(np.array([0.0]), np.array([1 + 1e-12]), np.array([0.01]), 0.5)
    assert fallen[0] == 0.0


def test_its_false_alarms_stay_below_alpha():
    """Exact binomial sums over both samples: never above 1.3 alpha, far below it for rare events."""
    n, m, alpha = 100, 2000, 1e-3
    for share in (0.0005, 0.005, 0.05, 0.3):
        current, reference = np.meshgrid(np.arange(n + 1), np.arange(m + 1), indexing="ij")
        bound = share_rise_lower_bound(current / n, reference / m, np.array(1 / n + 1 / m), alpha)
        weight = np.outer(binom.pmf(np.arange(n + 1), n, share), binom.pmf(np.arange(m + 1), m, share))
        assert weight[bound > 0].sum() <= 1.3 * alpha
