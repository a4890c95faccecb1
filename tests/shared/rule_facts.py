"""What the lint of rules knows that no expression tells: closed sets of values, levels that are series."""

from mlexporter import catalogue
from mlexporter.catalogue import CATALOGUE
from mlexporter.generate.alerting.data import ENOUGH_VIOLATIONS
from mlexporter.generate.recording import COUNT_WINDOWS

CLOSED = {
    ("ml_prediction_requests_total", "status"): catalogue.STATUSES,
    ("ml_prediction_duration_seconds", "status"): catalogue.STATUSES,
    ("ml_schema_violations_total", "reason"): catalogue.SCHEMA_REASONS,
    ("mlexporter_dropped_rows_total", "reason"): catalogue.DROP_REASONS,
    ("mlexporter_rows_lost_total", "reason"): catalogue.LOST_REASONS,
    ("mlexporter_internal_errors_total", "stage"): catalogue.INTERNAL_STAGES,
    ("mlexporter_degraded", "reason"): catalogue.DEGRADED_REASONS,
    ("mlexporter_slots_set_aside_total", "reason"): catalogue.SET_ASIDE_REASONS,
    ("mlexporter_access_denied_total", "reason"): catalogue.DENIED_REASONS,
    ("mlexporter_access_denied_total", "endpoint"): catalogue.DENIED_ENDPOINTS,
    ("mlexporter_pushes_total", "status"): catalogue.PUSH_STATUSES,
    ("mlexporter_push_points_total", "status"): catalogue.POINT_STATUSES,
    ("mlexporter_events_total", "status"): catalogue.EVENT_STATUSES,
    ("ml_generation_finish_total", "reason"): catalogue.FINISH_REASONS,
    ("ml_generation_tool_calls_total", "status"): catalogue.TOOL_CALL_STATUSES,
    ("ml_feedback_total", "rating"): catalogue.RATINGS,
    ("ml_slo_objective_ratio", "metric"): ("errors", "latency"),
    **{
        (metric.name, label): values
        for metric in CATALOGUE
        for label, values in (
            ("variant", catalogue.VARIANTS),
            ("window", COUNT_WINDOWS),
            ("method", catalogue.NOISE_METHODS),
            ("against", catalogue.REFERENCES),
            ("source", catalogue.QUALITY_SOURCES),
        )
        if label in metric.labels
    },
}
"""(Metric, label) to the only values that it can have."""

LEVELS = {
    **{
        metric.name: catalogue.DATA_QUALITY_THRESHOLD.name
        for metric in CATALOGUE
        if metric.statistic == "share_excess" and metric is not catalogue.FEATURE_STUCK_EXCESS
    },
    catalogue.SCHEMA_VIOLATIONS.name: catalogue.SCHEMA_VIOLATION_THRESHOLD.name,
    catalogue.FEATURE_EXPECTED_EFFECT.name: catalogue.EXPECTED_EFFECT_THRESHOLD.name,
    catalogue.PROFILE_CREATED.name: catalogue.PROFILE_AGE_THRESHOLD.name,
    "error_ratio": catalogue.SLO_OBJECTIVE.name,
    "slow_ratio": catalogue.SLO_OBJECTIVE.name,
}
"""What has a level of its own that arrives as a series; recorded ratios by a part of their name."""

FEWEST = {(catalogue.SCHEMA_VIOLATIONS.name, ">=", ENOUGH_VIOLATIONS)}
"""Counts that are compared with a number which says how many prove something; that is no level."""

EXCLUSIONS = {
    catalogue.FEATURE_EXCLUDED.name,
    catalogue.OUTPUT_EXCLUDED.name,
    catalogue.DRIFT_ACKNOWLEDGED.name,
}
"""What keeps something quiet that a person knows of: no alert fires because one of them is not there."""
