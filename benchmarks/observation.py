"""The unit of all costs of a call: OBS, one bare ``Histogram.observe`` of prometheus_client.

15 buckets, the child resolved before, values over all buckets alike, the loop taken off. Every worker
measures it around each of its own repetitions, so that a busy or slow moment cancels in the ratio.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Histogram

import workload

_OBSERVATIONS: Final = 4_000
_ROUNDS: Final = 5


def child() -> Callable[[float], None]:
    """Return the ``observe`` of a new histogram with 15 buckets."""
    histogram = Histogram(
        "observation_seconds", "The unit.", ["feature"],
        buckets=workload.BUCKET_BOUNDS, registry=CollectorRegistry(),
    )  # fmt: skip
    observe: Callable[[float], None] = histogram.labels("resolved").observe
    return observe


class Observation:
    """Measures OBS again and again, in the process that it is made in."""

    def __init__(self) -> None:
        self._observe = child()
        self._values = workload.columns(_OBSERVATIONS)["number_00"].tolist()

    def seconds(self) -> float:
        """Return the thread's processor time of one observation now, seconds: the median of a few rounds."""
        observe, values = self._observe, self._values
        taken = []
        for _ in range(_ROUNDS):
            started = time.thread_time_ns()
            for value in values:
                observe(value)
            between = time.thread_time_ns()
            for _value in values:
                pass
            loop = time.thread_time_ns() - between
            taken.append(between - started - loop)
        return statistics.median(taken) / len(values) / 1e9
