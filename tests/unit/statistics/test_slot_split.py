"""Rows of a block, shared out over the slots that they may have come from."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Slots
from mlexporter.statistics.slot_split import slot_shares, split


def test_rows_of_mixed_segments_are_shared_out_as_the_profile_expects(profile, number):
    """By hand: of 100 rows each, the first bin is 80 of one and 10 of the other; new cells go by rows."""
    training = profile([number([1, 1, 1, 0, 0])])
    n_cells = training.feature_offsets[-1] + training.output_offsets[-1]
    day, night = np.zeros(n_cells, np.int64), np.zeros(n_cells, np.int64)
    day[:3], night[:3] = [80, 10, 10], [10, 10, 80]
    slots = Slots(
        (), "a", (0, 1), (0, 1), ("day", "night"), (tuple(day.tolist()), tuple(night.tolist())), (100, 100)
    )
    cells = np.array([90, 30, 81, 0, 4])
    parts = split(cells, np.array([100, 100]), slot_shares(training, slots))

    assert parts.tolist() == [[80, 15, 9, 0, 2], [10, 15, 72, 0, 2]]


def test_a_block_of_one_slot_is_its_own():
    """Exact, whatever the profile expects of the others; also where it never saw the cell."""
    shares = np.array([[0.5, 0.5, 0.0], [0.1, 0.9, 0.0]])
    parts = split(np.array([7, 8, 9]), np.array([0, 24]), shares)

    assert parts.tolist() == [[0, 0, 0], [7, 8, 9]]


def test_sharing_out_keeps_every_sum_and_is_near_the_expectation():
    """Against the formula written as a loop: Bayes' rule for each cell; at most a row off by rounding."""
    random = np.random.default_rng(3)
    cells, rows = random.integers(0, 1000, 60), random.integers(0, 500, 7)
    shares = random.dirichlet(np.ones(60), 7)
    expected = np.array(
        [
            [
                cells[cell]
                * rows[slot]
                * shares[slot, cell]
                / sum(rows[other] * shares[other, cell] for other in range(7))
                for cell in range(60)
            ]
            for slot in range(7)
        ]
    )
    parts = split(cells, rows, shares)

    assert (parts >= 0).all()
    assert parts.sum(axis=0).tolist() == cells.tolist()
    assert np.abs(parts - expected).max() <= 1.0


def test_rows_without_any_slot_are_shared_out_evenly():
    """Nothing is lost where no slot was counted."""
    parts = split(np.array([10, 5]), np.array([0, 0]), np.array([[0.5, 0.5], [0.5, 0.5]]))

    assert parts.sum(axis=0).tolist() == [10, 5]
