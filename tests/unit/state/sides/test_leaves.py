import numpy as np
import pytest

from mlexporter.records import (
    PREDICTION,
    Distribution,
    ErrorTree,
    Estimation,
    FeatureReference,
    Kind,
    LeafErrors,
    Reference,
    TrainingType,
)
from mlexporter.state.row_block import RowBlock
from mlexporter.state.sides.leaves import SAMPLED_ROWS, LeafFinder, Leaves, find_leaves

# Root: x <= 1? Left: kind in {0, 2}? Right: prediction <= 5?
TREE = ErrorTree((0, 1, PREDICTION), (1.0, 0.0, 5.0), ((), (0, 2), ()), (1, -1, -3), (2, -2, -4))


def test_rows_are_counted_in_their_leaves():
    """One row in each of the four leaves, and two more in the last: a missing number goes right."""
    cells = np.zeros(4, dtype=np.int64)
    numbers = [0.0, 1.0, 2.0, 2.0, np.nan, np.inf]
    Leaves(_reference(TREE)).count(_block(numbers, [2, 1, 0, 0, 0, 0], [9, 9, 5, 6, 9, 9]), cells)
    assert cells.tolist() == [1, 1, 1, 3]


def test_counts_are_added():
    """What is in the cells stays."""
    cells = np.full(4, 7, dtype=np.int64)
    Leaves(_reference(TREE)).count(_block([0.0], [0], [1]), cells)
    assert cells.tolist() == [8, 7, 7, 7]


def test_rows_without_a_prediction_have_no_error():
    """Whether all lack it or some: they are in no leaf."""
    side, cells = Leaves(_reference(TREE)), np.zeros(4, dtype=np.int64)
    side.count(_block([0.0, 0.0, 0.0], [0, 0, 0], [np.nan, np.inf, 1]), cells)
    side.count(_block([0.0], [0], None), cells)
    side.count(_block([], [], []), cells)
    assert cells.tolist() == [1, 0, 0, 0]


def test_of_many_rows_a_sample_is_counted():
    """256 of 1,000, evenly spaced: the halves stay halves."""
    cells = np.zeros(4, dtype=np.int64)
    Leaves(_reference(TREE)).count(_block([0.0] * 500 + [2.0] * 500, [0] * 1000, [9.0] * 1000), cells)
    assert cells.tolist() == [SAMPLED_ROWS / 2, 0, 0, SAMPLED_ROWS / 2]


def test_one_leaf_counts_all_rows_with_a_prediction():
    """Where no split was worth it there is no tree."""
    cells = np.zeros(1, dtype=np.int64)
    Leaves(_reference(None)).count(_block([0.0, 1.0], [0, 1], [1, np.nan]), cells)
    assert cells.tolist() == [1]
    assert find_leaves(None, lambda _: np.zeros(2), 2).tolist() == [0, 0]


def test_a_profile_without_estimation_counts_nothing():
    """Its slice is empty."""
    reference = Reference("m", "1", (), (), "", "", 100, 0.0)
    Leaves(reference).count(_block([0.0], [0], [1]), np.zeros(0, dtype=np.int64))


@pytest.mark.parametrize("seed", range(5))
def test_the_finder_walks_like_a_person(seed):
    """For random trees of up to 64 leaves each row lies in the leaf to which the questions lead."""
    generator = np.random.default_rng(seed)
    tree = _random_tree(generator, int(generator.integers(2, 65)))
    numbers = generator.normal(size=(300, 3)).astype(np.float32)
    numbers[generator.random((300, 3)) < 0.1] = np.nan
    codes = generator.integers(0, 9, 300)
    found = find_leaves(tree, lambda place: codes if place == 3 else numbers[:, place], 300)
    assert found.tolist() == [_walked(tree, numbers[row], codes[row]) for row in range(300)]
    assert LeafFinder(tree).cell_inputs == [place for place in tree.inputs if place == 3]


def _walked(tree, numbers, code):
    node = 0
    while node >= 0:
        place = tree.inputs[node]
        is_left = (
            code in tree.cells[node] if place == 3 else numbers[place] <= np.float32(tree.thresholds[node])
        )
        node = tree.left[node] if is_left else tree.right[node]
    return -1 - node


def _random_tree(generator, n_leaves):
    inputs, thresholds, cells, left, right, next_leaf = [], [], [], [], [], [0]

    def grow(leaves):
        if leaves == 1:
            next_leaf[0] += 1
            return -next_leaf[0]
        node = len(inputs)
        inputs.append(int(generator.integers(0, 4)))
        is_cell = inputs[node] == 3
        thresholds.append(0.0 if is_cell else float(np.float32(generator.normal())))
        cells.append(tuple(sorted(generator.choice(6, 3, replace=False).tolist())) if is_cell else ())
        left.append(0)
        right.append(0)
        some = int(generator.integers(1, leaves))
        left[node] = grow(some)
        right[node] = grow(leaves - some)
        return node

    grow(n_leaves)
    return ErrorTree(tuple(inputs), tuple(thresholds), tuple(cells), tuple(left), tuple(right))


def _reference(tree):
    n_leaves = 1 if tree is None else 4
    leaves = LeafErrors((20,) * n_leaves, *((1.0,) * n_leaves for _ in range(3)))
    features = (
        FeatureReference(
            "x", Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(0.0,), counts=(50, 50, 0, 0))
        ),
        FeatureReference(
            "kind",
            Distribution(
                Kind.CATEGORICAL,
                TrainingType.TEXT,
                categories=("a", "b", "c"),
                counts=(40, 30, 30, 0, 0, 0, 0),
            ),
        ),
    )
    return Reference(
        "m", "1", features, (), "", "", 100, 0.0,
        estimation=Estimation(160, n_leaves=n_leaves, tree=tree, leaves=leaves),
    )  # fmt: skip


def _block(numbers, codes, scores):
    return RowBlock(
        np.array(numbers, dtype=np.float32)[:, None],
        number_places=[0],
        cells={1: np.array(codes, dtype=np.uint8)},
        scores=None if scores is None else np.array(scores, dtype=np.float32),
        now=0.0,
    )
