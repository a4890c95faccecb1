"""Fleet: which model needs me?"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards import annotations as marks
from mlexporter.generate.dashboards import variables
from mlexporter.generate.dashboards.colours import ANY_IS_BAD, BAD, OK, STATES, Step
from mlexporter.generate.dashboards.dashboard import Dashboard
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import PLAIN_NUMBER, Fields
from mlexporter.generate.dashboards.firing import PAGE, TICKET, count_of
from mlexporter.generate.dashboards.fleet_tables import models_table
from mlexporter.generate.dashboards.fleet_troubles import alerts_table, features_table
from mlexporter.generate.dashboards.layout import Row
from mlexporter.generate.dashboards.links import label, link
from mlexporter.generate.dashboards.model_stats import POINTS
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import stat, states, time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import unless_any
from mlexporter.generate.dashboards.standing import (
    NONE,
    ROWS_PER_MINUTE,
    Scope,
    feature_severity,
    or_zero,
    rows_per_minute,
    worst_severity,
)
from mlexporter.generate.dashboards.words import DRIFT_RULES_NEEDED, Words
from mlexporter.generate.promql import MODEL, TARGET_LABELS, select_name
from mlexporter.generate.recording import WORST_SEVERITY

REVISION: Final = 5
_TICKETS: Final[tuple[Step, ...]] = ((None, OK), (1, BAD))


def fleet_dashboard(options: DashboardOptions) -> Dashboard:
    """Return the dashboard of all models."""
    return Dashboard(
        "fleet",
        "Which model needs me? All models, the one that needs somebody most on top; click a feature or a model.",
        REVISION,
        [variables.datasource(options), *([variables.model_name(options)] if options.model else [])],
        marks.of_fleet(options),
        [
            Row(
                "", [*_stats(options), models_table(options), features_table(options), alerts_table(options)]
            ),
            Row("Over time", [_drift_over_time(options), _traffic_over_time(options)]),
        ],
    )


def _stats(options: DashboardOptions) -> list[Panel]:
    scope = Scope(options, is_every_model=True)
    made = [_reporting(scope), _drifting(scope), *_alerts(scope), _traffic(scope), _exporters_down(scope)]
    return [replace(panel, points=POINTS) for panel in made]


def _reporting(scope: Scope) -> Panel:
    return stat(
        Face(
            "Models reporting",
            Words(
                "Models that some exporter tells of now, whatever their versions.",
                f"Names in `{catalogue.MODEL_INFO.name}`, over all exporters that answer.",
                "Fewer than you deployed: `MLModelDisappeared` fires when one is gone that was there an hour ago.",
                "Compare with the table below; a retired model is a row of dashes.",
            ),
            4, 4,
        ),
        Query(f"count(group by (model_name) ({scope.of(catalogue.MODEL_INFO)}))"),
        Fields(PLAIN_NUMBER, absent="No model reports"),
    )  # fmt: skip


def _drifting(every: Scope) -> Panel:
    scope = replace(every, is_recorded=True)
    drifted = f"count(group by (model_name) ({feature_severity(scope)} > 1))"
    return stat(
        Face(
            "Models with drift",
            Words(
                "Models of which at least one feature has drifted.",
                "A severity above 1 in any window and pod; excluded features do not count.",
                "Any: `MLFeatureDrift` fires where it lasts 15 minutes and nobody has acknowledged it.",
                "Open the feature on top of the table of worst features.",
                needs=DRIFT_RULES_NEEDED,
            ),
            4, 4,
        ),
        Query(or_zero(drifted, NONE, scope.recorded(WORST_SEVERITY))),
        Fields(PLAIN_NUMBER, _TICKETS, absent="No rows or no rules"),
    )  # fmt: skip


def _alerts(scope: Scope) -> list[Panel]:
    def count(title: str, severity: str, when: str, *, is_page: bool) -> Panel:
        return stat(
            Face(
                title,
                Words(
                    f"Alerts that fire now and {when}.",
                    f'`ALERTS` with severity "{severity}", one for each subject; 0 only where `MLWatchdog`, which '
                    "always fires, shows that the rules are loaded.",
                    "Any above 0.",
                    "See the table of alerts; the runbook of each is in its notification.",
                    needs="The rules of `alerts/rules.yaml` in this Prometheus.",
                ),
                4, 4,
            ),
            Query(count_of(scope, severity), shape="now" if is_page else "lines"),
            Fields(PLAIN_NUMBER, ANY_IS_BAD if is_page else _TICKETS, absent="No alert rules"),
            has_background=is_page,
        )  # fmt: skip

    return [
        count("▲ Pages", PAGE, "wake somebody up", is_page=True),
        count("● Tickets", TICKET, "are looked at in working hours", is_page=False),
    ]


def _traffic(scope: Scope) -> Panel:
    return stat(
        Face(
            "Rows per minute",
            Words(
                "Rows accepted for prediction in a minute, all models together.",
                f"`{catalogue.PREDICTIONS.name}`, added over all pods; a batch counts each of its rows.",
                "A fall to nothing: `MLModelNoPredictions` and `MLPredictionVolumeDrop` look at each model.",
                "The panel at the bottom says which model it is.",
            ),
            4, 4,
        ),
        Query(rows_per_minute(scope, NONE)),
        Fields(ROWS_PER_MINUTE, absent="No traffic"),
    )  # fmt: skip


def _exporters_down(scope: Scope) -> Panel:
    up = select_name("up", scope.options.rules)
    info = select_name(catalogue.BUILD_INFO.name, scope.options.rules)
    on = ", ".join(TARGET_LABELS)
    return stat(
        Face(
            "Exporters down",
            Words(
                "Scrape targets that exposed mlexporter within the last day and do not answer now.",
                f"`up == 0` of targets whose `{catalogue.BUILD_INFO.name}` is in Prometheus.",
                "Any: `MLExporterDown` pages after 3 minutes. What such a pod counts is not seen.",
                "Exporter health shows which one. A pod that was removed leaves the list of targets by itself.",
            ),
            4, 4,
        ),
        Query(
            f"count({up} == 0 and on ({on}) present_over_time({info}[1d])) or 0 * count({up} and on ({on}) {info})",
            shape="now",
        ),
        Fields(PLAIN_NUMBER, ANY_IS_BAD, absent="No exporter is known"),
        has_background=True,
    )  # fmt: skip


def _drift_over_time(options: DashboardOptions) -> Panel:
    scope = Scope(options, is_every_model=True, is_recorded=True)
    nothing = unless_any(scope.recorded(WORST_SEVERITY), "model_name", "few rows, or no rules")
    opened = link(
        "Open this version", "model", options,
        model_name=label("model_name"), model_version=label("model_version"), variant=label("variant"),
    )  # fmt: skip
    made = states(
        Face(
            "Worst drift of each model",
            Words(
                "When which model had drift: the largest severity of its features, outputs and dependence.",
                "The largest of all windows and pods, by version and variant. Gaps are times without a score.",
                "Orange from 1 on, red from 2 on.",
                "Models that turn at one moment have one cause: look at what feeds them. Click a bar to open the model.",
                needs=DRIFT_RULES_NEEDED,
            ),
            12, 9, (opened,),
        ),
        [Query(f"{worst_severity(scope, MODEL)} or {nothing}", "{{model_name}} {{model_version}} {{variant}}")],
        Fields(PLAIN_NUMBER, STATES, decimals=1),
    )  # fmt: skip
    return replace(made, interval="5m")


def _traffic_over_time(options: DashboardOptions) -> Panel:
    scope = Scope(options, is_every_model=True)
    opened = link("Open the model", "model", options, model_name=label("model_name"))
    return time_series(
        Face(
            "Rows per minute by model",
            Words(
                "Rows accepted for prediction in a minute, by model.",
                f"`{catalogue.PREDICTIONS.name}`, added over versions, variants and pods.",
                "Nothing where there was traffic (`MLModelNoPredictions`), or far from last week "
                "(`MLPredictionVolumeDrop`, `MLPredictionVolumeSpike`).",
                "All models at once: something before them. One: open it, and see what was deployed.",
            ),
            12, 9, (opened,),
        ),
        [Query(rows_per_minute(scope, ("model_name",)), "{{model_name}}")],
        Fields(ROWS_PER_MINUTE, absent="No traffic", minimum=0),
        calcs=("lastNotNull", "mean", "max"),
    )  # fmt: skip
