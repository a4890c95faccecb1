"""What a scrape and a page cost, beside prometheus_client's own renderer, in one run.

    .venv/bin/python benchmarks/rendering.py

Medians of interleaved repetitions, processor time. Quote the ratios; the times are this machine's.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from prometheus_client import CollectorRegistry, generate_latest

import mlexporter
from mlexporter.exposition.collector import Collector
from mlexporter.exposition.families import collect
from mlexporter.exposition.page import render_page
from mlexporter.exposition.text import render_text
from mlexporter.records import View
from mlexporter.settings import read_settings
from mlexporter.testing import FakeClock

REPETITIONS = 7
TRAINING_ROWS = 4_000
SERVED_ROWS = 2_000


def view_of(n_features: int) -> tuple[mlexporter.Exporter, View]:
    """Return an exporter, and its view of one model with ``n_features`` evaluated features."""
    generator = np.random.default_rng(1)
    frame = {f"feature_{index:04d}": generator.normal(size=TRAINING_ROWS) for index in range(n_features)}
    profile = mlexporter.Profile.fit(frame, model="wide", version="1")
    clock = FakeClock()
    settings = read_settings({}, series_budget=10**6, evaluation_interval=3600.0)
    exporter = mlexporter.Exporter(settings, clock=clock)
    monitor = mlexporter.Monitor(exporter=exporter, model="wide", version="1", profile=profile)
    monitor.record_batch({name: column[:SERVED_ROWS] + 0.2 for name, column in frame.items()})
    clock.advance(3600.0)
    exporter.evaluate()
    return exporter, exporter.view()


def medians(*actions: Callable[[], object]) -> list[float]:
    """Return the median processor time of each action, seconds; A B A B, after one warm-up."""
    taken: list[list[float]] = [[] for _ in actions]
    for repetition in range(REPETITIONS + 1):
        for action, times in zip(actions, taken, strict=True):
            started = time.process_time()
            action()
            if repetition:
                times.append(time.process_time() - started)
    return [statistics.median(times) for times in taken]


def main() -> None:
    """Measure and print a table."""
    exporter, view = view_of(2_000)
    registry = CollectorRegistry()
    registry.register(Collector(lambda: view))
    ours, theirs = medians(lambda: render_text(collect(view)), lambda: generate_latest(registry))
    samples = sum(1 for line in generate_latest(registry).splitlines() if not line.startswith(b"#"))
    exporter.close()

    exporter, small = view_of(200)
    now = small.exporter.last_evaluation_timestamp
    page, evaluation = medians(lambda: render_page(small, now=now or 0.0), exporter.evaluate)
    exporter.close()

    print(f"{'what':<58}{'ours':>10}{'peer':>12}{'ratio':>8}")
    name = f"scrape, 2,000 features, {samples:,} samples, generate_latest"
    print(f"{name:<58}{ours * 1e3:>7.1f} ms{theirs * 1e3:>9.1f} ms{theirs / ours:>7.1f}x")
    print(f"{'page, 200 features':<58}{page * 1e3:>7.1f} ms")
    print(f"{'evaluation, 200 features, 3 windows, all drifting':<58}{evaluation * 1e3:>7.1f} ms")


if __name__ == "__main__":
    main()
