"""Whatever a profile holds and a window counts, scores of data quality are defined or absent, never infinite."""

import itertools

import numpy as np
import pytest

from mlexporter.profile import Profile
from mlexporter.records import WindowCounts
from mlexporter.statistics.quality_scores import model_quality, quality_scores

PROFILES = {
    "one value": {"x": [5.0] * 600},
    "two values": {"x": [1.0, 2.0] * 300},
    "30 rows": {"x": np.arange(30.0)},
    "10,000 categories": {"x": [f"c{index % 10_000}" for index in range(20_000)], "y": ["a"] * 20_000},
    "a pair": {"x": [1.0, 2.0] * 300, "y": ["a", "b"] * 300},
}


@pytest.fixture(scope="module", params=PROFILES)
def reference(request):
    """A profile of unusual columns."""
    options = {"derived": {"y": "x"}} if request.param == "a pair" else {}
    least = 2 if request.param == "10,000 categories" else 20
    return Profile.fit(
        PROFILES[request.param], model="m", version="1", joint=False, minimum_bin_rows=least, **options
    ).reference


@pytest.mark.parametrize("rows", [0, 1, 5, 500, 2**53 + 1, 2**61])
@pytest.mark.parametrize("side", ["none", "zero", "full"])
def test_scores_are_finite_or_absent(reference, rows, side):
    """Windows of 0, 1, 5 rows, and counts beyond what a float holds exactly, in the first cell and the last three."""
    n_features = len(reference.features)
    cells = np.zeros(reference.feature_offsets[-1], dtype=np.int64)
    for start, end in itertools.pairwise(reference.feature_offsets):
        cells[[start, end - 3, end - 2, end - 1]] = rows
    n_side = 0 if side == "none" else max(place.stop for place in reference.side_places.values())
    window = WindowCounts(
        "1h",
        3600.0,
        rows,
        cells,
        np.full(n_features, rows, dtype=np.int64),
        np.full(n_features, rows, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
        np.full(n_side, rows if side == "full" else 0, dtype=np.int64),
    )
    found = quality_scores(reference, [window, window], required_observations=100)
    for values in found.values():
        assert values.shape == (2, n_features)
        known = values[~np.isnan(values)]
        assert ((known >= 0) & (known <= 1_000)).all()
        assert rows >= 20 or not known.size
    whole = model_quality(reference, [window], required_observations=100)
    assert bool(whole[0]) == (side == "full" and rows > 100)
