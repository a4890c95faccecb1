"""Vectors of users land in the cluster of the nearest centroid, or say why not."""

import array
import math

import numpy as np
import pytest

from mlexporter.records import Distribution, Kind, Matrix, TrainingType
from mlexporter.state.binning import Binner
from mlexporter.state.embedding_bins import Clusters, length_of, read_vectors

CORNERS = Distribution(
    Kind.EMBEDDING,
    TrainingType.VECTOR,
    categories=("0", "1"),
    centroids=Matrix.of([[0.0, 0.0], [10.0, 0.0]]),
    radius=3.0,
)
FIRST, SECOND, OTHER, UNSEEN, MISSING, INVALID = range(6)


class _Broken:
    def __array__(self, *_, **__):
        raise RuntimeError("broken")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ([1.0, 1.0], FIRST), ((9, 1), SECOND), (np.array([9.0, 1.0], dtype=np.float16), SECOND),
        (array.array("d", [1.0, 1.0]), FIRST), (range(2), FIRST), ([3.0, 0.0], FIRST), ([3.01, 0.0], UNSEEN), ([5.0, 50.0], UNSEEN),
        (None, MISSING), (math.nan, MISSING), ([1.0], INVALID), ([1.0, 1.0, 1.0], INVALID), ([], INVALID),
        ([1.0, math.nan], INVALID), ([1.0, math.inf], INVALID), ([1e300, 0.0], INVALID), ([1.0, None], INVALID),
        ("[1, 1]", INVALID), (["1", "1"], INVALID), (b"11", INVALID), (3.0, INVALID), ({1.0, 2.0}, INVALID),
        ({"a": 1.0}, INVALID), (_Broken(), INVALID), ([_Broken(), 1.0], INVALID), ([True, False], FIRST),
        ([[1.0, 1.0]], INVALID), ([1j, 1.0], INVALID), (np.zeros((2, 1)), INVALID),
    ],
)  # fmt: skip
def test_each_value_has_one_cell(value, cell):
    """Lists, tuples and arrays of numbers are vectors, whatever is none is invalid; alone or among others."""
    binner = Binner(CORNERS)
    assert binner.cell_of(value) == cell
    among = [[1.0, 1.0], value, [10.0, 0.0]]
    assert binner.cells_of(among)[0].tolist() == [FIRST, cell, SECOND]
    assert binner.count(among).cells.sum() == 3


def test_what_is_no_vector_at_all_is_of_another_type():
    """A text or a number in place of a vector is a mismatch; a vector of the wrong length is none."""
    counted = Binner(CORNERS).count([[1.0, 1.0], [1.0], "text", 3.0, None])
    assert counted.cells.tolist() == [1, 0, 0, 0, 1, 3]
    assert counted.type_mismatches == 2


@pytest.mark.parametrize(
    "make", [list, np.asarray, lambda rows: rows.tolist(), lambda rows: [tuple(row) for row in rows]]
)
def test_however_vectors_come_they_lie_in_the_same_cells(make):
    """A matrix, a list of arrays, lists of floats as JSON has them: all have the cells of float32."""
    rows = np.random.default_rng(1).normal(size=(3_000, 2)).astype(np.float32) * 6
    expected = Binner(CORNERS).cells_of(list(rows))[0]
    assert len(set(expected.tolist())) == 3
    np.testing.assert_array_equal(Binner(CORNERS).cells_of(make(rows))[0], expected)
    np.testing.assert_array_equal(Binner(CORNERS).cells_of(make(rows.astype(np.float64)))[0], expected)


def test_the_nearest_centroid_is_that_of_brute_force():
    """Distances are those of a loop over rows and centroids."""
    generator = np.random.default_rng(2)
    vectors = generator.normal(size=(200, 7)).astype(np.float32)
    centroids = generator.normal(size=(5, 7)).astype(np.float32)
    places, squares = Clusters(centroids).nearest(vectors)
    for row, vector in enumerate(vectors.astype(np.float64)):
        distances = [float(((vector - centroid) ** 2).sum()) for centroid in centroids.astype(np.float64)]
        assert places[row] == int(np.argmin(distances))
        assert squares[row] == pytest.approx(min(distances))


def test_rows_without_a_vector_stand_as_zeros_among_the_others():
    """A matrix of vectors stays aligned with its rows."""
    vectors = read_vectors([[1.0, 2.0], None, "x", [3.0, 4.0]], 2)
    assert vectors.rows.tolist() == [[1, 2], [0, 0], [0, 0], [3, 4]]
    assert vectors.is_missing.tolist() == [False, True, False, False]
    assert vectors.is_invalid.tolist() == [False, False, True, False]
    assert read_vectors([], 2).rows.shape == (0, 2)


@pytest.mark.parametrize(
    ("value", "length"), [([1, 2, 3], 3), (np.zeros(4), 4), ("abc", None), (None, None), ([[1]], None)]
)
def test_the_length_of_a_vector(value, length):
    """Only one-dimensional rows of numbers have a length."""
    assert length_of(value) == length


class _Faceless:
    """An object that cannot even be asked for its class."""

    def __getattribute__(self, name):
        raise RuntimeError(name)


def test_an_object_whose_class_cannot_be_asked_for_is_invalid():
    """It is no vector, and raises nothing."""
    vectors = read_vectors([[1.0, 2.0], _Faceless()], 2)
    assert vectors.is_invalid.tolist() == [False, True]
    assert length_of(_Faceless()) is None
