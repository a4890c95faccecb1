"""What happened, in the few words that the head of a notification has room for.

``fares 3 (primary): feature distance drifted``, ``fares 3 (primary): 4 features drifted``: the past tense,
because it does not change with the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PREDICATES: Final[Mapping[str, str]] = {
    "MLFeatureMissingHigh": "went missing far more often",
    "MLFeatureGone": "went missing altogether",
    "MLFeatureInvalidHigh": "became unreadable far more often",
    "MLFeatureOutOfRangeHigh": "left the range of the training",
    "MLFeatureUnseenCategories": "brought categories that the model never saw",
    "MLFeatureTypeMismatch": "changed type",
    "MLFeatureStuck": "got stuck at one value",
    "MLFeatureSkew": "did not fit what it is computed from",
    "MLFeatureDrift": "drifted",
    "MLImportantFeatureDrift": "drifted and moved the predictions",
    "MLPredictionDrift": "drifted",
    "MLPositiveRateShift": "changed the share of positives",
    "MLPredictionConstant": "became constant",
    "MLConfidenceLow": "became less sure",
    "MLEmbeddingDrift": "drifted",
    "MLQualityDegraded": "fell below what was agreed",
    "MLEstimatedQualityDegraded": "fell below what was agreed, as estimated without labels",
    "MLSliceWorse": "fell far below the whole",
}
"""Alerts on a feature, an output, a slice or a metric, whose name or number stands before the words."""

CLAUSES: Final[Mapping[str, str]] = {
    # slo
    "MLPredictionErrorBudgetBurnFast": "calls fail, and the error budget burns fast",
    "MLPredictionErrorBudgetBurnMedium": "calls fail, and the error budget burns",
    "MLPredictionErrorBudgetBurnSlow": "calls fail, and the error budget burns slowly",
    "MLPredictionLatencyBudgetBurnFast": "calls are slow, and the latency budget burns fast",
    "MLPredictionLatencyBudgetBurnMedium": "calls are slow, and the latency budget burns",
    "MLPredictionLatencyBudgetBurnSlow": "calls are slow, and the latency budget burns slowly",
    "MLLatencyObjectiveUnmeasured": "the latency objective cannot be measured",
    # exporter
    "MLExporterDown": "no answer to the scrape",
    "MLExporterAbsent": "no exporter is left, every model is unwatched",
    "MLExporterDegraded": "the exporter runs degraded",
    "MLEvaluationStalled": "drift is no longer computed",
    "MLExporterRowsDropped": "rows are not examined",
    "MLExporterInternalErrors": "the exporter fails at something",
    "MLExporterCardinalityLimit": "the exporter leaves out series",
    "MLExporterScrapeSlow": "scrapes are slow",
    "MLExporterReloadFailed": "the exporter could not read its new configuration",
    "MLModelScrapeFailed": "a part of the metrics cannot be shown",
    "MLExporterCountsSetAside": "counts of a worker could not be read",
    "MLExporterPushStalled": "metrics are no longer pushed",
    "MLExporterPushRejected": "pushed metrics are refused",
    "MLWorkersLost": "workers died",
    "MLUnauthorisedAccess": "somebody without permission asks for metrics",
    "MLWatchdog": "the pager works",
    # traffic
    "MLModelNoPredictions": "nobody calls the model",
    "MLModelDisappeared": "the model is gone",
    "MLPredictionVolumeDrop": "far fewer calls than a week ago",
    "MLPredictionVolumeSpike": "far more calls than a week ago",
    "MLUnexpectedModelVersion": "more than two versions take calls",
    "MLCanaryWorse": "the canary fails more often than the primary",
    # data
    "MLDuplicateRows": "rows repeat",
    "MLSchemaViolation": "rows break the schema",
    # drift and predictions
    "MLDatasetDrift": "many features drifted at once",
    "MLJointDrift": "features no longer go together as in training",
    # quality
    "MLFairnessGap": "groups are treated differently",
    "MLLabelsDelayed": "labels are late",
    "MLLabelCoverageLow": "few predictions get a label",
    "MLCalibrationOff": "scores no longer mean what they say",
    # reference
    "MLProfileMissing": "the profile cannot be used",
    "MLProfileStale": "the profile is old",
    "MLProfileMismatch": "pods use different profiles",
    # resources
    "MLServingMemoryNearLimit": "memory is near its limit",
    "MLServingOutOfMemoryKill": "a process was killed for lack of memory",
    "MLServingCPUThrottled": "the CPU is throttled",
    "MLGPUMemoryNearLimit": "GPU memory is near its limit",
    "MLGPUIdle": "the GPU is idle",
    "MLQueueSaturated": "the queue is full",
    # generative models
    "MLTimeToFirstTokenSlow": "first tokens are slow",
    "MLTokenBudgetBurn": "the budget of tokens burns",
    "MLRefusalRateHigh": "the model refuses far more often",
    "MLFeedbackNegative": "users are unhappy",
}
"""All others: the words are a sentence of their own."""
