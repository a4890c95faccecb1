"""How far the mean of several components moved at least, all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.location import location
from mlexporter.statistics.noncentrality import noncentrality_lower_bound
from mlexporter.statistics.quantiles import inflated_variance

if TYPE_CHECKING:
    import numpy.typing as npt

SMALLEST_VARIANCE: Final = 1e-2
"""Of a direction in which rank weights hang together, beside the mean variance of 1."""


def shift_of_means_lower_bound(
    parts: Sequence[tuple[npt.NDArray[np.intp], Comparison]], correlations: npt.NDArray[Any]
) -> Scores:
    """Return the lower confidence bound of the length of the shift, at the level of the comparisons.

    Hotelling's statistic of the locations: their squares, freed of what they have to do with each
    other, add up to a chi-square with as many degrees of freedom as there are components.

    Args:
        parts: For components with equally many bins their places and their comparison, whose rows are
            those of each window after the other. Places from ``len(correlations)`` on do not take part.
        correlations: Of the rank weights of the components, shape (n_components, n_components).

    Returns:
        In standard deviations, >= 0, shape (n_windows,).

    Source: hotelling1931; potgieter2023 (the bound).  Differs: of rank weights in bins, with the
    correlations of the reference.
    """
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy loads at the first evaluation

    n_components = len(correlations)
    shifts, variances = [], []
    order: list[int] = []
    alpha = 1.0
    for members, comparison in parts:
        taking_part = np.flatnonzero(members < n_components)
        order += members[taking_part].tolist()
        alpha = comparison.alpha
        variance = inflated_variance(comparison, comparison.location_variance, alpha)
        shifts.append(location(comparison).reshape(-1, len(members))[:, taking_part])
        variances.append(variance.reshape(-1, len(members))[:, taking_part])
    shift = np.concatenate(shifts, axis=1)[:, np.argsort(order)]
    variance = np.concatenate(variances, axis=1).max(axis=1)
    spread, directions = np.linalg.eigh(correlations.astype(np.float64))
    freed = (shift @ directions) ** 2 / np.maximum(spread, SMALLEST_VARIANCE)
    statistic = freed.sum(axis=1) / variance
    freedom = np.full(len(statistic), n_components)
    central_p = chdtrc(freedom.astype(np.float64), statistic)
    bound: Scores = np.sqrt(noncentrality_lower_bound(statistic, freedom, central_p, alpha) * variance)
    return bound
