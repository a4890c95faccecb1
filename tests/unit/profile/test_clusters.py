"""Clusters of vectors: seeded, supported, the largest first."""

import numpy as np
import pytest

from mlexporter.profile.clusters import cluster, supported_clusters
from mlexporter.profile.fit_rows import FitRows
from mlexporter.state.embedding_bins import Clusters


@pytest.fixture
def topics():
    """Three clear groups of 100, 200 and 300 vectors in 16 dimensions, and their middles."""
    generator = np.random.default_rng(1)
    middles = 10 * generator.normal(size=(3, 16))
    rows = np.repeat(middles, (100, 200, 300), axis=0) + generator.normal(size=(600, 16))
    return rows.astype(np.float32), middles


def test_clear_groups_are_found(topics):
    """As many centroids as groups lie in the middle of these, the largest first."""
    rows, middles = topics
    found = cluster(rows, 3)
    places, squares = Clusters(found).nearest(middles.astype(np.float32))
    assert sorted(places.tolist()) == [0, 1, 2]
    assert squares.max() < 1
    ordered = supported_clusters(rows, 20)
    assert np.all(np.diff(np.bincount(Clusters(ordered).nearest(rows)[0])) <= 0)


def test_no_centroid_can_be_moved_for_the_better(topics):
    """Each centroid is the mean of the rows that are nearest to it."""
    rows, _ = topics
    found = cluster(rows, 5)
    places, _ = Clusters(found).nearest(rows)
    for place, centroid in enumerate(found):
        np.testing.assert_allclose(centroid, rows[places == place].mean(axis=0), atol=1e-4)


def test_no_cluster_rests_on_few_rows(topics):
    """A handful of vectors far from all others is no cluster of its own."""
    rows, _ = topics
    strange = np.concatenate([rows, np.full((19, 16), 500.0, dtype=np.float32)])
    found = supported_clusters(strange, 20)
    counts = np.bincount(Clusters(found).nearest(strange)[0], minlength=len(found))
    assert counts.min() >= 20
    assert np.abs(found).max() < 100


def test_equal_vectors_are_one_cluster():
    """There are no more clusters than distinct vectors."""
    found = supported_clusters(np.full((300, 4), 0.1, dtype=np.float32), 20)
    assert found.shape == (1, 4)


def test_the_same_rows_are_chosen_however_they_come():
    """Rows of the fit hang on their number alone; about two fifths, or as many as are wanted."""
    whole = FitRows(10_000, 10**6).next(10_000)
    parts = FitRows(10_000, 10**6)
    np.testing.assert_array_equal(whole, np.concatenate([parts.next(1_234), parts.next(8_766)]))
    assert 0.38 < whole.mean() < 0.42
    few = FitRows(10_000, 1_000).next(10_000)
    assert 900 < few.sum() < 1_100
    assert not (few & ~whole).any()
