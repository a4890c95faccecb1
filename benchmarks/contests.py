"""The contests, in the order in which they are held, and who takes part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

REPETITIONS: Final = 7


@dataclass(frozen=True)
class Contest:
    """One piece of work.

    Attributes:
        name: Short, for ``--contests`` and the JSON.
        entries: Contestant to ``module:Class`` of its task; they take turns in this order.
        repetitions: After one that warms up; 1 where the work takes a minute and is no time.
    """

    name: str
    entries: Mapping[str, str]
    repetitions: int = REPETITIONS


def _of(*parts: tuple[str, str, str]) -> dict[str, str]:
    return {contestant: f"contestants.{module}:{task}" for contestant, module, task in parts}


_OURS, _CLIENT, _OTEL, _WHYLOGS, _EVIDENTLY = (
    "mlexporter", "prometheus_client", "opentelemetry", "whylogs", "evidently",
)  # fmt: skip

CONTESTS: Final = (
    Contest("hot_path", _of((_OURS, "ours_rows", "HotPath"))),
    Contest("all_in", _of(
        (_OURS, "ours_rows", "AllIn"), (_CLIENT, "with_prometheus_client", "AllIn"),
        (_OTEL, "with_opentelemetry", "AllIn"), (_WHYLOGS, "with_whylogs", "AllIn"),
    )),
    Contest("tail", _of((_OURS, "ours_rows", "Tail"), (_CLIENT, "with_prometheus_client", "Tail"))),
    Contest("spans", _of((_OURS, "ours_spans", "Unsampled"))),
    Contest("threads", _of((_OURS, "ours_rows", "Threads"), (_CLIENT, "with_prometheus_client", "Threads"))),
    Contest("large_batch", _of((_OURS, "ours_batches", "Large"))),
    Contest("batch", _of((_OURS, "ours_batches", "Numeric"), (_WHYLOGS, "with_whylogs", "Numeric"))),
    Contest("frame", _of((_OURS, "ours_batches", "Mixed"), (_WHYLOGS, "with_whylogs", "Mixed"))),
    Contest("report", _of((_OURS, "ours_batches", "DriftReport"), (_EVIDENTLY, "with_evidently", "DriftReport"))),
    Contest("scrape", _of((_OURS, "ours_reading", "Scrape"), (_CLIENT, "with_prometheus_client", "Scrape"))),
    Contest("workers", _of((_OURS, "ours_workers", "Read"), (_CLIENT, "with_multiprocess", "Read"))),
    Contest("push", _of((_OURS, "ours_push", "Push"))),
    Contest("page", _of((_OURS, "ours_reading", "Page"))),
    Contest("dashboards", _of((_OURS, "ours_dashboards", "Dearest"))),
    Contest("measures", _of((_OURS, "ours_measures", "Measures"))),
    Contest("evaluation", _of((_OURS, "ours_reading", "Evaluation"))),
    Contest("import", _of(
        (_OURS, "imports", "MLExporter"), (_CLIENT, "imports", "PrometheusClient"),
        (_OTEL, "imports", "OpenTelemetry"), (_WHYLOGS, "imports", "Whylogs"),
        (_EVIDENTLY, "imports", "Evidently"),
    )),
    Contest("flat", _of((_OURS, "ours_memory", "Flat")), repetitions=1),
    Contest("per_feature", _of((_OURS, "ours_memory", "PerFeature")), repetitions=1),
)  # fmt: skip
"""Every contest."""
