"""What becomes of the rows of a window, by bin and decision, if scores mean what they meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from mlexporter.catalogue import ACCURACY, F1, PRECISION, RECALL, ROC_AUC, Metric
from mlexporter.records import OutcomeTable, Scores

PRIOR_ROWS: Final = 1.0
"""Rows with the overall share of positives that each bin is given, so that empty bins say something."""


class Quality(NamedTuple):
    """An estimated quality: its ``value``, and the ``variance`` of its difference to the realised one."""

    value: float
    variance: float


@dataclass(frozen=True)
class ExpectedOutcomes:
    """Rows of a window, and the chances of what becomes of them, in B bins.

    Attributes:
        counts: Rows of the window in each bin, shape (B,).
        rows: Held-out rows in each bin, shape (B,).
        predicted: Share of them that is decided to be of the class, shape (B,); None where nothing decides.
        hits: Chance that a row so decided is of the class, shape (B,).
        misses: Chance that a row decided otherwise is of it nevertheless, shape (B,).
        chances: Chance of being of the class, whatever was decided, shape (B,).
        concordance: Chance that of two rows of a bin the positive one scores higher; None without scores.
        pairs: Rows of either kind that ``concordance`` rests on, shape (2, B).
    """

    counts: Scores
    rows: Scores
    predicted: Scores | None
    hits: Scores
    misses: Scores
    chances: Scores
    concordance: Scores | None
    pairs: Scores

    @classmethod
    def of(cls, table: OutcomeTable, counts: Scores, *, prior_rows: float = PRIOR_ROWS) -> ExpectedOutcomes:
        """Return what held-out rows let expect of ``counts``.

        Args:
            table: Held-out rows.
            counts: Rows of the window in the same bins, float64, shape (B,).
            prior_rows: Rows that each bin and decision is given; 0 gives what was realised.

        Source: jeffreys1946 (a prior of one row).  Differs: it has the overall share of positives under
        the same decision, not one half, which would invent positives where there are few.
        """
        rows, positives = _array(table.rows), _array(table.positives)
        has_decision = bool(table.predicted)
        predicted = _array(table.predicted) if has_decision else np.zeros_like(rows)
        right = _array(table.right) if has_decision else np.zeros_like(rows)
        share = _filled(_ratio(predicted, rows), rows > 0) if has_decision else np.zeros_like(rows)
        hits = _chance(right, predicted, prior_rows)
        misses = _chance(positives - right, rows - predicted, prior_rows)
        return cls(
            counts=counts,
            rows=rows,
            predicted=share if has_decision else None,
            hits=hits,
            misses=misses,
            chances=share * hits + (1 - share) * misses,
            concordance=_array(table.concordance) if table.concordance else None,
            pairs=np.stack([positives, rows - positives]),
        )

    def accuracy(self) -> dict[Metric, Quality]:
        """Return the share of rows that are decided as they are, where there are decisions."""
        if self.predicted is None or not self._total:
            return {}
        gradient = np.array([1.0, 0.0, 0.0, 1.0]) / self._total
        return {ACCURACY: self._quality(float(gradient @ self._expected), gradient)}

    def right_share(self) -> Quality | None:
        """Return the share of rows that are decided to be of the class and are; None without decisions."""
        if self.predicted is None or not self._total:
            return None
        gradient = np.array([1.0, 0.0, 0.0, 0.0]) / self._total
        return self._quality(float(gradient @ self._expected), gradient)

    def qualities(self) -> dict[Metric, Quality]:
        """Return precision, recall, F1 and the area under the ROC curve, as far as they can be told.

        Source: vanrijsbergen1979 (F1); the variance is that of the delta method, with a multinomial for
        each bin: c (1 + c / (r + 1)) for c rows of the window and r held-out ones.
        """
        found: dict[Metric, Quality] = {}
        if self.predicted is not None:
            true_positive, false_positive, false_negative, _ = self._expected.tolist()
            decided, actual = true_positive + false_positive, true_positive + false_negative
            if decided > 0:
                found[PRECISION] = self._ratio_of(true_positive, decided, (1.0, 1.0, 0.0, 0.0))
            if actual > 0:
                found[RECALL] = self._ratio_of(true_positive, actual, (1.0, 0.0, 1.0, 0.0))
            if decided + actual > 0:
                found[F1] = self._ratio_of(true_positive, (decided + actual) / 2, (1.0, 0.5, 0.5, 0.0))
        area = self._area()
        return found if area is None else {**found, ROC_AUC: area}

    @property
    def _total(self) -> float:
        return float(self.counts.sum())

    @property
    def _probabilities(self) -> Scores:
        """Chances of true and false positives, false and true negatives, shape (4, B)."""
        share = np.zeros_like(self.counts) if self.predicted is None else self.predicted
        return np.stack(
            [
                share * self.hits,
                share * (1 - self.hits),
                (1 - share) * self.misses,
                (1 - share) * (1 - self.misses),
            ]
        )

    @property
    def _expected(self) -> Scores:
        expected: Scores = self._probabilities @ self.counts
        return expected

    def _ratio_of(self, part: float, whole: float, weights: tuple[float, float, float, float]) -> Quality:
        value = part / whole
        gradient = (np.array([1.0, 0.0, 0.0, 0.0]) - value * np.array(weights)) / whole
        return self._quality(value, gradient)

    def _quality(self, value: float, gradient: Scores) -> Quality:
        probabilities = self._probabilities
        spread = (probabilities * gradient[:, None] ** 2).sum(axis=0) - (gradient @ probabilities) ** 2
        return Quality(value, float(self._weights @ np.maximum(spread, 0.0)))

    @property
    def _weights(self) -> Scores:
        return self.counts * (1 + self.counts / (self.rows + 1))

    def _area(self) -> Quality | None:
        """Return the chance that a positive row scores higher than another one.

        Source: bamber1975 (the area from binned scores).  Differs: with the concordance within each bin.
        """
        if self.concordance is None:
            return None
        positives = self.counts * self.chances
        others = self.counts - positives
        n_positives, n_others = float(positives.sum()), float(others.sum())
        if not (n_positives > 0 and n_others > 0):
            return None
        below = np.cumsum(others) - others
        above = n_positives - np.cumsum(positives)
        pairs = n_positives * n_others
        value = float((positives * (below + self.concordance * others)).sum()) / pairs
        rise = below + self.concordance * others - above - self.concordance * positives
        gradient = (rise - value * (n_others - n_positives)) / pairs
        variance = float(self._weights @ (self.chances * (1 - self.chances) * gradient**2))
        return Quality(value, variance + self._within(positives, others) / pairs**2)

    def _within(self, positives: Scores, others: Scores) -> float:
        """Return the variance of pairs within bins, of the window and of the held-out rows.

        Source: mann1947 (of ranks without an order).
        """
        least = 1.0
        of_window = (1 / np.maximum(positives, least) + 1 / np.maximum(others, least)) / 12
        of_held_out = (1 / np.maximum(self.pairs, least)).sum(axis=0) / 12
        return float(((positives * others) ** 2 * np.minimum(of_window + of_held_out, 0.25)).sum())


def _array(numbers: tuple[int, ...] | tuple[float, ...]) -> Scores:
    return np.asarray(numbers, dtype=np.float64)


def _ratio(part: Scores, whole: Scores) -> Scores:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def _chance(hits: Scores, rows: Scores, prior_rows: float) -> Scores:
    overall = (hits.sum() + 0.5) / (rows.sum() + 1.0)
    return _ratio(hits + prior_rows * overall, rows + prior_rows)


def _filled(shares: Scores, is_known: np.typing.NDArray[np.bool_]) -> Scores:
    """Return ``shares`` with unknown ones taken from the nearest known bins."""
    places = np.flatnonzero(is_known)
    if not places.size:
        return shares
    filled: Scores = np.interp(np.arange(len(shares)), places, shares[places])
    return filled
