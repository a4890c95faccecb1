"""Where each row is accounted for."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest

from mlexporter.catalogue import DROP_REASONS
from mlexporter.state.ledger import ACCEPTED, DROPPED, LEDGER, PLAIN, accepted_rows, add


def new_cells():
    return memoryview(bytearray(8 * LEDGER.size)).cast("q")


def test_every_reason_has_a_cell_of_its_own():
    """No two places of the ledger are one."""
    places = [PLAIN, ACCEPTED, *DROPPED.values(), LEDGER.index("lost")]

    assert sorted(places) == list(range(LEDGER.size))
    assert set(DROPPED) == set(DROP_REASONS)


def test_both_kinds_of_calls_are_accepted_rows():
    """Dropped and lost rows were accepted before; they are not so twice."""
    assert accepted_rows(np.array([3, 4, *[5] * len(DROP_REASONS), 6])) == 7


@pytest.mark.parametrize("locked", [False, True])
def test_eight_threads_add_exactly(locked):
    """With the lock of an interpreter that has none of its own, and without."""
    cells = new_cells()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def work():
        for _ in range(3000):
            add(cells, ((PLAIN, 1), (ACCEPTED, 2)), locked=locked)

    try:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert (cells[PLAIN], cells[ACCEPTED]) == (24000, 48000)


@pytest.mark.parametrize("locked", [False, True])
def test_cells_of_the_parent_are_closed_in_a_child(locked):
    """Whoever adds to them is told, and the next one is not kept from its own."""
    cells, own = new_cells(), new_cells()
    cells.release()

    with pytest.raises(ValueError, match="released"):
        add(cells, ((PLAIN, 1),), locked=locked)
    add(own, ((PLAIN, 1),), locked=locked)
    assert own[PLAIN] == 1


def test_service_and_profile_blocks_begin_with_the_ledger(counted):
    """So the short way of a row is the same for both, and a fold finds what waited."""
    lane, *_ = counted.open()
    for block in (lane.service.block, lane.block.block):
        description = block.description

        assert description.synchronous.index("plain") == PLAIN
        assert description.synchronous.index("lost") == LEDGER.index("lost")
        assert description.banked.index("drained") >= 0
