"""Principal axes of vectors, and how their ranks hang together."""

import numpy as np
import pytest

from mlexporter.profile.axes import learn_axes, weight_correlations
from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.state.joint_transform import EmbeddingKernel
from rank_oracle import normal_scores


def test_axes_are_those_of_a_singular_value_decomposition():
    """Directions, scales and residuals agree with numpy's SVD of the centred rows."""
    generator = np.random.default_rng(1)
    scales = np.array([9.0, 6.0, 4.0, 2.0, *np.full(16, 0.2)])
    rows = (generator.normal(size=(1_000, 20)) * scales) @ np.linalg.qr(generator.normal(size=(20, 20)))[
        0
    ] + 5
    rows = rows.astype(np.float32)
    centred = rows - rows.mean(axis=0)
    _, values, directions = np.linalg.svd(centred, full_matrices=False)
    transform = learn_axes(rows)
    assert transform.axes.shape == (20, 10)
    np.testing.assert_allclose(transform.scales[:4], values[:4] / np.sqrt(1_000), rtol=1e-3)
    along = np.abs(directions[:4] @ transform.axes.array[:, :4])
    np.testing.assert_allclose(along, np.eye(4), atol=2e-3)
    residuals = EmbeddingKernel(transform)(rows)[:, -1]
    left = centred - centred @ transform.axes.array @ transform.axes.array.T
    np.testing.assert_allclose(residuals, np.linalg.norm(left, axis=1), rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(("n_dimensions", "n_axes"), [(2, 1), (3, 1), (40, 20), (300, 32)])
def test_half_of_the_dimensions_are_left_to_the_residual(n_dimensions, n_axes):
    """At most 32 axes, and never all of the directions."""
    rows = np.random.default_rng(2).normal(size=(200, n_dimensions)).astype(np.float32)
    assert len(learn_axes(rows).scales) == n_axes


def test_directions_without_variance_are_no_axes():
    """Vectors on a plane have two axes; equal vectors have none."""
    generator = np.random.default_rng(3)
    plane = (generator.normal(size=(300, 2)) @ generator.normal(size=(2, 12))).astype(np.float32)
    assert len(learn_axes(plane).scales) == 2
    assert learn_axes(np.full((300, 12), 0.1, dtype=np.float32)) is None


def test_correlations_of_rank_weights_are_those_of_numpy():
    """Numpy's correlation of normal scores, the mean of a truncated normal for each bin."""
    generator = np.random.default_rng(4)
    first = generator.integers(0, 4, 2_000)
    second = np.where(generator.random(2_000) < 0.7, first, generator.integers(0, 4, 2_000))
    cells = np.stack([first, second], axis=1).astype(np.uint8)
    bins = tuple(
        Distribution(
            Kind.NUMERIC, TrainingType.FLOAT, edges=(0.0, 1.0, 2.0), counts=(*np.bincount(column, minlength=4).tolist(), 0, 0)
        )
        for column in cells.T
    )  # fmt: skip
    shares = [np.bincount(column, minlength=4) / 2_000 for column in cells.T]
    ranks = [normal_scores(share)[column] for share, column in zip(shares, cells.T, strict=True)]
    np.testing.assert_allclose(weight_correlations(bins, cells), np.corrcoef(ranks), rtol=1e-6)
    lost = np.concatenate([cells, np.full((50, 2), 4, dtype=np.uint8)])
    np.testing.assert_allclose(weight_correlations(bins, lost), np.corrcoef(ranks), rtol=1e-6)
