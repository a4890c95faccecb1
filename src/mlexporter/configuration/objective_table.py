"""One table of what can be expected of a model: reading, series and documents are made from it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.configuration.values import Parser, as_number, duration, number_above, number_between
from mlexporter.records.objectives import QUALITIES, RATIO_QUALITIES, Objectives

TOLERANCE: Final = "quality_tolerance"
_LARGEST_RISE: Final = 3.1416
"""Cohen's h is below pi."""

QUALITY_NAMES: Final = {
    metric.name.removeprefix("ml_").removesuffix("_ratio"): metric.name for metric in QUALITIES
}
"""How a file names the qualities, to their names in the catalogue."""


def tolerance(value: Any) -> dict[str, float]:
    """Return tolerance by catalogue name: of all shares from one number, or from a table by quality."""
    number = as_number(value)
    if number is not None and number >= 0:
        return dict.fromkeys(RATIO_QUALITIES, number)
    if not isinstance(value, dict) or not value:
        raise ValueError("a number from 0 is needed, such as 0.05, or a table of such by quality")
    found = {}
    for name, each in value.items():
        number = as_number(each)
        if name not in QUALITY_NAMES:
            raise ValueError(f"{name!r} is no quality; known are " + ", ".join(QUALITY_NAMES))
        if number is None or number < 0:
            raise ValueError(f"{name}: a number from 0 is needed, without quotes, such as 0.05")
        found[QUALITY_NAMES[name]] = number
    return found


class Objective(NamedTuple):
    """One row of the table.

    Attributes:
        name: The key of ``[models.NAME]``, and the field of ``records.Objectives``.
        written: Its default as the file would have it, or empty where it has none.
        example: Another value, as the file would have it.
        parse: Returns the value, or raises ValueError with what is needed.
        metric: The series in which it arrives.
        meaning: A sentence for people.
        label: Value of the label ``metric``, where one series has several of these.
    """

    name: str
    written: str
    example: str
    parse: Parser
    metric: Metric
    meaning: str
    label: str = ""


OBJECTIVES: Final = (
    Objective("error_objective", "0.999", "0.99", number_between(0, 1, example="0.999"), catalogue.SLO_OBJECTIVE,
              "Share of the calls that shall not fail.", "errors"),
    Objective("latency_objective", "0.99", "0.95", number_between(0, 1, example="0.99"), catalogue.SLO_OBJECTIVE,
              "Share of the calls that shall be fast enough; published where a threshold is known.", "latency"),
    Objective("latency_threshold_seconds", "", "0.25", number_between(1e-5, 86_401, example="0.25", with_low=True),
              catalogue.SLO_LATENCY_THRESHOLD,
              "What fast enough is, in seconds. It becomes a bucket bound of the duration histogram when the "
              "model is first monitored; `MLEXPORTER_LATENCY_OBJECTIVE` wins over it for all models."),
    Objective("minimum_requests", "100", "20", number_above(0, example="100", with_low=True),
              catalogue.SLO_MINIMUM_REQUESTS, "Calls in the long window below which no error budget is judged."),
    Objective("traffic_drop", "0.4", "0.2", number_between(0, 1, example="0.4", with_low=True),
              catalogue.TRAFFIC_DROP_THRESHOLD, "Part of the traffic of a week ago that is too little; 0 is off."),
    Objective("traffic_spike", "3", "5", number_above(1, example="3"), catalogue.TRAFFIC_SPIKE_THRESHOLD,
              "Multiple of the traffic of a week ago that is too much."),
    Objective("quality_rise", "0.2", "0.5", number_between(0, _LARGEST_RISE, example="0.2"),
              catalogue.DATA_QUALITY_THRESHOLD,
              "Rise of a share of bad values (missing, out of range, unseen, of another type) that matters, as "
              "Cohen's h: 0.2 is small, 0.5 medium."),
    Objective("schema_violation_ratio", "0.01", "0.05", number_between(0, 1, example="0.01", with_low=True),
              catalogue.SCHEMA_VIOLATION_THRESHOLD, "Share of the rows that may break the schema."),
    Objective("drifted_features_ratio", "0.3", "0.5", number_between(0, 1, example="0.3"),
              catalogue.DRIFTED_FEATURES_THRESHOLD, "Share of drifted features from which all data drifts."),
    Objective("expected_effect", "", "0.05", number_above(0, example="0.05"), catalogue.EXPECTED_EFFECT_THRESHOLD,
              "How far the drift of a feature may move predictions, in their unit."),
    Objective(TOLERANCE, "0.05", "{ accuracy = 0.02, mean_absolute_error = 1.5 }", tolerance,
              catalogue.QUALITY_TOLERANCE,
              "How far a quality may be from its reference: one number for all that are shares, or a table by "
              "quality (" + ", ".join(f"`{name}`" for name in QUALITY_NAMES) + "). Errors have a unit, and no default."),
    Objective("label_delay", "", '"7d"', duration, catalogue.LABEL_EXPECTED_DELAY,
              "Time from a prediction to its label; labels that are twice as late alert."),
    Objective("profile_age", '"180d"', '"365d"', duration, catalogue.PROFILE_AGE_THRESHOLD,
              "Age from which a profile is stale."),
)  # fmt: skip
"""Every objective."""

if tuple(objective.name for objective in OBJECTIVES) != Objectives._fields:
    raise RuntimeError("OBJECTIVES and records.Objectives do not name the same fields")
