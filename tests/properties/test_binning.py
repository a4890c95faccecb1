"""Properties of the kernel: nothing is lost, nothing depends on the path, parts add up."""

import bisect
import json
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.state.binning import Binner, canonical_category
from mlexporter.state.matrix import MatrixBinner

FLOAT32_EDGES = st.lists(st.floats(-1e6, 1e6, width=32), min_size=0, max_size=20, unique_by=np.float32).map(
    lambda edges: tuple(sorted(edges))
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=3), st.complex_numbers(),
    st.decimals(), st.fractions(), st.dates(), st.datetimes(), arrays.scalar_dtypes().flatmap(lambda kind: arrays.arrays(kind, 1)).map(lambda array: array[0]),
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


def _distributions():
    numeric = FLOAT32_EDGES.map(
        lambda edges: Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=edges, minimum=-10.0, maximum=10.0)
    )
    names = st.lists(st.text(max_size=3), unique=True, max_size=10)
    categorical = names.map(
        lambda texts: Distribution(
            Kind.CATEGORICAL,
            TrainingType.TEXT,
            categories=tuple(texts[:4]),
            other_categories=tuple(texts[4:]),
        )
    )
    boolean = st.just(Distribution(Kind.BOOLEAN, TrainingType.BOOLEAN, categories=("true", "false")))
    return st.one_of(numeric, categorical, boolean)


@given(_distributions(), st.lists(ANYTHING, max_size=30))
def test_every_value_is_counted_once(distribution, values):
    """Cells sum to the rows, and a column equals the sum of its single values."""
    binner = Binner(distribution)
    counts = binner.count(values)
    assert counts.cells.shape == (distribution.n_cells,)
    assert counts.cells.sum() == len(values)
    cells = [binner.cell_of(value) for value in values]
    assert counts.cells.tolist() == np.bincount(cells, minlength=distribution.n_cells).tolist()
    assert 0 <= counts.type_mismatches <= len(values)
    assert 0 <= counts.out_of_range <= len(values)


@given(_distributions(), st.lists(ANYTHING, max_size=20), st.integers(0, 20))
def test_counts_of_parts_add_up(distribution, values, cut):
    """Wherever a column is cut, the counts of the parts sum to the counts of the whole."""
    binner = Binner(distribution)
    whole, left, right = binner.count(values), binner.count(values[:cut]), binner.count(values[cut:])
    assert (left.cells + right.cells).tolist() == whole.cells.tolist()
    assert left.type_mismatches + right.type_mismatches == whole.type_mismatches
    assert left.out_of_range + right.out_of_range == whole.out_of_range


@given(FLOAT32_EDGES, st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=50))
def test_paths_agree(edges, numbers):
    """float64 and float32 arrays, lists and JSON put each row into the same bin."""
    binner = Binner(Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=edges, minimum=-1.0, maximum=1.0))
    expected = binner.count(np.array(numbers, dtype=np.float64))
    through_json = json.loads(json.dumps(numbers))
    for other in (numbers, through_json, np.array(numbers, dtype=object), [*map(np.float64, numbers)]):
        counts = binner.count(other)
        assert counts.cells.tolist() == expected.cells.tolist()
        assert counts.out_of_range == expected.out_of_range
    within = [number for number in numbers if not math.isfinite(number) or abs(number) < 1e38]
    with np.errstate(under="ignore"):
        narrow = np.array(within, dtype=np.float64).astype(np.float32)
    assert binner.count(narrow).cells.tolist() == binner.count(within).cells.tolist()


LARGEST = float(np.finfo(np.float32).max)
HOSTILE_FLOATS = st.one_of(
    st.floats(), st.floats(width=32), st.floats(-1e-38, 1e-38),
    st.sampled_from([math.inf, -math.inf, math.nan, -math.nan, -0.0, 5e-324, 1e-45, 1e300, -1e300, LARGEST, -LARGEST]),
)  # fmt: skip


def _around(edges):
    steps = [
        np.nextafter(np.float32(edge), np.float32(end)) for edge in edges for end in (-math.inf, math.inf)
    ]
    near = [float(value) for value in (*edges, *steps)]
    return [*near, *(math.nextafter(value, end) for value in near for end in (-math.inf, math.inf))]


NEAR_AN_EDGE = st.integers(0, 1_000)
MATRIX_ROWS = st.lists(st.tuples(*[HOSTILE_FLOATS | NEAR_AN_EDGE] * 3), max_size=30)


@given(st.tuples(FLOAT32_EDGES, FLOAT32_EDGES, FLOAT32_EDGES), MATRIX_ROWS)
def test_a_matrix_counts_like_its_single_numbers(columns, rows):
    """Every number of every column lies where a plain search in float32 precision puts it."""
    near = _around([edge for edges in columns for edge in (*edges, -1.0, 1.0)])
    numbers = [near[each % len(near)] if isinstance(each, int) else each for row in rows for each in row]
    matrix = np.array(numbers, dtype=np.float64).reshape(len(rows), len(columns))
    distributions = [
        Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=edges, minimum=-1.0, maximum=1.0)
        for edges in columns
    ]
    cells, out_of_range = MatrixBinner(distributions).count(matrix)
    start = 0
    for place, distribution in enumerate(distributions):
        expected, outside = [0] * distribution.n_cells, 0
        for number in matrix[:, place].tolist():
            expected[_slow_cell(number, distribution.edges)] += 1
            outside += math.isfinite(number) and abs(_narrow(number)) > 1.0
        assert cells[start : start + distribution.n_cells].tolist() == expected
        assert out_of_range[place] == outside
        counts = Binner(distribution).count(matrix[:, place])
        assert (counts.cells.tolist(), counts.out_of_range) == (expected, outside)
        start += distribution.n_cells


def _narrow(number):
    with np.errstate(over="ignore", under="ignore"):
        return max(-LARGEST, min(LARGEST, float(np.float32(number))))


def _slow_cell(number, edges):
    if math.isnan(number):
        return -2
    return -1 if math.isinf(number) else bisect.bisect_left(edges, _narrow(number))


@given(FLOAT32_EDGES, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_bins_keep_the_order_of_numbers(edges, one, other):
    """A larger number never lies in a lower bin."""
    binner = Binner(Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=edges))
    low, high = sorted((one, other))
    assert binner.cell_of(low) <= binner.cell_of(high)


@given(
    st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.integers(-(2**24), 2**24)
    | st.booleans()
    | st.text().filter(lambda text: not text.endswith("\0"))  # numpy itself cuts these off a text
)
def test_a_category_is_found_however_it_travels(value):
    """A value named in training is found as itself, as a numpy scalar and through JSON."""
    name = canonical_category(value)
    binner = Binner(Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=(name,)))
    forms = [value, json.loads(json.dumps(value)), np.array([value]).tolist()[0]]
    if isinstance(value, float):
        forms += [np.float32(value), np.float64(value)]
    assert {binner.cell_of(form) for form in forms} == {0}
