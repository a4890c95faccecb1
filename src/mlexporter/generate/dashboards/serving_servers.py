"""The table of the serving dashboard: one row a server."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards.cells import coloured_column, name_column, number_column, word_column
from mlexporter.generate.dashboards.colours import ANY_IS_BAD, BAD, OK, WATCH, WORSE
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import PER_SECOND, PLAIN_NUMBER, RATIO, SECONDS, Fields
from mlexporter.generate.dashboards.links import column, link
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.queries import rows
from mlexporter.generate.dashboards.reading import RANGE, of_targets, per_second, summed
from mlexporter.generate.dashboards.serving_resources import each, rise, share
from mlexporter.generate.dashboards.tables import Columns, table
from mlexporter.generate.dashboards.targets import of_served, quantile, up_where_served, where_served
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import TARGET_LABELS, Matcher

_FAILED: Final = Matcher("status", "=", "error")
_COMPLETED: Final = Matcher("status", "!~", "cancelled|abandoned")
_UP: Final = {"1": ("▲ up", OK), "0": ("▼ down", WORSE)}
_FILES: Final = ((None, "transparent"), (0.8, WATCH), (0.9, BAD))


def servers(options: DashboardOptions) -> Panel:
    """Return the servers of the chosen model, dead ones included, the busiest first."""
    requests = catalogue.PREDICTION_REQUESTS
    calls = summed(TARGET_LABELS, per_second(of_served(requests, options)))
    failed = summed(TARGET_LABELS, per_second(of_served(requests, options, _FAILED)))
    duration = of_served(catalogue.PREDICTION_DURATION, options, _COMPLETED)
    restarts = summed(TARGET_LABELS, f"changes({of_targets(catalogue.PROCESS_START_TIME, options)}[{RANGE}])")
    memory = ((None, "transparent"), (0.8, WATCH), (options.rules.memory_ratio, BAD))
    of_server = {
        "workers": each(catalogue.WORKERS, options),
        "memory": share(catalogue.CONTAINER_MEMORY_USAGE, catalogue.CONTAINER_MEMORY_LIMIT, options),
        "files": share(catalogue.PROCESS_OPEN_FDS, catalogue.PROCESS_MAX_FDS, options),
        "threads": each(catalogue.PROCESS_THREADS, options),
        "restarts": restarts,
        "killed": rise(catalogue.CONTAINER_OUT_OF_MEMORY_KILLS, options, RANGE),
        "age": f"time() - {each(catalogue.PROCESS_START_TIME, options)}",
    }
    exporter = link(
        "Exporter of this server", "exporter-health", options, job=column("Job"), instance=column("Server")
    )
    return table(
        Face("Servers", Words(
            "One row a server that has served the chosen model in the time range: whether it is up, its calls, and what "
            "it uses.",
            "Rates and gauges at the end of the time range; calls are those of the chosen model, processes those of the "
            "whole server. Restarts (of its oldest worker) and kills are counted over the time range.",
            "Down: MLExporterDown. Memory from 90 % of its limit: MLServingMemoryNearLimit. Any kill: "
            "MLServingOutOfMemoryKill. Files near their limit: calls will fail to connect.",
            "One server unlike the others is a problem of that server; all alike is one of the model or its callers.",
        ), 24, 7),
        [
            rows(up_where_served(options), "up"),
            rows(calls, "calls"),
            rows(f"{failed} / ({calls} > 0)", "failed"),
            rows(quantile(0.95, catalogue.PREDICTION_DURATION, duration, TARGET_LABELS), "p95"),
            rows(summed(TARGET_LABELS, of_served(catalogue.PREDICTIONS_IN_PROGRESS, options)), "progress"),
            *(rows(where_served(expression, options), name) for name, expression in of_server.items()),
        ],
        Fields(PLAIN_NUMBER, absent="No server", overrides=[
            name_column("Server", 150, link=exporter), name_column("Job", 100), word_column("Up", 75, _UP),
            number_column("Calls/s", 130, unit=PER_SECOND),
            number_column("Failed", 75, unit=RATIO, decimals=2),
            number_column("p95", 80, unit=SECONDS), number_column("In progress", 95), number_column("Workers", 80),
            coloured_column("Memory of limit", 125, memory, unit=RATIO, decimals=0),
            coloured_column("Files of limit", 110, _FILES, unit=RATIO, decimals=0),
            number_column("Threads", 80), number_column("Restarts", 80, decimals=0),
            coloured_column("Killed", 70, ((None, "transparent"), (1, ANY_IS_BAD[1][1])), decimals=0),
            number_column("Age", 90, unit="dtdurations"),
        ]),
        Columns(
            (
                ("instance", "Server"), ("job", "Job"), ("Value #up", "Up"), ("Value #calls", "Calls/s"),
                ("Value #failed", "Failed"), ("Value #p95", "p95"), ("Value #progress", "In progress"),
                ("Value #workers", "Workers"), ("Value #memory", "Memory of limit"), ("Value #files", "Files of limit"),
                ("Value #threads", "Threads"), ("Value #restarts", "Restarts"), ("Value #killed", "Killed"),
                ("Value #age", "Age"),
            ),
            sort_by="Calls/s",
            dropped=("Time", "__name__"),
        ),
    )  # fmt: skip
