"""The transforms of joints: normal scores, whitening and projections; principal components and residuals."""

import math

import numpy as np
import pytest

from mlexporter.records import EmbeddingTransform, Matrix, ScoreTransform
from mlexporter.state.joint_transform import EmbeddingKernel, ScoreKernel, ScoreLines

LINE = (-1.0, 0.0, 2.0)
HEIGHTS = (-1.5, 0.0, 1.0)


@pytest.fixture
def two_inputs():
    """Two inputs whose scores are their values between -1 and 1, the second stretched by two."""
    return ScoreTransform(
        knots=((-1.0, 1.0), (-1.0, 1.0)),
        scores=((-1.0, 1.0), (-1.0, 1.0)),
        center=(0.0, 0.5),
        whitening=Matrix.of([[1.0, 0.0], [0.0, 2.0]]),
        projections=Matrix.of([[0.6], [0.8]]),
    )


def test_a_row_worked_by_hand(two_inputs):
    """(0.5, -1) has scores (0.5, -1.5) around the middle, whitened (0.5, -3), projected 0.3 - 2.4, length 3.041."""
    found = ScoreKernel(two_inputs)(np.array([[0.5, -1.0]]))
    np.testing.assert_allclose(found, [[0.5, -3.0, -2.1, math.sqrt(9.25)]], rtol=1e-6)


def test_scores_are_those_of_linear_interpolation():
    """Between knots scores are linear and beyond them constant, as numpy's interpolation has it."""
    generator = np.random.default_rng(1)
    knots = [
        np.sort(generator.normal(size=n) * scale) for n, scale in ((1, 1.0), (3, 1e-6), (17, 1e9), (9, 1.0))
    ]
    knots = [tuple(each.astype(np.float32).tolist()) for each in knots]
    heights = [tuple(np.sort(generator.normal(size=len(each))).tolist()) for each in knots]
    numbers = np.stack([generator.normal(size=500) * scale for scale in (1.0, 1e-6, 1e9, 1.0)], axis=1)
    numbers = numbers.astype(np.float32)
    found = ScoreLines(knots, heights)(numbers)
    expected = [np.interp(*each) for each in zip(numbers.T, knots, heights, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_has_score_0(value):
    """A missing or an infinite number lies in the middle of the scores, and spoils no other row."""
    numbers = np.array([[2.0], [value], [-1.0]], dtype=np.float32)
    assert ScoreLines([LINE], [HEIGHTS])(numbers).tolist() == [[1.0, 0.0, -1.5]]


def test_finite_numbers_beyond_float32_are_at_the_ends():
    """1e300 is a large number, not an invalid one."""
    assert ScoreLines([LINE], [HEIGHTS])(np.array([[1e300], [-1e300]])).tolist() == [[1.0, -1.5]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float32_and_float64_clients_have_the_same_components(two_inputs, dtype):
    """A number that float32 holds is the same number in either width."""
    numbers = np.random.default_rng(2).normal(size=(300, 2)).astype(np.float32)
    kernel = ScoreKernel(two_inputs)
    np.testing.assert_array_equal(kernel(numbers.astype(dtype)), kernel(numbers))


def test_components_are_those_of_loops_over_rows_and_columns():
    """Whitening, projections and distance agree with sums written out."""
    generator = np.random.default_rng(3)
    n, d, k = 40, 5, 3
    whitening, directions = generator.normal(size=(d, d)), generator.normal(size=(d, k))
    center = generator.normal(size=d)
    transform = ScoreTransform(
        knots=((-3.0, 3.0),) * d,
        scores=((-3.0, 3.0),) * d,
        center=tuple(center.tolist()),
        whitening=Matrix.of(whitening),
        projections=Matrix.of(directions),
    )
    numbers = generator.uniform(-3, 3, size=(n, d)).astype(np.float32)
    found = ScoreKernel(transform)(numbers)
    for row, values in enumerate(numbers):
        whitened = [sum((values[i] - center[i]) * whitening[i, j] for i in range(d)) for j in range(d)]
        projected = [sum(whitened[i] * directions[i, j] for i in range(d)) for j in range(k)]
        distance = math.sqrt(sum(value * value for value in whitened))
        np.testing.assert_allclose(found[row], [*whitened, *projected, distance], rtol=1e-4, atol=1e-4)


def test_many_rows_have_the_components_that_each_has_alone(two_inputs):
    """However many rows come at once, none sees another."""
    numbers = np.random.default_rng(4).normal(size=(2_500, 2)).astype(np.float32)
    kernel = ScoreKernel(two_inputs)
    alone = np.concatenate([kernel(row[None]) for row in numbers[::500]])
    np.testing.assert_allclose(kernel(numbers)[::500], alone, rtol=1e-6)
    assert kernel(numbers[:0]).shape == (0, 4)


def test_a_vector_is_taken_apart_by_hand():
    """(3, 4, 2) around (0, 0, 2): along the first axis 3 of scale 2, left over 4."""
    transform = EmbeddingTransform(
        center=Matrix.of([0.0, 0.0, 2.0]),
        axes=Matrix.of([[1.0], [0.0], [0.0]]),
        scales=(2.0,),
        correlations=Matrix.of([[1.0]]),
    )
    found = EmbeddingKernel(transform)(np.array([[3.0, 4.0, 2.0]], dtype=np.float32))
    np.testing.assert_allclose(found, [[1.5, 4.0]])


def test_axes_and_residual_keep_the_length_of_a_vector():
    """What lies along the axes and what is left over add up by Pythagoras; huge vectors stay finite."""
    generator = np.random.default_rng(5)
    axes, _ = np.linalg.qr(generator.normal(size=(8, 3)))
    transform = EmbeddingTransform(
        Matrix.of(np.ones(8)), Matrix.of(axes), (1.0, 1.0, 1.0), Matrix.of(np.eye(3))
    )
    vectors = generator.normal(size=(1_500, 8)).astype(np.float32)
    kernel = EmbeddingKernel(transform)
    lengths = np.linalg.norm(vectors - 1.0, axis=1)
    np.testing.assert_allclose(np.linalg.norm(kernel(vectors), axis=1), lengths, rtol=1e-4)
    assert np.isfinite(kernel(np.full((1, 8), 3e38, dtype=np.float32))).all()
