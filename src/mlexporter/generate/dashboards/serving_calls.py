"""Panels of the serving dashboard about calls: how many, how they ended, how long they took."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.colours import AMBER, BLUE, OK, PINK, REFERENCE, VERMILION, WORSE
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
from mlexporter.generate.dashboards.panel_kinds import heat_map, time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import (
    RATE,
    greatest,
    of_model,
    per_second,
    summed,
    unless_any,
)
from mlexporter.generate.dashboards.targets import of_served, part_of, quantile
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import Matcher

_COMPLETED: Final = Matcher("status", "!~", "cancelled|abandoned")
_NO_SHADOW: Final = Matcher("variant", "!=", "shadow")
_NO_CALLS: Final = "No calls"


def call_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return calls by how they ended, errors by class, and rows beside those of a week ago."""
    return (_by_status(options), _by_class(options), _traffic(options))


def latency_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return durations as lines and as a map, and rows a call."""
    return (_durations(options), _every_duration(options), _rows_per_call(options))


def _by_status(options: DashboardOptions) -> Panel:
    tints = {"ok": OK, "error": WORSE, "cancelled": AMBER, "abandoned": PINK}
    return time_series(
        Face("Calls by how they ended", Words(
            "Calls a second: answered (ok), raised (error), ended by the caller (cancelled), or never finished by "
            "whoever read the answer (abandoned).",
            "Rate of calls of the chosen versions on the chosen servers, all added up.",
            "Red that grows, or a stack that falls to nothing. MLModelNoPredictions pages when a model that had calls "
            "at this time yesterday has none for ten minutes; only error burns the error budget.",
            "See the class of the errors in the next panel. Without calls, look at what calls the model, then at the "
            "servers below.",
        ), 8, 9),
        [Query(summed("status", per_second(of_served(catalogue.PREDICTION_REQUESTS, options))), "{{status}}")],
        Fields(
            PER_SECOND, absent=_NO_CALLS, minimum=0,
            overrides=[Override(name, {"color": colour(tint)}) for name, tint in tints.items()],
        ),
        is_stacked=True,
    )  # fmt: skip


def _by_class(options: DashboardOptions) -> Panel:
    errors = per_second(of_served(catalogue.PREDICTION_ERRORS, options))
    return time_series(
        Face("Errors by class", Words(
            "Calls a second that raised, by class of the exception.",
            "Rate of failed calls of the chosen versions on the chosen servers; at most 50 classes, the rest is other.",
            "Any class that is new or grows. MLPredictionErrorBudgetBurnFast and its sisters watch the sum of all.",
            "Look for the class in the logs of the server. A class that began with a mark of a deploy came with it.",
        ), 8, 9),
        [Query(summed("error_type", errors), "{{error_type}}")],
        Fields(PER_SECOND, absent="No call failed", minimum=0),
    )  # fmt: skip


def _traffic(options: DashboardOptions) -> Panel:
    rows = of_model(catalogue.PREDICTIONS, options, _NO_SHADOW)
    before = summed((), f"rate({rows}[{RATE}] offset 1w)")

    def limit(metric: Metric) -> str:
        return f"{before} * {greatest((), of_model(metric, options))}"

    return time_series(
        Face("Rows beside those of a week ago", Words(
            "Rows a second now (solid), at the same time a week ago (dashed grey), and that times the thresholds of "
            "too few and too many (dotted).",
            "Rate of accepted rows of the chosen versions on all servers, without shadows. The thresholds are those of "
            "the configuration file, as the alerts read them.",
            "Outside the dotted lines for long. MLPredictionVolumeDrop and MLPredictionVolumeSpike compare half an "
            "hour, or ten minutes, with an hour of a week ago.",
            "Too few: look at what calls the model. Too many: look for a caller that retries, and at the room below.",
            "A week of history of the chosen versions; without it only the solid line is there.",
        ), 8, 9),
        [
            Query(summed((), per_second(rows)), "Now"),
            Query(before, "A week ago"),
            Query(limit(catalogue.TRAFFIC_DROP_THRESHOLD), "Too few"),
            Query(limit(catalogue.TRAFFIC_SPIKE_THRESHOLD), "Too many"),
        ],
        Fields(PER_SECOND, absent=_NO_CALLS, minimum=0, overrides=[
            Override("Now", {"color": colour(BLUE), "custom.lineWidth": 2}),
            Override("A week ago", dashed(REFERENCE)),
            Override("Too few", dashed(VERMILION, dash=(2, 6))),
            Override("Too many", dashed(PINK, dash=(2, 6))),
        ]),
        calcs=("lastNotNull", "mean"),
    )  # fmt: skip


def _durations(options: DashboardOptions) -> Panel:
    selector = of_served(catalogue.PREDICTION_DURATION, options, _COMPLETED)
    return time_series(
        Face("Duration of calls", Words(
            "Seconds within which half (p50), 95 and 99 of 100 calls ended, and the duration within which a call is "
            "fast enough (dashed). Dots are sampled calls that have a trace.",
            "Quantiles of the histogram of all chosen servers, calls that ended or raised; exact to the width of a "
            "bucket, and never above the largest bound of 10 s.",
            "p99 or p95 above the dashed line for long. MLPredictionLatencyBudgetBurnFast and its sisters count the "
            "calls above it.",
            "Click a dot for its trace. See whether all calls became slow or some (the map beside), whether rows a "
            "call grew, and whether the servers have room.",
            "For the dashed line a latency threshold in the configuration file; for dots traces and the exemplar "
            "storage of Prometheus.",
        ), 10, 10),
        [
            Query(quantile(0.99, catalogue.PREDICTION_DURATION, selector), "p99", has_exemplars=True),
            Query(quantile(0.95, catalogue.PREDICTION_DURATION, selector), "p95"),
            Query(quantile(0.5, catalogue.PREDICTION_DURATION, selector), "p50"),
            Query(greatest((), of_model(catalogue.SLO_LATENCY_THRESHOLD, options)), "Fast enough"),
        ],
        Fields(SECONDS, absent=_NO_CALLS, minimum=0, overrides=[
            Override("p99", {"color": colour(VERMILION)}),
            Override("p95", {"color": colour(AMBER), "custom.lineWidth": 2}),
            Override("p50", {"color": colour(BLUE), "custom.lineWidth": 2}),
            Override("Fast enough", dashed(WORSE)),
        ]),
    )  # fmt: skip


def _every_duration(options: DashboardOptions) -> Panel:
    selector = of_served(catalogue.PREDICTION_DURATION, options, _COMPLETED)
    buckets = per_second(part_of(catalogue.PREDICTION_DURATION, "_bucket", selector))
    silent = unless_any(part_of(catalogue.PREDICTION_DURATION, "_bucket", selector), "le", "no calls")
    return heat_map(
        Face("Durations of all calls", Words(
            "Calls a second in each bucket of duration: the lighter, the more.",
            "Rate of the buckets of the histogram of all chosen servers, calls that ended or raised.",
            "A second band above the first: some calls became slow, which p50 does not show.",
            "Two bands are two kinds of calls: small and large batches, cache hits and misses, or one slow server "
            "among fast ones, which the table of servers tells.",
        ), 8, 10),
        Query(f"{summed('le', buckets)} or {silent}", "{{le}}", shape="heatmap"),
        Fields(PER_SECOND, absent=_NO_CALLS),
        colours={"scheme": "Blues", "steps": 64, "scale": "exponential", "min": 0},
        y_unit=SECONDS,
    )  # fmt: skip


def _rows_per_call(options: DashboardOptions) -> Panel:
    metric = catalogue.PREDICTION_BATCH_ROWS
    selector = of_served(metric, options)
    rows = summed((), per_second(part_of(metric, "_sum", selector)))
    calls = summed((), per_second(part_of(metric, "_count", selector)))
    return time_series(
        Face("Rows in one call", Words(
            "Rows that a call brings: their mean, and the size that one call in twenty is above.",
            "Sum of rows divided by calls, and a quantile of the histogram, whose buckets widen four times each.",
            "Not by itself: larger calls take longer, fewer rows a call cost more each.",
            "Where durations rose with it, the caller changed its batches; ask it, or judge durations by rows.",
        ), 6, 10),
        [
            Query(f"{rows} / ({calls} > 0)", "Mean"),
            # Within the first bucket a quantile is interpolated from 0: no call has less than a row.
            Query(f"clamp_min({quantile(0.95, metric, selector)}, 1)", "p95"),
        ],
        Fields(PLAIN_NUMBER, absent=_NO_CALLS, minimum=0, overrides=[
            Override("Mean", {"color": colour(BLUE), "custom.lineWidth": 2}),
            Override("p95", {"color": colour(AMBER)}),
        ]),
    )  # fmt: skip
