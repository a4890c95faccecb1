"""mlexporter, a scrape that answers for eight workers, through their shared directory."""

from __future__ import annotations

import os
import time
from typing import Any

import mlexporter
from contest import NotMeasurable, Numbers, require
from contestants import eight, ours
from mlexporter.resources import resource_usage


def _monitor(n_features: int) -> tuple[mlexporter.Exporter, mlexporter.Monitor]:
    profile = mlexporter.Profile.fit(eight.columns(n_features), model="eight", version="1", created=0.0)
    exporter = ours.exporter(evaluation_interval=3600)
    return exporter, mlexporter.Monitor(exporter=exporter, model="eight", version="1", profile=profile)


def work(n_features: str) -> Any:
    """Count as one worker; what is returned must be kept."""
    exporter, monitor = _monitor(int(n_features))
    monitor.record_batch(eight.columns(int(n_features)))
    exporter.drain()
    return exporter, monitor


class Read:
    """Eight workers of 200 features; the reader is a ninth process of the directory without rows."""

    def __init__(self, *, quick: bool) -> None:
        self._n_features = 20 if quick else eight.N_FEATURES
        if not os.environ.get("MLEXPORTER_DIR"):
            raise NotMeasurable("there is no directory for shared counts on this system")
        self._exporter, self._monitor = _monitor(self._n_features)
        n_workers = 2 if quick else eight.N_WORKERS
        self._workers = eight.workers(n_workers, __name__, str(self._n_features))
        self._pids = self._workers.__enter__()
        self._read = ours.metrics_reader(self._exporter)
        found, expected = self._accepted(), n_workers * eight.N_ROWS
        if found != expected:
            self.close()
            raise NotMeasurable(f"a reader of {n_workers} workers shows {found} of their {expected} rows")

    def _accepted(self) -> int:
        return sum(model.snapshot.service.accepted for model in self._exporter.view().models)

    def repeat(self) -> Numbers:
        """Return the processor time of a scrape that adds up the eight.

        ``resources``: of what a scrape does besides once a second at most: it asks the system for memory,
        files and threads of the eight, which no other contestant does.
        """
        self._read()  # asks the system, if a second has passed; the others read twice too
        started = time.process_time()
        text = self._read()
        between = time.process_time()
        usage = resource_usage(self._pids)
        resources = time.process_time() - between
        require("something of the workers is known", holds=bool(usage.process))
        return {"read": between - started, "resources": resources, "samples": _count_samples(text)}

    def close(self) -> None:
        """Let the workers end."""
        self._workers.__exit__(None, None, None)
        self._exporter.close()


def _count_samples(text: bytes) -> int:
    return sum(not line.startswith(b"#") for line in text.splitlines())
