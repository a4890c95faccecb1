"""Many subjects with the same number of bins, compared with their references at once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.errors import BinMismatchError
from mlexporter.records import Counts, Scores
from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.thin_bins import merge_thin_bins

FALSE_ALARM_PROBABILITY: Final = 1e-4
"""Probability of a false alarm in one look at one model, shared out over subjects and windows."""

THIN_BIN_ROWS: Final = 2.0
"""Bins in which the reference lets fewer rows of the window be expected are merged for the omnibus."""


@dataclass(frozen=True)
class Comparison:
    """Counts of n_rows subjects in n_bins bins, beside the counts of their references.

    A row is one feature or output in one window. A row without current or reference counts has
    shares of 0 and infinite noise, so that every lower bound is 0 and nothing divides by zero.
    Counts up to 2^63 are compared as float64: to 16 digits.

    Attributes:
        current: Rows of the window in each bin, shape (n_rows, n_bins).
        reference: Training rows in each bin, same shape; fractions where they are effective rows (see
            ``expected_counts``).
        is_ordered: True where the bins have an order (numbers), False for categories.
        thresholds: Effects that matter, in standard deviations (or PSI), shape (n_rows,).
        uses_psi: True for rows whose severity is debiased PSI over their threshold, shape (n_rows,).
        noise: Learned noise of each row; None where none was learned.
        positions: Where each bin lies (see ``bin_positions``), same shape as the counts; None where
            that is unknown.
        n_subjects: Features (or outputs) of the model, over which false alarms are shared out.
        n_windows: Windows in which each of them is looked at.
        false_alarm_probability: Of one look at the whole model, between 0 and 1.
        thin_bin_rows: Expected rows below which bins are merged for the omnibus; 0 merges none.

    Raises:
        BinMismatchError: current and reference counts do not have the same two-dimensional shape.
    """

    current: Counts | Scores
    reference: Counts | Scores
    is_ordered: bool
    thresholds: Scores | float = 0.1
    uses_psi: npt.NDArray[np.bool_] | bool = False
    noise: NoiseFloor | None = None
    positions: Scores | None = None
    n_subjects: int = 1
    n_windows: int = 1
    false_alarm_probability: float = FALSE_ALARM_PROBABILITY
    thin_bin_rows: float = THIN_BIN_ROWS
    computed: dict[str, Scores] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.current.ndim != 2 or self.current.shape != self.reference.shape:
            raise BinMismatchError(
                f"current counts have shape {self.current.shape}, reference counts {self.reference.shape}; "
                "both must be (n_rows, n_bins) with the bins of one profile"
            )

    @property
    def alpha(self) -> float:
        """Probability of a false alarm that one row may have (Bonferroni). Source: dunn1961."""
        return self.false_alarm_probability / self.n_subjects / self.n_windows

    @cached_property
    def n(self) -> Scores:
        """Rows of the window in shape bins, shape (n_rows,), as float64: sums never overflow."""
        return _row_sums(self.current)

    @cached_property
    def m(self) -> Scores:
        """Training rows in shape bins, shape (n_rows,); effective ones where slots were mixed."""
        return _row_sums(self.reference)

    @cached_property
    def q(self) -> Scores:
        """Share of each bin in the window, between 0 and 1, shape (n_rows, n_bins)."""
        return self.current / np.maximum(self.n, 1.0)[:, None]

    @cached_property
    def p(self) -> Scores:
        """Share of each bin in the reference, between 0 and 1, shape (n_rows, n_bins)."""
        return self.reference / np.maximum(self.m, 1.0)[:, None]

    @cached_property
    def s(self) -> Scores:
        """Variance that sampling gives a standardised shift: 1/n + 1/m, infinite for no rows."""
        return _inverse(self.n) + _inverse(self.m)

    @cached_property
    def location_variance(self) -> Scores:
        """Variance of the location without drift: s, or learned noise where that is larger."""
        return self.s if self.noise is None else np.maximum(self.s, self.noise.location)

    @cached_property
    def spread_variance(self) -> Scores:
        """Variance of the spread without drift: s, or learned noise where that is larger."""
        return self.s if self.noise is None else np.maximum(self.s, self.noise.spread)

    @cached_property
    def omnibus_variance(self) -> Scores:
        """Mean square contingency without drift, for each degree of freedom: s, or learned noise."""
        return self.s if self.noise is None else np.maximum(self.s, self.noise.omnibus)

    @cached_property
    def difference(self) -> Scores:
        """What each share rose by, q - p, shape (n_rows, n_bins)."""
        return self.q - self.p

    @cached_property
    def cumulative_difference(self) -> Scores:
        """What the share of a bin and of all before it rose by, shape (n_rows, n_bins)."""
        return np.cumsum(self.difference, axis=1)

    @cached_property
    def phi_squared(self) -> Scores:
        """Pearson's mean square contingency of window and reference, >= 0, shape (n_rows,).

        Source: pearson1900 (divided by s it is his statistic for two samples).  Differs: bins that
        are empty on both sides contribute 0.
        """
        rows = self.current.astype(np.float64) + self.reference.astype(np.float64)
        pooled = np.divide(rows, np.maximum(self.n + self.m, 1.0)[:, None])
        squares = self.difference**2
        return _row_sums(np.divide(squares, pooled, out=np.zeros_like(squares), where=pooled > 0))

    @cached_property
    def degrees_of_freedom(self) -> npt.NDArray[np.int64]:
        """Bins with rows on either side, less one, at least 0, shape (n_rows,)."""
        filled: npt.NDArray[np.int64] = np.count_nonzero((self.current > 0) | (self.reference > 0), axis=1)
        return np.maximum(filled - 1, 0)

    @cached_property
    def expected_contingency(self) -> Scores:
        """What the mean square contingency (and PSI) is about without drift, shape (n_rows,)."""
        k = self.degrees_of_freedom
        return np.where(k > 0, np.maximum(k, 1) * self.omnibus_variance, 0.0)

    @cached_property
    def contingency_scale(self) -> tuple[Scores, Scores]:
        """The mean square contingency without drift is about a scaled chi-square: scale and degrees of freedom.

        Noise of sampling is equal in all directions: the scale is s and the degrees are those of the bins.
        Learned noise may lie in the location or in the spread alone, as of values that wander together;
        it then has fewer degrees and a larger scale, with the same mean.

        Source: satterthwaite1946.
        """
        scale, degrees = self.omnibus_variance.copy(), self.degrees_of_freedom.astype(np.float64)
        if self.noise is None or not self.is_ordered:
            return scale, degrees
        (learned,) = np.nonzero((scale > self.s) & (degrees > 0))
        k, mean = degrees[learned], degrees[learned] * scale[learned]
        by_location = self.location_variance[learned]
        by_spread = np.where(k > 1, self.spread_variance[learned], 0.0)
        n_others = np.maximum(k - 2, 0.0)
        others = (mean - by_location - by_spread) / np.maximum(n_others, 1.0)
        others = np.maximum(others, self.s[learned])
        total = by_location + by_spread + n_others * others
        squares = by_location**2 + by_spread**2 + n_others * others**2
        # Where bins are too few for all that was learned, no direction has less than its share of it.
        scale[learned] = squares / total * np.maximum(mean / total, 1.0)
        degrees[learned] = total**2 / squares
        return scale, degrees

    @cached_property
    def merged(self) -> Comparison:
        """The same rows with thin bins merged, for the omnibus test alone."""
        current, reference = merge_thin_bins(
            self.current, self.reference, is_ordered=self.is_ordered, required_rows=self.thin_bin_rows
        )
        return replace(self, current=current, reference=reference)


def computed_once(statistic: Callable[[Comparison], Scores]) -> Callable[[Comparison], Scores]:
    """Make a statistic keep its result with the comparison, because others build on it."""
    name = statistic.__name__

    @functools.wraps(statistic)
    def remembered(comparison: Comparison) -> Scores:
        if name not in comparison.computed:
            comparison.computed[name] = statistic(comparison)
        return comparison.computed[name]

    return remembered


def _row_sums(cells: Counts | Scores) -> Scores:
    sums: Scores = cells.sum(axis=1, dtype=np.float64)
    return sums


def _inverse(rows: Scores) -> Scores:
    return np.divide(1.0, rows, out=np.full_like(rows, np.inf), where=rows > 0)
