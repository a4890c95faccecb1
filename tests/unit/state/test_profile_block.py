"""What a profile block counts beside its bins, in every way of rows and over all workers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlexporter.records import Estimation, ModelKey, Slots
from mlexporter.records.sides import DUPLICATES, LEAVES, MAGNITUDES, REPEATS, SLOTS
from mlexporter.state.profile_block import ProfileBlock
from mlexporter.state.row_block import Beside
from mlexporter.state.slots import PrivateMemory, Slot
from mlexporter.state.slots.directory import SlotDirectory
from mlexporter.state.snapshots import snapshots


@pytest.fixture
def seasonal(new_reference):
    """A profile that tells morning and afternoon apart, at 0:00 UTC."""
    seasons = tuple(int(hour % 24 >= 12) for hour in range(168))
    return replace(new_reference(), slots=Slots(seasons, "", (), (0, 1), ("a", "b"), ((0,), (0,)), (1, 1)))


@pytest.fixture
def new_block(seasonal):
    """Make a block in memory of its own: ``new_block(reference)``."""

    def make(reference=seasonal):
        return ProfileBlock(
            Slot(PrivateMemory("private")), ModelKey("m", "1"), reference, wall_clock=lambda: 1234.5,
            on_side_error=lambda error: pytest.fail(repr(error)),
        )  # fmt: skip

    return make


def side(reference, delta, block, name):
    return delta[block.layout["sides"]][reference.side_places[name]].tolist()


def test_a_batch_of_columns(new_block, seasonal):
    """By hand: times, repeats, duplicates; a short column is missing, an absent one is missing throughout."""
    block = new_block()
    delta = block.layout.zeros()
    beside = Beside(timestamps=np.array([0.0, 50_000.0, np.nan, 50_000.0]), batches=[(0, 4)])
    held = block.add_features(delta, [["blue", "blue", "blue"], np.array([1.5, 1.5, 9.0, 9.0])], 4, beside)

    assert held == []
    assert side(seasonal, delta, block, SLOTS) == [2, 2]
    assert side(seasonal, delta, block, REPEATS) == [2, 2, 3]
    assert side(seasonal, delta, block, DUPLICATES) == [1, 4]
    assert sum(side(seasonal, delta, block, MAGNITUDES)) == 4
    assert delta[block.layout["features"]].tolist() == [3, 0, 0, 1, 0, 0, 2, 2, 0, 0]
    assert delta[block.layout["out_of_range"]].tolist() == [0, 2]

    absent = block.layout.zeros()
    block.add_features(absent, [None, None], 3)
    assert absent[block.layout["features"]].tolist() == [0, 0, 0, 3, 0, 0, 0, 0, 3, 0]


def test_rows_that_cannot_be_read_are_in_a_slot(new_block, seasonal):
    """They count as of now, and beside that only in the cells ``invalid``."""
    block = new_block()
    delta = block.layout.zeros()
    block.add_unreadable_features(delta, 7)

    assert side(seasonal, delta, block, SLOTS) == [7, 0]
    assert delta[block.layout["sides"]].sum() == 7
    assert delta[block.layout["features"]].tolist() == [0, 0, 0, 0, 7] * 2


def test_a_batch_that_is_answered_later(new_block, seasonal):
    """Leaves need scores: of each block of a long batch 256 rows wait, and find theirs."""
    reference = replace(seasonal, estimation=Estimation(row_count=100, n_leaves=1))
    block = new_block(reference)
    delta = block.layout.zeros()
    n_rows = 20_000
    held = block.add_features(
        delta,
        [["blue"] * n_rows, np.arange(n_rows)],
        n_rows,
        Beside(batches=[(0, n_rows)], is_answered=False),
    )
    assert [len(each.places) for each in held] == [256, 256]
    assert all(each.places.tolist() == each.rows.numbers[:, 0].tolist() for each in held)
    assert side(reference, delta, block, LEAVES) == [0]

    scores = np.where(np.arange(n_rows) < 16_000, np.nan, 0.5).astype(np.float32)
    block.add_answers(delta, held, scores)
    assert side(reference, delta, block, LEAVES) == [256]
    assert side(reference, delta, block, DUPLICATES) == [0, 8_000]  # four pieces of each block


def test_numbers_beyond_float32_are_the_largest(new_block, seasonal):
    """They are binned and compared like them, and only the infinite are invalid."""
    block = new_block()
    delta = block.layout.zeros()
    block.add_features(delta, [["blue"] * 4, np.array([1e300, 1e39, np.inf, np.inf])], 4)

    assert delta[block.layout["features"]][5:].tolist() == [0, 0, 2, 0, 2]
    assert side(seasonal, delta, block, REPEATS) == [3, 1, 3]


def test_workers_add_up(tmp_path, new_counted, seasonal):
    """What two workers counted beside their bins is one sum, also when one of them has died."""
    directory = SlotDirectory(tmp_path / "shared")
    memories = [directory.open_memory() for _ in range(2)]
    for memory in memories:
        worker = new_counted(slot=Slot(memory), strict=True)
        _, inlet, _ = worker.open(seasonal)
        worker.plain(inlet, 30)
        worker.state.drain()
    key = ModelKey("m", "1")
    for _ in range(2):
        cells = directory.read().blocks.values()
        profile = snapshots(cells, life="x", taken_at=0.0, chosen={key: seasonal})[key].profile
        sides = {name: profile.side_cells[seasonal.side_places[name]].tolist() for name in (SLOTS, REPEATS)}

        assert sides == {SLOTS: [60, 0], REPEATS: [58, 58, 58]}
        assert profile.side_cells[seasonal.side_places[MAGNITUDES]].sum() == 60
        memories[0].forget()
        directory.fold()


def test_an_error_beside_the_bins_loses_no_row(new_counted, monkeypatch):
    """It is counted as one of ours, and raised under ``strict`` alone; the rows are binned."""
    counted = new_counted()
    lane, inlet, _ = counted.open()
    broken = [each._replace(add=lambda *_: 1 / 0, steps=None) for each in lane.block.sides._sides]
    monkeypatch.setattr(lane.block.sides, "_sides", broken)
    counted.plain(inlet, 30)

    assert counted.balance() == (30, 30, 0)
    assert counted.counter.counts().internal_errors == {"drain": 3}
    assert counted.profile.side_cells.sum() == 0


def test_an_error_beside_the_bins_is_raised_under_strict(new_counted, monkeypatch):
    """Tests see it."""
    counted = new_counted(strict=True)
    lane, inlet, _ = counted.open()
    broken = [each._replace(add=lambda *_: 1 / 0, steps=None) for each in lane.block.sides._sides]
    monkeypatch.setattr(lane.block.sides, "_sides", broken)
    counted.plain(inlet, 30)

    with pytest.raises(ZeroDivisionError):
        counted.state.drain()
