"""However rows arrive, the counts are the same, and nothing is lost on the way."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.instrument.monitor import Monitor
from mlexporter.instrument.selection import Selection
from mlexporter.records import (
    Distribution,
    FeatureReference,
    Kind,
    ModelKey,
    OutputReference,
    Reference,
    TrainingType,
)
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState

NUMBER = Distribution(
    Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0, 2.0), counts=(5, 5, 5, 0, 0), minimum=0.0, maximum=3.0
)
TEXT = Distribution(
    Kind.CATEGORICAL, TrainingType.TEXT, categories=("blue", "red"), counts=(9, 6, 0, 0, 0, 0)
)
FEATURES = (FeatureReference("colour", TEXT), FeatureReference("size", NUMBER))
REFERENCE = Reference(
    "m", "1", FEATURES, (OutputReference("prediction", NUMBER),), "0a1b2c3d", "0" * 16, 15, 0.0
)

rows = st.lists(
    st.tuples(st.sampled_from(["blue", "red", "green"]), st.floats(-5, 5), st.floats(0, 3)),
    min_size=1,
    max_size=60,
)


def recorded(calls, buffer_rows=16):
    """Return the snapshot after calls of (features, predictions)."""
    counter = ExporterCounter()
    state = ModelState(
        ModelKey("m", "1"), latency_bounds=(0.1,), buffer_rows=buffer_rows, buffer_limit_rows=64,
        wall_clock=lambda: 0.0, counter=counter, strict=True,
    )  # fmt: skip
    monitor = Monitor(
        state, selection=Selection(), reference=REFERENCE, strict=True, on_error=counter.on_error
    )
    for features, predictions in calls:
        monitor.record(features, predictions)
    return state.snapshot(0.0)


def as_dict(row):
    return {"colour": row[0], "size": row[1]}


@settings(max_examples=examples(60), deadline=None)
@given(rows=rows, data=st.data())
def test_any_cutting_into_batches_gives_the_same_counts(rows, data):
    """Row by row, in lists and in frames: one vector of counts, equal to counting by hand."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    pieces = [rows[a:b] for a, b in itertools.pairwise([0, *cuts, len(rows)]) if a < b]
    one_by_one = recorded((as_dict(row), row[2]) for row in rows).profile
    listed = recorded((list(map(as_dict, piece)), [row[2] for row in piece]) for piece in pieces).profile
    framed = recorded(
        (pd.DataFrame(list(map(as_dict, piece))), np.array([row[2] for row in piece])) for piece in pieces
    ).profile
    sizes = np.array([row[1] for row in rows], dtype=np.float32)
    by_hand = [int((sizes <= 1).sum()), int(((sizes > 1) & (sizes <= 2)).sum()), int((sizes > 2).sum())]
    start = REFERENCE.feature_offsets[1]

    assert one_by_one.feature_cells[start : start + 3].tolist() == by_hand
    for other in (listed, framed):
        assert np.array_equal(one_by_one.feature_cells, other.feature_cells)
        assert np.array_equal(one_by_one.out_of_range, other.out_of_range)
        assert np.array_equal(one_by_one.output_cells, other.output_cells)


@settings(max_examples=examples(60), deadline=None)
@given(rows=rows, buffer_rows=st.integers(1, 80))
def test_the_size_of_the_buffer_changes_no_count(rows, buffer_rows):
    """When a drain happens is nobody's business."""
    calls = [(as_dict(row), row[2]) for row in rows]
    profile = recorded(calls, buffer_rows).profile

    assert np.array_equal(recorded(calls, 1).profile.feature_cells, profile.feature_cells)
    assert profile.accepted == profile.drained == len(rows)
    assert profile.dropped == 0
