"""Alerts about what wears an exporter out: slow scrapes, lost workers, damaged counts, pushes, intruders."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import (
    MODEL,
    TARGET_LABELS,
    Matcher,
    largest,
    risen,
    select,
    select_name,
)
from mlexporter.generate.rules import INSTANCE_PHRASE, MODEL_PHRASE, Alert

_HOUR: Final = 3_600.0
_QUARTER: Final = 900.0
_DENIED_IN_A_QUARTER: Final = 10
_TARGET: Final = ", ".join(TARGET_LABELS)


def more_exporter_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about exporters that still answer, but not as they should."""
    return (
        _scrape_slow(options),
        _model_not_rendered(options),
        _reload_failed(options),
        _rows_lost(options),
        _workers_lost(options),
        _cardinality_limit(options),
        _counts_set_aside(options),
        _push_stalled(options),
        _push_rejected(options),
        _unauthorised_access(options),
    )


def _scrape_slow(options: RuleOptions) -> Alert:
    # Prometheus tells no timeout by itself. It is 10 s, or the interval where that is shorter, unless somebody
    # set another one; the interval is told by how many scrapes an hour has.
    scrape = select_name("scrape_duration_seconds", options)
    interval = f"{options.seconds(_HOUR):.12g} / count_over_time({scrape}[{options.range(_HOUR)}])"
    return Alert(
        "MLExporterScrapeSlow",
        f"avg_over_time({scrape}[{options.range(300)}])\n"
        f"  > 0.5 * clamp({interval}, 2, 10)\n"
        f"and on ({_TARGET})\n{select(catalogue.BUILD_INFO, options)}",
        600, "warning", "exporter",
        "Scrapes of an exporter of model metrics take half of their timeout.",
        f'A scrape of {INSTANCE_PHRASE} takes {{{{ $value | printf "%.1f" }}}} s in the mean of five minutes. A scrape '
        "that is slower than its timeout (10 s, unless set otherwise) is lost, and the models are unwatched.",
        keep_firing_seconds=600,
    )  # fmt: skip


def _model_not_rendered(options: RuleOptions) -> Alert:
    labels = (*TARGET_LABELS, *MODEL)
    return Alert(
        "MLModelScrapeFailed",
        f"min by ({', '.join(labels)}) ({select(catalogue.MODEL_SCRAPE_SUCCESS, options)}) == 0",
        300, "warning", "exporter",
        "A part of the metrics of a model cannot be shown.",
        f"{INSTANCE_PHRASE} has failed for five minutes to write all series of {MODEL_PHRASE}: some are absent, and "
        "their alerts are blind. Other models are not affected. The log names class and place of the error.",
    )  # fmt: skip


def _reload_failed(options: RuleOptions) -> Alert:
    success = select(catalogue.CONFIG_RELOAD_SUCCESS, options)
    return Alert(
        "MLExporterReloadFailed", f"min by ({_TARGET}) ({success}) == 0", 300, "warning", "exporter",
        "An exporter of model metrics cannot use its configuration file.",
        f"{INSTANCE_PHRASE} read a configuration file that is wrong. Objectives and thresholds stay what they were "
        "at the last good reading. The log names file, key and value.",
    )  # fmt: skip


def _rows_lost(options: RuleOptions) -> Alert:
    return Alert(
        "MLWorkersLost", f"{risen(TARGET_LABELS, catalogue.ROWS_LOST, options, _QUARTER)} > 0",
        300, "warning", "exporter",
        "Workers of a model server died and took rows along.",
        f'On {INSTANCE_PHRASE} workers were killed in the last 15 minutes. About {{{{ $value | printf "%.0f" }}}} rows '
        "that they had accepted are in no bin; calls are counted. The kernel kills for lack of memory, and a server for "
        "a worker that does not answer.",
        keep_firing_seconds=600, labels={"lost": "rows"},
    )  # fmt: skip


def _workers_lost(options: RuleOptions) -> Alert:
    # The median of the hour before, so that old and new workers side by side in a reload do not count as a
    # fall; a service that was restarted as a whole has no worker that is older than an hour.
    usual = f"quantile_over_time(0.5, {select(catalogue.WORKERS, options)}[{options.range(_HOUR)}]"
    usual += f" offset {options.offset(_QUARTER)})"
    young = f"time() - {largest(TARGET_LABELS, select(catalogue.PROCESS_START_TIME, options))}"
    return Alert(
        "MLWorkersLost",
        f"{largest(TARGET_LABELS, select(catalogue.WORKERS, options))}\n  < {largest(TARGET_LABELS, usual)}\n"
        f"unless\n{young} < {_HOUR / options.time_factor:.12g}",
        _QUARTER, "warning", "exporter",
        "A model server has fewer workers than an hour ago.",
        f"{INSTANCE_PHRASE} has had fewer workers than usual for 15 minutes, now {{{{ $value }}}}: one died and nobody "
        "replaced it, or it has not been called since. The others have to take its calls.",
        keep_firing_seconds=_HOUR, labels={"lost": "workers"},
    )  # fmt: skip


def _cardinality_limit(options: RuleOptions) -> Alert:
    return Alert(
        "MLExporterCardinalityLimit",
        f"{risen(TARGET_LABELS, catalogue.CARDINALITY_OVERFLOW, options, _QUARTER)} > 0",
        _QUARTER, "warning", "exporter",
        "A label has too many values, and the rest is counted as other.",
        f'{INSTANCE_PHRASE} has filed about {{{{ $value | printf "%.0f" }}}} observations of the last 15 minutes under '
        "other, because a label has more values than it may have. Totals are right; which values they were is lost.",
        keep_firing_seconds=600,
    )  # fmt: skip


def _counts_set_aside(options: RuleOptions) -> Alert:
    return Alert(
        "MLExporterCountsSetAside",
        f"{risen((*TARGET_LABELS, 'reason'), catalogue.SLOTS_SET_ASIDE, options, _QUARTER)} > 0",
        300, "warning", "exporter",
        "Counts of a worker could not be read.",
        f"{INSTANCE_PHRASE} set aside the file of counts of a worker in the last 15 minutes ({{{{ $labels.reason }}}}), and "
        "counts its last good copy instead: what came after that copy is missing.",
        keep_firing_seconds=600,
    )  # fmt: skip


def _push_stalled(options: RuleOptions) -> Alert:
    newest = largest(TARGET_LABELS, select(catalogue.LAST_PUSH, options))
    return Alert(
        "MLExporterPushStalled", f"time() - {newest} > {_QUARTER / options.time_factor:.12g}",
        600, "warning", "exporter",
        "Nothing that is pushed over OTLP has arrived for a quarter of an hour.",
        f"The newest push of {INSTANCE_PHRASE} that its receiver took is {{{{ $value | humanizeDuration }}}} old. Whoever "
        "reads the metrics behind the receiver sees old values, or none. Nothing is lost: the next push has all counts.",
    )  # fmt: skip


def _push_rejected(options: RuleOptions) -> Alert:
    rejected = risen(
        TARGET_LABELS, catalogue.PUSH_POINTS, options, _QUARTER, Matcher("status", "=", "rejected")
    )
    return Alert(
        "MLExporterPushRejected", f"{rejected} > 0", 300, "warning", "exporter",
        "The receiver of pushed metrics refuses some of them.",
        f"The receiver took pushes of {INSTANCE_PHRASE} in the last 15 minutes and refused about "
        '{{ $value | printf "%.0f" }} data points in them: some series are missing or old behind it. Its log says why.',
        keep_firing_seconds=600,
    )  # fmt: skip


def _unauthorised_access(options: RuleOptions) -> Alert:
    denied = risen((*TARGET_LABELS, "endpoint", "reason"), catalogue.ACCESS_DENIED, options, _QUARTER)
    return Alert(
        "MLUnauthorisedAccess", f"{denied} > {_DENIED_IN_A_QUARTER}", 300, "warning", "exporter",
        "Somebody is turned away from an exporter of model metrics again and again.",
        f'{INSTANCE_PHRASE} turned away about {{{{ $value | printf "%.0f" }}}} requests in the last 15 minutes '
        "(endpoint {{ $labels.endpoint }}, reason {{ $labels.reason }}). A wrong address or password in somebody's settings, a "
        "scanner, or an attack.",
        keep_firing_seconds=600,
    )  # fmt: skip
