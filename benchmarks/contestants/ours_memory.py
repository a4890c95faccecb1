"""mlexporter's memory over 10 million rows, and for each feature."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import mlexporter
import workload
from contest import Numbers
from contestants import ours
from mlexporter.testing import FakeClock, isolated_exporter

_STEP_SECONDS = 900.0
_WARM_STEPS = 112  # 28 hours: every window is full, and the ring of snapshots goes round
_STEPS = 100
_SINGLE_SHARE = 10


def resident_bytes() -> int:
    """Return the memory of this process that is in use now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class _Lifetime:
    """A model that is called, evaluated and scraped for days that pass in a minute."""

    def __init__(self, profile: mlexporter.Profile, name: str) -> None:
        self.clock = FakeClock()
        self._isolated = isolated_exporter(clock=self.clock, strict=False)
        self.exporter = self._isolated.__enter__()
        self.monitor = mlexporter.Monitor(exporter=self.exporter, model=name, version="1", profile=profile)
        self.read = ours.metrics_reader(self.exporter)
        self.n_rows = 0

    def steps(self, n_steps: int, batch: workload.Columns, single: list[workload.Row]) -> None:
        """Let a quarter of an hour pass ``n_steps`` times, each with a batch and single rows."""
        for _ in range(n_steps):
            self.monitor.record_batch(batch)
            for row in single:
                self.monitor.record(row)
            self.clock.advance(_STEP_SECONDS)
            self.exporter.evaluate()
            self.read()
        self.n_rows += n_steps * (len(next(iter(batch.values()))) + len(single))

    def close(self) -> None:
        """Stop the threads."""
        self._isolated.__exit__(None, None, None)


class Flat:
    """The 20 features: what 10 million rows add to the memory of a process that is warm."""

    def __init__(self, *, quick: bool) -> None:
        per_step = 1_000 if quick else 100_000
        n_single = per_step // _SINGLE_SHARE
        self._single = list(_repeated(workload.rows(500), n_single))
        self._batch = workload.columns(per_step - n_single)
        self._life = _Lifetime(ours.profile("flat"), "flat")
        self._n_steps = 10 if quick else _STEPS
        warm = 4 if quick else _WARM_STEPS
        short = {name: column[:1_000] for name, column in self._batch.items()}
        self._life.steps(warm, short, self._single[:600])
        self._life.steps(2, self._batch, self._single)

    def repeat(self) -> Numbers:
        """Return how many bytes the process grew by; nine of ten rows in batches, the others one by one."""
        before, rows_before = resident_bytes(), self._life.n_rows
        self._life.steps(self._n_steps, self._batch, self._single)
        grown = resident_bytes() - before
        ours.assert_counted(self._life.exporter, self._life.n_rows)
        return {"grown_bytes": grown, "rows": self._life.n_rows - rows_before, "resident_bytes": before}

    def close(self) -> None:
        """Stop the threads."""
        self._life.close()


class PerFeature:
    """1,000 features in full windows, evaluated and scraped: the memory that a model takes in its worker."""

    def __init__(self, *, quick: bool) -> None:
        self._n_features = 50 if quick else 1_000
        self._n_steps = 4 if quick else _WARM_STEPS
        small = _Lifetime(ours.profile("small"), "small")  # loads every library and fills every cache
        small.steps(3, workload.columns(500), workload.rows(50))
        small.close()
        training = workload.wide(4_000, self._n_features)
        self._profile = mlexporter.Profile.fit(training, model="wide", version="1").to_json()
        self._batch = {name: column[:500] for name, column in training.items()}
        self._single = [
            {name: float(column[place]) for name, column in self._batch.items()} for place in range(256)
        ]

    def repeat(self) -> Numbers:
        """Return bytes for each feature."""
        before = resident_bytes()
        life = _Lifetime(mlexporter.Profile.from_json(self._profile), "wide")
        life.steps(self._n_steps, self._batch, self._single)
        taken = resident_bytes() - before
        ours.assert_counted(life.exporter, life.n_rows)
        life.close()
        return {"bytes": taken / self._n_features}

    def close(self) -> None:
        """Nothing is open."""


def _repeated(rows: list[workload.Row], n_rows: int) -> Iterator[workload.Row]:
    for place in range(n_rows):
        yield rows[place % len(rows)]
