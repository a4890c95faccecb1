"""Which drift these rows could have shown, so that silence can be read."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.records import Scores
from mlexporter.statistics import alpha_shares
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.quantiles import inflated_variance, upper_quantiles
from mlexporter.statistics.rare_share import has_rare_share_only

_POWER: Final = 0.8
"""Probability with which a shift of the returned size would have been significant."""


def minimum_detectable_effect(comparison: Comparison) -> Scores:
    """Return the smallest effect that is found to be above 0 with 80 % power.

    Ordered bins: a shift of location at its share of alpha. Categories: a change in any
    direction that the omnibus test on merged bins sees at alpha, or the rise of the common share of
    rare ones where it cannot be used. Learned noise counts where it is larger than that of sampling.

    Args:
        comparison: Counts and the numbers of subjects and windows, shape (n_rows, n_bins).

    Returns:
        In standard deviations of the reference, > 0, shape (n_rows,); infinite without rows.

    Source: cohen1988 (power); potgieter2023 (the distribution under drift).
    """
    from scipy.special import ndtri  # noqa: PLC0415 - scipy loads at the first evaluation

    if comparison.is_ordered:
        variance = comparison.location_variance
        quantiles = upper_quantiles(comparison, variance, comparison.alpha * alpha_shares.LOCATION / 2)
        ordered: Scores = (ndtri(_POWER) + quantiles) * np.sqrt(variance)
        return ordered
    rise = ndtri(_POWER) - ndtri(comparison.alpha)
    detectable = _detectable_noncentrality(comparison.merged.degrees_of_freedom, comparison.alpha)
    # Categories have no components: their scale is the variance itself.
    variance = inflated_variance(comparison, comparison.omnibus_variance, comparison.alpha)
    return np.where(has_rare_share_only(comparison), rise, np.sqrt(detectable)) * np.sqrt(variance)


def _detectable_noncentrality(degrees: npt.NDArray[np.int64], alpha: float) -> Scores:
    from scipy.special import chdtri, chndtrinc  # noqa: PLC0415 - scipy loads at the first evaluation

    distinct, position = np.unique(np.maximum(degrees, 1), return_inverse=True)
    critical = chdtri(distinct, alpha)
    noncentrality = np.asarray(chndtrinc(critical, distinct, 1 - _POWER), dtype=np.float64)
    return noncentrality[position]
