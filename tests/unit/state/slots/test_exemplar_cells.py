"""Records of sampled calls: their bits, what is torn, and how those of several processes become one."""

from __future__ import annotations

import struct
import threading
from array import array

import numpy as np
import pytest

from mlexporter.records import ModelKey
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.slots import Block, BlockDescription, BlockKind, PrivateMemory, Slot
from mlexporter.state.slots.carrying import Leftovers, take_off_live
from mlexporter.state.slots.exemplar_cells import RECORD_CELLS, SampledCall, newest, read_calls, write_call
from mlexporter.state.slots.merging import Totals, cell_rules, described

CELLS = Layout(
    (("calls", CellKind.COUNT, 1), ("live", CellKind.LIVE, 1), ("exemplars", CellKind.EXEMPLAR, 12))
)
ONLY = Layout((("exemplars", CellKind.EXEMPLAR, 12),))
NOTHING = Layout(())
RULES = cell_rules(CELLS, NOTHING)


def describe(cells=CELLS, name="0.1"):
    return BlockDescription(BlockKind.EXEMPLARS, ModelKey("m", "1"), name, cells, NOTHING)


def call(time, number=7):
    return SampledCall(number, number, 5, time)


def records(*calls):
    """Return the cells of calls; None leaves an empty record, and a number a torn one."""
    cells = array("q", bytes(8 * RECORD_CELLS * len(calls)))
    for place, each in enumerate(calls):
        if isinstance(each, SampledCall):
            write_call(memoryview(cells), place, each)
        elif each is not None:
            write_call(memoryview(cells), place, call(each))
            cells[place * RECORD_CELLS + 2] ^= 1
    return np.array(cells, dtype=np.int64)


def vector(n_calls, n_live, *calls):
    return np.concatenate((np.array([n_calls, n_live]), records(*calls)))


@pytest.mark.parametrize(
    "number", [1, 2**63, 2**64 - 1, 2**64, 2**127, 2**128 - 1, 0x0123456789ABCDEF_FEDCBA9876543210]
)
def test_all_bits_of_an_identifier_come_back(number):
    """They are unsigned and cells are not."""
    written = SampledCall(number, number & (2**64 - 1), 2**62, 2**62 + 1)

    assert read_calls(records(None, written)) == {1: written}


@pytest.mark.parametrize(
    "wrong", [(2**128, 1, 1, 1), (-1, 1, 1, 1), (1, 2**64, 1, 1), (1, 1, 2**63, 1), (1, 1, -1, 1)]
)
def test_what_does_not_fit_is_not_written(wrong):
    """The record that was there stays."""
    cells = array("q", bytes(8 * RECORD_CELLS))
    write_call(memoryview(cells), 0, call(1))

    with pytest.raises(struct.error):
        write_call(memoryview(cells), 0, SampledCall(*wrong))
    assert read_calls(np.array(cells)) == {0: call(1)}


@pytest.mark.parametrize("cell", range(RECORD_CELLS))
@pytest.mark.parametrize("bit", [0, 31, 63])
def test_a_record_with_one_wrong_bit_is_absent(cell, bit):
    """Wherever it is wrong, and whatever was there."""
    cells = records(call(1), call(2))
    cells.view(np.uint64)[cell] ^= np.uint64(1 << bit)

    assert read_calls(cells) == {1: call(2)}
    assert read_calls(newest(cells, records(None, None))) == {1: call(2)}


@pytest.mark.parametrize("n_cells", range(1, RECORD_CELLS))
def test_a_record_that_was_half_written_is_absent(n_cells):
    """A kill after any cell, from either side, between two calls of one trace too."""
    before = records(SampledCall(2**70 + 1, 11, 1000, 5_000))
    after = records(SampledCall(2**90 + 1, 12, 1024, 5_024))
    for new, old in ((before, after), (after, before)):
        torn = np.concatenate((new[:n_cells], old[n_cells:]))
        assert read_calls(torn) == {}


def test_times_of_nothing_are_absent():
    """Zeros fit their check; a call of no time, or of less than none, is none."""
    assert read_calls(records(None, SampledCall(1, 1, 5, 0))) == {}
    negative = records(call(5), call(5))
    for cell in (3, 5, RECORD_CELLS + 4, RECORD_CELLS + 5):
        negative.view(np.uint64)[cell] ^= np.uint64(2**63)
    assert read_calls(negative) == {}


def test_the_newer_one_of_each_record_stays():
    """Record by record, all of its cells; zeros where neither is whole."""
    ours, theirs = records(call(5), call(9), None, 8, 3), records(call(6), call(2), 4, call(1), 4)
    both = newest(ours, theirs)

    assert read_calls(both) == {0: call(6), 1: call(9), 3: call(1)}
    assert not both[2 * RECORD_CELLS : 3 * RECORD_CELLS].any()
    assert not both[4 * RECORD_CELLS :].any()
    assert np.array_equal(newest(theirs, ours), both)


def test_exemplars_merge_beside_what_adds_up():
    """Counts add, live cells too, and of exemplars the newest stays."""
    total = vector(2, 1, call(5), 7)
    RULES.add(total, vector(3, 1, call(4), call(6)))

    assert np.array_equal(total, vector(5, 2, call(5), call(6)))


def test_identifiers_are_plausible_whatever_their_bits():
    """The highest bit makes a cell negative, which a count cannot be."""
    cells = vector(1, 0, SampledCall(2**128 - 1, 2**64 - 1, 5, 5), None)

    assert RULES.is_plausible(cells)
    cells[0] = -1
    assert not RULES.is_plausible(cells)


def test_nothing_of_an_exemplar_outlives_its_process():
    """It is in no mark and in no base, and no mark raises it."""
    cells, mark = vector(4, 1, call(5), None), vector(9, 1, call(7), call(8))

    assert np.array_equal(RULES.settled(cells), vector(4, 0, None, None))
    assert np.array_equal(RULES.without_live(cells), vector(4, 0, None, None))
    assert np.array_equal(RULES.raised(cells, mark), vector(9, 1, call(5), None))
    assert np.array_equal(RULES.remainder(mark, cells), vector(5, 0, None, None))


def test_a_block_of_exemplars_alone_passes_with_its_process():
    """One that counts anything does not, nor one without cells."""
    assert cell_rules(ONLY, NOTHING).is_passing
    assert not RULES.is_passing
    assert not cell_rules(NOTHING, NOTHING).is_passing


def test_a_layout_of_half_records_is_no_layout():
    """Whoever finds one in a file takes the file for damaged."""
    text = describe(Layout((("exemplars", CellKind.EXEMPLAR, 7),))).to_json()

    with pytest.raises(ValueError, match="7 cells of exemplars"):
        described(text)


def test_a_single_process_shows_no_torn_record_either():
    """The first vector of a sum is copied without them, and stays as it is."""
    totals, block, cells = Totals(), described(describe().to_json()), vector(1, 0, 3, call(4))
    before = cells.copy()
    totals.add(block, cells)

    assert np.array_equal(totals.vectors[block.identity], vector(1, 0, None, call(4)))
    assert np.array_equal(cells, before)


def test_a_directory_shows_the_newest_of_the_living_only(directory):
    """Neither the base nor the marks know of a block that has nothing else."""
    slots, memories = [], []
    for time in (5, 9, 7):
        memories.append(directory.open_memory())
        slots.append(Slot(memories[-1]))
        write_call(slots[-1].open_block(describe(ONLY)).cells, 1, call(time))
    identity = describe(ONLY).identity

    assert read_calls(directory.read().blocks[identity].synchronous) == {1: call(9)}
    memories[1].forget()
    assert read_calls(directory.read().blocks[identity].synchronous) == {1: call(7)}
    assert directory.fold() == 1
    assert read_calls(directory.read().blocks[identity].synchronous) == {1: call(7)}
    for memory in (memories[0], memories[2]):
        memory.close()
    assert directory.fold() == 2
    assert directory.read().blocks == {}
    assert b"exemplars" not in (directory.path / "base").read_bytes()
    assert (
        not (directory.path / "marks").exists() or b"exemplars" not in (directory.path / "marks").read_bytes()
    )


def private(*calls):
    """Return a slot in memory and its block, with records."""
    slot = Slot(PrivateMemory("private"))
    block = slot.open_block(describe())
    for place, each in enumerate(calls):
        if each is not None:
            write_call(block.cells[CELLS["exemplars"]], place, each)
    return slot, block


def exemplars(block):
    return read_calls(block.synchronous()[CELLS["exemplars"]])


def test_exemplars_move_along_with_counts():
    """They replace older ones of the same place, and no newer one."""
    _, before = private(call(5), call(6))
    before.cells[0] = 3
    slot, block = private(call(9), call(1))
    leftovers = Leftovers([before], with_past=True)
    leftovers.carry_over(slot)

    assert exemplars(block) == {0: call(9), 1: call(6)}
    assert block.cells[0] == 3
    write_call(before.cells[CELLS["exemplars"]], 0, call(10))
    leftovers.carry_over(slot)
    assert exemplars(block) == {0: call(10), 1: call(6)}
    assert block.cells[0] == 3


def test_without_the_past_only_new_exemplars_move():
    """A block is opened only where there are any."""
    _, before = private(call(5), call(6))
    slot = Slot(PrivateMemory("private"))
    leftovers = Leftovers([before], with_past=False)
    leftovers.carry_over(slot)
    assert slot.blocks() == ()

    write_call(before.cells[CELLS["exemplars"]], 1, call(7))
    leftovers.carry_over(slot)
    assert exemplars(slot.blocks()[0]) == {1: call(7)}


def test_torn_records_do_not_move():
    """What stands there is nobody's."""
    _, before = private(call(5), None)
    before.cells[CELLS.index("exemplars", 2)] ^= 1
    slot = Slot(PrivateMemory("private"))
    Leftovers([before], with_past=True).carry_over(slot)

    assert slot.blocks() == ()


def test_blocks_that_are_left_keep_their_exemplars():
    """They are true, whoever counts there."""
    _, block = private(call(5))
    block.cells[1] = 4
    take_off_live([block])

    assert exemplars(block) == {0: call(5)}
    assert block.cells[1] == 0


def test_threads_that_write_one_record_leave_one_of_theirs():
    """Each write is one step of the interpreter; a mixture would not fit its check."""
    memory = memoryview(bytearray(8 * (12 + 2 + 1)))
    block = Block(describe(), memory)
    cells = block.cells[CELLS["exemplars"]]
    written = [SampledCall(2**100 + 2**40 * n, 2**50 + n, n, 10**18 + n) for n in range(1, 5)]

    def write(each):
        for _ in range(2000):
            write_call(cells, 1, each)

    threads = [threading.Thread(target=write, args=(each,)) for each in written]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert exemplars(block)[1] in written
