"""Panels of the exporter's dashboard about what is counted: the ledger of rows, errors of ours, what was turned away."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.cells import coloured_column, name_column, number_column
from mlexporter.generate.dashboards.colours import BAD, WATCH, WORSE
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import PER_SECOND, PLAIN_NUMBER, RATIO, Fields
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import time_series
from mlexporter.generate.dashboards.queries import Query, rows
from mlexporter.generate.dashboards.reading import RANGE, RATE, greatest, increase, per_second, summed
from mlexporter.generate.dashboards.tables import Columns, table
from mlexporter.generate.dashboards.targets import of_exporter, or_none, recorded_of_all
from mlexporter.generate.dashboards.words import RULES_NEEDED, Words
from mlexporter.generate.promql import FEATURE, MODEL, Matcher, recorded_name
from mlexporter.generate.recording import EXAMINED_HOUR

WANTED: Final = Matcher("reason", "!=", "sampled")
"""Rows that are left out on purpose are no fault."""

_BINNED_HOUR: Final = recorded_name("model_feature_bin", catalogue.FEATURE_OBSERVATIONS, "increase1h")
_EVENTS: Final = {"drawStyle": "bars", "fillOpacity": 80, "axisSoftMax": 1}
_ENOUGH: Final = ((None, WORSE), (0.9, BAD), (0.97, WATCH), (0.99, "transparent"))
_BY_REASON: Final = ("model_name", "reason")


def row_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return the ledger, rows in no bin, errors of ours, and what was turned away or put aside."""
    return (_ledger(options), _in_no_bin(options), _internal_errors(options), _put_aside(options))


def _ledger(options: DashboardOptions) -> Panel:
    examined = recorded_of_all(EXAMINED_HOUR, options)
    binned = greatest(MODEL, summed(FEATURE, recorded_of_all(_BINNED_HOUR, options)))

    def counted(metric: Metric) -> str:
        return summed(MODEL, increase(of_exporter(metric, options), RANGE))

    return table(
        Face("Ledger of rows", Words(
            "For each model: rows accepted, dropped and lost in the time range, and the share of the rows of the last "
            "hour that should be in a bin and are.",
            "Accepted = binned + dropped + lost, always. Accepted, dropped and lost are increases of the chosen exporters; "
            "the share divides the recorded rows in the bins of a feature by the rows that were examined.",
            "A share well below 100 % for an hour: rows are missing and nobody says why. A little above or below is the "
            "moment of scrapes. MLExporterRowsDropped and MLWorkersLost tell of those that have a reason.",
            "Look at internal errors beside and at the log of the exporter; please report it.",
            f"For the share a profile. {RULES_NEEDED}",
        ), 12, 9),
        [
            rows(counted(catalogue.PREDICTIONS), "accepted"),
            rows(counted(catalogue.DROPPED_ROWS), "dropped"),
            rows(counted(catalogue.ROWS_LOST), "lost"),
            rows(f"{binned} / ({examined} > 0)", "share"),
        ],
        Fields(PLAIN_NUMBER, absent="No model", overrides=[
            name_column("Model", 150), name_column("Version", 80), name_column("Variant", 80),
            number_column("Accepted", 85, unit="locale", decimals=0),
            number_column("Dropped", 80, unit="locale", decimals=0),
            number_column("Lost", 65, unit="locale", decimals=0),
            coloured_column("In bins, 1 hour", 110, _ENOUGH, unit=RATIO, decimals=1),
        ]),
        Columns(
            (
                ("model_name", "Model"), ("model_version", "Version"), ("variant", "Variant"),
                ("Value #accepted", "Accepted"), ("Value #dropped", "Dropped"), ("Value #lost", "Lost"),
                ("Value #share", "In bins, 1 hour"),
            ),
            sort_by="Accepted",
        ),
    )  # fmt: skip


def _rate(
    metric: Metric, labels: tuple[str, ...], legend: str, label: str, options: DashboardOptions
) -> Query:
    every = per_second(of_exporter(metric, options))
    return Query(or_none(f"({summed(labels, every)} > 0)", label, summed((), every)), legend)


def _rise(metric: Metric, label: str, legend: str, options: DashboardOptions) -> Query:
    every = increase(of_exporter(metric, options), RATE)
    return Query(or_none(f"({summed(label, every)} > 0)", label, summed((), every)), legend)


def _in_no_bin(options: DashboardOptions) -> Panel:
    return time_series(
        Face("Rows that are in no bin", Words(
            "Accepted rows a second that were dropped, or lost with their worker, by model and reason.",
            "Rates of the chosen exporters, added up. They are counted as calls and rows all the same: errors, traffic and "
            "durations stay exact; drift knows less.",
            "Any but sampled: MLExporterRowsDropped; any lost: MLWorkersLost. sampled is what `sample=` asked for.",
            "overload: give the server a free core or sample. internal_error: see the panel below. killed: look for what "
            "ended the worker.",
        ), 12, 9),
        [
            _rate(catalogue.DROPPED_ROWS, _BY_REASON, "Dropped: {{reason}} {{model_name}}", "reason", options),
            _rate(catalogue.ROWS_LOST, _BY_REASON, "Lost: {{reason}} {{model_name}}", "reason", options),
        ],
        Fields(PER_SECOND, absent="No exporter", minimum=0, custom={"axisSoftMax": 1}),
    )  # fmt: skip


def _internal_errors(options: DashboardOptions) -> Panel:
    return time_series(
        Face("Errors of mlexporter itself", Words(
            "Errors of our own that were kept away from the model, by the stage where they happened.",
            "Increase between two points, the chosen exporters added up; none is a line at 0.",
            "Any: MLExporterInternalErrors. Predictions are not affected; what is counted or shown may be incomplete.",
            "The log of the exporter names class and place of each kind once; please report it.",
        ), 12, 8),
        [_rise(catalogue.INTERNAL_ERRORS, "stage", "{{stage}}", options)],
        Fields(PLAIN_NUMBER, absent="No exporter", minimum=0, custom=_EVENTS),
        calcs=("max", "lastNotNull"),
    )  # fmt: skip


def _put_aside(options: DashboardOptions) -> Panel:
    overflow = summed((), increase(of_exporter(catalogue.CARDINALITY_OVERFLOW, options), RATE))
    return time_series(
        Face("Turned away, put aside, filed under other", Words(
            "Requests and connections that were turned away, files of counts that could not be read, and observations "
            "that went to other because a label had too many values.",
            "Increase between two points, the chosen exporters added up, by reason; none is a line at 0.",
            "More than ten turned away in a quarter of an hour: MLUnauthorisedAccess. Any file: "
            "MLExporterCountsSetAside. Any overflow: MLExporterCardinalityLimit.",
            "host: a wrong address in a scrape job, or a scanner. garbled, truncated: look at the disk. Overflow: find the "
            "label with names that never repeat.",
        ), 12, 8),
        [
            _rise(catalogue.ACCESS_DENIED, "reason", "Turned away: {{reason}}", options),
            _rise(catalogue.SLOTS_SET_ASIDE, "reason", "Counts put aside: {{reason}}", options),
            Query(overflow, "Filed under other"),
        ],
        Fields(PLAIN_NUMBER, absent="No exporter", minimum=0, custom=_EVENTS),
        calcs=("max", "lastNotNull"),
    )  # fmt: skip
