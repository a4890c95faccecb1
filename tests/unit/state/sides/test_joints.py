"""Rows are counted in the components of joints: each in one cell of every component."""

import numpy as np
import pytest

from mlexporter.records import (
    Distribution,
    EmbeddingTransform,
    FeatureReference,
    JointReference,
    Kind,
    Matrix,
    Reference,
    ScoreTransform,
    TrainingType,
)
from mlexporter.records.sides import JOINTS
from mlexporter.state.row_block import RowBlock
from mlexporter.state.sides.joints import Joints

SIGN = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(0.0,))
WORDS = Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=("a",))
VECTORS = Distribution(
    Kind.EMBEDDING, TrainingType.VECTOR, categories=("0",), centroids=Matrix.of([[0.0, 0.0]]), radius=9.0
)


@pytest.fixture
def reference():
    """Features x, word, y, vector; a joint of y and x, one that was not learned, and one of the vector."""
    scores = ScoreTransform(
        ((-1.0, 1.0),) * 2, ((-1.0, 1.0),) * 2, (0.0, 0.0), Matrix.of(np.eye(2)), Matrix.of([[0.6], [-0.8]])
    )
    axes = EmbeddingTransform(Matrix.of([0.0, 0.0]), Matrix.of([[1.0], [0.0]]), (1.0,), Matrix.of([[1.0]]))
    far = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0,))
    return Reference(
        "m", "1",
        features=(
            FeatureReference("x", SIGN), FeatureReference("word", WORDS), FeatureReference("y", SIGN),
            FeatureReference("vector", VECTORS),
        ),
        outputs=(), fingerprint="", profile_id="", row_count=0, created_timestamp=0.0,
        joints=(
            JointReference("", ("y", "x"), (SIGN, SIGN, SIGN, far), transform=scores),
            JointReference("other", ("other",), (), reason="too few rows"),
            JointReference("vector", ("vector",), (SIGN, far), transform=axes),
        ),
    )  # fmt: skip


def _block(numbers, vectors):
    n = len(numbers)
    return RowBlock(
        np.asarray(numbers, dtype=np.float32).reshape(n, 2),
        number_places=(0, 2),
        cells={1: np.zeros(n, dtype=np.uint8), 3: np.zeros(n, dtype=np.uint8)},
        values=None if vectors is None else {3: vectors},
        now=0.0,
    )


def _counted(reference, block):
    cells = np.zeros(reference.side_places[JOINTS].stop - reference.side_places[JOINTS].start, dtype=np.int64)
    Joints(reference).count(block, cells)
    return cells.reshape(-1, 4).tolist()


def test_rows_worked_by_hand(reference):
    """X = 0.5, y = -1: y is low, x is high, 0.6 y - 0.8 x is low, their length 1.12 is far; (2, 0) lies on the axis."""
    assert _counted(reference, _block([[0.5, -1.0]], [[2.0, 0.0]])) == [
        [1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0],
        [0, 1, 0, 0], [1, 0, 0, 0],
    ]  # fmt: skip


def test_each_row_is_in_one_cell_of_every_component(reference):
    """Numbers that are none are in the middle; vectors that are none are missing or invalid in all components."""
    numbers = [[np.nan, np.inf], [1e30, -1e30], [0.0, 0.0], [-np.inf, np.nan]]
    found = _counted(reference, _block(numbers, [None, "text", [1.0], [np.nan, 1.0]]))
    assert [sum(component) for component in found] == [4] * 6
    assert all(component[2:] == [0, 0] for component in found[:4])
    assert all(component[2:] == [1, 3] for component in found[4:])


def test_counts_of_parts_add_up_to_those_of_the_whole(reference):
    """Counts add over chunks, so they add over workers."""
    generator = np.random.default_rng(1)
    numbers, vectors = generator.normal(size=(500, 2)), list(generator.normal(size=(500, 2)))
    whole = np.array(_counted(reference, _block(numbers, vectors)))
    parts = [
        _counted(reference, _block(numbers[part], vectors[part])) for part in (slice(0, 77), slice(77, 500))
    ]
    np.testing.assert_array_equal(whole, np.sum(parts, axis=0))


def test_without_the_vectors_nothing_is_said_of_them(reference):
    """Where values were not kept, the embedding has no rows, and features have all of theirs."""
    found = _counted(reference, _block([[0.5, -1.0]], None))
    assert [sum(component) for component in found] == [1, 1, 1, 1, 0, 0]
