"""mlexporter, many rows in one call: arrays and DataFrames."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

import mlexporter
import workload
from contest import Numbers
from contestants import ours


class _Batches:
    """A monitor that is given one batch again and again."""

    def __init__(self, batch: Any, profile: mlexporter.Profile) -> None:
        self.batch = batch
        self.n_rows = 0
        self.exporter = ours.exporter()
        self.monitor = mlexporter.Monitor(
            exporter=self.exporter, model=profile.reference.model_name, version="1", profile=profile
        )
        self.record(batch[:500])

    def record(self, batch: Any) -> float:
        """Return the processor time of counting ``batch``, seconds; drained and checked."""
        started = time.process_time()
        self.monitor.record_batch(batch)
        self.exporter.drain()
        seconds = time.process_time() - started
        self.n_rows += len(batch)
        ours.assert_counted(self.exporter, self.n_rows)
        return seconds

    def repeat(self) -> Numbers:
        """Return the processor time of a row."""
        return {"row": self.record(self.batch) / len(self.batch)}

    def close(self) -> None:
        """Stop the threads."""
        self.exporter.close()


class _Numeric(_Batches):
    n_rows_each = 0

    def __init__(self, *, quick: bool) -> None:
        training = dict(zip(workload.FEATURES, workload.matrix(4_000, seed=5).T, strict=True))
        profile = mlexporter.Profile.fit(training, model=type(self).__name__.lower(), version="1")
        super().__init__(workload.matrix(5_000 if quick else self.n_rows_each), profile)


class Numeric(_Numeric):
    """A frame of 20 numbers a row, as many rows as whylogs is given."""

    n_rows_each = 100_000


class Large(_Numeric):
    """An array of 1,000,000 rows of 20 float64, beside the copy of the array by numpy."""

    n_rows_each = 1_000_000

    def repeat(self) -> Numbers:
        """Return the processor time of a row, and of copying it."""
        found = super().repeat()
        copy = np.empty_like(self.batch)
        copy.fill(0.0)  # pages are given by the system at the first write, which is no part of a copy
        started = time.process_time()
        np.copyto(copy, self.batch)
        return found | {"copy": (time.process_time() - started) / len(self.batch)}


class Mixed(_Batches):
    """A DataFrame of 15 numbers and 5 texts a row, its texts as Python objects: what whylogs is given."""

    def __init__(self, *, quick: bool) -> None:
        import pandas as pd  # noqa: PLC0415 - the other batches do without

        profile = ours.profile(type(self).__name__.lower())
        super().__init__(pd.DataFrame(workload.columns(2_000 if quick else 100_000)), profile)
        self._native = self.batch.astype(dict.fromkeys(workload.TEXTS, "str"))

    def repeat(self) -> Numbers:
        """Return the processor time of a row; ``native`` with the text type of this pandas."""
        return super().repeat() | {"native": self.record(self._native) / len(self.batch)}


class DriftReport:
    """What is comparable with a report of evidently: count 10,000 rows and evaluate their drift."""

    def __init__(self, *, quick: bool) -> None:
        import pandas as pd  # noqa: PLC0415 - the other batches do without

        n_rows = 500 if quick else 10_000
        self._frame = pd.DataFrame(workload.columns(n_rows, seed=2))
        self._profile = mlexporter.Profile.fit(workload.columns(n_rows), model="report", version="1")
        self._n_rows = 0
        self._exporter = ours.exporter(evaluation_interval=3600)
        self._monitor = mlexporter.Monitor(
            exporter=self._exporter, model="report", version="1", profile=self._profile
        )

    def repeat(self) -> Numbers:
        """Return the processor time of counting the frame and evaluating its drift."""
        started = time.process_time()
        self._monitor.record_batch(self._frame)
        self._exporter.evaluate()
        seconds = time.process_time() - started
        self._n_rows += len(self._frame)
        ours.assert_counted(self._exporter, self._n_rows)
        return {"report": seconds}

    def close(self) -> None:
        """Stop the threads."""
        self._exporter.close()
