"""Orders of magnitude of numbers: cells of half an octave around the scale of the training data.

The scale is a power of two, so that dividing by it is exact and every process finds the same cell.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from mlexporter.records.sides import MAGNITUDE_CELLS, MAGNITUDE_OCTAVES

if TYPE_CHECKING:
    from mlexporter.records.distribution import Distribution

CELLS_OF_A_SIGN: Final = 2 * MAGNITUDE_OCTAVES
"""Cells of one sign, half an octave each."""
ZERO_CELL: Final = CELLS_OF_A_SIGN
"""The cell of zero, and of what is smaller than every octave."""

_NEAR_ZERO: Final = 1e-30  # the bin of an atom at zero has edges that are no magnitudes


def magnitude_scale(distribution: Distribution) -> float:
    """Return the power of two next to the median magnitude of the edges; 1 where all edges are zero.

    Only edges are looked at: they are part of the fingerprint, so that counts that are added up are
    told by one scale.
    """
    magnitudes = sorted(abs(edge) for edge in distribution.edges if abs(edge) > _NEAR_ZERO)
    if not magnitudes:
        return 1.0
    return 2.0 ** round(math.log2(magnitudes[len(magnitudes) // 2]))


def magnitude_range(scale: float, cell: int) -> tuple[float, float]:
    """Return the interval of the values in one cell.

    Args:
        scale: What ``magnitude_scale`` returned.
        cell: 0 to ``MAGNITUDE_CELLS`` - 1.

    Returns:
        Its lower and its upper end. Positive cells hold their lower end and not their upper one,
        negative ones mirror them; the outermost cells have an infinite end.

    Raises:
        IndexError: there is no such cell.
    """
    if not 0 <= cell < MAGNITUDE_CELLS:
        raise IndexError(f"there are {MAGNITUDE_CELLS} cells of magnitudes; {cell} is none of them")
    if cell == ZERO_CELL:
        smallest = _begin(scale, 0)
        return -smallest, smallest
    if cell < ZERO_CELL:
        low, high = magnitude_range(scale, MAGNITUDE_CELLS - 1 - cell)
        return -high, -low
    number = cell - ZERO_CELL - 1
    return _begin(scale, number), _begin(scale, number + 1) if number + 1 < CELLS_OF_A_SIGN else math.inf


def _begin(scale: float, number: int) -> float:
    """Return the smallest magnitude of a cell, counted from 0 for the smallest one."""
    octaves, is_second_half = divmod(number, 2)
    begin = scale * 2.0 ** (octaves - MAGNITUDE_OCTAVES // 2)
    return begin * math.sqrt(2.0) if is_second_half else begin
