"""Alerts about what a model is measured against: missing, old, or not the same in every pod."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.alerting.template_queries import listed, pinned
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import MODEL, TARGET_LABELS, Matcher, above, largest, select, total
from mlexporter.generate.rules import MODEL_PHRASE, Alert

PROFILE_REASONS: Final = "|".join(
    reason for reason in catalogue.DEGRADED_REASONS if reason.startswith("profile")
)
"""Why a profile that was given is not in use, as a regular expression."""


def reference_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about profiles."""
    return (_missing(options), _stale(options), _mismatch(options))


def _missing(options: RuleOptions) -> Alert:
    # A model that was never given a profile is no fault: only where one was given is this degraded.
    reasons = select(catalogue.DEGRADED, options, Matcher("reason", "=~", PROFILE_REASONS))
    without = select(catalogue.PROFILE_LOADED, pinned(TARGET_LABELS, options))
    names = listed(
        f"max by (model_name, model_version) ({without}) == 0", TARGET_LABELS,
        "{{ $one.Labels.model_name }} {{ $one.Labels.model_version }}",
    )  # fmt: skip
    return Alert(
        "MLProfileMissing", f"{total((*TARGET_LABELS, 'reason'), reasons)} > 0", 600, "warning", "reference",
        "A model runs without the profile that it was given.",
        "{{ $labels.instance }} (job {{ $labels.job }}) could not use the profile of {{ $value }} model(s): "
        f"{{{{ $labels.reason }}}}. Without a profile are: {names}. Calls and errors are still counted; drift "
        "and data quality are not. The log names the file.",
    )  # fmt: skip


def _stale(options: RuleOptions) -> Alert:
    def age(newest: str) -> str:
        return f"(time() - {newest})"

    created = largest(MODEL, select(catalogue.PROFILE_CREATED, options))
    accepted = largest(MODEL, select(catalogue.BASELINE_ACCEPTED, options))
    fresh = above(age(accepted), catalogue.PROFILE_AGE_THRESHOLD, options, operator="<=")
    return Alert(
        "MLProfileStale",
        # A baseline that was accepted since is what drift is measured against.
        f"{above(age(created), catalogue.PROFILE_AGE_THRESHOLD, options)}\n"
        f"unless on ({', '.join(MODEL)})\n({fresh})",
        3600, "info", "reference",
        "The profile that a model is measured against is old.",
        f"The profile of {MODEL_PHRASE} was learned {{{{ $value | humanizeDuration }}}} ago, longer than the "
        "configured profile_age. Drift then tells how the world moved since, not what broke today. Train again, "
        "or accept a baseline of serving.",
    )  # fmt: skip


def _mismatch(options: RuleOptions) -> Alert:
    def fingerprints(chosen: RuleOptions) -> str:
        return f"count by ({', '.join((*MODEL, 'profile'))}) ({select(catalogue.PROFILE_INFO, chosen)})"

    each = '{{ $one.Labels.profile }} (in {{ $one.Value | printf "%.0f" }})'
    return Alert(
        "MLProfileMismatch",
        f"count by ({', '.join(MODEL)}) ({fingerprints(options)}) > 1",
        1800, "warning", "reference",
        "Pods of one model version are measured against different profiles.",
        f"Pods of {MODEL_PHRASE} use {{{{ $value }}}} different profiles: "
        f"{listed(fingerprints(pinned(MODEL, options)), MODEL, each)}. Their bins do not add up, and drift of one "
        "pod is none of the other. A rollout that stopped halfway is the usual cause: look at the age of the "
        "pods; a new profile deserves a new version.",
    )  # fmt: skip
