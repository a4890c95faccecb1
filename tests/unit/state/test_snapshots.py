"""Cells as snapshots: what adds up, and what is one block's."""

import numpy as np
import pytest

from mlexporter.records import ModelKey
from mlexporter.state.entries import Call
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState
from mlexporter.state.slots import PrivateMemory, Slot
from mlexporter.state.snapshots import cells_of, snapshots, together

KEY = ModelKey("m", "1")


def cells(bounds, n_rows, *, loaded):
    """Return the cells of a worker that answered calls of ``n_rows`` rows each, with one violation."""
    slot = Slot(PrivateMemory("private"))
    state = ModelState(
        KEY, latency_bounds=bounds, buffer_rows=8, buffer_limit_rows=100, wall_clock=lambda: loaded,
        counter=ExporterCounter(), slot=slot, strict=True,
    )  # fmt: skip
    for n in n_rows:
        state.enter()
        state.leave(Call(state.lane, n, violations=[1, 0, 0, 0], elapsed_nanoseconds=50_000_000))
    state.enter()
    state.drain()
    return cells_of(slot)


@pytest.mark.parametrize("order", [1, -1])
def test_workers_with_other_bounds_of_durations_add_up_in_all_else(order):
    """Calls, rows, batches and violations of all; durations with the bounds that were loaded last."""
    workers = [cells((0.1,), (1, 2), loaded=5.0), cells((0.01, 0.1), (4, 8, 16), loaded=9.0)]
    blocks = together(*workers[::order])

    found = snapshots(blocks, life="a", taken_at=0.0, chosen={KEY: None})[KEY].service

    assert found.requests["ok"] == 5
    assert found.accepted == 31
    assert found.batch_rows.total == 31
    assert found.batch_rows.buckets.sum() == 5
    assert sum(found.schema_violations.values()) == 5
    assert found.in_progress == 2
    assert found.loaded_timestamp == 9.0
    assert found.durations["ok"].bounds == (0.01, 0.1)
    assert np.array_equal(found.durations["ok"].buckets, [0, 3, 0])
