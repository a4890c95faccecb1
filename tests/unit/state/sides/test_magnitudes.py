"""Orders of magnitude of numbers."""

from __future__ import annotations

import math

import numpy as np

from mlexporter.records.magnitudes import ZERO_CELL, magnitude_range, magnitude_scale
from mlexporter.records.sides import MAGNITUDE_CELLS
from mlexporter.state.sides.magnitudes import Magnitudes


def cell_by_hand(value, scale):
    """Negative cells mirror positive ones, which hold their lower end."""
    if value < 0:
        return MAGNITUDE_CELLS - 1 - cell_by_hand(-value, scale)
    if value < magnitude_range(scale, ZERO_CELL)[1]:
        return ZERO_CELL
    return next(
        cell
        for cell in range(ZERO_CELL + 1, MAGNITUDE_CELLS)
        if magnitude_range(scale, cell)[0] <= value < magnitude_range(scale, cell)[1]
    )


def test_every_finite_number_lies_in_the_range_of_its_cell(new_reference, new_rows):
    """A loop over many magnitudes, and each border with its neighbours in float32, of both signs."""
    reference = new_reference()
    scale = magnitude_scale(reference.features[0].distribution)
    borders = np.array([magnitude_range(scale, cell)[0] for cell in range(ZERO_CELL + 1, MAGNITUDE_CELLS)])
    sizes = np.concatenate([borders, 10.0 ** np.linspace(-44, 38, 400), [0.0, 3.4e38]]).astype(np.float32)
    sizes = np.concatenate([sizes, np.nextafter(sizes, np.float32(0)), np.nextafter(sizes, np.float32(3e38))])
    column = np.concatenate([sizes, -sizes])
    cells = np.zeros(2 * MAGNITUDE_CELLS, dtype=np.int64)
    Magnitudes(reference).count(new_rows(np.column_stack([column, column]), [0] * len(column)), cells)
    expected = np.bincount([cell_by_hand(float(value), scale) for value in column], minlength=MAGNITUDE_CELLS)

    assert cells[:MAGNITUDE_CELLS].tolist() == cells[MAGNITUDE_CELLS:].tolist() == expected.tolist()


def test_another_unit_moves_a_feature_by_its_octaves(new_reference, new_rows):
    """By hand: scale 2, so 2 is in the cell of the scale, 2000 another 19 cells up; NaN and infinity nowhere."""
    cells = np.zeros(2 * MAGNITUDE_CELLS, dtype=np.int64)
    rows = [(2.0, 2000.0), (math.nan, math.inf), (0.0, -2.0)]
    Magnitudes(new_reference()).count(new_rows(rows, [0] * 3), cells)
    at_scale = ZERO_CELL + 1 + 24

    assert np.flatnonzero(cells[:MAGNITUDE_CELLS]).tolist() == [ZERO_CELL, at_scale]
    assert np.flatnonzero(cells[MAGNITUDE_CELLS:]).tolist() == [MAGNITUDE_CELLS - 1 - at_scale, at_scale + 19]
