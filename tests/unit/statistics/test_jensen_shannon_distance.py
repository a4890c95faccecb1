import math

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from mlexporter.statistics.jensen_shannon_distance import jensen_shannon_distance


def test_it_equals_a_hand_computed_case(compare):
    """For q = (1, 0), p = (1/2, 1/2), middle (3/4, 1/4).

    KL(q, middle) = log2(4/3); KL(p, middle) = 1/2 log2(2/3) + 1/2 log2 2; half their sum is the divergence.
    """
    divergence = (math.log2(4 / 3) + 0.5 * math.log2(2 / 3) + 0.5) / 2
    assert jensen_shannon_distance(compare([6, 0], [4, 4]))[0] == pytest.approx(math.sqrt(divergence))


def test_it_equals_every_reference_case_and_scipy(agrees, drift_cases):
    """The 40 oracle values, and scipy's distance in base 2."""
    agrees(jensen_shannon_distance, "js_distance")
    for _, comparison in drift_cases:
        expected = jensenshannon(comparison.q[0], comparison.p[0], base=2)
        np.testing.assert_allclose(jensen_shannon_distance(comparison)[0], expected, rtol=1e-9)


def test_nothing_in_common_is_one(compare):
    """Disjoint samples are at distance 1."""
    assert jensen_shannon_distance(compare([5, 0], [0, 9]))[0] == 1.0
