"""The table of the fleet: all models, the one that needs somebody most on top."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards.cells import (
    coloured_column,
    name_column,
    number_column,
    sparkline_column,
)
from mlexporter.generate.dashboards.colours import ANY_IS_BAD, BAD, OK, SEVERITY, UNKNOWN, WATCH, WORSE, Step
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import (
    PLAIN_NUMBER,
    RATIO,
    SECONDS,
    Fields,
    Override,
    absent_as,
    ranged,
)
from mlexporter.generate.dashboards.firing import PAGE, TICKET, count_by_model
from mlexporter.generate.dashboards.links import column, link
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.queries import Query, rows
from mlexporter.generate.dashboards.reading import greatest
from mlexporter.generate.dashboards.standing import (
    BY_MODEL,
    LOCAL_NUMBER,
    LONGEST_BAR,
    Scope,
    burn_rate,
    data_problems,
    drifted_features,
    error_share,
    latency,
    profile_age,
    quality_loss,
    rows_per_minute,
    worst_severity,
)
from mlexporter.generate.dashboards.tables import Columns, never_empty, table
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import MODEL
from mlexporter.generate.recording import error_ratio_name

PAGES_WEIGH, TICKETS_WEIGH, MOST = 10_000, 100, 99
"""A page outweighs all tickets, a ticket all drift; of the latter two at most ``MOST`` count."""

UNKNOWN_ALERTS: Final = -1000
"""What is added where nobody knows which alerts fire: sorted below all others, by drift."""

STATES: Final = (
    (None, "rules missing", UNKNOWN), (-1, "no alert", OK), (1.000001, "drift", WATCH),
    (TICKETS_WEIGH, "● ticket", BAD), (PAGES_WEIGH, "▲ page", WORSE),
)  # fmt: skip
"""From which value of ``state`` on a model is in which state, its colour, the lowest first."""

BURN: Final[tuple[Step, ...]] = ((None, OK), (1, WATCH), (3, BAD), (6, WORSE))
"""How fast a budget burns: 1 and 3 are where tickets are, 6 is where a page is."""


ON_MODEL: Final = {
    "model_name": column("Model"),
    "model_version": column("Version"),
    "variant": column("Variant"),
}


def models_table(options: DashboardOptions) -> Panel:
    """Return one row a model, version and variant, the one that needs somebody most on top."""
    scope = Scope(options, is_every_model=True)
    made = table(
        Face(
            "Models, worst first",
            Words(
                "One row a model, version and variant. State says what it asks for: ▲ page, ● ticket, drift "
                "(beyond a threshold, no alert yet), or no alert. Retired versions stay as dashes as long as the "
                "time range reaches back to them.",
                "Alerts from Prometheus. Worst drift is the largest severity of any feature, output or dependence, in "
                "any window and pod; Drifted counts features above 1; Bad data counts features with more missing, "
                "invalid, out-of-range, unseen or mistyped values than allowed; Quality loss is the distance of "
                "estimated quality from its reference in units of the tolerance. Excluded features do not count. "
                "Errors are of now, Burn of the last hour against the objective.",
                "Drift and Quality loss from 1 on (`MLFeatureDrift`, `MLPredictionDrift`, "
                "`MLEstimatedQualityDegraded`); Burn from 1 on (`MLPredictionErrorBudgetBurnSlow`), 6 and 14.4 page. "
                "A dash means that it is not known, which is not the same as fine.",
                "Click the model. Start with the row on top; two versions of one model that are both red point to the "
                "data, one alone to the version.",
                needs="The rules of `alerts/rules.yaml` for State and Alerts, of `alerts/recording.yaml` for Burn; a profile for "
                "drift and data.",
            ),
            24, 9,
        ),
        never_empty(
            model_columns(scope),
            greatest(MODEL, scope.of(catalogue.MODEL_INFO)), "model_name", "No model reports",
        ),
        Fields(PLAIN_NUMBER, absent="–", overrides=_model_columns(options)),
        Columns(
            [
                ("model_name", "Model"), ("model_version", "Version"), ("variant", "Variant"), ("Value #state", "State"),
                ("Value #alerts", "Alerts"), ("Value #worst", "Worst drift"), ("Trend #trend", "Drift over time"),
                ("Value #drifted", "Drifted"), ("Value #data", "Bad data"), ("Value #rows", "Rows/min"),
                ("Value #errors", "Errors"), ("Value #burn", "Burn"), ("Value #latency", "p95"),
                ("Value #quality", "Quality loss"), ("Value #profile", "Profile age"),
            ],
            sort_by="State",
        ),
    )  # fmt: skip
    return replace(made, interval="5m", points=100)


def model_columns(scope: Scope) -> list[Query]:
    """Return what is asked of every model, version and variant; ``trend`` is a line each."""
    return [
        rows(state(scope), "state"),
        rows(count_by_model(scope, PAGE, TICKET), "alerts"),
        rows(worst_severity(scope, MODEL), "worst"),
        Query(worst_severity(scope, MODEL), ref="trend"),
        rows(drifted_features(scope, MODEL), "drifted"),
        rows(data_problems(scope, MODEL), "data"),
        rows(rows_per_minute(scope, MODEL), "rows"),
        rows(error_share(scope, MODEL), "errors"),
        rows(burn_rate(scope, error_ratio_name("1h"), "errors"), "burn"),
        rows(latency(scope, 0.95, MODEL), "latency"),
        rows(quality_loss(scope, MODEL), "quality"),
        rows(profile_age(scope, MODEL), "profile"),
    ]


def state(scope: Scope) -> str:
    """Return by what models are sorted: pages, then tickets, then the worst drift."""
    drift = (
        f"(clamp_max({worst_severity(scope, MODEL)}, {MOST}) "
        f"or 0 * {greatest(MODEL, scope.of(catalogue.MODEL_INFO))})"
    )
    pages = f"{PAGES_WEIGH} * ({count_by_model(scope, PAGE)})"
    tickets = f"{TICKETS_WEIGH} * clamp_max({count_by_model(scope, TICKET)}, {MOST})"
    on = f"on ({BY_MODEL})"
    return f"{pages} + {on} {tickets} + {on} {drift} or {UNKNOWN_ALERTS} + {drift}"


def _model_columns(options: DashboardOptions) -> tuple[Override, ...]:
    opened = link("Open this version", "model", options, **ON_MODEL)
    ends = [*(beginning for beginning, *_ in STATES[1:]), None]
    least, *others = (
        ranged(low, high, word, tint) for (low, word, tint), high in zip(STATES, ends, strict=True)
    )
    states = [least, *reversed(others), absent_as("–", "transparent")]
    return (
        name_column("Model", 140, link=opened),
        name_column("Version", 85),
        name_column("Variant", 80),
        Override(
            "State",
            {
                "custom.width": 90,
                "custom.cellOptions": {"type": "color-background", "mode": "basic"},
                "mappings": states,
            },
        ),
        coloured_column("Alerts", 65, ((None, "transparent"), (1, BAD)), decimals=0),
        coloured_column("Worst drift", 95, SEVERITY, decimals=1),
        sparkline_column("Drift over time", 120, maximum=LONGEST_BAR),
        coloured_column("Drifted", 75, ANY_IS_BAD, decimals=0),
        coloured_column("Bad data", 80, ANY_IS_BAD, decimals=0),
        number_column("Rows/min", 85, unit=LOCAL_NUMBER, decimals=1),
        number_column("Errors", 80, unit=RATIO, decimals=2),
        coloured_column("Burn", 65, BURN, decimals=1),
        number_column("p95", 80, unit=SECONDS),
        coloured_column("Quality loss", 100, SEVERITY, decimals=1),
        Override(
            "Profile age",
            {
                "custom.width": 100, "unit": SECONDS, "decimals": 1,
                "mappings": [ranged(None, -0.5, "no profile", UNKNOWN), absent_as("–")],
            },
        ),
    )  # fmt: skip
