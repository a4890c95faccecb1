"""Whether one of many equal features fires, at many looks at once: the statistics that ``evaluate`` calls.

``evaluate`` takes milliseconds for a hundred features in three windows, too long for millions of looks. A
screen drops looks that cannot be significant; the rest goes to the shipped ``severity``.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri

from calibration.looks import SHIPPED
from mlexporter.records import Counts, FeatureReference, Scores
from mlexporter.statistics import alpha_shares
from mlexporter.statistics.comparison import FALSE_ALARM_PROBABILITY, Comparison
from mlexporter.statistics.critical_value import critical_values
from mlexporter.statistics.rank_weights import location_weights, spread_weights
from mlexporter.statistics.severity import severity

_ROUNDING: Final = 1 - 1e-6
_ROWS_AT_ONCE: Final = 4096
"""Looks that fit into the cache of a processor."""


def fires(
    feature: FeatureReference,
    rows: Counts,
    *,
    n_features: int,
    n_windows: int = 1,
    required_observations: int = SHIPPED.required_observations,
) -> npt.NDArray[np.bool_]:
    """Return where severity is above 1.

    Args:
        feature: Numeric, without learned noise.
        rows: Counts in its shape bins, shape (n_looks, n_bins).
        n_features: Features of the model, over which false alarms are shared out.
        n_windows: Windows likewise.
        required_observations: With fewer rows nothing fires.
    """
    alpha = FALSE_ALARM_PROBABILITY / n_features / n_windows
    training = np.asarray(feature.distribution.shape_counts)[None]
    found = np.zeros(len(rows), dtype=np.bool_)
    places = np.flatnonzero(may_fire(training, rows, alpha) & (rows.sum(axis=1) >= required_observations))
    if places.size:
        comparison = Comparison(
            current=rows[places], reference=np.repeat(training, places.size, axis=0), is_ordered=True,
            thresholds=np.full(places.size, feature.threshold), n_subjects=n_features, n_windows=n_windows,
        )  # fmt: skip
        found[places] = severity(comparison) > 1
    return found


def may_fire(training: Counts, rows: Counts, alpha: float) -> npt.NDArray[np.bool_]:
    """Return False only where no lower bound can be above 0.

    Merging bins never raises the contingency, and fewer degrees of freedom only lower the critical value:
    where the contingency of all bins would not be significant with one degree, the merged one is not with
    its own. Location and spread are taken as they are.

    Args:
        training: Shape (1, n_bins).
        rows: Shape (n_looks, n_bins).
        alpha: Probability of a false alarm of one comparison, of which each of three tests has its share.
    """
    m = float(training.sum())
    shares: Scores = training / m
    weights = np.stack([location_weights(shares)[0], spread_weights(shares)[0]], axis=1)
    means = shares @ weights
    critical = critical_values(n_subjects=1, n_windows=1, false_alarm_probability=alpha)
    z = np.array([critical["location"], critical["spread"]]) * _ROUNDING
    limit = chdtri(1, alpha * alpha_shares.OMNIBUS) * _ROUNDING
    found = np.empty(len(rows), dtype=np.bool_)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        counts = rows[start : start + _ROWS_AT_ONCE].astype(np.float64)
        n = np.maximum(counts.sum(axis=1), 1.0)
        noise = 1.0 / n + 1.0 / m
        moved = np.abs(counts @ weights / n[:, None] - means)
        # Pearson's statistic of two samples: (n + m)^2 / (n m) times what the squares exceed their least by.
        sums = np.maximum(counts + training, 1.0)
        counts *= counts
        counts /= sums
        statistic = (n + m) ** 2 / (n * m) * (counts.sum(axis=1) - n**2 / (n + m))
        found[start : start + _ROWS_AT_ONCE] = (statistic > limit) | (
            moved > z * np.sqrt(noise)[:, None]
        ).any(axis=1)
    return found
