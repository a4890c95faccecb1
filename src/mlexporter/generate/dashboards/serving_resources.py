"""Panels of the serving dashboard about servers: what they use of what they have."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.colours import BAD, REFERENCE, VERMILION, WORSE
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import (
    BYTES,
    PLAIN_NUMBER,
    RATIO,
    Fields,
    Override,
    colour,
    dashed,
)
from mlexporter.generate.dashboards.links import label, link
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import RATE, greatest, of_targets, per_second, summed
from mlexporter.generate.dashboards.targets import where_served
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import TARGET_LABELS

_CARD: Final = (*TARGET_LABELS, *catalogue.GPU_UTILIZATION.labels)
_DRAWN: Final = {"thresholdsStyle": {"mode": "dashed"}}
_THROTTLED, _CARD_FULL = 0.25, 0.95


def resource_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return processor, memory, and what a server waits for."""
    return (_processor(options), _memory(options), _waiting(options))


def each(metric: Metric, options: DashboardOptions, labels: tuple[str, ...] = TARGET_LABELS) -> str:
    """Return a gauge by server."""
    return greatest(labels, of_targets(metric, options))


def share(
    used: Metric, limit: Metric, options: DashboardOptions, labels: tuple[str, ...] = TARGET_LABELS
) -> str:
    """Return how much of a limit is used, by server."""
    return f"{each(used, options, labels)} / {each(limit, options, labels)}"


def rise(metric: Metric, options: DashboardOptions, over: str) -> str:
    """Return by how much a counter rose ``over`` a range, by server."""
    return summed(TARGET_LABELS, f"increase({of_targets(metric, options)}[{over}])")


def _served(expression: str, legend: str, options: DashboardOptions) -> Query:
    return Query(greatest("instance", where_served(expression, options)), legend)


def _card(expression: str, legend: str, options: DashboardOptions) -> Query:
    return Query(greatest(("instance", "hw_id"), where_served(expression, options)), legend)


def _smallest(metric: Metric, options: DashboardOptions) -> Query:
    return Query(f"min({where_served(each(metric, options), options)})", "Limit")


def _face(title: str, words: Words, options: DashboardOptions, *, width: int = 8) -> Face:
    exporter = link("Exporter of this server", "exporter-health", options, "job", instance=label("instance"))
    return Face(title, words, width, 9, (exporter,))


def _processor(options: DashboardOptions) -> Panel:
    used = summed(TARGET_LABELS, per_second(of_targets(catalogue.PROCESS_CPU, options)))
    return time_series(
        _face("Processor", Words(
            "Cores that all workers of a server use together, and how many it may use (dashed).",
            "Rate of processor seconds by server, of whatever models it serves; the limit is the smallest among them.",
            "At the dashed line calls wait for each other; MLServingCPUThrottled warns when the quota stops them.",
            "Add servers or cores, or take fewer rows a call. A server far above the others gets more than its part "
            "of the calls.",
            "For the dashed line a processor limit on the container.",
        ), options),
        [_served(used, "{{instance}}", options), _smallest(catalogue.CONTAINER_CPU_LIMIT, options)],
        Fields(
            "suffix:cores", absent="No server", decimals=2, minimum=0,
            overrides=[Override("Limit", dashed(VERMILION))],
        ),
    )  # fmt: skip


def _memory(options: DashboardOptions) -> Panel:
    killed = where_served(rise(catalogue.CONTAINER_OUT_OF_MEMORY_KILLS, options, RATE), options)
    return time_series(
        _face("Memory", Words(
            "Memory of the container of a server, resident memory of its workers, the limit (dashed), and processes "
            "that the kernel killed for lack of it (red bars).",
            "As the kernel tells at each scrape; the container without idle file cache. Workers count what they share "
            "in each of them. The limit is the smallest among the servers.",
            "From 90 % of the limit MLServingMemoryNearLimit warns; at the limit the kernel kills a process, which "
            "MLServingOutOfMemoryKill tells. A line that only climbs is a leak.",
            "Give it more, use fewer workers, or look for what grows with each call.",
            "A container with limits; without one only the workers are there.",
        ), options),
        [
            _served(each(catalogue.PROCESS_RESIDENT_MEMORY, options), "Workers of {{instance}}", options),
            _served(each(catalogue.CONTAINER_MEMORY_USAGE, options), "{{instance}}", options),
            _smallest(catalogue.CONTAINER_MEMORY_LIMIT, options),
            Query(f"sum({killed})", "Killed"),
        ],
        Fields(BYTES, absent="No server", minimum=0, overrides=[
            Override("Limit", dashed(VERMILION)),
            Override("Killed", {
                "color": colour(WORSE), "unit": PLAIN_NUMBER, "custom.drawStyle": "bars",
                "custom.fillOpacity": 80, "custom.axisPlacement": "right", "custom.axisLabel": "killed", "custom.axisSoftMax": 2,
            }),
        ]),
    )  # fmt: skip


def _waiting(options: DashboardOptions) -> Panel:
    pressure = where_served(
        each(catalogue.CONTAINER_PRESSURE, options, (*TARGET_LABELS, "resource")), options
    )
    throttled = summed(TARGET_LABELS, per_second(of_targets(catalogue.CONTAINER_CPU_THROTTLED, options)))
    stopped = where_served(f"{throttled} / {each(catalogue.CONTAINER_CPU_LIMIT, options)}", options)
    return time_series(
        Face("Waiting for the machine", Words(
            "Share of time in which a task waited for processor, memory or disk, and in which the processor quota "
            "stopped a server.",
            "Pressure of the last ten seconds as the kernel tells it; throttled seconds a second and core of the limit. "
            "The worst of the chosen servers.",
            "Quota above the dashed line, 0.25, for a quarter of an hour: MLServingCPUThrottled. Memory well above 0 for "
            "minutes: the server is about to stall; no alert reads pressure.",
            "Quota: raise or remove it, or use fewer threads of numpy (OMP_NUM_THREADS). Memory: see beside. Disk: look "
            "for what writes.",
            "A kernel that tells pressure (Linux with PSI), a container of its own, and for the quota a limit.",
        ), 8, 9),
        [Query(greatest("resource", pressure), "Pressure of {{resource}}"), Query(f"max({stopped})", "Quota")],
        Fields(
            RATIO, ((None, "transparent"), (_THROTTLED, BAD)), absent="The kernel tells none", minimum=0,
            custom=_DRAWN | {"axisSoftMax": 0.3}, overrides=[Override("Quota", {"color": colour(VERMILION)})],
        ),
    )  # fmt: skip


def cards(options: DashboardOptions) -> Panel:
    """Return how busy and how full graphics cards are, and what they draw."""
    full = share(catalogue.GPU_MEMORY_USAGE, catalogue.GPU_MEMORY_LIMIT, options, _CARD)
    return time_series(
        _face("Graphics cards", Words(
            "Share of time in which a card computed, share of its memory in use, and the watts that it draws (grey, "
            "right axis).",
            "As the driver tells at each scrape, by card; memory by whatever process uses it.",
            "Memory above the dashed line, 95 %: MLGPUMemoryNearLimit. Below 5 % busy for an hour: MLGPUIdle, it is paid "
            "for nothing. Busy near 100 %: calls wait for it.",
            "Larger batches use a card better; less memory needs smaller ones, or a model of lower precision.",
            "A graphics card and nvidia-ml-py in the server; both alerts are in `alerts/optional.yaml`.",
        ), options, width=24),
        [
            _card(each(catalogue.GPU_UTILIZATION, options, _CARD), "Busy, {{hw_id}} of {{instance}}", options),
            _card(full, "Memory, {{hw_id}} of {{instance}}", options),
            _card(each(catalogue.GPU_POWER, options, _CARD), "Power, {{hw_id}} of {{instance}}", options),
        ],
        Fields(
            RATIO, ((None, "transparent"), (_CARD_FULL, BAD)), absent="No graphics card", minimum=0, custom=_DRAWN,
            overrides=[Override("/^Power/", {
                "unit": "watt", "color": colour(REFERENCE), "custom.axisPlacement": "right",
                "custom.thresholdsStyle": {"mode": "off"},
            })],
        ),
    )  # fmt: skip
