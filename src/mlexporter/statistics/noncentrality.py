"""Confidence bounds for the non-centrality of a chi-square statistic."""

from __future__ import annotations

from typing import Final

import numpy as np

from mlexporter.records import Scores

_CLOSED_FORM_FROM: Final = 5000.0
"""Statistic above which the closed form is within 3e-5 of the exact root for up to 40 degrees."""


def noncentrality_lower_bound(
    statistic: Scores, degrees_of_freedom: Scores, central_p: Scores, alpha: float
) -> Scores:
    """Return the largest non-centrality that the statistic rejects with confidence 1 - alpha.

    It solves P(chi2'_k(bound) >= statistic) = alpha, exactly up to 5,000. From there on it takes the
    closed form, because the exact root costs up to 13 ms and is undefined beyond 1e11: the root of
    the statistic is normal around sqrt(bound), plus what k - 1 central squares add to it.

    Args:
        statistic: Pearson's statistic, >= 0, shape (n_rows,).
        degrees_of_freedom: Of its null distribution, >= 0, not only whole ones, shape (n_rows,).
        central_p: Its probability without drift, shape (n_rows,); nothing is solved from alpha on.
        alpha: One minus the confidence, between 0 and 1.

    Returns:
        Non-centralities, >= 0, shape (n_rows,); 0 where the statistic is not significant.

    Source: potgieter2023 (tests "drift is at most delta" by this distribution).  Differs: inverted
    into a bound, with the closed form for large statistics.
    """
    from scipy.special import chndtrinc, ndtri  # noqa: PLC0415 - scipy loads at the first evaluation

    bound = np.zeros_like(statistic)
    is_significant = central_p < alpha
    is_exact = is_significant & (statistic <= _CLOSED_FORM_FROM)
    bound[is_exact] = chndtrinc(statistic[is_exact], degrees_of_freedom[is_exact], 1 - alpha)
    is_large = is_significant & ~is_exact
    large, others = statistic[is_large], degrees_of_freedom[is_large] - 1.0
    spread = np.sqrt(1 + others / (2 * large))
    root = np.sqrt(large) - others / (2 * np.sqrt(large)) + ndtri(alpha) * spread
    bound[is_large] = np.maximum(root, 0.0) ** 2
    return bound
