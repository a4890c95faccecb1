"""What the pages about models ask: of all of them, and of the chosen one."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards import annotations as marks
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.firing import (
    PAGE,
    RULES_ARE_LOADED,
    TICKET,
    count_by_model,
    count_of,
)
from mlexporter.generate.dashboards.fleet import fleet_dashboard
from mlexporter.generate.dashboards.fleet_tables import model_columns
from mlexporter.generate.dashboards.fleet_troubles import alert_columns, worst_feature_columns
from mlexporter.generate.dashboards.model_drift import feature_columns, severity_course
from mlexporter.generate.dashboards.model_predictions import (
    data_table,
    drifted_share,
    joint_drift,
    output_course,
)
from mlexporter.generate.dashboards.model_quality import changes_table, quality_over_time, quality_table
from mlexporter.generate.dashboards.model_service import error_burn, latency_burn, latency_over_time
from mlexporter.generate.dashboards.model_stats import stats
from mlexporter.generate.dashboards.reading import greatest
from mlexporter.generate.dashboards.standing import (
    BY_MODEL,
    NONE,
    RISES,
    Scope,
    error_share,
    output_severity,
    rows_per_minute,
    worst_severity,
)
from mlexporter.generate.plugin.asked import by_ref, in_order, titled
from mlexporter.generate.plugin.typescript import Value
from mlexporter.generate.promql import MODEL

_ONE_MODEL: Final = 'model_name="$model_name"'
_BURNS: Final = ("hour1", "hours6", "day1", "days3")
_BURN_LIMITS: Final = ("limitHour1", "limitHours6", "limitDay1", "limitDays3")


def models_queries(options: DashboardOptions) -> dict[str, Value]:
    """Return what is asked of all models, by model, version and variant if nothing else is said."""
    scope = Scope(options, is_every_model=True)
    tiles = [panel for row in fleet_dashboard(options).rows for panel in row.panels]
    return {
        **by_ref(model_columns(scope)),
        "info": greatest(MODEL, scope.of(catalogue.MODEL_INFO)),
        "loaded": greatest(MODEL, scope.of(catalogue.MODEL_LOADED)),
        "reporting": in_order(titled(tiles, "Models reporting"), "count")["count"],
        "withDrift": in_order(titled(tiles, "Models with drift"), "count")["count"],
        "pages": count_of(scope, PAGE),
        "tickets": count_of(scope, TICKET),
        "rulesLoaded": RULES_ARE_LOADED,
        "rowsOfAll": rows_per_minute(scope, NONE),
        "exportersDown": in_order(titled(tiles, "Exporters down"), "count")["count"],
        "firing": by_ref(alert_columns(scope)),
        "worstFeatures": by_ref(worst_feature_columns(scope)),
    }


def model_queries(options: DashboardOptions) -> dict[str, Value]:
    """Return what is asked of the chosen model, all versions and variants chosen together if nothing else is said."""
    scope, tiles = Scope(options), stats(options)
    info = greatest(MODEL, scope.of(catalogue.MODEL_INFO))

    def tile(title: str, *names: str) -> dict[str, str]:
        return in_order(titled(tiles, title), *names)

    return {
        **tile("Rows/min", "rows"),
        **tile("Errors", "errors", "budgetLeft"),
        **tile("p95 latency", "latency", "latencyOfLimit"),
        **tile("Worst drift", "worst"),
        **tile("Drifted", "drifted"),
        **tile("Bad data", "dataProblems"),
        **tile("Quality loss", "qualityLoss"),
        **in_order(latency_over_time(options), "latency50", "latency95", "latency99", "latencyLimit"),
        "rowsByVersion": rows_per_minute(scope, MODEL),
        "errorsByVersion": error_share(scope, MODEL),
        "worstByVersion": worst_severity(scope, MODEL),
        "alerts": f"{count_by_model(scope, PAGE, TICKET)} and on ({BY_MODEL}) {info}",
        "firing": by_ref(alert_columns(Scope(options, is_every_model=True), _ONE_MODEL)),
        "errorBurn": in_order(error_burn(options), *_BURNS, *_BURN_LIMITS),
        "latencyBurn": in_order(latency_burn(options), *_BURNS, *_BURN_LIMITS),
        "drift": severity_course(options, is_excluded=False),
        "driftExcluded": severity_course(options, is_excluded=True),
        "features": by_ref(feature_columns(options)),
        "driftedShare": in_order(drifted_share(options), "share", "limit"),
        "joint": in_order(joint_drift(options), "severity", "limit")["severity"],
        "outputDrift": output_course(options),
        "outputWorst": output_severity(scope),
        "data": in_order(data_table(options), "worst", *(_camel(kind) for kind, _ in RISES)),
        "quality": in_order(quality_over_time(options), "value", "lower", "upper", "reference", "alert"),
        "qualities": by_ref(quality_table(options).queries),
        "qualityReference": greatest((*MODEL, "metric"), scope.of(catalogue.QUALITY_REFERENCE)),
        "changes": by_ref(changes_table(options).queries),
        "marks": mark_queries(options),
    }


def mark_queries(options: DashboardOptions, *conditions: str) -> dict[str, str]:
    """Return the queries of the marks over time: of deploys and profiles in milliseconds, of alerts where they fire."""
    return {_camel(mark["name"]): mark["expr"] for mark in marks.of_model(options, *conditions)}


def _camel(words: str) -> str:
    """Return words as a name: ``out of range`` as ``outOfRange``."""
    first, *others = words.lower().split()
    return first + "".join(word.capitalize() for word in others)
