"""What is expected of a model, and how the newest reading of the configuration file went."""

from __future__ import annotations

from typing import Final, NamedTuple

from mlexporter.catalogue import ACCURACY, CATALOGUE, MEAN_ABSOLUTE_ERROR

DAY_SECONDS: Final = 86_400.0
_QUALITY_LABELS: Final = (ACCURACY.labels, MEAN_ABSOLUTE_ERROR.labels)
QUALITIES: Final = tuple(metric for metric in CATALOGUE if metric.labels in _QUALITY_LABELS)
"""What a quality of a whole model can be, from labels or estimated."""

RATIO_QUALITIES: Final = tuple(metric.name for metric in QUALITIES if metric.unit == "ratio")
"""Those that are shares, by their names in the catalogue."""

RATIO_TOLERANCE: Final = 0.05
_TOLERANCES: Final = tuple(sorted((name, RATIO_TOLERANCE) for name in RATIO_QUALITIES))


class Objectives(NamedTuple):
    """What is expected of one model; alerts compare with it.

    Attributes:
        error_objective: Share of the calls that shall not fail, below 1.
        latency_objective: Share of the calls that shall be fast enough, below 1.
        latency_threshold_seconds: What fast enough is; None where nobody said.
        minimum_requests: Calls below which no error budget is judged.
        traffic_drop: Part of the traffic of a week ago that is too little.
        traffic_spike: Multiple of the traffic of a week ago that is too much.
        quality_rise: Rise of a share of bad values that matters, as Cohen's h.
        schema_violation_ratio: Share of rows breaking the schema that matters.
        drifted_features_ratio: Share of drifted features that makes it drift of all data.
        expected_effect: How far drift may move predictions, in their unit; None where nobody said.
        quality_tolerance: How far a quality may be from its reference: (catalogue name, distance) pairs.
        label_delay: Seconds from a prediction to its label; None where nobody said.
        profile_age: Seconds from which a profile is stale.
    """

    error_objective: float = 0.999
    latency_objective: float = 0.99
    latency_threshold_seconds: float | None = None
    minimum_requests: float = 100.0
    traffic_drop: float = 0.4
    traffic_spike: float = 3.0
    quality_rise: float = 0.2
    schema_violation_ratio: float = 0.01
    drifted_features_ratio: float = 0.3
    expected_effect: float | None = None
    quality_tolerance: tuple[tuple[str, float], ...] = _TOLERANCES
    label_delay: float | None = None
    profile_age: float = 180 * DAY_SECONDS


DEFAULT_OBJECTIVES: Final = Objectives()


class ConfigurationState(NamedTuple):
    """How it stands with the configuration file.

    Attributes:
        is_good: False where the newest reading failed, so that the values before it hold on.
        timestamp: Unix time of the newest good reading, seconds.
    """

    is_good: bool
    timestamp: float
