"""mlexporter, what a scrape, the page and an evaluation cost."""

from __future__ import annotations

import gc
import io
import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_fd_to_metric_families

import mlexporter
import workload
from contest import Miscount, Numbers, check, require
from contestants import ours
from mlexporter.catalogue import FEATURE_OBSERVATIONS
from mlexporter.testing import FakeClock, isolated_exporter

_TRAINING_ROWS = 4_000
_SERVED_ROWS = 2_000
_OF_THE_MOMENT = ("process_", "mlexporter_container_", "hw_gpu_", "mlexporter_series")
"""Families of the machine at this moment, which a registry of prometheus_client has from elsewhere."""


class _Wide:
    """A model of ``n_features`` numbers, all of them drifted, evaluated in three full windows."""

    def __init__(self, n_features: int) -> None:
        self.n_features = n_features
        training = workload.wide(_TRAINING_ROWS, n_features)
        profile = mlexporter.Profile.fit(training, model="wide", version="1")
        self.clock = FakeClock()
        self._isolated = isolated_exporter(clock=self.clock, series_budget=10**6)
        self.exporter = self._isolated.__enter__()
        self.monitor = mlexporter.Monitor(exporter=self.exporter, model="wide", version="1", profile=profile)
        self.rows = workload.wide(_SERVED_ROWS, n_features, seed=6, shift=0.2)
        self.n_rows = 0
        for _ in range(4):
            self.record()
            self.clock.advance(8 * 3600.0)
            self.exporter.evaluate()
        self.record()
        self.clock.advance(60.0)
        self.exporter.evaluate()

    def record(self) -> None:
        """Count some rows more."""
        self.monitor.record_batch(self.rows)
        self.n_rows += _SERVED_ROWS
        ours.assert_counted(self.exporter, self.n_rows)

    def close(self) -> None:
        """Stop the threads."""
        self._isolated.__exit__(None, None, None)


class Scrape(_Wide):
    """A scrape of 2,000 features, beside ``generate_latest`` of prometheus_client with the same samples."""

    def __init__(self, *, quick: bool) -> None:
        super().__init__(60 if quick else 2_000)
        self._read = ours.metrics_reader(self.exporter)
        self._registry = CollectorRegistry()
        self._registry.register(self.exporter.collector())
        text = self._read()
        self._compare(text)
        self.lines = sum(not line.startswith(b"#") for line in text.splitlines())

    def _compare(self, text: bytes) -> None:
        ours_found = _samples(text)
        theirs = _samples(generate_latest(self._registry))
        if ours_found != theirs:
            first = min(ours_found.items() ^ theirs.items())
            raise Miscount(f"a scrape and generate_latest of the same counts differ, first in {first}")
        bins = sum(name == FEATURE_OBSERVATIONS.name for name, _ in ours_found)
        require("each feature shows 15 bins or more", holds=bins >= 15 * self.n_features)

    def repeat(self) -> Numbers:
        """Return processor times of a scrape.

        ``scrape``: ours, counting up to now included. ``renderer``: ``generate_latest`` of families that
        were collected before, so that nothing of ours is in it. ``collected``: with our collector.
        """
        self.record()  # new counts, so that no answer is one that was kept
        gc.collect()
        started = time.process_time()
        text = self._read()
        first = time.process_time()
        families = _Kept(self._registry.collect())
        before = time.process_time()
        generate_latest(families)
        after = time.process_time()
        check("lines of samples", sum(not line.startswith(b"#") for line in text.splitlines()), self.lines)
        renderer = after - before
        return {
            "scrape": first - started,
            "renderer": renderer,
            "collected": before - first + renderer,
            "samples": self.lines,
            "bytes": len(text),
        }


class _Kept(CollectorRegistry):
    def __init__(self, families: Iterable[Metric]) -> None:
        super().__init__()
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def _samples(text: bytes) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_fd_to_metric_families(io.StringIO(text.decode()))
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.startswith(_OF_THE_MOMENT)
    }


class Page(_Wide):
    """The page of 200 features, as a server answers it."""

    def __init__(self, *, quick: bool) -> None:
        super().__init__(30 if quick else 200)

    def repeat(self) -> Numbers:
        """Return the processor time of the page."""
        from mlexporter.exposition.page import render_page  # noqa: PLC0415 - no public way without a server

        self.record()
        started = time.process_time()
        document = render_page(self.exporter.view(), now=time.time())
        seconds = time.process_time() - started
        require("the last feature is on the page", holds=f"feature_{self.n_features - 1:04d}" in document)
        return {"page": seconds, "bytes": len(document)}


class Evaluation(_Wide):
    """An evaluation of 500 features in three windows with the default measures."""

    def __init__(self, *, quick: bool) -> None:
        super().__init__(60 if quick else 500)

    def repeat(self) -> Numbers:
        """Return the processor time of an evaluation."""
        self.record()
        self.clock.advance(15.0)
        gc.collect()
        started = time.process_time()
        self.exporter.evaluate()
        seconds = time.process_time() - started
        report = self.exporter.view().models[0].report
        check("windows evaluated", 0 if report is None else len(report.windows), 3)
        for window in () if report is None else report.windows:
            check("features with scores", sum(not why for why in window.features.absent), self.n_features)
        return {"evaluation": seconds}
