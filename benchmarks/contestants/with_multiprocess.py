"""prometheus_client, a scrape that answers for eight workers: its multiprocess mode."""

from __future__ import annotations

import os
import tempfile
import time
from typing import Any

import workload
from contest import Numbers, check
from contestants import eight


def work(n_features: str) -> Any:
    """Count as one worker, into the files of the multiprocess mode."""
    from prometheus_client import CollectorRegistry, Histogram  # noqa: PLC0415 - after the environment is set

    registry = CollectorRegistry()
    histogram = Histogram(
        "feature", "Numbers.", ["feature"], buckets=workload.BUCKET_BOUNDS, registry=registry
    )
    for name, column in eight.columns(int(n_features)).items():
        observe = histogram.labels(name).observe
        for value in column[:20].tolist():
            observe(value)
    return registry


class Read:
    """Eight workers of 200 histograms with 15 buckets."""

    def __init__(self, *, quick: bool) -> None:
        self._n_features = 20 if quick else eight.N_FEATURES
        self._folder = tempfile.TemporaryDirectory()
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = self._folder.name
        self._n_workers = 2 if quick else eight.N_WORKERS
        self._workers = eight.workers(self._n_workers, __name__, str(self._n_features))
        try:
            self._workers.__enter__()
        finally:
            del os.environ["PROMETHEUS_MULTIPROC_DIR"]  # the unit is measured in the usual mode

    def repeat(self) -> Numbers:
        """Return the processor time of the second of two scrapes that add up the eight."""
        self._read()
        started = time.process_time()
        text = self._read()
        seconds = time.process_time() - started
        counts = [float(line.split()[1]) for line in text.splitlines() if line.startswith(b"feature_count")]
        check("features", len(counts), self._n_features)
        check("observations", sum(counts), self._n_features * self._n_workers * 20)
        return {"read": seconds, "samples": sum(not line.startswith(b"#") for line in text.splitlines())}

    def _read(self) -> bytes:
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - likewise
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415 - likewise

        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=self._folder.name)  # type: ignore[no-untyped-call]  # it has no types
        return generate_latest(registry)

    def close(self) -> None:
        """Let the workers end."""
        self._workers.__exit__(None, None, None)
        self._folder.cleanup()
