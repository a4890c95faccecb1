"""Cells merge by their kind, and the books of rows are closed when a process ends."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.slots.merging import LARGEST_AMOUNT, LARGEST_COUNT, Totals, cell_rules, described

OUTER = Layout(
    (
        ("plain", CellKind.COUNT, 1), ("accepted", CellKind.COUNT, 2), ("dropped", CellKind.COUNT, 2),
        ("lost", CellKind.COUNT, 1), ("live", CellKind.LIVE, 1), ("newest", CellKind.NEWEST, 1),
        ("amount", CellKind.AMOUNT, 1),
    )
)  # fmt: skip
INNER = Layout((("bins", CellKind.COUNT, 2), ("drained", CellKind.COUNT, 1)))
RULES = cell_rules(OUTER, INNER)


def vector(*cells):
    return np.array(cells, dtype=np.int64)


FIRST = vector(5, 1, 2, 1, 0, 0, 3, 70, 9, 2, 4, 6)
SECOND = vector(1, 0, 0, 0, 0, 0, -2, 80, 1, 1, 0, 1)


def test_cells_add_up_by_kind():
    """Counts, amounts and live cells add; of times the larger one stays."""
    total = FIRST.copy()
    RULES.add(total, SECOND)

    assert total.tolist() == [6, 1, 2, 1, 0, 0, 1, 80, 10, 3, 4, 7]


def test_the_end_of_a_process_closes_its_books():
    """8 rows accepted, 6 drained, 1 dropped: 1 is lost; nothing is live. Once more changes nothing."""
    settled = RULES.settled(FIRST)

    assert settled.tolist() == [5, 1, 2, 1, 0, 1, 0, 70, 9, 2, 4, 6]
    assert RULES.settled(settled).tolist() == settled.tolist()
    assert FIRST[6] == 3, "the vector itself stays"


def test_books_that_say_too_much_lose_nothing():
    """More drained than accepted, as after damage: nothing becomes negative."""
    assert RULES.settled(vector(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5))[5] == 0


def test_without_the_five_groups_there_are_no_books():
    """Other blocks lose their live cells only."""
    rules = cell_rules(Layout((("plain", CellKind.COUNT, 1), ("live", CellKind.LIVE, 1))), INNER)

    assert rules.settled(vector(5, 5, 1, 1, 1)).tolist() == [5, 0, 1, 1, 1]


def test_marks_raise_all_but_live_cells():
    """The larger one of each cell; what is live now is live now."""
    assert RULES.raised(SECOND, FIRST).tolist() == [5, 1, 2, 1, 0, 0, -2, 80, 9, 2, 4, 6]
    assert RULES.remainder(FIRST, SECOND).tolist() == [4, 1, 2, 1, 0, 0, 0, 70, 8, 1, 4, 5]


@pytest.mark.parametrize(
    ("place", "largest"), [(0, LARGEST_COUNT), (7, LARGEST_AMOUNT), (8, LARGEST_AMOUNT), (9, LARGEST_COUNT)]
)
def test_garbage_is_told_from_counts(place, largest):
    """Negative cells and cells beyond all counting are no counts; live cells can be anything."""
    assert RULES.is_plausible(FIRST)
    for value, expected in ((largest, True), (largest + 1, False), (-1, False), (-(2**63), False), (0, True)):
        cells = FIRST.copy()
        cells[place] = value
        assert RULES.is_plausible(cells) is expected
    cells = FIRST.copy()
    for value in (-(2**63), 2**63 - 1):
        cells[6] = value
        assert RULES.is_plausible(cells)


def test_totals_keep_the_newest_description(make):
    """The order in which they come does not matter; one that does not say when is the oldest."""
    texts = [make.describe(opened=opened).to_json() for opened in (3, 9, None, 5)]
    totals = Totals()
    for text in texts:
        totals.add(described(text), vector(*range(12)))
    ((block, total),) = totals.items()

    assert block.description.about["opened_nanoseconds"] == 9
    assert total[0] == 0
    assert total[1] == 4


def test_totals_are_copies(make):
    """What is added is not changed by what is added to it."""
    block, cells = described(make.describe().to_json()), vector(*range(12))
    totals = Totals()
    totals.add(block, cells)
    totals.add(block, cells)

    assert cells.tolist() == list(range(12))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"kind": "none"}', "[" * 100_000])
def test_a_text_that_is_no_description_is_an_error(text):
    """Whatever it is, it is a ValueError."""
    with pytest.raises(ValueError):
        described(text)


def test_descriptions_of_the_dead_are_let_go(make):
    """Each worker writes texts of its own: a reader of a service that recycles them keeps a few dozen, not all."""
    read = [weakref.ref(described(make.describe(opened=opened).to_json())) for opened in range(500)]
    gc.collect()

    assert sum(one() is not None for one in read) <= 64
