"""The dashboard of exporters: can I believe what I see?"""

from __future__ import annotations

from mlexporter import catalogue
from mlexporter.generate.dashboards import variables
from mlexporter.generate.dashboards.annotations import of_exporters as marks_of_exporters
from mlexporter.generate.dashboards.colours import ANY_IS_BAD, BAD, OK, WATCH
from mlexporter.generate.dashboards.dashboard import Dashboard
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import PLAIN_NUMBER, SECONDS, Fields
from mlexporter.generate.dashboards.health_rows import WANTED, row_panels
from mlexporter.generate.dashboards.health_set_up import set_up_panels
from mlexporter.generate.dashboards.health_work import (
    SLOW_SCRAPE_SECONDS,
    STALLED_INTERVALS,
    evaluation_panels,
    scrape_panels,
)
from mlexporter.generate.dashboards.layout import Row
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import stat, time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import (
    RANGE,
    greatest,
    increase,
    of_targets,
    summed,
    until_now,
)
from mlexporter.generate.dashboards.targets import (
    SCRAPE_DURATION,
    UP,
    of_exporter,
    or_none,
    where_exporter,
)
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import TARGET_LABELS

_NO_EXPORTER = "No exporter"


def exporter_health_dashboard(options: DashboardOptions) -> Dashboard:
    """Return it: what is set up, what is counted, what is computed, what is read."""
    one = [variables.model_name(options)] if options.model else []
    set_up, exporters, course = set_up_panels(options)
    return Dashboard(
        kind="exporter-health",
        description="Can I believe what I see? What is set up, counted, computed and read, by the exporters themselves.",
        revision=5,
        variables=[
            variables.datasource(options), *one, variables.job(options), variables.instance(options),
        ],
        annotations=marks_of_exporters(options),
        rows=[
            Row("", [*_first(options), *_second(options)]),
            Row("Set-up", [set_up, course]),
            Row("Exporters", [exporters, _degraded(options)]),
            Row("Rows and errors", row_panels(options)),
            Row("Evaluations", evaluation_panels(options)),
            Row("Scrapes and pushes", scrape_panels(options)),
        ],
    )  # fmt: skip


def _stat(title: str, words: Words, expression: str, fields: Fields) -> Panel:
    return stat(Face(title, words, 4, 4), Query(until_now(expression), title), fields, is_live=True)


def _first(options: DashboardOptions) -> tuple[Panel, ...]:
    errors = increase(of_targets(catalogue.INTERNAL_ERRORS, options), RANGE)
    return (
        _stat("Exporters down", Words(
            "Exporters that were there in the time range and cannot be scraped now.",
            "Targets that had an exporter and whose newest scrape failed.",
            "Any: MLExporterDown after three minutes. Nobody watches the models behind it.",
            "See which one in the table of exporters.",
        ), f"sum(1 - ({where_exporter(UP, options)}))",
            Fields(PLAIN_NUMBER, ANY_IS_BAD, absent=_NO_EXPORTER, decimals=0)),
        _stat("Degraded", Words(
            "Reasons for which exporters run degraded, counted over exporters and models.",
            "Sum of what the chosen exporters say at the end of the time range.",
            "Any: MLExporterDegraded, MLProfileMissing or MLExporterReloadFailed.",
            "See the reasons below; the log and the page of the exporter say what to do.",
        ), summed((), of_targets(catalogue.DEGRADED, options)),
            Fields(PLAIN_NUMBER, ANY_IS_BAD, absent=_NO_EXPORTER, decimals=0)),
        stat(Face("Internal errors", Words(
            "Errors of mlexporter itself in the time range.",
            "Increase over all stages of the chosen exporters.",
            "Any: MLExporterInternalErrors. They are kept away from predictions.",
            "See at which stage below; the log names class and place.",
        ), 4, 4), Query(summed((), errors), "Internal errors", shape="now"),
            Fields(PLAIN_NUMBER, ANY_IS_BAD, absent=_NO_EXPORTER, decimals=0)),
    )  # fmt: skip


def _second(options: DashboardOptions) -> tuple[Panel, ...]:
    dropped = summed((), increase(of_exporter(catalogue.DROPPED_ROWS, options, WANTED), RANGE))
    lost = summed((), increase(of_exporter(catalogue.ROWS_LOST, options), RANGE))
    newest, interval = (
        greatest(TARGET_LABELS, of_targets(metric, options))
        for metric in (catalogue.LAST_EVALUATION, catalogue.EVALUATION_INTERVAL)
    )
    age = greatest((), f"(time() - {newest}) / {interval}")
    slowest = greatest((), where_exporter(SCRAPE_DURATION, options))
    half = SLOW_SCRAPE_SECONDS / 2
    return (
        stat(Face("Rows in no bin", Words(
            "Accepted rows of the time range that were dropped, or lost with their worker; not those that `sample=` left "
            "out.",
            "Increase over all models of the chosen exporters.",
            "Any: MLExporterRowsDropped, MLWorkersLost. Calls and errors stay exact; drift knows less.",
            "See the reasons below.",
        ), 4, 4), Query(f"{dropped} + {lost}", "Rows in no bin", shape="now"),
            Fields(PLAIN_NUMBER, ANY_IS_BAD, absent="No model", decimals=0)),
        _stat("Oldest evaluation", Words(
            "Age of the newest evaluation in its own intervals, of the exporter where it is oldest.",
            "Time since the newest evaluation divided by the interval.",
            f"Above {STALLED_INTERVALS} for five minutes: MLEvaluationStalled.",
            "See which exporter below. Its drift is old or absent.",
        ), age, Fields(
            "suffix:intervals", ((None, OK), (2, WATCH), (STALLED_INTERVALS, BAD)), absent="Nothing evaluated",
            decimals=1,
        )),
        _stat("Slowest scrape", Words(
            "Seconds that the newest scrape of the slowest exporter took.",
            "As Prometheus measures it.",
            f"Above {SLOW_SCRAPE_SECONDS:g} s, half of the usual timeout: MLExporterScrapeSlow.",
            "See which exporter below.",
        ), slowest, Fields(
            SECONDS, ((None, OK), (half, WATCH), (SLOW_SCRAPE_SECONDS, BAD)), absent=_NO_EXPORTER, decimals=2
        )),
    )  # fmt: skip


def _degraded(options: DashboardOptions) -> Panel:
    degraded = of_targets(catalogue.DEGRADED, options)
    reasons = or_none(f"({summed(('instance', 'reason'), degraded)} > 0)", "reason", summed((), degraded))
    return time_series(
        Face("Degraded, by reason", Words(
            "For each reason, how many models of an exporter run degraded (1 where it is the exporter itself).",
            "As each exporter says; none is a line at 0.",
            "Any: MLProfileMissing for profiles, MLExporterReloadFailed for the configuration file, MLExporterDegraded for "
            "all others, each with a page that says what to do.",
            "The reason names the cause; the log and the page of the exporter say more.",
        ), 24, 7),
        [Query(reasons, "{{reason}} {{instance}}")],
        Fields(PLAIN_NUMBER, absent=_NO_EXPORTER, decimals=0, minimum=0, custom={"axisSoftMax": 1}),
        legend="right",
    )  # fmt: skip
