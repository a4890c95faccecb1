"""Cells of orders of magnitude around the scale of the training data."""

from __future__ import annotations

import itertools
import math

import pytest

from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.records.magnitudes import ZERO_CELL, magnitude_range, magnitude_scale
from mlexporter.records.sides import MAGNITUDE_CELLS


def number(*edges):
    return Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=edges)


@pytest.mark.parametrize(
    ("edges", "scale"),
    [
        ((1.0, 90.0, 200.0), 64.0),  # 90 is nearer to 64 than to 128 in octaves
        ((-200.0, -100.0, -1.0), 128.0),
        ((-1e-40, 1e-40), 1.0),
        ((0.0, 0.001), 2.0**-10),
        ((), 1.0),
    ],
)
def test_the_scale_is_the_power_of_two_next_to_the_median_edge(edges, scale):
    """By hand: the atom of zero has edges that are no magnitudes."""
    assert magnitude_scale(number(*edges)) == scale


def test_cells_follow_each_other_without_a_gap():
    """From the largest negative magnitude to the largest positive one, everything lies in one cell."""
    ranges = [magnitude_range(4.0, cell) for cell in range(MAGNITUDE_CELLS)]

    assert ranges[0][0] == -math.inf
    assert ranges[-1][1] == math.inf
    assert all(before[1] == after[0] for before, after in itertools.pairwise(ranges))
    assert all(low < high for low, high in ranges)


def test_cells_are_half_an_octave_each():
    """By hand for a scale of 4: the cell of the scale begins there, and a hundredfold is 13 cells up."""
    at_scale = ZERO_CELL + 1 + 24

    assert magnitude_range(4.0, at_scale) == (4.0, 4.0 * math.sqrt(2))
    assert magnitude_range(4.0, at_scale + 1) == (4.0 * math.sqrt(2), 8.0)
    low, high = magnitude_range(4.0, at_scale + 13)
    assert low <= 400.0 < high
    assert magnitude_range(4.0, ZERO_CELL) == (-4.0 / 4096, 4.0 / 4096)
    assert magnitude_range(4.0, MAGNITUDE_CELLS - 1 - at_scale) == (-4.0 * math.sqrt(2), -4.0)


@pytest.mark.parametrize("cell", [-1, MAGNITUDE_CELLS])
def test_there_are_no_other_cells(cell):
    """A cell that does not exist is a mistake."""
    with pytest.raises(IndexError, match="there are 97 cells"):
        magnitude_range(1.0, cell)
