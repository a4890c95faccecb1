"""Rows of batches that repeat: one score for the model as a whole."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from mlexporter.catalogue import DUPLICATE_ROWS_EXCESS
from mlexporter.records.sides import DUPLICATES, SIDES
from mlexporter.statistics.quality_scores import model_quality
from mlexporter.statistics.side_counts import side_counts


def _counted(reference, window, duplicates):
    cells = np.zeros(max(place.stop for place in reference.side_places.values()), dtype=np.int64)
    cells[reference.side_places[DUPLICATES]] = duplicates
    return replace(window([[50, 50, 0, 0]]), side_cells=cells)


@pytest.fixture
def reference(profile, number):
    """1 % of 10,000 training rows repeat another one."""
    return replace(profile([number([5_000, 5_000, 0, 0])]), duplicate_rows=100)


def test_it_equals_its_formula(reference, window):
    """10 % of 1,000 rows against 1 % of 10,000; two windows share the false alarms."""
    windows = [_counted(reference, window, found) for found in ([100, 1_000], [10, 1_000])]
    first, second = model_quality(reference, windows, required_observations=100)
    rise = 2 * (math.asin(math.sqrt(0.1)) - math.asin(math.sqrt(0.01)))
    expected = rise - norm.isf(1e-4 / 2) * math.sqrt(1 / 1_000 + 1 / 10_000)
    assert first == {DUPLICATE_ROWS_EXCESS.name: pytest.approx(expected)}
    assert second == {DUPLICATE_ROWS_EXCESS.name: 0.0}


@pytest.mark.parametrize("duplicates", [[0, 0], [1, 1], [99, 99]])
def test_without_batches_it_is_absent(reference, window, duplicates):
    """Rows that come one by one are in no batch; a few are too few."""
    assert model_quality(reference, [_counted(reference, window, duplicates)], required_observations=100) == [
        {}
    ]


def test_what_the_profile_does_not_know_is_absent(reference, window):
    """A profile of an older version tells nothing of repeated rows, nor do counts of an older worker."""
    unknown = replace(reference, duplicate_rows=None)
    assert model_quality(unknown, [_counted(unknown, window, [500, 1_000])], required_observations=100) == [
        {}
    ]
    assert model_quality(reference, [window([[50, 50, 0, 0]])], required_observations=100) == [{}]
    assert model_quality(reference, [], required_observations=100) == []


def test_a_model_without_features_has_no_rows_that_repeat(profile, window):
    """There is nothing by which rows could be alike."""
    bare = replace(profile([]), duplicate_rows=0)
    assert model_quality(bare, [window([])], required_observations=100) == [{}]


def test_every_side_is_read_from_its_place(reference, window):
    """Cells are numbered from 0: what is read of each side is the numbers of its slice."""
    places = reference.side_places
    total = max(place.stop for place in places.values())
    counts = replace(window([[50, 50, 0, 0]]), side_cells=np.arange(total))
    for name in SIDES:
        found = side_counts(reference, [counts, window([[50, 50, 0, 0]])], name)
        assert found[0].tolist() == list(range(places[name].start, places[name].stop))
        assert not found[1].any()
