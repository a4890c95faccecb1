import math

import pytest

from mlexporter.statistics.population_stability_index import population_stability_index


def test_it_equals_a_hand_computed_case(compare):
    """Half a row in each of two bins smooths 18 rows to 19.

    Counts 14 and 4 become 14.5 / 19 and 4.5 / 19, counts 9 and 9 become 1/2 and 1/2:
    (14.5/19 - 1/2) ln(29/19) + (4.5/19 - 1/2) ln(9/19) = 5/19 ln(29/9).
    """
    found = population_stability_index(compare([14, 4], [9, 9]))
    assert found[0] == pytest.approx(5 / 19 * math.log(29 / 9))


def test_it_equals_every_reference_case(agrees):
    """The 40 oracle values, with and without empty bins."""
    assert agrees(population_stability_index, "psi") == 40


def test_an_empty_bin_is_finite(compare):
    """A bin that only one side fills contributes a finite term."""
    assert 0 < population_stability_index(compare([0, 10], [10, 0]))[0] < 10
