"""What is wrong anywhere in the fleet: the alerts that fire, and the features that drift most."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from mlexporter import catalogue
from mlexporter.generate.dashboards.cells import (
    gauge_column,
    name_column,
    number_column,
    sparkline_column,
    word_column,
)
from mlexporter.generate.dashboards.colours import BAD, SEVERITY, UNKNOWN, WORSE
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import (
    PLAIN_NUMBER,
    SECONDS,
    Fields,
    Override,
    absent_as,
)
from mlexporter.generate.dashboards.firing import ALERT, NOTE, PAGE, TICKET, began, firing, severity_is
from mlexporter.generate.dashboards.fleet_tables import ON_MODEL
from mlexporter.generate.dashboards.links import column, link
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.queries import Query, rows
from mlexporter.generate.dashboards.reading import greatest
from mlexporter.generate.dashboards.standing import (
    LONGEST_BAR,
    Scope,
    feature_severity,
)
from mlexporter.generate.dashboards.tables import Columns, never_empty, table
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import FEATURE

MOST_FEATURES: Final = 25


def alerts_table(options: DashboardOptions) -> Panel:
    """Return what fires now, pages on top."""
    feature = link("Open the feature", "feature", options, **ON_MODEL, feature=column("Feature"))
    health = link("Open the exporter", "exporter-health", options, instance=column("Exporter"))
    return table(
        Face(
            "Alerts firing now",
            Words(
                "Each alert of mlexporter that fires: how urgent it is, what it is about, how long its condition has "
                "held.",
                "`ALERTS` and `ALERTS_FOR_STATE` of Prometheus; one row however many thresholds of one alert are "
                "crossed. `MLWatchdog`, which always fires, is left out.",
                "▲ page: somebody should look now. ● ticket: in working hours. ○ note: when there is time.",
                "Click the feature or the model. The notification has the numbers and the runbook of the alert, and "
                "silences are made in Alertmanager.",
                needs="The rules of `alerts/rules.yaml` in this Prometheus: without them nothing can fire here.",
            ),
            24, 9,
        ),
        alert_columns(Scope(options, is_every_model=True)),
        Fields(
            PLAIN_NUMBER, absent="No alert fires, or no rules are loaded",
            overrides=(
                word_column(
                    "Severity", 105, {"3": ("▲ page", WORSE), "2": ("● ticket", BAD), "1": ("○ note", UNKNOWN)}
                ),
                Override("Alert", {"custom.minWidth": 240}),
                number_column("For", 90, unit=SECONDS, decimals=0),
                _subject("Model", 150, link("Open the model", "model", options, model_name=column("Model"))),
                _subject("Version", 90),
                _subject("Variant", 90),
                _subject("Feature", 170, feature),
                _subject("Output", 120),
                _subject("Exporter", 150, health),
            ),
        ),
        Columns(
            [
                ("Value #severity", "Severity"), ("alertname", "Alert"), ("Value #lasting", "For"),
                ("model_name", "Model"), ("model_version", "Version"), ("variant", "Variant"), ("feature", "Feature"),
                ("output", "Output"), ("instance", "Exporter"),
            ],
            sort_by="Severity", dropped=("Time", "class"),
        ),
    )  # fmt: skip


def alert_columns(scope: Scope, *conditions: str) -> list[Query]:
    """Return what is asked of the alerts that fire: 3 for a page, 2 for a ticket, 1 for a note; seconds since when.

    Args:
        scope: All models, or the one that dashboards are fitted to.
        conditions: Further ones on the labels of ``ALERTS``.
    """
    about = ", ".join(ALERT)
    severity = " or ".join(
        f"{weight} * {greatest(ALERT, firing(scope, severity_is(name), *conditions))}"
        for name, weight in ((PAGE, 3), (TICKET, 2), (NOTE, 1))
    )
    lasting = (
        f"(time() - min by ({about}) ({began(scope, *conditions)})) and on ({about}) "
        f"{greatest(ALERT, firing(scope, *conditions))}"
    )
    return [rows(severity, "severity"), rows(lasting, "lasting")]


def _subject(name: str, width: int, opened: dict[str, Any] | None = None) -> Override:
    """Return a column of names that not every alert has."""
    named = name_column(name, width, link=opened)
    return replace(named, properties={**named.properties, "noValue": "–", "mappings": [absent_as("–")]})


def features_table(options: DashboardOptions) -> Panel:
    """Return the features that drift most, of all models: one click from here to what broke."""
    scope = Scope(options, is_every_model=True)
    opened = link(
        "Open the feature", "feature", options, **ON_MODEL, feature=column("Feature"), window=column("Window")
    )  # fmt: skip
    made = table(
        Face(
            "Worst features of all models",
            Words(
                f"The {MOST_FEATURES} features that have drifted most, with the window in which it shows most.",
                "Severity: lower confidence bound of the drift effect divided by its threshold; the largest of all pods "
                "and windows, as are Effect (in standard deviations of the reference) and Moves predictions (in their "
                "unit). Excluded features are left out.",
                "From 1 on a feature has drifted (`MLFeatureDrift`, after 15 minutes); from 2 on strongly.",
                "Click the feature: its page shows the distribution beside training, and when it began. Begin with one "
                "that moves predictions.",
                needs="A profile, and rows enough in a window.",
            ),
            24, 9,
        ),
        never_empty(
            worst_feature_columns(scope),
            f"topk({MOST_FEATURES}, {feature_severity(scope)})", "feature", "Not enough rows yet, or no profile",
        ),
        Fields(PLAIN_NUMBER, absent="Not enough rows yet, or no profile", overrides=_feature_columns(opened)),
        Columns(
            [
                ("feature", "Feature"), ("Value #severity", "Severity"), ("Trend #trend", "Over time"),
                ("window", "Window"), ("Value #effect", "Effect"), ("Value #threshold", "Threshold"),
                ("Value #moves", "Moves predictions"), ("model_name", "Model"), ("model_version", "Version"),
                ("variant", "Variant"),
            ],
            sort_by="Severity",
        ),
    )  # fmt: skip
    return replace(made, interval="5m", points=100)


def worst_feature_columns(scope: Scope) -> list[Query]:
    """Return what is asked of the features that drift most; ``trend`` is a line each."""
    by = ", ".join(FEATURE)
    worst = f"topk({MOST_FEATURES}, topk by ({by}) (1, {feature_severity(scope, 'window')}))"
    now = feature_severity(replace(scope, is_at_end=True))
    trend = f"{feature_severity(scope)} and on ({by}) topk({MOST_FEATURES}, {now})"
    kept = f"and on ({by}) topk({MOST_FEATURES}, {feature_severity(scope)})"
    return [
        rows(worst, "severity"),
        Query(trend, ref="trend"),
        *(
            rows(f"{greatest(FEATURE, scope.of(metric))} {kept}", ref)
            for ref, metric in (
                ("effect", catalogue.FEATURE_DRIFT[1]),
                ("threshold", catalogue.FEATURE_DRIFT_THRESHOLD),
                ("moves", catalogue.FEATURE_EXPECTED_EFFECT),
            )
        ),
    ]


def _feature_columns(opened: dict[str, Any]) -> tuple[Override, ...]:
    return (
        Override("Feature", {"links": [opened]}),
        gauge_column("Severity", 180, SEVERITY, LONGEST_BAR, decimals=1),
        sparkline_column("Over time", 150, maximum=LONGEST_BAR),
        name_column("Window", 80),
        number_column("Effect", 80, decimals=2),
        number_column("Threshold", 90, decimals=2),
        number_column("Moves predictions", 140, decimals=3),
        name_column("Model", 150),
        name_column("Version", 90),
        name_column("Variant", 90),
    )
