"""All sides of a profile, counted together."""

from __future__ import annotations

import numpy as np
import pytest

from mlexporter.records.sides import LEAVES, MAGNITUDE_CELLS, MAGNITUDES, REPEATS, SLOTS
from mlexporter.state.sides import counting
from mlexporter.state.sides.counting import SideCounter


class Broken:
    """A side that raises once it was given rows."""

    def __init__(self, reference):
        pass

    def count(self, rows, cells):
        """Count a little, and fail."""
        cells += 1
        raise ZeroDivisionError


class Scored:
    """A side that counts rows with a score."""

    seen: list = []  # noqa: RUF012 - replaced by the test

    def __init__(self, reference):
        pass

    def count(self, rows, cells):
        """Remember the scores."""
        self.seen.append(None if rows.scores is None else rows.scores.tolist())


@pytest.fixture
def replaced(monkeypatch):
    """Load another class for a side: ``replaced(name, made)``."""
    load = counting._load

    def replace(name, made):
        monkeypatch.setattr(counting, "_load", lambda asked: made if asked == name else load(asked))

    return replace


def test_a_profile_has_the_sides_that_it_has_cells_for(new_reference, new_slots):
    """No slots, no joints, no leaves: nothing is loaded for them."""
    plain = SideCounter(new_reference(), pytest.fail)
    seasonal = SideCounter(new_reference(new_slots([0] * 168, (), (0,))), pytest.fail)

    assert plain.length == 4 + 2 + 2 * MAGNITUDE_CELLS
    assert not plain.wants_scores
    assert not plain.wants_timestamps
    assert seasonal.length == plain.length + 1
    assert seasonal.wants_timestamps


def test_what_goes_wrong_in_a_side_spoils_no_other(new_reference, new_rows, replaced):
    """It is told, what it had counted of these rows is forgotten, and all others count on."""
    errors = []
    replaced(REPEATS, Broken)
    reference = new_reference()
    cells = np.zeros(reference.side_places[LEAVES].stop, dtype=np.int64)
    SideCounter(reference, errors.append).count(new_rows([(1.0, 2.0)] * 3, [0] * 3), cells)

    assert [type(error) for error in errors] == [ZeroDivisionError]
    assert cells[reference.side_places[REPEATS]].tolist() == [0] * 4
    assert cells[reference.side_places[MAGNITUDES]].sum() == 6


def test_a_side_that_cannot_be_made_is_left_out(new_reference, new_rows, replaced):
    """Its cells stay empty, and somebody is told."""
    errors = []
    replaced(REPEATS, lambda _: 1 / 0)
    counter = SideCounter(new_reference(), errors.append)
    cells = np.zeros(counter.length, dtype=np.int64)
    counter.count(new_rows([(1.0, 2.0)] * 3, [0] * 3), cells)

    assert len(errors) == 1
    assert cells.sum() == 6


def test_rows_are_sampled_for_what_is_expensive(new_reference, new_rows):
    """Of 1,000 rows 64 are looked at for their magnitudes, and all for repeats."""
    reference = new_reference()
    counter = SideCounter(reference, pytest.fail)
    cells = np.zeros(counter.length, dtype=np.int64)
    counter.count(new_rows([(1.0, 2.0)] * 1000, [0] * 1000), cells)

    assert cells[reference.side_places[MAGNITUDES]].sum() == 2 * 64
    assert cells[reference.side_places[REPEATS]].tolist() == [999] * 4


def test_scores_may_follow(new_reference, new_rows, replaced, monkeypatch):
    """A batch is answered later: 256 of its rows wait for their scores, for one side alone."""
    monkeypatch.setattr(counting, "_ANSWERED", frozenset({REPEATS}))
    monkeypatch.setattr(counting, "SAMPLED", {REPEATS: 256})
    monkeypatch.setattr(Scored, "seen", [])
    replaced(REPEATS, Scored)
    counter = SideCounter(new_reference(), pytest.fail)
    cells = np.zeros(counter.length, dtype=np.int64)
    held = counter.count_begun(new_rows([(1.0, 2.0)] * 512, [0] * 512), cells)
    assert Scored.seen == []

    scores = np.arange(512, dtype=np.float32)
    counter.count_answered(held.rows.with_scores(scores[held.places]), cells)
    assert counter.wants_scores
    assert Scored.seen == [list(range(0, 512, 2))]


def test_rows_that_cannot_be_read_are_in_slots_alone(new_reference, new_slots, new_rows):
    """A hundred unreadable rows are a hundred rows of one slot."""
    reference = new_reference(new_slots((), [0, 1, 1, 1, 1, 2], (0, 1, 2)))
    cells = np.zeros(reference.side_places[LEAVES].stop, dtype=np.int64)
    row = new_rows([(np.inf, np.inf)], [5])
    SideCounter(reference, pytest.fail).count_slots(row, 100, cells)

    assert cells[reference.side_places[SLOTS]].tolist() == [0, 0, 100]
    assert cells.sum() == 100
