"""Vectors in rows: copied before the call, and counted like those of a batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mlexporter.instrument.scalars import vector
from mlexporter.records import Distribution, FeatureReference, Kind, TrainingType
from mlexporter.records.matrix import Matrix

VECTORS = Distribution(
    Kind.EMBEDDING, TrainingType.VECTOR, categories=("00", "01"), counts=(5, 5, 0, 0, 0, 0),
    centroids=Matrix.of([[0.0, 0.0, 0.0], [10.0, 10.0, 10.0]]), radius=5.0,
)  # fmt: skip


@pytest.fixture
def reference(new_reference):
    """A number and a vector of three, in two clusters."""
    found = new_reference()
    return replace(found, features=(found.features[1], FeatureReference("text", VECTORS)))


def test_a_vector_is_copied_before_the_call(new_rig, reference):
    """The function may change what it was given; what was counted is what it had been."""
    rig = new_rig(reference)

    def spoil(row):
        row["text"][:] = 9.0
        return 0.5

    predict = rig.monitor.wrap(spoil)
    for _ in range(40):
        predict({"size": 1.5, "text": np.zeros(3)})

    assert rig.feature("text") == {"00": 40}
    rig.assert_balanced()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ([0, 1, 0], "00"),
        ((9.0, 10.0, 11.0), "01"),
        (np.full(3, 9.0, dtype=np.float16), "01"),
        ([90.0, 90.0, 90.0], "unseen"),
        (None, "missing"),
        (np.nan, "missing"),
        ([1.0, 2.0], "invalid"),
        ([1.0, 2.0, np.nan], "invalid"),
        ([[1.0, 2.0, 3.0]], "invalid"),
        ("a text", "invalid"),
        ([1.0, [2.0]], "invalid"),
        (np.zeros(100_000), "invalid"),
    ],
)
def test_a_value_is_in_one_cell_however_it_comes(new_rig, reference, value, cell):
    """In a row, in a few rows, in many, and in a frame."""
    row = {"size": 1.5, "text": value}
    frame = pd.DataFrame({"size": [1.5] * 20, "text": [value] * 20}, dtype=object)
    counted = []
    for container in (row, [row] * 3, [row] * 20, frame):
        rig = new_rig(reference)
        rig.monitor.record(container, [0.5] * 20 if container is not row else 0.5)
        counted.append((rig.feature("text"), rig.snapshot.profile.type_mismatches[1]))
        rig.assert_balanced()
    n_rows = [sum(cells.values()) for cells, _ in counted]

    assert n_rows == [1, 3, 20, 20]
    assert all(set(cells) == {cell} for cells, _ in counted)
    assert len({mismatches / rows for (_, mismatches), rows in zip(counted, n_rows, strict=True)}) == 1


def test_a_row_of_one_vector_alone_is_one_row(new_rig, reference):
    """A dict of lists is a frame, but not where a list is what one feature holds."""
    rig = new_rig(replace(reference, features=reference.features[1:]))
    rig.monitor.record({"text": [0.0, 0.0, 1.0]}, 0.5)
    rig.monitor.record({"text": [[0.0, 0.0, 1.0], [10.0, 9.0, 9.0]]}, [0.5, 0.5])

    assert rig.feature("text") == {"00": 2, "01": 1}


def test_what_is_kept_is_small_and_ours():
    """A copy in float32, cut where no vector is so long."""
    given = np.arange(3.0)
    kept = vector(given)
    given[:] = 7.0

    assert kept.dtype == np.float32
    assert kept.tolist() == [0.0, 1.0, 2.0]
    assert vector(np.zeros(10**6)).size < 5000
