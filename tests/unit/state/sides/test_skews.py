"""Rows in which a derived feature does not fit what it derives from are counted."""

import numpy as np
import pytest

from mlexporter.profile import Profile
from mlexporter.records.sides import SKEWS
from mlexporter.state.binning import Binner
from mlexporter.state.row_block import RowBlock
from mlexporter.state.sides.skews import Skews, number_cells


@pytest.fixture(scope="module")
def reference():
    """Miles derive from a distance, and a band from it, too."""
    distance = np.random.default_rng(3).gamma(2, 300, 4_000)
    columns = {
        "distance": distance,
        "miles": distance / 1.609,
        "band": np.where(distance > 500, "far", "near").tolist(),
    }
    derived = {"miles": "distance", "band": "distance"}
    return Profile.fit(columns, model="m", version="1", created=1.0, joint=False, derived=derived).reference


def _count(reference, distance, miles, band):
    binner = Binner(reference.features[2].distribution)
    rows = RowBlock(
        np.column_stack([distance, miles]).astype(np.float32),
        number_places=(0, 1),
        cells={2: np.array([binner.cell_of(name) for name in band], dtype=np.uint8)},
        now=0.0,
    )
    place = reference.side_places[SKEWS]
    cells = np.zeros(place.stop - place.start, dtype=np.int64)
    Skews(reference).count(rows, cells)
    return cells.tolist()


def test_rows_that_fit_are_only_looked_at(reference):
    """New rows of the same kind: about as few hits as training had."""
    distance = np.random.default_rng(4).gamma(2, 300, 500)
    band = np.where(distance > 500, "far", "near").tolist()
    miles_hits, miles_rows, band_hits, band_rows = _count(reference, distance, distance / 1.609, band)
    assert miles_rows == band_rows == 500
    assert miles_hits <= 40
    assert band_hits <= 40


def test_another_computation_is_a_hit(reference):
    """Kilometres where miles were, and the bands exchanged, while both marginals look usual."""
    distance = np.random.default_rng(4).gamma(2, 300, 500)
    band = np.where(distance > 500, "near", "far").tolist()
    miles_hits, _, band_hits, _ = _count(reference, distance, distance, band)
    assert miles_hits > 350
    assert band_hits > 400


def test_counts_equal_the_table_row_by_row(reference):
    """Brute force with ``Binner.cell_of`` and the texts of the profile; they add up over calls."""
    generator = np.random.default_rng(9)
    distance, miles = generator.gamma(2, 300, 200), generator.gamma(2, 200, 200)
    distance[::9], miles[::7], miles[5], distance[6] = np.nan, np.nan, np.inf, -np.inf
    band = generator.choice(["far", "near", "nowhere"], 200).tolist()
    binners = [Binner(feature.distribution) for feature in reference.features]
    rows = [
        [binner.cell_of(value) for binner, value in zip(binners, row, strict=True)]
        for row in zip(distance.tolist(), miles.tolist(), band, strict=True)
    ]
    expected = [
        sum(pair.unlikely[cells[0]][cells[place]] == "1" for cells in rows)
        for pair, place in zip(reference.pairs, (1, 2), strict=True)
    ]
    assert _count(reference, distance, miles, band) == [expected[0], 200, expected[1], 200]


def test_no_rows_add_nothing(reference):
    """An empty block is no error."""
    assert _count(reference, np.zeros(0), np.zeros(0), []) == [0, 0, 0, 0]


def test_number_cells_agree_with_the_binner(reference):
    """Each edge lies in the bin below it; beyond all of them, missing and invalid have cells of their own."""
    distribution = reference.features[0].distribution
    edges = np.array(distribution.edges, dtype=np.float32)
    beyond = np.nextafter(edges, np.float32(np.inf))
    values = np.concatenate([edges, beyond, [np.nan, np.inf, -np.inf, -1e38, 3e38]]).astype(np.float32)
    binner = Binner(distribution)
    assert number_cells(distribution, values).tolist() == [binner.cell_of(float(value)) for value in values]
