"""What the set-up check asks: whether each condition is met, and what Prometheus knows of exporters, models and rules."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.annotations import REQUEST_RATE
from mlexporter.generate.changes import CALLS_FIRST
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.firing import RULES_ARE_LOADED
from mlexporter.generate.dashboards.health_set_up import Check, checks, there
from mlexporter.generate.dashboards.reading import greatest, summed
from mlexporter.generate.dashboards.targets import UP, part_of
from mlexporter.generate.latency import COMPLETED_RATE
from mlexporter.generate.plugin.typescript import Value
from mlexporter.generate.promql import (
    FEATURE_WINDOW,
    MODEL,
    TARGET_LABELS,
    Matcher,
    rate,
    select,
    select_name,
)
from mlexporter.generate.recording import EXAMINED_HOUR, EXAMINED_RATE, WORST_SEVERITY

EXEMPLAR_ROOM: Final = "prometheus_tsdb_exemplar_max_exemplars"
PROMETHEUS_BUILD: Final = "prometheus_build_info"
"""Series of Prometheus about itself, there where it scrapes itself."""

SIGNS: Final = {
    "mlexporter-service": REQUEST_RATE, "mlexporter-latency": COMPLETED_RATE, "mlexporter-features": EXAMINED_RATE,
    "mlexporter-drift": WORST_SEVERITY, "mlexporter-changes": CALLS_FIRST, "mlexporter-feature-counts": EXAMINED_HOUR,
}  # fmt: skip
"""Groups of recording rules to a series of each, of few labels where there is one."""

_HOUR: Final = 3_600.0
_ON_TARGET: Final = f"on ({', '.join(TARGET_LABELS)})"
_MODEL_WINDOW: Final = (*MODEL, "window")


def set_up_queries(options: DashboardOptions) -> dict[str, Value]:
    """Return the queries of the set-up check: ``conditions``, a list, and ``facts`` by name, of all models and targets.

    A condition is 1 where it is met. ``exemplarSource`` of the facts is a selector, which another address of
    Prometheus takes.
    """
    return {
        "conditions": [_condition(check) for check in checks(options, _read)],
        "facts": _of_targets(options) | _of_models(options) | _of_rules(options) | _of_prometheus(options),
    }


def _read(metric: Metric, options: DashboardOptions, *matchers: Matcher) -> str:
    return select(metric, options.rules, *matchers)


def _condition(check: Check) -> dict[str, Value]:
    return {
        "name": check.name, "query": there(check), "without": check.without, "isNeeded": check.is_needed,
    }  # fmt: skip


def _of_targets(options: DashboardOptions) -> dict[str, Value]:
    def each(metric: Metric, *labels: str) -> str:
        return greatest((*TARGET_LABELS, *labels), _read(metric, options))

    up = select_name(UP, options.rules)
    lately = greatest(TARGET_LABELS, f"max_over_time({_read(catalogue.BUILD_INFO, options)}[1d])")
    errors = summed(
        (*TARGET_LABELS, "stage"), rate(catalogue.INTERNAL_ERRORS, options.rules, _HOUR, function="increase")
    )
    # A target that came within the ten minutes has fewer samples, and would look as if it were scraped rarely.
    scrapes = greatest(TARGET_LABELS, f"count_over_time({up}[10m]) and {up} offset 10m")
    return {
        "exporters": each(catalogue.BUILD_INFO, *catalogue.BUILD_INFO.labels),
        "exportersLately": lately,
        "up": f"{greatest(TARGET_LABELS, up)} and {_ON_TARGET} {lately}",
        "targets": f"count by (job) ({up})",
        "targetsDown": f"{greatest(TARGET_LABELS, up)} == 0",
        "degraded": f"{each(catalogue.DEGRADED, 'reason')} > 0",
        "singleWorker": each(catalogue.SINGLE_WORKER),
        "workers": each(catalogue.WORKERS),
        "reload": each(catalogue.CONFIG_RELOAD_SUCCESS),
        "scrapes": f"{scrapes} and {_ON_TARGET} {each(catalogue.BUILD_INFO)}",
        "internalErrors": f"{errors} > 0",
    }


def _of_models(options: DashboardOptions) -> dict[str, Value]:
    def each(labels: tuple[str, ...], metric: Metric, *matchers: Matcher) -> str:
        return greatest(labels, _read(metric, options, *matchers))

    by = ", ".join(_MODEL_WINDOW)
    absent = each((*FEATURE_WINDOW, "reason"), catalogue.SCORE_ABSENT)
    for_rows = each(FEATURE_WINDOW, catalogue.SCORE_ABSENT, Matcher("reason", "=", "rows"))
    rows = each(FEATURE_WINDOW, catalogue.FEATURE_WINDOW_OBSERVATIONS)
    return {
        "models": each(MODEL, catalogue.PROFILE_LOADED),
        "profiles": each((*catalogue.PROFILE_INFO.labels, *TARGET_LABELS), catalogue.PROFILE_INFO),
        "scored": f"count by ({by}) ({each(FEATURE_WINDOW, catalogue.FEATURE_DRIFT_SEVERITY)})",
        "absent": f"count by ({by}, reason) ({absent} == 1)",
        "absentRows": f"min by ({by}) ({rows} and on ({', '.join(FEATURE_WINDOW)}) {for_rows} == 1)",
        "requiredRows": each(_MODEL_WINDOW, catalogue.WINDOW_REQUIRED),
    }


def _of_rules(options: DashboardOptions) -> dict[str, Value]:
    del options  # What is recorded has no labels of the user's own selector.
    return {
        "ruleAge": " or ".join(_age(group, sign) for group, sign in SIGNS.items()),
        "watchdog": f"max({RULES_ARE_LOADED})",
    }


def _age(group: str, sign: str) -> str:
    """Return the seconds since a group of rules last recorded something, within a day."""
    # Steps of five minutes meet every sample once, as Prometheus looks back as far; the newest may be between two.
    newest = f"max(timestamp({sign})) or max(max_over_time(timestamp({sign})[1d:5m]))"
    return f'label_replace(time() - ({newest}), "group", "{group}", "", "")'


def _of_prometheus(options: DashboardOptions) -> dict[str, Value]:
    durations = _read(catalogue.PREDICTION_DURATION, options)
    return {
        "exemplarStorage": f"max({EXEMPLAR_ROOM})",
        "prometheusVersion": greatest("version", PROMETHEUS_BUILD),
        "exemplarSource": part_of(catalogue.PREDICTION_DURATION, "_bucket", durations),
    }
