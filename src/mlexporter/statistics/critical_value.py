"""The quantiles of the normal distribution beyond which the three tests of a subject are significant."""

from __future__ import annotations

from collections.abc import Mapping

from mlexporter.statistics import alpha_shares
from mlexporter.statistics.comparison import FALSE_ALARM_PROBABILITY


def critical_values(
    *, n_subjects: int, n_windows: int, false_alarm_probability: float = FALSE_ALARM_PROBABILITY
) -> Mapping[str, float]:
    """Return how many standard deviations of its noise each test has to move.

    Args:
        n_subjects: Features (or outputs) of the model, at least 1.
        n_windows: Windows in which each of them is looked at, at least 1.
        false_alarm_probability: Of one look at the whole model, between 0 and 1.

    Returns:
        Method (``catalogue.NOISE_METHODS``) to the quantile of the standard normal distribution at its share
        of the probability of each look: location and spread two-sided, the omnibus one-sided.

    Source: dunn1961.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - scipy loads at the first evaluation

    alpha = false_alarm_probability / n_subjects / n_windows
    return {
        "location": -float(ndtri(alpha * alpha_shares.LOCATION / 2)),
        "spread": -float(ndtri(alpha * alpha_shares.SPREAD / 2)),
        "omnibus": -float(ndtri(alpha * alpha_shares.OMNIBUS)),
    }
