"""Every metric that mlexporter exposes: the only file in which a metric name is written.

Code, documentation, rules and dashboards take names, labels and help from here. To add a metric,
add an entry; the contract tests then ask for the rest.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Kind = Literal["counter", "gauge", "histogram"]
Condition = Literal[
    "always", "profile", "process", "container", "gpu", "push", "events", "labels", "genai", "fleet", "planned",
    "slots", "joint", "noise", "baseline", "matter", "estimated", "pairs",
    "objective", "config",
]  # fmt: skip

MODEL_LABELS: Final = ("model_name", "model_version", "variant")
_FEATURE_WINDOW: Final = (*MODEL_LABELS, "feature", "window")
_OUTPUT_WINDOW: Final = (*MODEL_LABELS, "output", "class", "window")

STATUSES: Final = ("ok", "error", "cancelled", "abandoned")
"""How a call can end; only ``error`` burns the error budget."""

VARIANTS: Final = ("primary", "shadow", "canary")
"""The roles in which a model version can serve."""

LATENCY_BOUNDS_SECONDS: Final = (
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
)  # fmt: skip
BATCH_BOUNDS_ROWS: Final = (
    1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0,
)  # fmt: skip
DRAIN_BOUNDS_SECONDS: Final = (
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5,
)  # fmt: skip

DROP_REASONS: Final = ("overload", "sampled", "internal_error")
"""Why an accepted row is in no bin: refused under overload, left out by ``sample=``, our own fault."""

LOST_REASONS: Final = ("killed",)
"""Why an accepted row can never be in a bin: its worker died before it was counted there."""

SET_ASIDE_REASONS: Final = ("truncated", "garbled", "version")
"""What can be wrong with the counts that a worker has left in a file."""

SCHEMA_REASONS: Final = ("missing_feature", "extra_feature", "unreadable_row", "unreadable_prediction")
"""How a row can break the schema; one row counts at most once for each reason."""

INTERNAL_STAGES: Final = (
    "capture",
    "record",
    "drain",
    "evaluate",
    "render",
    "warmup",
    "serve",
    "trace",
    "push",
    "events",
    "generation",
)
"""Where an error of our own can happen; each is swallowed, counted and logged once per kind."""

DEGRADED_REASONS: Final = (
    "profile_missing", "profile_invalid", "profile_newer", "profile_not_learned", "port_in_use", "no_features",
    "directory_unsafe", "directory_unusable", "directory_full", "directory_busy",
    "snapshots_unwritable", "push_failing", "events_without_provider",
    "config_invalid", "web_config_invalid",
)  # fmt: skip
"""What can be wrong with the environment of a running exporter."""

OPERATIONS: Final = ("chat", "text_completion", "generate_content", "embeddings")
"""What a generative model can be asked for, by the GenAI conventions."""

TOKEN_TYPES: Final = ("input", "output")
"""Whether tokens were read or written."""

FINISH_REASONS: Final = ("stop", "length", "tool_calls", "content_filter", "error", "other")
"""Why an answer of a generative model ended; the words of vendors are mapped to these."""

TOOL_CALL_STATUSES: Final = ("requested", *STATUSES)
"""How a call of a tool ended; ``requested`` where only the model's wish is known."""

RATINGS: Final = ("positive", "negative", "neutral", "1", "2", "3", "4", "5", "other")
"""What people can say of an answer."""

PUSH_STATUSES: Final = ("ok", "error")
"""How a push over OTLP can end."""

POINT_STATUSES: Final = (*PUSH_STATUSES, "rejected")
"""What becomes of a data point that is pushed: taken, not delivered, or refused in a push that was taken."""

EVENT_STATUSES: Final = (
    "emitted", "dropped_rate", "dropped_queue", "dropped_provider", "dropped_error", "dropped_end",
)  # fmt: skip
"""What becomes of a prediction event: handed on; over the rate; too many wait; no logger provider; it fails; the
process ends."""

DRIFT_STATISTICS: Final = ("effect", "psi")
"""What the severity of a subject divides by its threshold: the lower bound of the effect, or debiased PSI."""

NOISE_METHODS: Final = ("location", "spread", "omnibus")
"""The components of drift that have a noise floor of their own."""

REFERENCES: Final = ("training", "baseline")
"""What drift is measured against: the rows of the profile, or a week of serving that was accepted."""

QUALITY_SOURCES: Final = ("actual", "estimated")
"""Whether a quality was computed from labels, or without them."""

ABSENT_REASONS: Final = ("rows", "profile", "overflow", "stale", "error")
"""Why a score is not published: too few rows, a reference without them, more rows than an int64 holds, an old
report, our fault."""

DENIED_REASONS: Final = (
    "host", "listener", "connection_limit", "header_timeout", "no_tls", "tls_handshake", "client_certificate",
    "no_credentials", "wrong_credentials", "too_many_checks", "rate_limit",
)  # fmt: skip
"""Why a request or a connection was turned away."""

DENIED_ENDPOINTS: Final = ("page", "connection", "request")
"""What was turned away."""

PRESSURE_RESOURCES: Final = ("cpu", "memory", "io")
"""What tasks of a container can wait for."""


RenamedKind = Literal[
    "metric", "label", "recorded series", "alert", "setting", "key", "command", "option", "chart value"
]
"""What can have a new name."""


class Renamed(NamedTuple):
    """A public name that was changed, and that is kept under its old name for two minor versions.

    Attributes:
        kind: What it is a name of; a label is written METRIC.LABEL, an option COMMAND --OPTION, a key of the
            configuration file with dots and ``*`` for any name, such as ``models.*.minimum_requests``.
        old: The name before.
        new: The name now.
        since: The minor version that brought the new name, such as ``0.2``.
    """

    kind: RenamedKind
    old: str
    new: str
    since: str


RENAMED: Final[tuple[Renamed, ...]] = ()
"""Names that were changed: metrics are exposed under both, settings and keys are read under both.

A row stays until a contract test says that it may go: two minor versions after the new name came.
"""


class Metric(NamedTuple):
    """One metric family.

    Attributes:
        name: The name of the series in the text format; counters end in ``_total``.
        kind: ``counter``, ``gauge`` or ``histogram``.
        help: One sentence saying what the value means and when it is bad.
        labels: All label names, in the order in which they are written.
        unit: The base unit that ends the name, or empty for a dimensionless number.
        condition: What a user has to have or switch on for the series to exist.
        bounds: Upper bounds of a histogram, without the infinite one.
        statistic: The module in ``mlexporter.statistics`` whose function computes the value.
        is_ordered: True where the statistic needs an order of the bins (not for categories).
        is_default: False for scores that only ``measures: all`` publishes.
        otlp_name: The dotted name that OTLP has for it, where conventions give one; else it is ``name``.
    """

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = MODEL_LABELS
    unit: str = ""
    condition: Condition = "always"
    bounds: tuple[float, ...] = ()
    statistic: str = ""
    is_ordered: bool = False
    is_default: bool = True
    otlp_name: str = ""


# --- the service: calls, rows, durations, errors; needs no profile ------------------------------

PREDICTION_DURATION: Final = Metric(
    "ml_prediction_duration_seconds", "histogram",
    "Time from entering to leaving the monitored function, by how the call ended.",
    (*MODEL_LABELS, "status"), unit="seconds", bounds=LATENCY_BOUNDS_SECONDS,
)  # fmt: skip
PREDICTION_REQUESTS: Final = Metric(
    "ml_prediction_requests_total", "counter",
    "Calls of the monitored function, by how they ended; only error burns the error budget.",
    (*MODEL_LABELS, "status"),
)  # fmt: skip
PREDICTIONS: Final = Metric(
    "ml_predictions_total", "counter",
    "Rows accepted for prediction; a batch call counts each of its rows, whatever its status.",
)  # fmt: skip
PREDICTION_ERRORS: Final = Metric(
    "ml_prediction_errors_total", "counter",
    "Calls that raised, by class of the exception; never its message.",
    (*MODEL_LABELS, "error_type"),
)  # fmt: skip
PREDICTIONS_IN_PROGRESS: Final = Metric(
    "ml_predictions_in_progress", "gauge", "Calls that have entered and not yet left.",
)  # fmt: skip
PREDICTION_BATCH_ROWS: Final = Metric(
    "ml_prediction_batch_rows", "histogram", "Rows in one call.", unit="rows",
    bounds=BATCH_BOUNDS_ROWS,
)  # fmt: skip
MODEL_INFO: Final = Metric(
    "ml_model_info", "gauge", "Always 1; labels say what serves and what it was trained on.",
    (*MODEL_LABELS, "profile_id", "dataset", "run_id", "commit", "framework"),
)  # fmt: skip
MODEL_LOADED: Final = Metric(
    "ml_model_loaded_timestamp_seconds", "gauge",
    "Unix time at which the newest of its workers began to monitor this model.", unit="seconds",
)  # fmt: skip
SCHEMA_VIOLATIONS: Final = Metric(
    "ml_schema_violations_total", "counter",
    "Rows that do not look like the training data, by reason.",
    (*MODEL_LABELS, "reason"),
)  # fmt: skip

# --- the profile ---------------------------------------------------------------------------------

PROFILE_LOADED: Final = Metric(
    "ml_profile_loaded", "gauge", "1 when drift can be measured against a profile, else 0.",
)  # fmt: skip
PROFILE_INFO: Final = Metric(
    "ml_profile_info", "gauge",
    "Always 1; names the profile in use and the model version that it was learned for.",
    (*MODEL_LABELS, "profile_id", "profile_version", "profile"), condition="profile",
)  # fmt: skip
PROFILE_CREATED: Final = Metric(
    "ml_profile_created_timestamp_seconds", "gauge", "Unix time at which the profile was learned.",
    unit="seconds", condition="profile",
)  # fmt: skip
FEATURE_OBSERVATIONS: Final = Metric(
    "ml_feature_observations_total", "counter",
    "Rows by feature and bin; every accepted row is in exactly one bin of each feature.",
    (*MODEL_LABELS, "feature", "bin", "profile"), condition="profile",
)  # fmt: skip
FEATURE_REFERENCE: Final = Metric(
    "ml_feature_reference_observations", "gauge",
    "Training rows by feature and bin; the label range says what the bin holds.",
    (*MODEL_LABELS, "feature", "bin", "profile", "range"), condition="profile",
)  # fmt: skip
OUTPUT_OBSERVATIONS: Final = Metric(
    "ml_output_observations_total", "counter",
    "Predictions by output and bin, of calls that succeeded.",
    (*MODEL_LABELS, "output", "class", "bin", "profile"), condition="profile",
)  # fmt: skip
OUTPUT_REFERENCE: Final = Metric(
    "ml_output_reference_observations", "gauge",
    "Predictions on the training rows by output and bin; range says what the bin holds.",
    (*MODEL_LABELS, "output", "class", "bin", "profile", "range"), condition="profile",
)  # fmt: skip
FEATURE_EXCLUDED: Final = Metric(
    "ml_feature_excluded", "gauge",
    "1 for a feature whose drift is shown but must not alert, else 0.",
    (*MODEL_LABELS, "feature"), condition="profile",
)  # fmt: skip
OUTPUT_EXCLUDED: Final = Metric(
    "ml_output_excluded", "gauge",
    "1 for an output whose drift is shown but must not alert, else 0.",
    (*MODEL_LABELS, "output", "class"), condition="profile",
)  # fmt: skip

# --- data quality --------------------------------------------------------------------------------

FEATURE_MISSING: Final = Metric(
    "ml_feature_missing_total", "counter",
    "Rows in which the feature was absent, None, NaN or NaT.",
    (*MODEL_LABELS, "feature"), condition="profile",
)  # fmt: skip
FEATURE_OUT_OF_RANGE: Final = Metric(
    "ml_feature_out_of_range_total", "counter",
    "Rows of a numeric feature outside the range of the training data.",
    (*MODEL_LABELS, "feature"), condition="profile",
)  # fmt: skip
FEATURE_UNSEEN: Final = Metric(
    "ml_feature_unseen_category_total", "counter",
    "Rows of a categorical feature whose category the profile does not know.",
    (*MODEL_LABELS, "feature"), condition="profile",
)  # fmt: skip
FEATURE_TYPE_MISMATCH: Final = Metric(
    "ml_feature_type_mismatch_total", "counter",
    "Rows in which the value has another type than in training, such as text in a number.",
    (*MODEL_LABELS, "feature"), condition="profile",
)  # fmt: skip
_EXCESS_HELP: Final = (
    " beyond the profile's share, as the lower confidence bound of Cohen's h; above 0 is significant."
)
FEATURE_MISSING_EXCESS: Final = Metric(
    "ml_feature_missing_excess_lower_bound", "gauge", "Rise of the missing share" + _EXCESS_HELP,
    _FEATURE_WINDOW, condition="profile", statistic="share_excess",
)  # fmt: skip
FEATURE_OUT_OF_RANGE_EXCESS: Final = Metric(
    "ml_feature_out_of_range_excess_lower_bound", "gauge",
    "Rise of the out-of-range share" + _EXCESS_HELP,
    _FEATURE_WINDOW, condition="profile", statistic="share_excess",
)  # fmt: skip
FEATURE_UNSEEN_EXCESS: Final = Metric(
    "ml_feature_unseen_category_excess_lower_bound", "gauge",
    "Rise of the share of unknown categories" + _EXCESS_HELP,
    _FEATURE_WINDOW, condition="profile", statistic="share_excess",
)  # fmt: skip
FEATURE_TYPE_MISMATCH_EXCESS: Final = Metric(
    "ml_feature_type_mismatch_excess_lower_bound", "gauge",
    "Rise of the share of values of another type" + _EXCESS_HELP,
    _FEATURE_WINDOW, condition="profile", statistic="share_excess",
)  # fmt: skip

FEATURE_INVALID_EXCESS: Final = Metric(
    "ml_feature_invalid_excess_lower_bound", "gauge",
    "Rise of the share of invalid values (infinite, unreadable)" + _EXCESS_HELP,
    _FEATURE_WINDOW, condition="profile", statistic="share_excess",
)  # fmt: skip
FEATURE_STUCK_EXCESS: Final = Metric(
    "ml_feature_stuck_excess_lower_bound", "gauge",
    "Rise of the share of rows whose value equals that of the row before" + _EXCESS_HELP,
    _FEATURE_WINDOW, condition="profile", statistic="share_excess",
)  # fmt: skip
FEATURE_TOP_VALUE: Final = Metric(
    "ml_feature_top_value_ratio", "gauge",
    "Share of the rows that have the most common value, at least; near 1 a feature is stuck.",
    _FEATURE_WINDOW, unit="ratio", condition="profile",
)  # fmt: skip
FEATURE_UNIT_FACTOR: Final = Metric(
    "ml_feature_unit_factor", "gauge",
    "Factor by which another unit would explain the values of the window; absent where none does.",
    _FEATURE_WINDOW, condition="profile",
)  # fmt: skip
FEATURE_SKEW: Final = Metric(
    "ml_feature_skew_ratio", "gauge",
    "Share of the rows, at least, in which a derived feature does not fit what it derives from.",
    _FEATURE_WINDOW, unit="ratio", condition="pairs",
)  # fmt: skip
DUPLICATE_ROWS: Final = Metric(
    "ml_duplicate_rows_total", "counter",
    "Rows of batches that repeat another row of their batch; of large batches a part is looked at.",
    condition="profile",
)  # fmt: skip
DUPLICATE_ROWS_EXCESS: Final = Metric(
    "ml_duplicate_rows_excess_lower_bound", "gauge",
    "Rise of the share of repeated rows in batches" + _EXCESS_HELP,
    (*MODEL_LABELS, "window"), condition="profile", statistic="share_excess",
)  # fmt: skip

# --- drift ---------------------------------------------------------------------------------------
# One row a statistic; the same row makes the feature's metric and the output's.
# (suffix, help, statistic module, ordered bins only, published by default)

_DRIFT_SCORES: Final = (
    ("severity",
     "Lower confidence bound of the drift effect divided by its threshold; above 1 is drift.",
     "severity", False, True),
    ("effect",
     "Size of the shift in standard deviations of the reference, noise of sampling removed.",
     "effect", False, True),
    ("effect_lower_bound",
     "Lower confidence bound of the drift effect, in standard deviations of the reference.",
     "effect_lower_bound", False, True),
    ("location",
     "Signed shift of the centre, in standard deviations of the reference ranks.",
     "location", True, True),
    ("minimum_detectable_effect",
     "Smallest shift that these rows would have shown with 80 % power, in standard deviations.",
     "minimum_detectable_effect", False, True),
    ("psi", "Population stability index against the profile, with Jeffreys smoothing.",
     "population_stability_index", False, True),
    ("spread", "Signed change of the spread, in standard deviations of the reference ranks.",
     "spread", True, False),
    ("js_distance", "Jensen-Shannon distance (base 2) to the profile, between 0 and 1.",
     "jensen_shannon_distance", False, False),
    ("hellinger_distance", "Hellinger distance to the profile, between 0 and 1.",
     "hellinger_distance", False, False),
    ("total_variation", "Share of the rows that changed bin, between 0 and 1.",
     "total_variation", False, False),
    ("ks_statistic", "Largest gap between the cumulative shares, between 0 and 1.",
     "kolmogorov_smirnov_statistic", True, False),
    ("wasserstein_distance",
     "Wasserstein distance of the binned shares, in standard deviations of the reference.",
     "wasserstein_distance", True, False),
    ("p_value", "Probability of a difference at least this large without drift (Pearson).",
     "p_value", False, False),
)  # fmt: skip


def _drift_metrics(subject: str, labels: tuple[str, ...]) -> tuple[Metric, ...]:
    return tuple(
        Metric(
            f"ml_{subject}_drift_{suffix}", "gauge", text, labels, condition="profile",
            statistic=statistic, is_ordered=is_ordered, is_default=is_default,
        )
        for suffix, text, statistic, is_ordered, is_default in _DRIFT_SCORES
    )  # fmt: skip


FEATURE_DRIFT: Final = _drift_metrics("feature", _FEATURE_WINDOW)
"""The drift scores of a feature, in the order of the statistics table."""
OUTPUT_DRIFT: Final = _drift_metrics("output", _OUTPUT_WINDOW)
"""The drift scores of an output, position by position those of a feature."""

FEATURE_DRIFT_SEVERITY: Final = FEATURE_DRIFT[0]
OUTPUT_DRIFT_SEVERITY: Final = OUTPUT_DRIFT[0]
FEATURE_DRIFT_THRESHOLD: Final = Metric(
    "ml_feature_drift_threshold", "gauge",
    "Smallest drift effect that matters for this feature, in standard deviations.",
    (*MODEL_LABELS, "feature"), condition="profile",
)  # fmt: skip
OUTPUT_DRIFT_THRESHOLD: Final = Metric(
    "ml_output_drift_threshold", "gauge",
    "Smallest drift effect that matters for this output, in standard deviations.",
    (*MODEL_LABELS, "output", "class"), condition="profile",
)  # fmt: skip

# --- drift of the model as a whole, its noise, and whether it matters ----------------------------

_MODEL_WINDOW: Final = (*MODEL_LABELS, "window")
DATASET_P_VALUE: Final = Metric(
    "ml_dataset_drift_p_value", "gauge",
    "Probability that the features differ so much without any drift (Cauchy combination).",
    _MODEL_WINDOW, condition="profile",
)  # fmt: skip
DRIFTED_FEATURES: Final = Metric(
    "ml_drifted_features", "gauge",
    "Features with significant drift, false discoveries kept to 5 % (Benjamini and Hochberg).",
    _MODEL_WINDOW, condition="profile",
)  # fmt: skip
DRIFTED_FEATURES_RATIO: Final = Metric(
    "ml_drifted_features_ratio", "gauge", "Drifted features among those that have scores.",
    _MODEL_WINDOW, unit="ratio", condition="profile",
)  # fmt: skip
JOINT_DRIFT_SEVERITY: Final = Metric(
    "ml_joint_drift_severity", "gauge",
    "Lower bound of the drift of the dependence between features, divided by its threshold; above 1 is drift.",
    _MODEL_WINDOW, condition="joint",
)  # fmt: skip
EMBEDDING_DRIFT_SEVERITY: Final = Metric(
    "ml_embedding_drift_severity", "gauge",
    "Lower bound of the drift of an embedding (mean, residual, clusters), divided by its threshold.",
    _FEATURE_WINDOW, condition="joint",
)  # fmt: skip
FEATURE_NOISE_FLOOR: Final = Metric(
    "ml_feature_drift_noise_floor", "gauge",
    "Standard deviation of the shift between blocks while all was well, as learned, by component.",
    (*MODEL_LABELS, "feature", "method", "window"), condition="noise",
)  # fmt: skip
OUTPUT_NOISE_FLOOR: Final = Metric(
    "ml_output_drift_noise_floor", "gauge",
    "Standard deviation of the shift between blocks while all was well, as learned, by component.",
    (*MODEL_LABELS, "output", "class", "method", "window"), condition="noise",
)  # fmt: skip
FEATURE_EXPECTED_EFFECT: Final = Metric(
    "ml_feature_drift_expected_effect", "gauge",
    "How far the drift moves predictions, in their unit; without partial dependence PSI times importance.",
    _FEATURE_WINDOW, condition="matter",
)  # fmt: skip
FEATURE_IMPORTANCE: Final = Metric(
    "ml_feature_importance", "gauge", "Importance of the feature for the model, as the profile has it.",
    (*MODEL_LABELS, "feature"), condition="matter",
)  # fmt: skip

# --- a baseline of serving beside training, and what people decided ------------------------------

DRIFT_REFERENCE: Final = Metric(
    "ml_drift_reference_info", "gauge", "Always 1; says what drift is measured against: training or baseline.",
    (*MODEL_LABELS, "against"), condition="profile",
)  # fmt: skip
FEATURE_TRAINING_SKEW: Final = Metric(
    "ml_feature_training_skew_severity", "gauge",
    "Severity against training while drift is measured against a baseline; shown, not alerted on.",
    _FEATURE_WINDOW, condition="baseline",
)  # fmt: skip
FEATURE_TRAINING_SKEW_EFFECT: Final = Metric(
    "ml_feature_training_skew_effect", "gauge",
    "Drift effect against training while drift is measured against a baseline, in standard deviations.",
    _FEATURE_WINDOW, condition="baseline",
)  # fmt: skip
BASELINE_BLOCKS: Final = Metric(
    "ml_baseline_blocks", "gauge", "Clean blocks of serving from which a baseline can be learned.",
    condition="profile",
)  # fmt: skip
BASELINE_REQUIRED_BLOCKS: Final = Metric(
    "ml_baseline_required_blocks", "gauge", "Clean blocks that a baseline needs.", condition="profile",
)  # fmt: skip
BASELINE_ACCEPTED: Final = Metric(
    "ml_baseline_accepted_timestamp_seconds", "gauge",
    "Unix time at which the baseline in use was learned, or accepted by a person.", unit="seconds",
    condition="baseline",
)  # fmt: skip
DRIFT_ACKNOWLEDGED: Final = Metric(
    "ml_drift_acknowledged_timestamp_seconds", "gauge",
    "Unix time at which a person acknowledged the drift that goes on; absent when it has ended.",
    (*MODEL_LABELS, "feature"), unit="seconds", condition="baseline",
)  # fmt: skip

# --- quality of predictions: from labels, or estimated without them ------------------------------

_QUALITY: Final = (*MODEL_LABELS, "class", "source", "window")
_ERROR: Final = (*MODEL_LABELS, "source", "window")
ACCURACY: Final = Metric(
    "ml_accuracy_ratio", "gauge", "Share of the predictions that are right.", _QUALITY, unit="ratio",
    condition="estimated",
)  # fmt: skip
PRECISION: Final = Metric(
    "ml_precision_ratio", "gauge", "Share of the positive predictions that are right.", _QUALITY, unit="ratio",
    condition="estimated",
)  # fmt: skip
RECALL: Final = Metric(
    "ml_recall_ratio", "gauge", "Share of the positive cases that were predicted so.", _QUALITY, unit="ratio",
    condition="estimated",
)  # fmt: skip
F1: Final = Metric(
    "ml_f1_ratio", "gauge", "Harmonic mean of precision and recall.", _QUALITY, unit="ratio",
    condition="estimated",
)  # fmt: skip
ROC_AUC: Final = Metric(
    "ml_roc_auc_ratio", "gauge", "Probability that a positive case scores higher than a negative one.", _QUALITY,
    unit="ratio", condition="estimated",
)  # fmt: skip
MEAN_ABSOLUTE_ERROR: Final = Metric(
    "ml_mean_absolute_error", "gauge", "Mean absolute error of predicted numbers, in their unit.", _ERROR,
    condition="estimated",
)  # fmt: skip
ROOT_MEAN_SQUARED_ERROR: Final = Metric(
    "ml_root_mean_squared_error", "gauge", "Root of the mean squared error of predicted numbers, in their unit.",
    _ERROR, condition="estimated",
)  # fmt: skip
QUALITY_LOWER: Final = Metric(
    "ml_quality_lower_bound", "gauge", "Lower end of the error band (95 %) of a quality of the model.",
    (*MODEL_LABELS, "metric", "source", "window"), condition="estimated",
)  # fmt: skip
QUALITY_UPPER: Final = Metric(
    "ml_quality_upper_bound", "gauge", "Upper end of the error band (95 %) of a quality of the model.",
    (*MODEL_LABELS, "metric", "source", "window"), condition="estimated",
)  # fmt: skip
QUALITY_REFERENCE: Final = Metric(
    "ml_quality_reference", "gauge", "What the quality was on the held-out rows of the profile.",
    (*MODEL_LABELS, "metric"), condition="estimated",
)  # fmt: skip

# --- what recording rules of a fleet compute from ------------------------------------------------

FEATURE_EXPECTED: Final = Metric(
    "ml_feature_expected_observations_total", "counter",
    "Rows by feature and bin as the reference expects them of the seasons and segments that came.",
    (*MODEL_LABELS, "feature", "bin", "profile"), condition="slots",
)  # fmt: skip
FEATURE_BIN_WEIGHT: Final = Metric(
    "ml_feature_bin_weight", "gauge",
    "Weight of a bin in the location and in the spread, in standard deviations of the reference.",
    (*MODEL_LABELS, "feature", "bin", "weight", "profile"), condition="fleet",
)  # fmt: skip
FEATURE_BIN_UPPER_BOUND: Final = Metric(
    "ml_feature_bin_upper_bound", "gauge", "Upper bound of a bin of a numeric feature.",
    (*MODEL_LABELS, "feature", "bin", "profile"), condition="fleet",
)  # fmt: skip
DRIFT_CRITICAL_VALUE: Final = Metric(
    "ml_drift_critical_value", "gauge",
    "Standard normal quantile at which a test of one feature is significant, false alarms shared out.",
    (*MODEL_LABELS, "method", "window"), condition="fleet",
)  # fmt: skip
OUTPUT_BIN_WEIGHT: Final = Metric(
    "ml_output_bin_weight", "gauge",
    "Weight of a bin in the location and in the spread, in standard deviations of the reference.",
    (*MODEL_LABELS, "output", "class", "bin", "weight", "profile"), condition="fleet",
)  # fmt: skip
OUTPUT_BIN_ACCURACY: Final = Metric(
    "ml_output_bin_accuracy_ratio", "gauge",
    "Share of right decisions that is expected of scores in a bin, for performance without labels in rules.",
    (*MODEL_LABELS, "output", "class", "bin", "profile"), unit="ratio", condition="fleet",
)  # fmt: skip

# --- windows: how much there was, and why something is not there ---------------------------------

WINDOW_OBSERVATIONS: Final = Metric(
    "ml_window_observations", "gauge", "Rows that the window holds.",
    (*MODEL_LABELS, "window"), condition="profile",
)  # fmt: skip
WINDOW_REQUIRED: Final = Metric(
    "ml_window_required_observations", "gauge",
    "Rows of a feature that a window must hold before its scores are published.",
    (*MODEL_LABELS, "window"), condition="profile",
)  # fmt: skip
WINDOW_SPAN: Final = Metric(
    "ml_window_span_seconds", "gauge", "Time that the window really covers.",
    (*MODEL_LABELS, "window"), unit="seconds", condition="profile",
)  # fmt: skip
FEATURE_WINDOW_OBSERVATIONS: Final = Metric(
    "ml_feature_window_observations", "gauge",
    "Rows of the feature in the window, without missing and invalid ones.",
    _FEATURE_WINDOW, condition="profile",
)  # fmt: skip
OUTPUT_WINDOW_OBSERVATIONS: Final = Metric(
    "ml_output_window_observations", "gauge",
    "Predictions of the output in the window, without missing and invalid ones.",
    _OUTPUT_WINDOW, condition="profile",
)  # fmt: skip
SCORE_ABSENT: Final = Metric(
    "ml_score_absent", "gauge", "1 where a feature has no score in a window, with the reason.",
    (*_FEATURE_WINDOW, "reason"), condition="profile",
)  # fmt: skip
OUTPUT_SCORE_ABSENT: Final = Metric(
    "ml_output_score_absent", "gauge",
    "1 where an output has no score in a window, with the reason.",
    (*_OUTPUT_WINDOW, "reason"), condition="profile",
)  # fmt: skip

# --- objectives: what the user's configuration expects of a model; alerts compare with them --------

SLO_OBJECTIVE: Final = Metric(
    "ml_slo_objective_ratio", "gauge",
    "Share of the calls that shall not fail (errors), or that shall be fast enough (latency).",
    (*MODEL_LABELS, "metric"), unit="ratio",
)  # fmt: skip
SLO_LATENCY_THRESHOLD: Final = Metric(
    "ml_slo_latency_threshold_seconds", "gauge",
    "Seconds within which a call is fast enough; a bound of the duration histogram.", unit="seconds",
    condition="objective",
)  # fmt: skip
SLO_MINIMUM_REQUESTS: Final = Metric(
    "ml_slo_minimum_requests", "gauge", "Calls in the long window below which no error budget is judged.",
)  # fmt: skip
TRAFFIC_DROP_THRESHOLD: Final = Metric(
    "ml_traffic_drop_threshold_ratio", "gauge",
    "Part of the traffic of a week ago below which there are too few predictions.", unit="ratio",
)  # fmt: skip
TRAFFIC_SPIKE_THRESHOLD: Final = Metric(
    "ml_traffic_spike_threshold_ratio", "gauge",
    "Multiple of the traffic of a week ago above which there are too many predictions.", unit="ratio",
)  # fmt: skip
DATA_QUALITY_THRESHOLD: Final = Metric(
    "ml_data_quality_threshold", "gauge",
    "Rise of a share of bad values, as Cohen's h, above which data quality is bad.",
)  # fmt: skip
SCHEMA_VIOLATION_THRESHOLD: Final = Metric(
    "ml_schema_violation_threshold_ratio", "gauge",
    "Share of the rows above which breaking the schema is too common.", unit="ratio",
)  # fmt: skip
DRIFTED_FEATURES_THRESHOLD: Final = Metric(
    "ml_drifted_features_threshold_ratio", "gauge",
    "Share of the features above which drift is that of the whole data.", unit="ratio",
)  # fmt: skip
EXPECTED_EFFECT_THRESHOLD: Final = Metric(
    "ml_expected_effect_threshold", "gauge",
    "How far the drift of a feature may move predictions, in their unit.", condition="objective",
)  # fmt: skip
QUALITY_TOLERANCE: Final = Metric(
    "ml_quality_tolerance", "gauge",
    "How far a quality may be from its reference before the model is worse, in its own unit.",
    (*MODEL_LABELS, "metric"),
)  # fmt: skip
LABEL_EXPECTED_DELAY: Final = Metric(
    "ml_label_expected_delay_seconds", "gauge",
    "Time from a prediction to its label, as expected; twice as much is late.", unit="seconds",
    condition="objective",
)  # fmt: skip
PROFILE_AGE_THRESHOLD: Final = Metric(
    "ml_profile_age_threshold_seconds", "gauge", "Age above which a profile is stale.", unit="seconds",
)  # fmt: skip

# --- mlexporter about itself ---------------------------------------------------------------------

BUILD_INFO: Final = Metric(
    "mlexporter_build_info", "gauge", "Always 1; the version of mlexporter and of Python.",
    ("version", "python_version"),
)  # fmt: skip
OBSERVE_DURATION: Final = Metric(
    "mlexporter_observe_duration_seconds", "histogram",
    "Time that moving one chunk of buffered rows into counts took.", (),
    unit="seconds", bounds=DRAIN_BOUNDS_SECONDS,
)  # fmt: skip
DROPPED_ROWS: Final = Metric(
    "mlexporter_dropped_rows_total", "counter",
    "Accepted rows that were not put into a bin, by reason; accepted = binned + dropped + lost.",
    (*MODEL_LABELS, "reason"),
)  # fmt: skip
ROWS_LOST: Final = Metric(
    "mlexporter_rows_lost_total", "counter",
    "Accepted rows that died with their worker before they were in a bin; accepted = binned + dropped + lost.",
    (*MODEL_LABELS, "reason"),
)  # fmt: skip
INTERNAL_ERRORS: Final = Metric(
    "mlexporter_internal_errors_total", "counter",
    "Errors of mlexporter itself that were kept away from the model, by stage.", ("stage",),
)  # fmt: skip
CARDINALITY_OVERFLOW: Final = Metric(
    "mlexporter_cardinality_overflow_total", "counter",
    "Observations filed under other because a label had too many values.", (),
)  # fmt: skip
ACCESS_DENIED: Final = Metric(
    "mlexporter_access_denied_total", "counter",
    "Requests and connections turned away, by endpoint and reason.", ("endpoint", "reason"),
)  # fmt: skip
SERIES: Final = Metric(
    "mlexporter_series", "gauge", "Series in this exposition, this one included.", (),
)  # fmt: skip
SERIES_BUDGET: Final = Metric(
    "mlexporter_series_budget", "gauge", "Series of single bins that may be exposed at most.", (),
)  # fmt: skip
SERIES_LEFT_OUT: Final = Metric(
    "mlexporter_series_left_out", "gauge",
    "Series of single bins that were left out to stay within the budget.", (),
)  # fmt: skip
EVALUATION_DURATION: Final = Metric(
    "mlexporter_evaluation_duration_seconds", "gauge",
    "Time that the newest evaluation of all models took.", (), unit="seconds",
)  # fmt: skip
EVALUATION_INTERVAL: Final = Metric(
    "mlexporter_evaluation_interval_seconds", "gauge",
    "Time between two evaluations, as configured.", (), unit="seconds",
)  # fmt: skip
LAST_EVALUATION: Final = Metric(
    "mlexporter_last_evaluation_timestamp_seconds", "gauge",
    "Unix time of the newest evaluation; absent before the first.", (), unit="seconds",
)  # fmt: skip
MODEL_SCRAPE_SUCCESS: Final = Metric(
    "mlexporter_model_scrape_success", "gauge",
    "1 when everything about the model could be rendered, else 0; other models are not affected.",
)  # fmt: skip
DEGRADED: Final = Metric(
    "mlexporter_degraded", "gauge",
    "Number of models, or 1 for the exporter, that run degraded for this reason.", ("reason",),
)  # fmt: skip
WORKERS: Final = Metric(
    "mlexporter_workers", "gauge",
    "Living processes that have monitored a call; mlexporter_degraded tells where counts of one are missing.",
    (),
)  # fmt: skip
SINGLE_WORKER: Final = Metric(
    "mlexporter_single_worker", "gauge",
    "1 where these counts are one worker's although its server has several, which is bad, else 0.", (),
)  # fmt: skip
SLOTS_SET_ASIDE: Final = Metric(
    "mlexporter_slots_set_aside_total", "counter",
    "Files of counts that could not be read and whose last good copy counts instead, by reason.", ("reason",),
)  # fmt: skip

CONFIG_RELOAD_SUCCESS: Final = Metric(
    "mlexporter_reload_success", "gauge",
    "1 when the newest reading of the configuration file was good, else 0: the values before it hold on.", (),
    condition="config",
)  # fmt: skip
CONFIG_RELOAD_TIMESTAMP: Final = Metric(
    "mlexporter_reload_timestamp_seconds", "gauge",
    "Unix time of the newest good reading of the configuration file.", (), unit="seconds", condition="config",
)  # fmt: skip

PUSHES: Final = Metric(
    "mlexporter_pushes_total", "counter",
    "Pushes over OTLP, by how they ended; what an error did not deliver comes with the next push that is taken.",
    ("status",), condition="push",
)  # fmt: skip
PUSH_POINTS: Final = Metric(
    "mlexporter_push_points_total", "counter",
    "Data points pushed over OTLP: taken, not delivered, or rejected by the receiver, which is bad.",
    ("status",), condition="push",
)  # fmt: skip
LAST_PUSH: Final = Metric(
    "mlexporter_last_push_timestamp_seconds", "gauge",
    "Unix time of the newest push that the receiver took; absent before the first.", (), unit="seconds",
    condition="push",
)  # fmt: skip

PREDICTION_EVENTS: Final = Metric(
    "mlexporter_prediction_events_total", "counter",
    "Calls chosen to be sent as prediction events, by whether they were emitted or why they were dropped.",
    ("status",), condition="events",
)  # fmt: skip

# --- the processes of all workers, under the names that client libraries use ----------------------

PROCESS_CPU: Final = Metric(
    "process_cpu_seconds_total", "counter",
    "User and system processor time of all workers, ended ones included; bad near the limit of cores.",
    (), unit="seconds", condition="process",
)  # fmt: skip
PROCESS_RESIDENT_MEMORY: Final = Metric(
    "process_resident_memory_bytes", "gauge",
    "Resident memory of all living workers, what they share counted in each; bad when it keeps growing.",
    (), unit="bytes", condition="process",
)  # fmt: skip
PROCESS_VIRTUAL_MEMORY: Final = Metric(
    "process_virtual_memory_bytes", "gauge",
    "Virtual memory of all living workers; large values are normal.", (), unit="bytes",
    condition="process",
)  # fmt: skip
PROCESS_OPEN_FDS: Final = Metric(
    "process_open_fds", "gauge",
    "Open file descriptors of all living workers; bad when it nears process_max_fds.", (),
    condition="process",
)  # fmt: skip
PROCESS_MAX_FDS: Final = Metric(
    "process_max_fds", "gauge",
    "File descriptors that all living workers together may open; absent where one has no limit.", (),
    condition="process",
)  # fmt: skip
PROCESS_THREADS: Final = Metric(
    "process_threads", "gauge", "Threads of all living workers; bad when it keeps growing.", (),
    condition="process",
)  # fmt: skip
PROCESS_START_TIME: Final = Metric(
    "process_start_time_seconds", "gauge",
    "Unix time at which the oldest living worker started; a rise means that it ended.", (),
    unit="seconds", condition="process",
)  # fmt: skip

# --- the container in which the workers run -------------------------------------------------------

CONTAINER_MEMORY_LIMIT: Final = Metric(
    "mlexporter_container_memory_limit_bytes", "gauge",
    "Memory that the container may use, by its tightest limit; absent where there is none.", (),
    unit="bytes", condition="container",
)  # fmt: skip
CONTAINER_MEMORY_USAGE: Final = Metric(
    "mlexporter_container_memory_usage_bytes", "gauge",
    "Memory in use where the limit is set, without idle file cache; bad above 90 % of the limit.", (),
    unit="bytes", condition="container",
)  # fmt: skip
CONTAINER_OUT_OF_MEMORY_KILLS: Final = Metric(
    "mlexporter_container_oom_kills_total", "counter",
    "Processes of the container that the kernel killed for lack of memory; any rise is bad.", (),
    condition="container",
)  # fmt: skip
CONTAINER_CPU_LIMIT: Final = Metric(
    "mlexporter_container_cpu_limit_cores", "gauge",
    "Cores that the container may use at once, by its tightest quota; absent where there is none.", (),
    unit="cores", condition="container",
)  # fmt: skip
CONTAINER_CPU_THROTTLED: Final = Metric(
    "mlexporter_container_cpu_throttled_seconds_total", "counter",
    "Time, added over processors, in which a quota stopped the container; growth slows predictions.", (),
    unit="seconds", condition="container",
)  # fmt: skip
CONTAINER_PRESSURE: Final = Metric(
    "mlexporter_container_pressure_ratio", "gauge",
    "Share of the last ten seconds in which a task of the container waited for it; bad well above 0.",
    ("resource",), unit="ratio", condition="container",
)  # fmt: skip

# --- graphics cards, by the semantic conventions --------------------------------------------------

_CARD_LABELS: Final = ("hw_id", "hw_name")
GPU_UTILIZATION: Final = Metric(
    "hw_gpu_utilization_ratio", "gauge",
    "Share of the last sampling period in which the card computed; near 1 means that work waits for it.",
    _CARD_LABELS, unit="ratio", condition="gpu",
)  # fmt: skip
GPU_MEMORY_USAGE: Final = Metric(
    "hw_gpu_memory_usage_bytes", "gauge",
    "Memory of the card in use, by whatever process; bad when it nears hw_gpu_memory_limit_bytes.",
    _CARD_LABELS, unit="bytes", condition="gpu",
)  # fmt: skip
GPU_MEMORY_LIMIT: Final = Metric(
    "hw_gpu_memory_limit_bytes", "gauge", "Memory that the card has.",
    _CARD_LABELS, unit="bytes", condition="gpu",
)  # fmt: skip
GPU_POWER: Final = Metric(
    "hw_gpu_power_watts", "gauge", "Power that the card draws; bad where it stays at the limit of the card.",
    _CARD_LABELS, unit="watts", condition="gpu",
)  # fmt: skip

# --- generative models, by the GenAI conventions (all still in development there) -----------------

_GENERATION_LABELS: Final = (
    *MODEL_LABELS, "gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model",
    "gen_ai_response_model",
)  # fmt: skip
TOKEN_BOUNDS: Final = tuple(float(4**power) for power in range(14))
GENERATION_BOUNDS_SECONDS: Final = tuple(round(0.01 * 2**power, 2) for power in range(14))
FIRST_TOKEN_BOUNDS_SECONDS: Final = (
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
)  # fmt: skip
OUTPUT_TOKEN_BOUNDS_SECONDS: Final = (
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5,
)  # fmt: skip

GENERATION_TOKENS: Final = Metric(
    "gen_ai_client_token_usage", "histogram", "Tokens of one call, by whether they were read or written.",
    (*_GENERATION_LABELS, "gen_ai_token_type"), condition="genai", bounds=TOKEN_BOUNDS,
    otlp_name="gen_ai.client.token.usage",
)  # fmt: skip
GENERATION_DURATION: Final = Metric(
    "gen_ai_client_operation_duration_seconds", "histogram",
    "Time of one generation as the caller sees it, by class of the exception where it failed.",
    (*_GENERATION_LABELS, "error_type"), unit="seconds", condition="genai", bounds=GENERATION_BOUNDS_SECONDS,
    otlp_name="gen_ai.client.operation.duration",
)  # fmt: skip
TIME_TO_FIRST_TOKEN: Final = Metric(
    "gen_ai_server_time_to_first_token_seconds", "histogram",
    "Time from the request to its first token.",
    _GENERATION_LABELS, unit="seconds", condition="genai", bounds=FIRST_TOKEN_BOUNDS_SECONDS,
    otlp_name="gen_ai.server.time_to_first_token",
)  # fmt: skip
TIME_PER_OUTPUT_TOKEN: Final = Metric(
    "gen_ai_server_time_per_output_token_seconds", "histogram",
    "Time of each token after the first, as the mean of one request.",
    _GENERATION_LABELS, unit="seconds", condition="genai", bounds=OUTPUT_TOKEN_BOUNDS_SECONDS,
    otlp_name="gen_ai.server.time_per_output_token",
)  # fmt: skip
GENERATION_COST: Final = Metric(
    "ml_generation_cost_total", "counter",
    "What generations cost, as the application told it, in units of the currency; currencies do not add up.",
    (*MODEL_LABELS, "currency"), condition="genai",
)  # fmt: skip
GENERATION_FINISHES: Final = Metric(
    "ml_generation_finish_total", "counter",
    "Answers by why they ended; length and content_filter are answers that were cut or withheld.",
    (*MODEL_LABELS, "reason"), condition="genai",
)  # fmt: skip
GENERATION_REFUSALS: Final = Metric(
    "ml_generation_refusals_total", "counter", "Generations in which the model said that it will not answer.",
    condition="genai",
)  # fmt: skip
GENERATION_TOOL_CALLS: Final = Metric(
    "ml_generation_tool_calls_total", "counter",
    "Calls of tools that the model asked for, by how they ended where the application told it.",
    (*MODEL_LABELS, "status"), condition="genai",
)  # fmt: skip
FEEDBACK: Final = Metric(
    "ml_feedback_total", "counter", "What people said of answers, by their rating.",
    (*MODEL_LABELS, "rating"), condition="genai",
)  # fmt: skip


# --- planned: what labels, slices, groups and confidence will be told by; nothing exposes it yet ----

LABEL_LAG_BOUNDS_SECONDS: Final = (
    60.0, 600.0, 3600.0, 21600.0, 86400.0, 259200.0, 604800.0, 1209600.0, 2592000.0, 7776000.0,
)  # fmt: skip
LABELS_RECEIVED: Final = Metric(
    "ml_labels_received_total", "counter", "Labels that came for predictions of the model.",
    condition="planned",
)  # fmt: skip
LABELS_UNMATCHED: Final = Metric(
    "ml_labels_unmatched_total", "counter", "Labels that belong to no prediction that is known, by reason.",
    (*MODEL_LABELS, "reason"), condition="planned",
)  # fmt: skip
LABEL_COVERAGE: Final = Metric(
    "ml_label_coverage_ratio", "gauge",
    "Share of the predictions old enough to have a label, by the expected delay, that have one.",
    _MODEL_WINDOW, unit="ratio", condition="planned",
)  # fmt: skip
LABEL_LAG: Final = Metric(
    "ml_label_lag_seconds", "histogram", "Time from a prediction to its label.", unit="seconds",
    bounds=LABEL_LAG_BOUNDS_SECONDS, condition="planned",
)  # fmt: skip
LABEL_NEWEST: Final = Metric(
    "ml_label_newest_timestamp_seconds", "gauge", "Unix time of the newest prediction that has a label.",
    unit="seconds", condition="planned",
)  # fmt: skip
CONFUSION: Final = Metric(
    "ml_confusion_observations_total", "counter", "Predictions with a label, by label and by prediction.",
    (*MODEL_LABELS, "actual", "predicted"), condition="planned",
)  # fmt: skip
LOG_LOSS: Final = Metric(
    "ml_log_loss", "gauge", "Mean logarithm of the share that the true class was given, negated; 0 is best.",
    _QUALITY, condition="planned",
)  # fmt: skip
BRIER_SCORE: Final = Metric(
    "ml_brier_score", "gauge", "Mean squared distance of scores from what came true; 0 is best.", _QUALITY,
    condition="planned",
)  # fmt: skip
CALIBRATION_ERROR: Final = Metric(
    "ml_calibration_error_ratio", "gauge",
    "How far scores are from the shares that came true, noise of sampling removed; 0 is best.", _QUALITY,
    unit="ratio", condition="planned",
)  # fmt: skip
CALIBRATION_OBSERVED: Final = Metric(
    "ml_calibration_observed_ratio", "gauge", "Share of the predictions with scores in a bin that came true.",
    (*MODEL_LABELS, "bin"), unit="ratio", condition="planned",
)  # fmt: skip
CALIBRATION_PREDICTED: Final = Metric(
    "ml_calibration_predicted_ratio", "gauge", "Mean of the scores in a bin: the share that should come true.",
    (*MODEL_LABELS, "bin"), unit="ratio", condition="planned",
)  # fmt: skip
MEAN_ERROR: Final = Metric(
    "ml_mean_error", "gauge", "Mean of prediction less label, in their unit; away from 0 it is biased.", _ERROR,
    condition="planned",
)  # fmt: skip

_SLICE_QUALITY: Final = (*MODEL_LABELS, "slice", "metric", "source", "window")
SLICE_PREDICTIONS: Final = Metric(
    "ml_slice_predictions_total", "counter", "Rows of a slice that were accepted for prediction.",
    (*MODEL_LABELS, "slice"), condition="planned",
)  # fmt: skip
SLICE_QUALITY_LOWER: Final = Metric(
    "ml_slice_quality_lower_bound", "gauge", "Lower end of the error band (95 %) of a quality of a slice.",
    _SLICE_QUALITY, condition="planned",
)  # fmt: skip
SLICE_QUALITY_UPPER: Final = Metric(
    "ml_slice_quality_upper_bound", "gauge", "Upper end of the error band (95 %) of a quality of a slice.",
    _SLICE_QUALITY, condition="planned",
)  # fmt: skip

_GROUP_WINDOW: Final = (*MODEL_LABELS, "attribute", "group", "window")
FAIRNESS_PREDICTIONS: Final = Metric(
    "ml_fairness_predictions_total", "counter", "Rows of a group that were accepted for prediction.",
    (*MODEL_LABELS, "attribute", "group"), condition="planned",
)  # fmt: skip
FAIRNESS_PARITY_DIFFERENCE: Final = Metric(
    "ml_fairness_statistical_parity_difference", "gauge",
    "Share of positive predictions in a group less that in the group it is compared with.",
    _GROUP_WINDOW, condition="planned",
)  # fmt: skip
FAIRNESS_IMPACT: Final = Metric(
    "ml_fairness_disparate_impact_ratio", "gauge",
    "Share of positive predictions in a group divided by that in the group it is compared with.",
    _GROUP_WINDOW, unit="ratio", condition="planned",
)  # fmt: skip
FAIRNESS_IMPACT_UPPER: Final = Metric(
    "ml_fairness_disparate_impact_upper_bound", "gauge",
    "Upper confidence bound of the disparate impact ratio; below 0.8 a group is at a disadvantage.",
    _GROUP_WINDOW, condition="planned",
)  # fmt: skip
FAIRNESS_OPPORTUNITY_DIFFERENCE: Final = Metric(
    "ml_fairness_equal_opportunity_difference", "gauge",
    "Recall in a group less that in the group it is compared with.", _GROUP_WINDOW, condition="planned",
)  # fmt: skip
FAIRNESS_ODDS_DIFFERENCE: Final = Metric(
    "ml_fairness_average_odds_difference", "gauge",
    "Mean difference of recall and of the false positive rate to the group that a group is compared with.",
    _GROUP_WINDOW, condition="planned",
)  # fmt: skip

_CONFIDENCE: Final = (*MODEL_LABELS, "output", "window")
CONFIDENCE: Final = Metric(
    "ml_output_confidence_ratio", "gauge", "Mean score of the class that was predicted.", _CONFIDENCE,
    unit="ratio", condition="planned",
)  # fmt: skip
CONFIDENCE_UPPER: Final = Metric(
    "ml_output_confidence_upper_bound", "gauge", "Upper confidence bound of the mean confidence.", _CONFIDENCE,
    condition="planned",
)  # fmt: skip
CONFIDENCE_REFERENCE: Final = Metric(
    "ml_output_reference_confidence_ratio", "gauge", "Mean confidence on the training rows.",
    (*MODEL_LABELS, "output"), unit="ratio", condition="planned",
)  # fmt: skip
PREDICTIONS_WAITING: Final = Metric(
    "ml_predictions_waiting", "gauge", "Calls that wait in a queue before the model; bad when it nears its limit.",
    condition="planned",
)  # fmt: skip
PREDICTIONS_WAITING_LIMIT: Final = Metric(
    "ml_predictions_waiting_limit", "gauge", "Calls that may wait before the next is refused.",
    condition="planned",
)  # fmt: skip


def _every_metric() -> dict[str, Metric]:
    found = (
        entry
        for value in list(globals().values())
        for entry in ((value,) if isinstance(value, Metric) or not isinstance(value, tuple) else value)
        if isinstance(entry, Metric)
    )
    return {metric.name: metric for metric in found}


_BY_NAME: Final = _every_metric()
CATALOGUE: Final = tuple(_BY_NAME.values())
"""Every metric, in the order in which it is exposed."""


def metric_named(name: str) -> Metric:
    """Return the catalogue entry of ``name``; raises KeyError for a name that is not ours."""
    return _BY_NAME[name]
