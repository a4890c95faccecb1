"""Where the bins of a number begin and end, from the values seen in training.

Edges lie in gaps between distinct observed values, at the shortest decimal number there: readable,
the value of no row, and out of reach of float32 rounding.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

HYBRID_PROBABILITIES: Final = (
    0.005, 0.02, 0.05, 0.10, 0.15, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.85, 0.90, 0.95, 0.98, 0.995,
)  # fmt: skip
"""Quantiles of the edges: even in the middle, fine in the tails, where faults show first."""

MAXIMUM_DISCRETE_VALUES: Final = 20
MAXIMUM_ATOMS: Final = 5
ATOM_SHARE: Final = 0.02
HYBRID_ROWS: Final = 1000
"""Rows from which the hybrid edges are used; below it fewer, even quantile bins."""
ROWS_OF_A_BIN: Final = 50
MINIMUM_QUANTILE_BINS: Final = 5
SCORE_QUANTILES_OF_A_CLASS: Final = 10

_ULPS: Final = 2
_LEAST_MARGIN: Final = 1e-37  # subnormal edges vanish where a library flushes them to zero
_LARGEST: Final = float(np.finfo(np.float32).max)

Float32s = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Values:
    """Distinct finite values in float32, ascending, and the rows of each."""

    distinct: Float32s
    rows: npt.NDArray[np.int64]

    @classmethod
    def of(cls, numbers: npt.NDArray[Any]) -> Values:
        """Return the distinct values of finite ``numbers``, shape (n,)."""
        small = np.clip(numbers, -_LARGEST, _LARGEST).astype(np.float32)
        distinct, rows = np.unique(small + np.float32(0), return_counts=True)
        return cls(distinct, rows.astype(np.int64))

    def where(self, chosen: npt.NDArray[np.bool_]) -> Values:
        """Return only the chosen values."""
        return Values(self.distinct[chosen], self.rows[chosen])


def number_edges(numbers: npt.NDArray[Any], minimum_rows: int) -> tuple[float, ...]:
    """Return the edges of a numeric column, ascending in float32.

    Up to 20 distinct values get a bin each; else up to five values with 2 % of the rows are atoms,
    and the rest is cut at quantiles. Nothing rests on fewer than ``minimum_rows`` rows.

    Args:
        numbers: Finite training values, shape (n,).
        minimum_rows: Rows that support an edge on either side, or a value of its own.
    """
    values = Values.of(numbers)
    supported = values.where(values.rows >= minimum_rows)
    if len(values.distinct) <= MAXIMUM_DISCRETE_VALUES and len(supported.distinct):
        return _finished(above(value) for value in supported.distinct[:-1])
    is_atom = _atoms(values, minimum_rows)
    atom_edges = list(_atom_edges(values, is_atom))
    rest = values.where(~is_atom)
    probabilities = _probabilities(int(rest.rows.sum()))
    gaps = _quantile_gaps(rest, values.distinct, probabilities, minimum_rows)
    free = [gap for gap in gaps if not (is_atom[gap] or is_atom[gap + 1])]
    return _finished([*atom_edges, *(_edge_in_gap(values.distinct, gap) for gap in free)])


def score_edges(
    positives: npt.NDArray[Any], negatives: npt.NDArray[Any], minimum_rows: int
) -> tuple[float, ...]:
    """Return class-mixed edges: 10 quantiles of the positives' scores and 10 of the negatives'.

    The area under the ROC curve needs edges where either class is, however rare it is. Up to 20
    distinct scores get a bin each.

    Args:
        positives: Scores of rows with a positive label, in [0, 1].
        negatives: Scores of the other rows.
        minimum_rows: Rows of the class that support an edge on either side.
    """
    values = Values.of(np.concatenate([positives, negatives]))
    if len(values.distinct) <= MAXIMUM_DISCRETE_VALUES:
        return number_edges(np.concatenate([positives, negatives]), minimum_rows)
    n_parts = SCORE_QUANTILES_OF_A_CLASS + 1
    probabilities = tuple(part / n_parts for part in range(1, n_parts))
    gaps = {
        gap
        for scores in (positives, negatives)
        for gap in _quantile_gaps(Values.of(scores), values.distinct, probabilities, minimum_rows)
    }
    return _finished(_edge_in_gap(values.distinct, gap) for gap in gaps)


def with_threshold(edges: tuple[float, ...], threshold: float) -> tuple[float, ...]:
    """Return ``edges`` and one just below ``threshold``, so that it begins a bin.

    A score equal to the threshold is a positive decision, and bins hold their upper bound.
    """
    edge = below(np.float32(threshold))
    reach = max(threshold - edge, _LEAST_MARGIN) * 2
    return _finished([*(other for other in edges if abs(other - edge) > reach), edge])


def above(value: np.float32) -> float:
    """Return the edge two float32 steps above ``value``."""
    return _readable(float(value) + _margin(value))


def below(value: np.float32) -> float:
    """Return the edge two float32 steps below ``value``."""
    return _readable(float(value) - _margin(value))


def _margin(value: np.float32) -> float:
    # The spacing of the largest number of all is infinite.
    magnitude = np.float32(min(abs(float(value)), _LARGEST / 2))
    return max(_ULPS * float(np.spacing(magnitude)), _LEAST_MARGIN)


def _probabilities(n_rows: int) -> tuple[float, ...]:
    if n_rows >= HYBRID_ROWS:
        return HYBRID_PROBABILITIES
    n_bins = max(MINIMUM_QUANTILE_BINS, n_rows // ROWS_OF_A_BIN)
    return tuple(index / n_bins for index in range(1, n_bins))


def _atoms(values: Values, minimum_rows: int) -> npt.NDArray[np.bool_]:
    least = max(minimum_rows, ATOM_SHARE * int(values.rows.sum()))
    by_rows = np.argsort(-values.rows, kind="stable")[:MAXIMUM_ATOMS]
    is_atom = np.zeros(len(values.rows), dtype=np.bool_)
    is_atom[by_rows] = values.rows[by_rows] >= least
    return is_atom


def _atom_edges(values: Values, is_atom: npt.NDArray[np.bool_]) -> Iterator[float]:
    last = len(is_atom) - 1
    for index in np.flatnonzero(is_atom):
        if index > 0:
            yield below(values.distinct[index])
        if index < last:
            yield above(values.distinct[index])


def _quantile_gaps(
    values: Values, distinct: Float32s, probabilities: tuple[float, ...], minimum_rows: int
) -> list[int]:
    """Return indices i: the edge lies between ``distinct[i]`` and ``distinct[i + 1]``."""
    cumulative = np.cumsum(values.rows)
    total = int(cumulative[-1]) if len(cumulative) else 0
    gaps = set()
    for probability in probabilities:
        wanted = probability * total
        if min(wanted, total - wanted) < minimum_rows:
            continue
        index = int(np.searchsorted(cumulative, wanted))
        rows_with, rows_without = int(cumulative[index]), int(cumulative[index] - values.rows[index])
        is_above = rows_with - wanted <= wanted - rows_without
        rows_below = rows_with if is_above else rows_without
        if min(rows_below, total - rows_below) >= minimum_rows:
            place = int(np.searchsorted(distinct, values.distinct[index]))
            gaps.add(place if is_above else place - 1)
    return sorted(gaps)


def _edge_in_gap(distinct: Float32s, gap: int) -> float:
    return edge_between(distinct[gap], distinct[gap + 1])


def edge_between(low: np.float32, high: np.float32) -> float:
    """Return the shortest decimal between two float32 numbers, ``low`` < ``high``.

    It keeps two float32 steps away from both where there is room, else it is nowhere above
    ``high`` and not below ``low``.
    """
    first = float(low) + _margin(low)
    last = float(high) - _margin(high)
    if first >= last:
        middle = np.float32((float(low) + float(high)) / 2)
        return _readable(middle if low < middle < high else low)
    if first <= 0 <= last:
        return 0.0
    middle_number = (first + last) / 2
    for digits in range(9):
        candidate = float(f"{middle_number:.{digits}e}")
        if first <= candidate <= last:
            return candidate
    return _readable(middle_number)


def _readable(number: float | np.float32) -> float:
    """Return the number with the fewest digits that is the same float32."""
    return float(str(np.float32(max(-_LARGEST, min(_LARGEST, float(number))))))


def _finished(edges: Iterable[float]) -> tuple[float, ...]:
    by_float32 = {float(np.float32(edge)): edge for edge in edges}
    return tuple(by_float32[key] for key in sorted(by_float32) if math.fabs(key) < _LARGEST)
