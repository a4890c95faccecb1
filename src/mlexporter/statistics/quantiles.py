"""Quantiles of a shift that has a known variance, or one that was learned from blocks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison


def upper_quantiles(comparison: Comparison, variance: Scores, alpha: float) -> Scores | float:
    """Return how many standard deviations are exceeded with probability ``alpha``, on one side.

    A variance that was learned from K blocks is itself uncertain: where it is in force the quantile
    is that of Student's t with K degrees of freedom. With normal ones false alarms at 1e-4 are seven
    times as many at 24 blocks.

    Args:
        comparison: What the variance belongs to.
        variance: Its ``location_variance``, ``spread_variance`` or ``omnibus_variance``.
        alpha: Probability, between 0 and 0.5.

    Returns:
        Shape (n_rows,); one number where no noise was learned.

    Source: student1908.
    """
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415 - scipy loads at the first evaluation

    normal = -float(ndtri(alpha))
    if comparison.noise is None:
        return normal
    is_learned = _is_learned(comparison, variance)
    quantiles = np.full(is_learned.shape, normal)
    blocks, place = np.unique(comparison.noise.blocks[is_learned], return_inverse=True)
    quantiles[is_learned] = -stdtrit(blocks, alpha)[place]
    return quantiles


def upper_tail(comparison: Comparison, variance: Scores, deviations: Scores) -> Scores:
    """Return the probability of more than ``deviations`` standard deviations, on one side.

    The reverse of ``upper_quantiles``: of Student's t where the variance was learned.

    Args:
        comparison: What the variance belongs to.
        variance: As there.
        deviations: Any sign, infinite ones too, shape (n_rows,).

    Returns:
        Between 0 and 1, shape (n_rows,).

    Source: student1908.
    """
    from scipy.special import ndtr, stdtr  # noqa: PLC0415 - scipy loads at the first evaluation

    tail: Scores = ndtr(-deviations)
    if comparison.noise is not None:
        is_learned = _is_learned(comparison, variance)
        tail[is_learned] = stdtr(comparison.noise.blocks[is_learned], -deviations[is_learned])
    return tail


def inflated_variance(comparison: Comparison, variance: Scores, alpha: float) -> Scores:
    """Return a variance such that normal quantiles of it are right although it was learned.

    Args:
        comparison: What the variance belongs to.
        variance: Its ``location_variance``, ``spread_variance`` or ``omnibus_variance``.
        alpha: One-sided level at which it is used, between 0 and 0.5.

    Returns:
        ``variance`` times the square of the ratio of quantiles; itself where nothing was learned.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - scipy loads at the first evaluation

    if comparison.noise is None:
        return variance
    ratio = upper_quantiles(comparison, variance, alpha) / -float(ndtri(alpha))
    inflated: Scores = variance * ratio**2
    return inflated


def _is_learned(comparison: Comparison, variance: Scores) -> npt.NDArray[np.bool_]:
    return np.greater(variance, comparison.s)
