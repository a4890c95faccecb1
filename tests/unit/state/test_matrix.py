"""Many columns are counted at once exactly as their values are one by one."""

import bisect
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.state import matrix as kernel
from mlexporter.state.matrix import MatrixBinner

LARGEST = float(np.finfo(np.float32).max)
HALFWAY = LARGEST * (1 + 2**-25)  # between the largest float32 and the first number that rounds to infinity
HOSTILE = [
    0.0, -0.0, math.inf, -math.inf, math.nan, -math.nan, 5e-324, -5e-324, 7e-46, 8e-46, 1e-45, -1e-45, 1e-38,
    1e300, -1e300, 3.5e38, -3.5e38, LARGEST, -LARGEST, HALFWAY, math.nextafter(HALFWAY, 0.0), -HALFWAY,
]  # fmt: skip
EDGES = [
    (),
    (0.0,),
    (-1.0, 0.0, 2.5),
    tuple(np.linspace(-2, 2, 17).tolist()),
    (-LARGEST, -1e-45, 1e-45, LARGEST),
]
RANGES = [
    (None, None),
    (-1.0, 1.0),
    (-0.0, 0.0),
    (-LARGEST, LARGEST),
    (None, 1e-45),
    (1e-45, None),
    (-1e300, 1e300),
]


def _distributions():
    pairs = [(edges, limits) for edges in EDGES for limits in RANGES]
    return [
        Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=edges, minimum=low, maximum=high)
        for edges, (low, high) in pairs
    ]


def _expected(distribution, values):
    """The counts by plain comparison of single numbers in float32 precision."""
    cells, outside = [0] * distribution.n_cells, 0
    edges = [np.float32(edge) for edge in distribution.edges]
    with np.errstate(over="ignore", under="ignore"):
        limits = [
            None if end is None else np.float32(end) for end in (distribution.minimum, distribution.maximum)
        ]
        for value in values:
            if np.isnan(value) or np.isinf(value):
                cells[-2 if np.isnan(value) else -1] += 1
                continue
            small = np.clip(np.float32(value), np.float32(-LARGEST), np.float32(LARGEST))
            cells[bisect.bisect_left(edges, small)] += 1
            outside += bool(
                (limits[0] is not None and small < limits[0]) or (limits[1] is not None and small > limits[1])
            )
    return cells, outside


def _check(distributions, matrix):
    cells, out_of_range = MatrixBinner(distributions).count(matrix)
    expected = [_expected(each, matrix[:, place]) for place, each in enumerate(distributions)]
    assert cells.tolist() == [cell for column, _ in expected for cell in column]
    assert out_of_range.tolist() == [outside for _, outside in expected]
    assert cells.dtype == out_of_range.dtype == np.int64


def _hostile_matrix(n_rows, n_columns, seed=0):
    random = np.random.default_rng(seed)
    near = [
        np.nextafter(np.float32(edge), np.float32(end))
        for edges in EDGES
        for edge in edges
        for end in (-9, 9)
    ]
    pool = np.array([*HOSTILE, *near, *(edge for edges in EDGES for edge in edges)])
    pool = np.concatenate([pool, np.nextafter(pool, 0.0), pool[np.abs(pool) < 1e300] * (1 + 2**-24)])
    return np.where(
        random.random((n_rows, n_columns)) < 0.5,
        random.choice(pool, (n_rows, n_columns)),
        random.normal(size=(n_rows, n_columns)),
    )


@pytest.mark.parametrize("n_rows", [0, 1, 7, 8, 9, 128, 247, 248, 249, 256, 300])
def test_hostile_numbers_lie_where_single_ones_lie(n_rows):
    """Edges and their neighbours, infinities, signed NaN, subnormals and numbers beyond float32."""
    distributions = _distributions()
    _check(distributions, _hostile_matrix(n_rows, len(distributions), seed=n_rows))


@pytest.mark.parametrize("n_rows", [100, 2_041, 8_191, 8_192, 16_384, 16_390, 24_576])
def test_batches_count_like_single_numbers(n_rows):
    """The way of long columns and what is left over after it agree with single numbers."""
    _check(_distributions()[8:11], _hostile_matrix(n_rows, 3))


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f8", "longdouble"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_any_floats_in_any_order(dtype, order):
    """Precision, byte order and memory order of the matrix do not matter."""
    with np.errstate(over="ignore", under="ignore"):
        matrix = _hostile_matrix(130, 4).astype(dtype, order=order)
    _check(_distributions()[8:12], matrix)
    _check(_distributions()[8:10], matrix[::3, ::2])


def test_blocks_change_nothing(monkeypatch):
    """However few rows are counted at a time, the counts are the same."""
    monkeypatch.setattr(kernel, "_SHORTEST_BLOCK_ROWS", 3)
    monkeypatch.setattr(kernel, "_BLOCK_VALUES", 1)
    distributions = _distributions()
    _check(distributions, _hostile_matrix(61, len(distributions)))


def test_equal_rows_are_all_counted(monkeypatch):
    """Equal values on the way of short blocks and on that of long ones."""
    monkeypatch.setattr(kernel, "_LONG_BLOCK_ROWS", 2**20)
    one = [Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(0.5,))]
    for n_rows in (255 * 8, 255 * 8 + 1, 20_000):
        assert MatrixBinner(one).count(np.zeros((n_rows, 1)))[0].tolist() == [n_rows, 0, 0, 0]


def test_no_columns_and_no_rows():
    """A profile without numbers and a drain without rows count nothing."""
    assert MatrixBinner([]).count(np.zeros((3, 0)))[0].tolist() == []
    assert MatrixBinner(_distributions()).count(np.zeros((0, len(_distributions()))))[0].sum() == 0


def test_threads_share_a_binner():
    """Eight threads that count with one binner get what one gets."""
    distributions = _distributions()
    binner = MatrixBinner(distributions)
    matrices = [_hostile_matrix(128, len(distributions), seed=seed) for seed in range(8)]
    expected = [binner.count(matrix)[0].tolist() for matrix in matrices]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda place: binner.count(matrices[place % 8])[0].tolist(), range(400)))
    assert all(cells == expected[place % 8] for place, cells in enumerate(found))
