"""The quantile of the normal distribution beyond which a standardised shift is significant."""

from __future__ import annotations

from mlexporter.statistics.comparison import FALSE_ALARM_PROBABILITY


def critical_value(
    *, n_subjects: int, n_windows: int, false_alarm_probability: float = FALSE_ALARM_PROBABILITY
) -> float:
    """Return how many standard deviations of its noise a location (or spread) has to move.

    Args:
        n_subjects: Features (or outputs) of the model, at least 1.
        n_windows: Windows in which each of them is looked at, at least 1.
        false_alarm_probability: Of one look at the whole model, between 0 and 1.

    Returns:
        Quantile of the standard normal distribution at a sixth of the share of each look: one of three
        tests, two-sided.

    Source: dunn1961.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - scipy loads at the first evaluation

    return float(-ndtri(false_alarm_probability / n_subjects / n_windows / 6))
