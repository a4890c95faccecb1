"""Panels of the exporter's dashboard about what is set up: a check of every condition, and a row an exporter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from mlexporter import catalogue
from mlexporter.generate.annotations import REQUEST_RATE
from mlexporter.generate.changes import CALLS_FIRST
from mlexporter.generate.dashboards.cells import name_column, number_column, word_column
from mlexporter.generate.dashboards.colours import OK, UNKNOWN, WORSE
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import PLAIN_NUMBER, Fields
from mlexporter.generate.dashboards.links import column, link
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import states
from mlexporter.generate.dashboards.queries import Query, rows
from mlexporter.generate.dashboards.reading import greatest, of_targets, unless_any
from mlexporter.generate.dashboards.tables import Columns, table
from mlexporter.generate.dashboards.targets import UP, of_exporter, recorded_of_all, where_exporter
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.latency import COMPLETED_RATE
from mlexporter.generate.promql import TARGET_LABELS, Matcher
from mlexporter.generate.recording import EXAMINED_HOUR

_MISSING, _THERE, _UNUSED = 0, 1, 2
_STATES: Final = {
    "0": ("✗ missing", WORSE), "1": ("✓ there", OK), "2": ("– not used", UNKNOWN),
}  # fmt: skip
_UP: Final = {"1": ("▲ up", OK), "0": ("▼ down", WORSE)}
_SHARED: Final = {"0": ("✓ all workers", OK), "1": ("✗ one of several", WORSE)}
_RELOADED: Final = {"1": ("✓ good", OK), "0": ("✗ refused", WORSE)}


Reader = Callable[..., str]
"""Makes the selector of a metric, from it, the options, and further matchers."""


class Check(NamedTuple):
    """One condition: its name, the series that it is there by, what to do without it, whether all need it."""

    name: str
    sign: str
    without: str
    is_needed: bool = False


def set_up_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return the check, and the exporters."""
    return (_check(options), _exporters(options), _course(options))


def checks(options: DashboardOptions, read: Reader = of_exporter) -> tuple[Check, ...]:
    """Return every condition; ``read`` makes the selector of a metric, by default of the chosen exporters."""

    def of(metric: catalogue.Metric) -> str:
        return read(metric, options)

    def recorded(name: str) -> str:
        return recorded_of_all(name, options)

    scored = read(catalogue.FEATURE_DRIFT_SEVERITY, options, Matcher("window", "=", options.window))
    rules = "Load alerts/recording.yaml into Prometheus"
    return (
        Check("An exporter is scraped", of(catalogue.BUILD_INFO), "Add its port to the scrape jobs", True),
        Check("A model is monitored", of(catalogue.MODEL_INFO), "Decorate the function that predicts", True),
        Check("Rules: calls and errors", recorded(REQUEST_RATE), rules, True),
        Check("Rules: features and bins", recorded(EXAMINED_HOUR), rules, True),
        Check("Rules: what changed", recorded(CALLS_FIRST), rules, True),
        Check("Rules: slow calls", recorded(COMPLETED_RATE), "The same, and a latency threshold"),
        Check(
            "Alerts are evaluated",
            'ALERTS{alertname="MLWatchdog", alertstate="firing"}',
            "Load alerts/rules.yaml",
            True,
        ),
        Check("A profile is in use", of(catalogue.PROFILE_INFO), "Learn one: mlexporter profile"),
        Check("Drift is scored", scored, "Wait for rows enough, see absent scores"),
        Check("A baseline is in use", of(catalogue.BASELINE_ACCEPTED), "mlexporter baseline accept"),
        Check("A latency threshold", of(catalogue.SLO_LATENCY_THRESHOLD), "Set latency_threshold_seconds"),
        Check("A configuration file", of(catalogue.CONFIG_RELOAD_SUCCESS), "Name it by MLEXPORTER_CONFIG"),
        Check("A memory limit", of(catalogue.CONTAINER_MEMORY_LIMIT), "Limit the container of the server"),
        Check("A graphics card", of(catalogue.GPU_UTILIZATION), "Install mlexporter[gpu] where one is"),
        Check("Pushes over OTLP", of(catalogue.PUSHES), "Call mlexporter.push()"),
        Check("Prediction events", of(catalogue.PREDICTION_EVENTS), "Set MLEXPORTER_EVENTS_RATIO"),
        Check("A week of history", f"{of(catalogue.BUILD_INFO)} offset 1w", "It comes by itself"),
    )


def there(check: Check) -> str:
    """Return a series without labels that is 1 where a condition is met; nothing where it is not."""
    return f"0 * count({check.sign}) + {_THERE}"


def _check(options: DashboardOptions) -> Panel:
    def state(check: Check) -> str:
        absent = _MISSING if check.is_needed else _UNUSED
        value = f"({there(check)} or vector({absent}))"
        named = f'label_replace({value}, "check", "{check.name}", "", "")'
        return f'label_replace({named}, "without", "{check.without}", "", "")'

    return table(
        Face("Set-up check", Words(
            "What is there at the end of the time range, and what to do where something is not: needed (red where it is "
            "missing) or of use to some (grey).",
            "Whether the series by which each is known exists, for the chosen exporters; recorded series and alerts for "
            "all of them.",
            "Anything red. Grey is a choice: panels that need it say so and are empty.",
            "Do what the right column says.",
            "Of the recording rules, `alerts/recording.yaml`, it tells whether they are there.",
        ), 12, 13),
        [rows("\nor ".join(state(check) for check in checks(options)), "state")],
        Fields(PLAIN_NUMBER, absent="Prometheus does not answer", overrides=[
            name_column("Condition", 210), word_column("State", 110, _STATES), name_column("Without it", 300),
        ]),
        Columns(
            (("check", "Condition"), ("Value", "State"), ("Value #state", "State"), ("without", "Without it")),
            sort_by="State", is_ascending=True,
        ),
    )  # fmt: skip


def _exporters(options: DashboardOptions) -> Panel:
    def each(metric: catalogue.Metric) -> str:
        return greatest(TARGET_LABELS, of_targets(metric, options))

    versions = greatest(
        (*TARGET_LABELS, *catalogue.BUILD_INFO.labels), of_targets(catalogue.BUILD_INFO, options)
    )
    serving = link("Serving of this one", "serving", options, job=column("Job"), instance=column("Exporter"))
    return table(
        Face("Exporters", Words(
            "One row an exporter that was there in the time range: whether it is up, its versions, its workers, whether "
            "its counts are those of all its workers, and whether its configuration file was good.",
            "What each says of itself at the end of the time range.",
            "Down: MLExporterDown. One of several: counts are too low (set MLEXPORTER_DIR). Refused: "
            "MLExporterReloadFailed. Two versions are normal during a rollout only.",
            "Its log says why. A click on a name shows how it serves.",
        ), 24, 8),
        [
            rows(where_exporter(UP, options), "up"),
            rows(versions, "versions"),
            rows(each(catalogue.WORKERS), "workers"),
            rows(each(catalogue.SINGLE_WORKER), "single"),
            rows(each(catalogue.CONFIG_RELOAD_SUCCESS), "reload"),
        ],
        Fields(PLAIN_NUMBER, absent="No exporter", overrides=[
            name_column("Exporter", 300, link=serving), name_column("Job", 200), word_column("Up", 90, _UP),
            name_column("Version", 110), name_column("Python", 110), number_column("Workers", 100),
            word_column("Counts", 150, _SHARED), word_column("File", 120, _RELOADED),
        ]),
        Columns(
            (
                ("instance", "Exporter"), ("job", "Job"), ("Value #up", "Up"), ("version", "Version"),
                ("python_version", "Python"), ("Value #workers", "Workers"), ("Value #single", "Counts"),
                ("Value #reload", "File"),
            ),
            sort_by="Up", is_ascending=True, dropped=("Time", "__name__", "Value #versions"),
        ),
    )  # fmt: skip


def _course(options: DashboardOptions) -> Panel:
    silent = unless_any(of_targets(catalogue.BUILD_INFO, options), "instance", "no exporter")
    return states(
        Face("Up and down", Words(
            "Each exporter over time: blue is up, red is a scrape that failed, grey or nothing is a target that was not known.",
            "Whether Prometheus could scrape it, for every target that had an exporter in the time range.",
            "Red for three minutes: MLExporterDown. No exporter at all: MLExporterAbsent.",
            "Red on all at once is the network or Prometheus; on one it is that server. Grey beside a new name is a pod "
            "that was replaced.",
        ), 12, 13),
        [Query(f"{greatest('instance', where_exporter(UP, options))} or {silent}", "{{instance}}")],
        Fields(PLAIN_NUMBER, ((None, UNKNOWN), (0, WORSE), (1, OK)), absent="No exporter"),
        has_legend=False,
    )  # fmt: skip
