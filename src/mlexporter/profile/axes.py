"""The axes along which vectors vary most, and what they leave over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.records import Distribution, EmbeddingTransform, Matrix
from mlexporter.statistics.rank_weights import location_weights

if TYPE_CHECKING:
    import numpy.typing as npt

MOST_AXES: Final = 32
ROWS_OF_AN_AXIS: Final = 5
_MORE_DIRECTIONS: Final = 10
_POWERS: Final = 6
_SMALLEST_SCALE: Final = 1e-5
_SEED: Final = 20_130_105


def learn_axes(sample: npt.NDArray[np.float32]) -> EmbeddingTransform | None:
    """Return the principal axes of vectors; their correlations are not known yet.

    Half of the dimensions are left to the residual at least.

    Args:
        sample: Finite vectors, shape (n_rows, n_dimensions).

    Returns:
        None where the vectors never vary.

    Source: pearson1901; halko2011 (by multiplying random directions with the rows).
    """
    n_rows, n_dimensions = sample.shape
    n_axes = max(1, min(MOST_AXES, n_dimensions // 2, n_rows // ROWS_OF_AN_AXIS))
    center = sample.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = sample - center
    found = np.random.default_rng(_SEED).normal(
        size=(n_dimensions, min(n_axes + _MORE_DIRECTIONS, n_dimensions))
    )
    for _ in range(_POWERS):
        found = np.linalg.qr(_product(centred, found))[0]
    values, turns = np.linalg.eigh(found.T @ _product(centred, found) / n_rows)
    scales = np.sqrt(np.maximum(values[::-1][:n_axes], 0.0))
    axes = (found @ turns[:, ::-1])[:, :n_axes]
    axes *= np.where(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0) < 0, -1.0, 1.0)
    size = float(np.abs(sample).max(initial=0.0))
    kept = (scales > _SMALLEST_SCALE * scales[0]) & (scales > _SMALLEST_SCALE * size)
    if not kept.any():
        return None
    return EmbeddingTransform(
        center=Matrix.of(center),
        axes=Matrix.of(axes[:, kept]),
        scales=tuple(float(f"{scale:.7g}") for scale in scales[kept]),
        correlations=Matrix.of(np.eye(int(kept.sum()))),
    )


def _product(
    centred: npt.NDArray[np.float32], directions: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    along = centred @ directions.astype(np.float32)
    product: npt.NDArray[np.float64] = (centred.T @ along).astype(np.float64)
    return product


def weight_correlations(
    distributions: tuple[Distribution, ...], cells: npt.NDArray[np.uint8]
) -> npt.NDArray[np.float64]:
    """Return how the rank weights of components hang together among the rows that were counted.

    Components are uncorrelated on the rows they were fitted on, their ranks need not be: where vectors
    come in clusters, the ranks along several axes tell of the same clusters.

    Args:
        distributions: Bins and counts of each component.
        cells: The cell of each row in each component, shape (n_rows, n_components); rows with a missing
            or invalid value are left out.

    Returns:
        Shape (n_components, n_components), 1 on the diagonal.
    """
    n_bins = np.array([distribution.n_shape_bins for distribution in distributions])
    cells = cells[(cells < n_bins).all(axis=1)]
    weights = np.empty(cells.shape)
    for place, distribution in enumerate(distributions):
        counts = distribution.shape_counts.astype(np.float64)[None]
        weights[:, place] = location_weights(counts / max(counts.sum(), 1.0))[0][cells[:, place]]
    found: npt.NDArray[np.float64] = weights.T @ weights / max(len(cells), 1)
    np.fill_diagonal(found, 1.0)
    return found
