"""Panels of the exporter's dashboard about its own work: evaluations, scrapes, series, what it sends."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.colours import AMBER, BAD, BLUE, VERMILION
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import (
    PER_SECOND,
    PLAIN_NUMBER,
    SECONDS,
    Fields,
    Override,
    colour,
    dashed,
)
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import greatest, of_targets, per_second, summed
from mlexporter.generate.dashboards.targets import (
    SCRAPE_DURATION,
    of_exporter,
    or_none,
    quantile,
    where_exporter,
)
from mlexporter.generate.dashboards.words import Words

STALLED_INTERVALS: Final = 5
"""Intervals without an evaluation after which ``MLEvaluationStalled`` fires."""

SLOW_SCRAPE_SECONDS: Final = 5.0
"""Half of the usual timeout of a scrape, at which ``MLExporterScrapeSlow`` fires."""

_SUBJECT: Final = (*catalogue.MODEL_LABELS, "feature", "window", "reason")
_NO_EXPORTER: Final = "No exporter"


def evaluation_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return how old evaluations are, how long the work takes, and scores that are absent."""
    return (_age(options), _work(options), _absent_scores(options))


def scrape_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return how long scrapes take, how many series there are, and what is sent."""
    return (_scrapes(options), _series(options), _sent(options))


def _each(metric: Metric, options: DashboardOptions) -> str:
    return greatest("instance", of_targets(metric, options))


def _age(options: DashboardOptions) -> Panel:
    return time_series(
        Face("Age of the newest evaluation", Words(
            "Seconds since drift was last computed, by exporter, and the age at which it has stalled (dashed).",
            f"Time of the point less that of the newest evaluation; the dashed line is {STALLED_INTERVALS} intervals of "
            "the exporter with the shortest.",
            "Above the dashed line: MLEvaluationStalled. Its drift and data quality are then old or absent, and their "
            "alerts blind.",
            "See errors at the stage evaluate above and the log; a server without a free core evaluates late.",
        ), 8, 9),
        [
            Query(f"time() - {_each(catalogue.LAST_EVALUATION, options)}", "{{instance}}"),
            Query(f"{STALLED_INTERVALS} * min({of_targets(catalogue.EVALUATION_INTERVAL, options)})", "Stalled"),
        ],
        Fields(
            SECONDS, absent="Nothing was evaluated", minimum=0, overrides=[Override("Stalled", dashed(VERMILION))]
        ),
    )  # fmt: skip


def _work(options: DashboardOptions) -> Panel:
    drains = of_targets(catalogue.OBSERVE_DURATION, options)
    return time_series(
        Face("Time that the work takes", Words(
            "Seconds that the newest evaluation of all models took, by exporter, and seconds within which half and 99 of "
            "100 chunks of rows were moved into bins.",
            "As each exporter measures it; quantiles of the histogram of all chosen exporters. Logarithmic.",
            "Evaluations near their interval (15 s, unless set otherwise): they take the processor from predictions. "
            "Chunks above 25 ms: the slowest calls feel it. No alert reads them.",
            "Fewer features or windows, a longer interval, or smaller chunks (buffer_rows).",
        ), 8, 9),
        [
            Query(_each(catalogue.EVALUATION_DURATION, options), "Evaluation, {{instance}}"),
            Query(quantile(0.99, catalogue.OBSERVE_DURATION, drains), "Chunk, p99"),
            Query(quantile(0.5, catalogue.OBSERVE_DURATION, drains), "Chunk, p50"),
        ],
        Fields(SECONDS, absent="No work was done", custom={"scaleDistribution": {"type": "log", "log": 10}}, overrides=[
            Override("Chunk, p99", {"color": colour(AMBER)}), Override("Chunk, p50", {"color": colour(BLUE)}),
        ]),
    )  # fmt: skip


def _absent_scores(options: DashboardOptions) -> Panel:
    absent = greatest(_SUBJECT, of_exporter(catalogue.SCORE_ABSENT, options))
    known = summed((), f"0 * {greatest('', of_exporter(catalogue.PROFILE_LOADED, options))}")
    return time_series(
        Face("Scores that are absent", Words(
            "Features that have no score of drift in a window, by the reason and the window.",
            "Pairs of feature and window of all models of the chosen exporters; what several pods say alike counts once.",
            "Not by itself: rows means that a window has too few rows yet, which long windows of a young server have. "
            "profile, stale, error or overflow that stays: no alert on these features can fire.",
            "rows: wait, or take a longer window. profile: its training rows are too few. stale, error: see evaluations "
            "and errors above.",
            "A profile; none means that each feature has its score.",
        ), 8, 9),
        [Query(
            or_none(f"count by (reason, window) ({absent})", "reason", known), "{{reason}} {{window}}"
        )],
        Fields(PLAIN_NUMBER, absent="No profile", decimals=0, minimum=0, custom={"axisSoftMax": 1}),
    )  # fmt: skip


def _scrapes(options: DashboardOptions) -> Panel:
    scrapes = where_exporter(SCRAPE_DURATION, options)
    return time_series(
        Face("Duration of scrapes", Words(
            "Seconds that a scrape of an exporter takes.",
            "As Prometheus measures it.",
            f"Above the dashed line, {SLOW_SCRAPE_SECONDS:g} s, half of the usual timeout of 10 s: MLExporterScrapeSlow "
            "(where scrapes come more often than each 10 s, from half of their interval on).",
            "Fewer series (series_budget, measures), a longer interval, or a core for the exporter.",
        ), 8, 9),
        [Query(greatest("instance", scrapes), "{{instance}}")],
        Fields(
            SECONDS, ((None, "transparent"), (SLOW_SCRAPE_SECONDS, BAD)), absent=_NO_EXPORTER, minimum=0,
            custom={"thresholdsStyle": {"mode": "dashed"}},
        ),
    )  # fmt: skip


def _series(options: DashboardOptions) -> Panel:
    left_out = summed((), of_targets(catalogue.SERIES_LEFT_OUT, options))
    return time_series(
        Face("Series", Words(
            "Series of each exporter, those of single bins that were left out, and how many of those it may have "
            "(dashed).",
            "As each exporter counts them; left out is the sum of the chosen ones, the budget the smallest of them.",
            "Anything left out: charts of bins of the least important features are missing; scores are not. No alert "
            "reads it.",
            "Raise MLEXPORTER_SERIES_BUDGET if your Prometheus has room.",
        ), 8, 9),
        [
            Query(_each(catalogue.SERIES, options), "{{instance}}"),
            Query(left_out, "Left out"),
            Query(f"min({of_targets(catalogue.SERIES_BUDGET, options)})", "Budget of bins"),
        ],
        Fields(PLAIN_NUMBER, absent=_NO_EXPORTER, minimum=0, overrides=[
            Override("Left out", {"color": colour(BAD), "custom.lineWidth": 2}),
            Override("Budget of bins", dashed(VERMILION)),
        ]),
    )  # fmt: skip


def _sent(options: DashboardOptions) -> Panel:
    def sent(metric: Metric, legend: str) -> Query:
        return Query(summed("status", per_second(of_targets(metric, options))), legend)

    age = greatest((), f"time() - {of_targets(catalogue.LAST_PUSH, options)}")
    return time_series(
        Face("Pushes and events", Words(
            "Data points a second that were pushed over OTLP and prediction events a second, by how they ended; and "
            "seconds since the newest push that was taken (dashed, right axis).",
            "Rates of the chosen exporters, added up; the age is that of the exporter with the oldest.",
            "No push for 15 minutes: MLExporterPushStalled. Any rejected point: MLExporterPushRejected. Events that are "
            "dropped are not sent again; no alert reads them.",
            "error: the receiver does not answer; nothing is lost, the next push has all counts. rejected: its log says "
            "why. dropped_rate: raise events_per_second.",
            "A push over OTLP, or prediction events (events_ratio).",
        ), 8, 9),
        [
            sent(catalogue.PUSH_POINTS, "Points: {{status}}"),
            sent(catalogue.PREDICTION_EVENTS, "Events: {{status}}"),
            Query(age, "Since the newest push"),
        ],
        Fields(PER_SECOND, absent="Nothing is pushed", minimum=0, overrides=[
            Override("Since the newest push", {
                **dashed(VERMILION), "unit": SECONDS, "custom.axisPlacement": "right",
            }),
        ]),
    )  # fmt: skip
