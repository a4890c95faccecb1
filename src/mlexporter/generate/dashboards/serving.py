"""The dashboard of serving and resources: is it fast, up, and has it room?"""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards import variables
from mlexporter.generate.dashboards.annotations import of_model as marks_of_model
from mlexporter.generate.dashboards.colours import BAD, NEUTRAL, OK, WATCH
from mlexporter.generate.dashboards.dashboard import Dashboard
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import PER_SECOND, PLAIN_NUMBER, RATIO, SECONDS, Fields
from mlexporter.generate.dashboards.layout import Row
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import stat
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import per_second, summed, until_now
from mlexporter.generate.dashboards.serving_calls import call_panels, latency_panels
from mlexporter.generate.dashboards.serving_generations import generation_panels
from mlexporter.generate.dashboards.serving_resources import cards, each, resource_panels, share
from mlexporter.generate.dashboards.serving_servers import servers
from mlexporter.generate.dashboards.targets import of_served, quantile, where_served
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import Matcher

_FAILED: Final = Matcher("status", "=", "error")
_COMPLETED: Final = Matcher("status", "!~", "cancelled|abandoned")
_SUMMED: Final = "The chosen versions on the chosen servers, all added up, at the end of the time range."


def serving_dashboard(options: DashboardOptions) -> Dashboard:
    """Return it: calls and their durations, servers and what they use, cards, generative models."""
    return Dashboard(
        kind="serving",
        description="Is the model fast, up, and has it room? Calls, durations, servers, cards, generations.",
        revision=5,
        variables=[
            variables.datasource(options), variables.model_name(options), variables.model_version(options),
            variables.variant(options), variables.job(options, is_of_model=True),
            variables.instance(options, is_of_model=True),
        ],
        annotations=marks_of_model(options),
        rows=[
            Row("", [*_calls(options), *_room(options)]),
            Row("Calls", call_panels(options)),
            Row("Durations", latency_panels(options)),
            Row("Servers", [servers(options), *resource_panels(options)]),
            Row("Graphics cards", [cards(options)], is_collapsed=True),
            Row("Generative models", generation_panels(options), is_collapsed=True),
        ],
    )  # fmt: skip


def _stat(title: str, words: Words, expression: str, fields: Fields) -> Panel:
    return stat(Face(title, words, 4, 4), Query(until_now(expression), title), fields, is_live=True)


def _calls(options: DashboardOptions) -> tuple[Panel, ...]:
    requests = catalogue.PREDICTION_REQUESTS
    calls = summed((), per_second(of_served(requests, options)))
    failed = summed((), per_second(of_served(requests, options, _FAILED)))
    duration = of_served(catalogue.PREDICTION_DURATION, options, _COMPLETED)
    return (
        _stat("Calls", Words(
            "Calls a second.", _SUMMED,
            "No calls where there should be some: MLModelNoPredictions pages.",
            "Look at what calls the model, then at the table of servers.",
        ), calls, Fields(PER_SECOND, NEUTRAL, absent="No server")),
        _stat("Failed calls", Words(
            "Share of the calls that raised.", _SUMMED,
            "When it burns the error budget too fast: MLPredictionErrorBudgetBurnFast pages at 14.4 times what the "
            "objective allows.",
            "See the class of the errors below.",
        ), f"{failed} / ({calls} > 0)", Fields(RATIO, NEUTRAL, absent="No calls", decimals=2)),
        _stat("Duration, p95", Words(
            "Seconds within which 95 of 100 calls ended.", f"Quantile of the histogram. {_SUMMED}",
            "Above the duration that is fast enough, which the panel of durations draws.",
            "See there whether all calls are slow or some, and whether servers have room.",
        ), quantile(0.95, catalogue.PREDICTION_DURATION, duration), Fields(SECONDS, NEUTRAL, absent="No calls")),
    )  # fmt: skip


def _room(options: DashboardOptions) -> tuple[Panel, ...]:
    workers = where_served(each(catalogue.WORKERS, options), options)
    used = where_served(
        share(catalogue.CONTAINER_MEMORY_USAGE, catalogue.CONTAINER_MEMORY_LIMIT, options), options
    )
    ratio = options.rules.memory_ratio
    return (
        _stat("Calls in progress", Words(
            "Calls that have entered and not yet left.", _SUMMED,
            "When it climbs and does not come back: calls come faster than they are answered.",
            "Compare with the workers beside: more calls than workers or threads wait.",
        ), summed((), of_served(catalogue.PREDICTIONS_IN_PROGRESS, options)),
            Fields(PLAIN_NUMBER, NEUTRAL, absent="No server")),
        _stat("Workers", Words(
            "Living processes that have monitored a call, on all chosen servers together.",
            "Added over the servers that serve the chosen model, at the end of the time range.",
            "Fewer than an hour ago: MLWorkersLost.",
            "See in the table which server has fewer, or is down.",
        ), f"sum({workers})", Fields(PLAIN_NUMBER, NEUTRAL, absent="No server", decimals=0)),
        _stat("Memory of limit", Words(
            "Memory in use as a share of its limit, of the fullest of the chosen servers.",
            "Memory of the container without idle file cache, divided by its tightest limit.",
            f"From {ratio:.0%} MLServingMemoryNearLimit warns; at 100 % the kernel kills a process.",
            "See the panel of memory for what grows, and the table for where.",
            "A memory limit on the container of the server.",
        ), f"max({used})",
            Fields(RATIO, ((None, OK), (0.8, WATCH), (ratio, BAD)), absent="No limit is set", decimals=0)),
    )  # fmt: skip
