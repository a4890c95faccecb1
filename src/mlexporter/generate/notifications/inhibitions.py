"""What silences what: the cause is told, what follows from it is not.

A label that is missing on both sides counts as equal, and Alertmanager lets no alert silence itself or
another that matches source and target alike. Hence each rule asks for the label that makes its `equal` mean
something, and no target is ever the watchdog.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from mlexporter.generate.notifications.notification_options import NotificationOptions
from mlexporter.generate.promql import FEATURE, MODEL, OUTPUT, TARGET_LABELS, Matcher

WATCHDOG: Final = "MLWatchdog"
ABSENT: Final = "MLExporterAbsent"
OURS: Final = Matcher("alertname", "=~", "ML.+")
"""What every alert of ours matches, so that other people's alerts are left alone."""

_HAS_MODEL: Final = Matcher("model_name", "!=", "")
_HAS_INSTANCE: Final = Matcher("instance", "!=", "")
_CRITICAL: Final = Matcher("severity", "=", "critical")
_WARNING: Final = Matcher("severity", "=", "warning")


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While ``source`` fires, notifications of ``target`` are held back.

    Attributes:
        why: What a reader of the file is told.
        source: What the alert that silences matches.
        target: What the alerts that are silenced match.
        equal: Labels whose values have to be the same on both sides.
    """

    why: str
    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()

    def entry(self, options: NotificationOptions) -> dict[str, Any]:
        """Return the entry of Alertmanager's file."""
        entry: dict[str, Any] = {
            "source_matchers": [str(matcher) for matcher in self.source],
            "target_matchers": [str(matcher) for matcher in self.target],
        }
        equal = (*self.equal, *options.equal_labels)
        return entry | ({"equal": list(equal)} if equal else {})


def _named(*names: str) -> Matcher:
    return Matcher("alertname", "=" if len(names) == 1 else "=~", "|".join(names))


def _burns(what: str) -> tuple[Inhibition, ...]:
    fast, medium, slow = (f"ML{what}BudgetBurn{speed}" for speed in ("Fast", "Medium", "Slow"))
    return (
        Inhibition(
            "A budget that burns fast also burns slowly.", (_named(fast),), (_named(medium, slow),), MODEL
        ),
        Inhibition("Likewise.", (_named(medium),), (_named(slow),), MODEL),
    )


INHIBITIONS: Final = (
    Inhibition(
        "No exporter is left: nothing else can be known. Without `equal`, because this alert has no model.",
        (_named(ABSENT),),
        (OURS, Matcher("alertname", "!~", f"{ABSENT}|{WATCHDOG}")),
    ),
    Inhibition(
        "An exporter that does not answer is told once, not with all that is said of the same target.",
        (_named("MLExporterDown"),),
        (OURS, Matcher("alertname", "!~", f"MLExporterDown|{ABSENT}|{WATCHDOG}"), _HAS_INSTANCE),
        TARGET_LABELS,
    ),
    Inhibition(
        "A model that nobody calls: what its last rows looked like can wait. The alert has no version or variant.",
        (_named("MLModelNoPredictions"),),
        (OURS, Matcher("component", "=~", "drift|data|quality"), _HAS_MODEL),
        ("model_name",),
    ),
    Inhibition(
        "Critical silences warning: the same model, topic and, where there is one, feature, output or metric.",
        (OURS, _CRITICAL, _HAS_MODEL),
        (OURS, _WARNING, _HAS_MODEL),
        (*FEATURE, *(label for label in OUTPUT if label not in MODEL), "metric", "component"),
    ),
    Inhibition(
        "Likewise for what is said of a target instead of a model; but for who tries to get in, and for what may be why.",
        (OURS, _CRITICAL, _HAS_INSTANCE),
        (OURS, Matcher("alertname", "!~", "MLUnauthorisedAccess|MLExporterDegraded"), _WARNING, _HAS_INSTANCE),
        (*TARGET_LABELS, "model_name", "component"),
    ),
    Inhibition(
        "Drift of the whole model is told once; its page says which features.",
        (_named("MLDatasetDrift"),),
        (_named("MLFeatureDrift"),),
        MODEL,
    ),
    Inhibition(
        "A feature that is gone has neither drifted nor got stuck.",
        (_named("MLFeatureGone"),),
        (_named("MLFeatureDrift", "MLImportantFeatureDrift", "MLFeatureStuck", "MLFeatureUnseenCategories"),),
        FEATURE,
    ),
    Inhibition(
        "While labels are late, what is measured with them speaks of the few that came. Estimates go on.",
        (_named("MLLabelsDelayed"),),
        (_named("MLQualityDegraded", "MLSliceWorse", "MLLabelCoverageLow", "MLCalibrationOff"),),
        MODEL,
    ),
    *_burns("PredictionError"),
    *_burns("PredictionLatency"),
)  # fmt: skip
"""All of them; docs/tutorials/pager.md tells them in words."""
