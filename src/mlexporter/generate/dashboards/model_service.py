"""What Model says about the service: how fast it answers, and how fast its budgets burn."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.alerting.service import LARGEST_LIMIT
from mlexporter.generate.dashboards.colours import AMBER, BAD, BLUE, REFERENCE, VERMILION, WORSE
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import (
    PLAIN_NUMBER,
    SECONDS,
    SYMLOG,
    Fields,
    Override,
    colour,
    dashed,
)
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import greatest
from mlexporter.generate.dashboards.standing import NONE, Scope, budget, burn_rate, latency
from mlexporter.generate.dashboards.words import RULES_NEEDED, Words
from mlexporter.generate.latency import slow_ratio_name
from mlexporter.generate.recording import error_ratio_name

WINDOWS: Final = (("1h", "1 hour"), ("6h", "6 hours"), ("1d", "1 day"), ("3d", "3 days"))
"""The long windows of the burn alerts."""

LIMITS: Final = (
    ("Page at 1 hour", 14.4, WORSE), ("Page at 6 hours", 6.0, VERMILION), ("Ticket at 1 day", 3.0, BAD),
    ("Ticket at 3 days", 1.0, REFERENCE),
)  # fmt: skip
"""From which burn rate on each window alerts."""


def latency_over_time(options: DashboardOptions) -> Panel:
    """Return quantiles of durations with the limit, and marks that lead to traces."""
    scope = Scope(options)
    limit = greatest(NONE, scope.of(catalogue.SLO_LATENCY_THRESHOLD))
    return time_series(
        Face(
            "Latency",
            Words(
                "The time within which half, 95 and 99 of 100 calls are done, beside the limit that was configured. "
                "Marks are single calls that were traced.",
                f"From the buckets of `{catalogue.PREDICTION_DURATION.name}` over all pods, versions and variants chosen; calls "
                "that were cancelled or abandoned are left out. A value lies somewhere within its bucket.",
                "p95 near the limit. `MLPredictionLatencyBudgetBurnFast` pages on the share of slow calls, not on a "
                "quantile.",
                "Click a mark to see the trace of that call. Then Serving and resources: more traffic, larger batches, "
                "a starved processor?",
                needs="The limit needs `latency_objective`; marks need exemplars in Prometheus and traced calls.",
            ),
            8, 9,
        ),
        [
            Query(latency(scope, 0.5, NONE), "p50"),
            Query(latency(scope, 0.95, NONE), "p95"),
            Query(latency(scope, 0.99, NONE), "p99", has_exemplars=True),
            Query(limit, "Limit"),
        ],
        Fields(
            SECONDS, absent="No calls", minimum=0,
            overrides=(
                Override("p50", {"color": colour(REFERENCE)}),
                Override("p95", {"color": colour(BLUE), "custom.lineWidth": 2}),
                Override("p99", {"color": colour(AMBER)}),
                Override("Limit", dashed(VERMILION)),
            ),
        ),
    )  # fmt: skip


def error_burn(options: DashboardOptions) -> Panel:
    """Return how fast the error budget burns."""
    return _burn(
        options, "errors", "Error budget burn", {window: error_ratio_name(window) for window, _ in WINDOWS},
        Words(
            "How many times faster than it lasts the budget for failed calls burns, over four windows; at 1 it is used "
            "up exactly at the end of its period.",
            f"Recorded shares of failed calls divided by 1 less `{catalogue.SLO_OBJECTIVE.name}`; the worst version and variant "
            "chosen.",
            "A line above the dashed one of its window: `MLPredictionErrorBudgetBurnFast` and `…Medium` page, `…Slow` "
            "makes a ticket, each if a shorter window agrees and calls are enough.",
            "Serving and resources has the classes of exceptions, by version and pod.",
            needs=RULES_NEEDED,
        ),
    )  # fmt: skip


def latency_burn(options: DashboardOptions) -> Panel:
    """Return how fast the budget for slow calls burns."""
    return _burn(
        options, "latency", "Latency budget burn", {window: slow_ratio_name(window) for window, _ in WINDOWS},
        Words(
            "How many times faster than it lasts the budget for slow calls burns, over four windows; at 1 it is used up "
            "exactly at the end of its period.",
            f"Recorded shares of calls slower than `{catalogue.SLO_LATENCY_THRESHOLD.name}`, divided by 1 less "
            f"`{catalogue.SLO_OBJECTIVE.name}`; the worst version and variant chosen.",
            "A line above the dashed one of its window: `MLPredictionLatencyBudgetBurnFast` and `…Medium` page, "
            "`…Slow` makes a ticket, each if a shorter window agrees and calls are enough.",
            "See Latency beside it, and processor and memory in Serving and resources.",
            needs=f"A configured `latency_objective`. {RULES_NEEDED}",
        ),
    )  # fmt: skip


def _burn(options: DashboardOptions, metric: str, title: str, ratios: dict[str, str], words: Words) -> Panel:
    scope = Scope(options)
    allowed = budget(scope, metric)
    return time_series(
        Face(title, words, 8, 9),
        [
            *(
                Query(greatest(NONE, burn_rate(scope, ratios[window], metric)), name)
                for window, name in WINDOWS
            ),
            # A generous budget has lower limits: 14.4 times a budget of 10 % is more than all calls.
            *(
                Query(
                    greatest(NONE, f"clamp_max({factor:g} * {allowed}, {LARGEST_LIMIT:g}) / {allowed}"), name
                )
                for name, factor, _ in LIMITS
            ),
        ],
        Fields(
            PLAIN_NUMBER, absent="No calls, no objective or no rules", minimum=0, decimals=1, custom=SYMLOG,
            overrides=tuple(Override(name, dashed(tint)) for name, _, tint in LIMITS),
        ),
        calcs=("lastNotNull", "max"),
    )  # fmt: skip
