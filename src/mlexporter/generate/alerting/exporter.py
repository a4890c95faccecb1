"""Alerts about mlexporter itself: when it is blind, nobody else will say so."""

from __future__ import annotations

from mlexporter import catalogue
from mlexporter.generate.alerting.exporter_health import more_exporter_alerts
from mlexporter.generate.alerting.reference import PROFILE_REASONS
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import (
    MODEL,
    TARGET_LABELS,
    Matcher,
    largest,
    risen,
    select,
    select_name,
    total,
)
from mlexporter.generate.rules import INSTANCE_PHRASE, MODEL_PHRASE, Alert

_DAY = 86_400.0
_QUARTER = 900.0
_TOLD_ELSEWHERE = PROFILE_REASONS + "|config_invalid"


def exporter_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about exporters: down, absent, degraded, stalled, losing rows, failing, attacked."""
    return (
        _watchdog(),
        _down(options),
        _absent(options),
        _degraded(options),
        _stalled(options),
        _rows_dropped(options),
        _internal_errors(options),
        *more_exporter_alerts(options),
    )


def _watchdog() -> Alert:
    return Alert(
        "MLWatchdog", "vector(1)", 60, "info", "exporter",
        "The path from Prometheus to the receiver of alerts works.",
        "This always fires. A dead-man receiver that hears it no more tells that Prometheus, Alertmanager or the "
        "way between them is broken, so that no other alert arrives either.",
        labels={"purpose": "watchdog"},
    )  # fmt: skip


def _down(options: RuleOptions) -> Alert:
    if options.job:
        down = select_name("up", options, Matcher("job", "=", options.job)) + " == 0"
    else:
        info = select(catalogue.BUILD_INFO, options)
        down = (
            f"{select_name('up', options)} == 0\n"
            f"  and on ({', '.join(TARGET_LABELS)}) count_over_time({info}[{options.range(_DAY)}])"
        )
    return Alert(
        "MLExporterDown", down, 180, "critical", "exporter",
        "Prometheus cannot scrape an exporter of model metrics.",
        f"The scrape of {INSTANCE_PHRASE} fails. Its models may be down too; until it is back nobody "
        "watches their errors, traffic and drift.",
    )  # fmt: skip


def _absent(options: RuleOptions) -> Alert:
    return Alert(
        "MLExporterAbsent", f"absent({select(catalogue.BUILD_INFO, options)})", 300, "critical", "exporter",
        "Prometheus has no metrics of any exporter of model metrics.",
        "No target exposes anything of mlexporter any more: every model is unwatched. Either all exporters "
        "are down, or Prometheus no longer finds them.",
    )  # fmt: skip


def _degraded(options: RuleOptions) -> Alert:
    # Of profiles MLProfileMissing tells, of the configuration file MLExporterReloadFailed.
    reasons = select(catalogue.DEGRADED, options, Matcher("reason", "!~", _TOLD_ELSEWHERE))
    return Alert(
        "MLExporterDegraded", f"{total((*TARGET_LABELS, 'reason'), reasons)} > 0", 600, "warning", "exporter",
        "An exporter of model metrics runs degraded.",
        f"{INSTANCE_PHRASE} runs degraded: {{{{ $labels.reason }}}}. Its log and its page say what is "
        "wrong and what to do.",
    )  # fmt: skip


def _stalled(options: RuleOptions) -> Alert:
    newest = largest(TARGET_LABELS, select(catalogue.LAST_EVALUATION, options))
    interval = largest(TARGET_LABELS, select(catalogue.EVALUATION_INTERVAL, options))
    workers = largest(TARGET_LABELS, select(catalogue.WORKERS, options))
    return Alert(
        "MLEvaluationStalled",
        f"(time() - {newest})\n  > 5 * {interval}\n"
        f"or\n({workers}\n  unless on ({', '.join(TARGET_LABELS)}) {newest})",
        300, "critical", "exporter",
        "An exporter no longer computes drift.",
        f"{INSTANCE_PHRASE} counts, but has not evaluated its models for more than five intervals, or "
        "never did. Its drift and data-quality scores are old or absent, and their alerts are blind.",
    )  # fmt: skip


def _rows_dropped(options: RuleOptions) -> Alert:
    lost = risen(
        (*MODEL, "reason"), catalogue.DROPPED_ROWS, options, _QUARTER, Matcher("reason", "!=", "sampled")
    )
    return Alert(
        "MLExporterRowsDropped", f"{lost} > 0", 300, "warning", "exporter",
        "Rows of a model are not examined for drift.",
        f'About {{{{ $value | printf "%.0f" }}}} rows of {MODEL_PHRASE} were accepted in the last 15 '
        "minutes but put in no bin ({{ $labels.reason }}). Calls and errors are still exact.",
        keep_firing_seconds=600,
    )  # fmt: skip


def _internal_errors(options: RuleOptions) -> Alert:
    errors = risen(("job", "stage"), catalogue.INTERNAL_ERRORS, options, _QUARTER)
    return Alert(
        "MLExporterInternalErrors", f"{errors} > 0", 300, "warning", "exporter",
        "mlexporter itself fails at something.",
        'mlexporter caught about {{ $value | printf "%.0f" }} errors of its own at the stage '
        "{{ $labels.stage }} in the last 15 minutes (job {{ $labels.job }}). Predictions are not affected; "
        "what is counted or shown may be incomplete. The log names class and place.",
        keep_firing_seconds=600,
    )  # fmt: skip
