import numpy as np
import pytest

from mlexporter.profile.error_tree import MAXIMUM_LEAVES, TreeColumn, grow, number_column
from mlexporter.state.sides.leaves import find_leaves


def test_the_first_split_is_the_best_of_all():
    """Two columns, one of which tells where errors are large: it is cut there, and nowhere else."""
    noise, place = np.arange(400, dtype=np.float32) % 7, np.repeat(np.float32([0, 1, 2, 3]), 100)
    errors = np.where(place >= 2, 5.0, 1.0)
    tree = grow([number_column(0, noise, 20), number_column(1, place, 20)], errors, _halves(400), 20)
    assert tree.inputs == (1,)
    assert 1 < tree.thresholds[0] < 2
    assert (tree.left, tree.right) == ((-1,), (-2,))


def test_the_first_split_is_that_of_a_loop():
    """Of all cuts of all columns it leaves the least squared deviation."""
    generator = np.random.default_rng(51)
    matrix = generator.normal(size=(600, 3)).astype(np.float32)
    errors = np.abs(matrix[:, 1]) + generator.random(600)
    is_checked = _halves(600)
    columns = [number_column(place, matrix[:, place], 20) for place in range(3)]
    tree = grow(columns, errors, is_checked, 20)
    best = min(
        (
            _deviation(errors[~is_checked], matrix[~is_checked, column.place] <= np.float32(cut)),
            column.place,
            cut,
        )
        for column in columns
        for cut in column.thresholds
        if min(
            (matrix[half, column.place] <= np.float32(cut)).sum()
            if is_left
            else (matrix[half, column.place] > np.float32(cut)).sum()
            for half in (is_checked, ~is_checked)
            for is_left in (True, False)
        )
        >= 20
    )
    assert (tree.inputs[0], tree.thresholds[0]) == best[1:]


def test_categories_are_split_by_their_mean_error():
    """Cells 0 and 3 err little and go one way, 1 and 2 the other; cells that nobody has go right."""
    cells = np.arange(800) % 4
    errors = np.array([1.0, 6.0, 6.0, 1.0])[cells]
    tree = grow([TreeColumn(0, cells, (), 7)], errors, _halves(800), 20)
    assert tree.inputs == (0,)
    assert tree.cells == ((0, 3),)


def test_missing_values_can_be_told_apart():
    """They are right of every threshold, the largest finite one included."""
    numbers = np.where(np.arange(800) % 8 < 2, np.nan, np.arange(800) % 5).astype(np.float32)
    tree = grow([number_column(0, numbers, 20)], np.isnan(numbers) * 3.0, _halves(800), 20)
    leaves = find_leaves(tree, lambda _: numbers, 800)
    assert len(set(leaves[np.isnan(numbers)])) == 1
    assert not set(leaves[np.isnan(numbers)]) & set(leaves[~np.isnan(numbers)])


def test_leaves_are_at_most_64_and_hold_enough_rows_of_either_half():
    """Also where errors could be told ever finer."""
    generator = np.random.default_rng(52)
    matrix = generator.random((8_000, 4)).astype(np.float32)
    errors = (matrix @ np.array([1.0, 2.0, 4.0, 8.0])) ** 2
    is_checked = _halves(8_000)
    tree = grow([number_column(place, matrix[:, place], 20) for place in range(4)], errors, is_checked, 20)
    assert len(tree.inputs) + 1 == MAXIMUM_LEAVES
    leaves = find_leaves(tree, lambda place: matrix[:, place], 8_000)
    for half in (is_checked, ~is_checked):
        assert np.bincount(leaves[half], minlength=MAXIMUM_LEAVES).min() >= 20
    means = np.bincount(leaves[is_checked], errors[is_checked]) / np.bincount(leaves[is_checked])
    assert np.square(errors - means[leaves]).mean() < 0.1 * errors.var()


@pytest.mark.parametrize("errors", [np.ones(400), np.zeros(400)])
def test_equal_errors_make_no_tree(errors):
    """There is nothing to be told apart."""
    column = number_column(0, np.arange(400, dtype=np.float32), 20)
    assert grow([column], errors, _halves(400), 20) is None


def test_too_few_rows_or_columns_make_no_tree():
    """A leaf needs rows of either half, and a split something to look at."""
    column = number_column(0, np.arange(60, dtype=np.float32), 20)
    assert grow([column], np.arange(60.0), _halves(60), 20) is None
    assert grow([], np.arange(60.0), _halves(60), 20) is None


def test_a_threshold_is_the_value_of_no_row():
    """And at least so many rows lie on either side."""
    numbers = np.random.default_rng(53).normal(size=500).astype(np.float32)
    column = number_column(0, numbers, 20)
    assert not set(np.float32(column.thresholds)) & set(numbers)
    for cut in np.float32(column.thresholds):
        assert 20 <= (numbers <= cut).sum() <= 480


def _halves(n_rows):
    return np.random.default_rng(5).permutation(n_rows) % 2 == 1


def _deviation(errors, is_left):
    return sum(np.square(part - part.mean()).sum() for part in (errors[is_left], errors[~is_left]))
