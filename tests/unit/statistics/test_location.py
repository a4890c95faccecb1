import math

import numpy as np
import pytest

from mlexporter.statistics.location import location
from rank_oracle import components


def test_it_equals_a_hand_computed_case(compare):
    """For p = (1/4, 1/2, 1/4) scores are -1.2711, 0, 1.2711: quartiles +-.67449 with density .31778, over 1/4.

    Their variance is 1.2711^2 / 2, so the weights are -sqrt(2), 0, sqrt(2); q = (0, 1/2, 1/2) moves 1/4 from the
    one to the other: 0.707107.
    """
    assert location(compare([0, 5, 5], [10, 20, 10]))[0] == pytest.approx(math.sqrt(0.5))


def test_four_bins_by_hand(compare):
    """Scores +-1.27111 and +-.32466 over .92766 (see the weights); the lowest of four quarters is empty, the highest double."""
    found = location(compare([0, 10, 10, 20], [100, 100, 100, 100]))[0]
    assert found == pytest.approx(0.25 * 2 * 1.27111 / 0.92766, abs=1e-5)


def test_it_equals_every_reference_case(drift_cases):
    """Means of truncated normals by scipy, for the counts of the 40 oracle cases; two bins have one answer only."""
    for case, comparison in drift_cases:
        counts = case["current"], case["reference"]
        expected = components(*counts)[0] if len(case["reference"]) > 2 else case["location"]
        np.testing.assert_allclose(location(comparison)[0], expected, rtol=1e-7, atol=1e-9)


def test_its_sign_tells_the_direction(compare):
    """The mirrored shift has the opposite sign."""
    up, down = compare([0, 5, 5], [10, 20, 10]), compare([5, 5, 0], [10, 20, 10])
    assert location(up)[0] == pytest.approx(-location(down)[0])
    assert location(up)[0] > 0


def test_one_filled_bin_has_no_location(compare):
    """Where the reference fills one bin ranks have no spread, and the answer is 0."""
    assert location(compare([3, 4], [10, 0]))[0] == 0.0
