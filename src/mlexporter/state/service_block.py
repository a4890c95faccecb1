"""The block of a model that needs no profile: durations, batch sizes, schema violations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from mlexporter.catalogue import BATCH_BOUNDS_ROWS, DROP_REASONS, SCHEMA_REASONS, STATUSES
from mlexporter.records import Counts, HistogramCounts, ServiceCounts
from mlexporter.state.entries import OK, Call, PlainRow
from mlexporter.state.histogram import bucket_counts, integer_bounds
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.names import NameTable
from mlexporter.state.synchronous import SYNCHRONOUS_LAYOUT

NANOSECONDS: Final = 1_000_000_000


class ServiceBlock:
    """Drained cells of one model; the synchronous ones are in ``SynchronousCells``.

    Args:
        latency_bounds: Upper bounds of the buckets of durations, seconds, ascending.
    """

    def __init__(self, latency_bounds: Sequence[float]) -> None:
        self._latency_bounds = tuple(latency_bounds)
        self._latency_nanoseconds = integer_bounds(latency_bounds, NANOSECONDS)
        self._batch_bounds = integer_bounds(BATCH_BOUNDS_ROWS, 1)
        self._n_buckets = len(self._latency_bounds) + 1
        self.layout = Layout(
            (
                ("durations", CellKind.COUNT, len(STATUSES) * self._n_buckets),
                ("duration_nanoseconds", CellKind.AMOUNT, len(STATUSES)),
                ("batch_rows", CellKind.COUNT, len(self._batch_bounds) + 1),
                ("batch_rows_total", CellKind.COUNT, 1),
                ("schema_violations", CellKind.COUNT, len(SCHEMA_REASONS)),
                ("drained", CellKind.COUNT, 1),
            )
        )
        self.cells = self.layout.zeros()

    def delta(self, plain: Sequence[PlainRow], calls: Sequence[Call]) -> Counts:
        """Return what waiting entries add to the cells, int64, shape (layout.size,)."""
        layout = self.layout
        delta = layout.zeros()
        self._add_durations(delta, OK, [row[2] for row in plain])
        for status in {call.status for call in calls}:
            self._add_durations(
                delta, status, [call.elapsed_nanoseconds for call in calls if call.status == status]
            )
        n_rows = [call.n_rows for call in calls]
        delta[layout["batch_rows"]] = bucket_counts(n_rows, self._batch_bounds)
        delta[layout.index("batch_rows")] += len(plain)  # one row is at or below the first bound
        delta[layout.index("batch_rows_total")] = len(plain) + sum(n_rows)
        for call in calls:
            delta[layout["schema_violations"]] += call.violations
        delta[layout.index("drained")] = len(plain) + sum(call.counted_rows for call in calls)
        return delta

    def _add_durations(self, delta: Counts, status: int, elapsed: Sequence[int]) -> None:
        known = [nanoseconds for nanoseconds in elapsed if nanoseconds >= 0]
        start = self.layout["durations"].start + status * self._n_buckets
        delta[start : start + self._n_buckets] += bucket_counts(known, self._latency_nanoseconds)
        delta[self.layout.index("duration_nanoseconds", status)] += sum(known)

    def counts(self, cells: Counts, synchronous: Counts, names: NameTable) -> ServiceCounts:
        """Return copies of both kinds of cells as a record."""
        layout, live = self.layout, SYNCHRONOUS_LAYOUT
        requests = synchronous[live["requests"]]
        errors = synchronous[live["errors"]]
        durations = cells[layout["durations"]].reshape(len(STATUSES), self._n_buckets)
        amounts = cells[layout["duration_nanoseconds"]]
        return ServiceCounts(
            accepted=int(synchronous[live.index("accepted")]),
            in_progress=max(0, int(synchronous[live.index("entered")] - requests.sum())),
            requests=_named(STATUSES, requests),
            durations={
                status: HistogramCounts(
                    durations[place].copy(), int(amounts[place]) / NANOSECONDS, self._latency_bounds
                )
                for place, status in enumerate(STATUSES)
            },
            batch_rows=HistogramCounts(
                cells[layout["batch_rows"]].copy(),
                float(cells[layout.index("batch_rows_total")]),
                BATCH_BOUNDS_ROWS,
            ),
            errors={names.name(int(place)): int(errors[place]) for place in np.flatnonzero(errors)},
            dropped=_named(DROP_REASONS, synchronous[live["dropped"]]),
            schema_violations=_named(SCHEMA_REASONS, cells[layout["schema_violations"]]),
            loaded_timestamp=int(synchronous[live.index("loaded_nanoseconds")]) / NANOSECONDS,
        )


def _named(names: Sequence[str], values: Counts) -> Mapping[str, int]:
    return dict(zip(names, values.tolist(), strict=True))
