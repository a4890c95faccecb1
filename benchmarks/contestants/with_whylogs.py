"""whylogs: a dataset profile that is kept and goes on tracking, its cheapest way.

``whylogs.log(row=...)`` makes a profile for each call and costs some fifty times as much.
"""

from __future__ import annotations

import time

import pandas as pd
from whylogs.core import DatasetProfile

import workload
from contest import Numbers, check
from contestants import calls


def _counted(profile: DatasetProfile, names: tuple[str, ...], n_rows: int) -> None:
    view = profile.view()
    for name in names:
        check(name, view.get_column(name).get_metric("counts").n.value, n_rows)


class AllIn:
    """What a call costs: the row with its prediction, tracked."""

    def __init__(self, *, quick: bool) -> None:
        self._profile = DatasetProfile()
        self._rows = workload.rows(50 if quick else 800)
        self._n_rows = 0
        for row in self._rows[:50]:
            self._predict(row)
        self._count(50)

    def _predict(self, row: workload.Row) -> float:
        score = workload.model(row)
        self._profile.track({**row, workload.PREDICTION: score})
        return score

    def _count(self, n_rows: int) -> None:
        self._n_rows += n_rows
        _counted(self._profile, (*workload.FEATURES, workload.PREDICTION), self._n_rows)

    def repeat(self) -> Numbers:
        """Return the processor time of a call."""
        seconds = calls.all_in(self._predict, lambda: None, self._rows)
        self._count(len(self._rows))
        return {"call": seconds}

    def close(self) -> None:
        """Nothing is open."""


class _Frames:
    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._profile = DatasetProfile()
        self._n_rows = 0

    def repeat(self) -> Numbers:
        """Return the processor time of a row of the frame."""
        started = time.process_time()
        self._profile.track(pandas=self._frame)
        seconds = time.process_time() - started
        self._n_rows += len(self._frame)
        _counted(self._profile, tuple(self._frame.columns), self._n_rows)
        return {"row": seconds / len(self._frame)}

    def close(self) -> None:
        """Nothing is open."""


class Numeric(_Frames):
    """A frame of 20 numbers a row; whylogs has no cheaper way for an array."""

    def __init__(self, *, quick: bool) -> None:
        values = workload.matrix(2_000 if quick else 100_000)
        super().__init__(pd.DataFrame(values, columns=list(workload.FEATURES)))


class Mixed(_Frames):
    """A frame of 15 numbers and 5 texts a row."""

    def __init__(self, *, quick: bool) -> None:
        super().__init__(pd.DataFrame(workload.columns(2_000 if quick else 100_000)))
