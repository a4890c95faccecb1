"""Clusters of vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.state.embedding_bins import MOST_CLUSTERS, Clusters

if TYPE_CHECKING:
    import numpy.typing as npt

_ROUNDS: Final = 50
_SEED: Final = 20_130_104


def supported_clusters(sample: npt.NDArray[np.float32], minimum_rows: int) -> npt.NDArray[np.float64]:
    """Return centroids of ``sample`` with ``minimum_rows`` rows each, the largest cluster first.

    Args:
        sample: Finite vectors, shape (n_rows, n_dimensions).
        minimum_rows: Rows of the smallest cluster.

    Returns:
        At most ``MOST_CLUSTERS``, float64 in float32 precision, shape (n_clusters, n_dimensions).
    """
    n_clusters = min(MOST_CLUSTERS, max(1, len(sample) // (2 * minimum_rows)))
    centroids = cluster(sample, n_clusters)
    while True:
        centroids = centroids.astype(np.float32).astype(np.float64)
        places, _ = Clusters(centroids).nearest(sample)
        rows = np.bincount(places, minlength=len(centroids))
        if rows.min() >= minimum_rows or len(centroids) == 1:
            return centroids[np.argsort(-rows, kind="stable")]
        kept = np.delete(centroids, rows.argmin(), axis=0)
        # The rows of the cluster that is too small go elsewhere: all centroids move a little.
        centroids = _settled(sample, kept)


def cluster(sample: npt.NDArray[np.float32], n_clusters: int) -> npt.NDArray[np.float64]:
    """Return centroids of k-means, seeded.

    Args:
        sample: Finite vectors, shape (n_rows, n_dimensions).
        n_clusters: How many are wanted; fewer where there are fewer distinct vectors.

    Source: lloyd1982; arthur2007 (the first centroids).
    """
    generator = np.random.default_rng(_SEED)
    chosen = [int(generator.integers(len(sample)))]
    squares = Clusters(sample[chosen]).nearest(sample)[1]
    while len(chosen) < n_clusters and squares.sum() > 0:
        chosen.append(int(np.searchsorted(np.cumsum(squares), generator.random() * squares.sum())))
        squares = np.minimum(squares, Clusters(sample[chosen[-1:]]).nearest(sample)[1])
    return _settled(sample, sample[chosen].astype(np.float64))


def _settled(sample: npt.NDArray[np.float32], centroids: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    before = np.full(len(sample), -1)
    for _ in range(_ROUNDS):
        places, _ = Clusters(centroids).nearest(sample)
        if (places == before).all():
            break
        before = places
        for place in range(len(centroids)):
            own = sample[places == place]
            if len(own):
                centroids[place] = own.mean(axis=0, dtype=np.float64)
    return centroids
