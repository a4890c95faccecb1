"""What is promised about speed and memory, and how each promise is read off the contests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from environments import OURS
from races import Outcome

Outcomes = Mapping[str, Mapping[str, Outcome]]
Measure = Callable[[Outcomes], float]


class NotMeasuredError(Exception):
    """Says why there is no figure."""


@dataclass(frozen=True)
class Bar:
    """One promise, or a figure without one.

    Attributes:
        what: For people.
        unit: ``OBS``, ``x`` (times), ``us``, ``ms``, ``MiB``, ``KiB``, ``s``, or nothing.
        measure: Reads the figure off the contests; raises NotMeasuredError.
        limit: None where nothing is promised.
        at_least: True where more is better.
    """

    what: str
    unit: str
    measure: Measure
    limit: float | None = None
    at_least: bool = False

    def is_met(self, figure: float) -> bool | None:
        """Return whether the promise holds; None without one."""
        if self.limit is None:
            return None
        return figure >= self.limit if self.at_least else figure <= self.limit


def _outcome(outcomes: Outcomes, contest: str, contestant: str) -> Outcome:
    found = outcomes.get(contest, {}).get(contestant)
    if found is None:
        raise NotMeasuredError("not asked for")
    if found.absent:
        raise NotMeasuredError(f"{contestant}: {found.absent}")
    return found


def _own(contest: str, name: str, divisor: float = 1.0, contestant: str = OURS) -> Measure:
    return lambda outcomes: _outcome(outcomes, contest, contestant).numbers[name] / divisor


def _observations(contest: str, name: str, contestant: str = OURS) -> Measure:
    return lambda outcomes: _outcome(outcomes, contest, contestant).in_observations[name]


def _times(contest: str, name: str, peer: str) -> Measure:
    """How many times dearer ``peer`` is, both in the unit that was measured beside them."""
    return lambda outcomes: (
        _outcome(outcomes, contest, peer).in_observations[name]
        / _outcome(outcomes, contest, OURS).in_observations[name]
    )


def _times_by_the_wall(contest: str, name: str, peer: str) -> Measure:
    return lambda outcomes: (
        _outcome(outcomes, contest, peer).numbers[name] / _outcome(outcomes, contest, OURS).numbers[name]
    )


def _times_inside(contest: str, theirs: str, name: str) -> Measure:
    """How many times dearer the peer is, both measured in one process."""
    return lambda outcomes: _own(contest, theirs)(outcomes) / _own(contest, name)(outcomes)


_MS, _US, _KIB, _MIB = 1e-3, 1e-6, 2.0**10, 2.0**20
_CLIENT, _OTEL, _WHYLOGS, _EVIDENTLY = "prometheus_client", "opentelemetry", "whylogs", "evidently"

BARS: Final = (
    Bar("one row of 20 features, hot path, drains left out", "OBS", _observations("hot_path", "call"), 0.9),
    Bar("one row of 20 features, all in", "OBS", _observations("all_in", "call"), 2.2),
    Bar("... prometheus_client, same work", "x", _times("all_in", "call", _CLIENT), 10, at_least=True),
    Bar("... OpenTelemetry SDK, same work", "x", _times("all_in", "call", _OTEL), 80, at_least=True),
    Bar("... whylogs, a profile that is kept", "x", _times("all_in", "call", _WHYLOGS)),
    Bar("slowest call in 1,000 (p99.9), scraped and evaluated", "OBS", _observations("tail", "p999"), 150),
    Bar("... prometheus_client, scraped", "OBS", _observations("tail", "p999", _CLIENT)),
    Bar("a tracer, where the caller's span is not sampled", "OBS", _observations("spans", "call"), 0.5),
    Bar("8 threads, calls/s of all, against prometheus_client", "x",
        _times_by_the_wall("threads", "wall", _CLIENT), 7, at_least=True),
    Bar("array of 1,000,000 x 20 float64, a row", "us", _own("large_batch", "row", _US), 1),
    Bar("... in copies of the array by numpy", "x", _times_inside("large_batch", "row", "copy")),
    Bar("100,000 x 20 float64 against whylogs, a row", "x", _times("batch", "row", _WHYLOGS), 20, at_least=True),
    Bar("DataFrame of 100,000 x 20 with 5 texts, a row", "us", _own("frame", "row", _US)),
    Bar("... whylogs", "x", _times("frame", "row", _WHYLOGS), 75, at_least=True),
    Bar("count and evaluate 10,000 x 20 against evidently", "x", _times("report", "report", _EVIDENTLY)),
    Bar("scrape of 2,000 features x 15 bins", "ms", _own("scrape", "scrape", _MS)),
    Bar("... generate_latest, same samples, ready-made families", "x",
        _times_inside("scrape", "renderer", "scrape"), 20, at_least=True),
    Bar("... generate_latest through our collector", "x", _times_inside("scrape", "collected", "scrape")),
    Bar("... prometheus_client with 2,000 histograms of its own", "x", _times("scrape", "scrape", _CLIENT)),
    Bar("scrape of 8 workers x 200 features", "ms", _own("workers", "read", _MS)),
    Bar("... prometheus_client, multiprocess mode", "x", _times("workers", "read", _CLIENT), 30, at_least=True),
    Bar("... memory, files and threads of the 8, once a second at most", "ms", _own("workers", "resources", _MS)),
    Bar("push of 2,000 points over OTLP, reading of all counts included", "ms", _own("push", "push", _MS)),
    Bar("... OpenTelemetry SDK with the same series", "x", _times_inside("push", "sdk", "push"), 1, at_least=True),
    Bar("page of 200 features", "ms", _own("page", "page", _MS)),
    Bar("dearest query of a dashboard, a day of 200 features x 18 bins x 5 pods", "s", _own("dashboards", "slowest"), 1),
    Bar("1,000 features x 4 measures", "ms", _own("measures", "measures", _MS), 2),
    Bar("... a loop with SciPy", "x", _times_inside("measures", "scipy", "measures"), 150, at_least=True),
    Bar("evaluation of 500 features x 3 windows", "ms", _own("evaluation", "evaluation", _MS), 100),
    Bar("import mlexporter, above numpy", "ms", _own("import", "import", _MS), 30),
    Bar("import mlexporter, above numpy", "MiB", _own("import", "bytes", _MIB), 10),
    Bar("... and decorate a function", "ms", _own("import", "decorated", _MS)),
    Bar("... and decorate a function", "MiB", _own("import", "decorated_bytes", _MIB), 10),
    *(
        Bar(f"... import {name}", unit, _own("import", number, scale, name))
        for name in (_CLIENT, _OTEL, _WHYLOGS, _EVIDENTLY)
        for unit, number, scale in (("ms", "import", _MS), ("MiB", "bytes", _MIB))
    ),
    Bar("memory that 10,000,000 rows add, one in ten a single row", "MiB", _own("flat", "grown_bytes", _MIB), 1),
    Bar("memory of a feature in a worker, windows full", "KiB", _own("per_feature", "bytes", _KIB), 64),
)  # fmt: skip
"""In the order of the table."""
