"""A directory answers with the sums of all its slots, living and dead."""

from __future__ import annotations

import os
import stat

import numpy as np
import pytest

from mlexporter.errors import DirectoryBusyError, DirectoryError
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.slots import directory as directory_module
from mlexporter.state.slots.directory import SlotDirectory
from mlexporter.state.slots.locks import open_lock


def test_everything_is_private(directory, make):
    """Nobody else can read or write: 0700 for the directory, 0600 for each file in it."""
    make.worker().count(1)
    directory.write_shared("card.json", b"{}")
    directory.try_lock("evaluator").release()
    directory.read()

    assert stat.S_IMODE(directory.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in directory.path.iterdir()} == {0o600}
    assert {each.name.split("-")[0] for each in directory.path.iterdir()} == {
        "slot", "shared", "lock", "life", "marks",
    }  # fmt: skip


def test_an_umask_takes_nothing_from_the_owner(path):
    """A directory is made 0700 under any umask."""
    before = os.umask(0o277)
    try:
        SlotDirectory(path).open_memory().close()
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_living_slots_add_up_by_kind(make):
    """Counts, amounts and live cells add; of times the newest stands; the newest description too."""
    first, second = make.worker(), make.worker(make.describe(opened=7))
    first.count(5, 3, loaded=20)
    second.count(2, 2, loaded=10)
    found = make.total()

    assert (found.plain, found.drained, found.bins, found.nanoseconds) == (7, 5, 5, 50)
    assert (found.entered, found.loaded) == (2, 20)
    assert (found.n_workers, found.who) == (2, "opened 7")


def test_readers_see_what_is_counted_after_them(make):
    """Cells are shared memory: no flush, no copy; blocks opened later are found."""
    worker = make.worker()
    assert make.total().plain == 0
    worker.count(3, 1)
    assert make.total().plain == 3
    worker.block = worker.slot.open_block(make.describe("other"))
    worker.count(2)

    assert (make.total().plain, make.total("other").plain) == (3, 2)


def test_any_process_reads_the_same(directory, make):
    """A second object, as another process has it, has the same life and sums."""
    make.worker().count(4, 4)
    other = SlotDirectory(directory.path)

    assert other.life == directory.life
    assert make.total(whose=other).plain == 4


def test_the_dead_stay_counted_and_are_no_longer_live(make, directory):
    """Before a fold and after it: the counts stay, what was live goes, waiting rows are lost once folded."""
    worker = make.worker()
    worker.count(10, 6, loaded=5)
    worker.block.cells[2] += 1
    worker.kill()
    dead = make.total()
    assert (dead.plain, dead.drained, dead.lost, dead.entered, dead.loaded, dead.n_workers) == (
        10, 6, 0, 0, 5, 0,
    )  # fmt: skip

    assert directory.fold() == 1
    folded = make.total()
    assert (folded.plain, folded.drained, folded.dropped, folded.lost) == (10, 6, 1, 3)
    assert (folded.entered, folded.loaded, folded.nanoseconds) == (0, 5, 60)
    assert make.slots() == []
    assert directory.fold() == 0
    assert make.total() == folded


def test_a_clean_end_is_folded_like_any_other(make, directory):
    """``close`` says that everything is counted; twice is fine."""
    worker = make.worker()
    worker.count(2, 2)
    worker.slot.close()
    worker.slot.close()

    assert directory.fold() == 1
    assert (make.total().plain, make.total().lost) == (2, 0)


def test_the_living_are_not_folded(make, directory):
    """A fold takes the dead only, and what the living count goes on."""
    living, dead = make.worker(), make.worker()
    living.count(1)
    dead.count(2)
    dead.kill()
    assert directory.fold() == 1
    living.count(1, 2)

    assert (make.total().plain, make.total().drained, make.total().lost) == (4, 2, 2)
    assert [each.name for each in make.slots()] == [living.memory.name]
    assert directory.read().workers == (os.getpid(),)


def test_layouts_never_mix(make, directory):
    """One name with other groups is another block."""
    wide = Layout(
        (("bins", CellKind.COUNT, 4), ("nanoseconds", CellKind.AMOUNT, 1), ("drained", CellKind.COUNT, 1))
    )
    make.worker().count(1)
    make.worker(make.describe(banked=wide)).block.cells[0] += 5

    assert make.total().plain == 1
    assert sorted(int(block.synchronous[0]) for block in directory.read().blocks.values()) == [1, 5]


def test_answers_belong_to_nobody(make, directory):
    """An answer does not change with the next one, and cannot be written to."""
    worker = make.worker()
    worker.count(1, 1)
    (block,) = directory.read().blocks.values()
    worker.count(1, 1)
    directory.read()

    assert (block.synchronous[0], block.banked[0]) == (1, 1)
    with pytest.raises(ValueError, match="read-only"):
        block.banked[0] = 5


def test_a_held_lock_is_busy(directory, make, monkeypatch):
    """Nobody waits for ever for one who was stopped with the lock in its hand."""
    monkeypatch.setattr(directory_module, "BUSY_SECONDS", 0.01)
    holder = open_lock(directory.path / "lock", os.O_RDWR)
    assert holder.take()
    with pytest.raises(DirectoryBusyError, match=r"held for .* by another process") as caught:
        directory.read()
    assert caught.value.reason == "directory_busy"
    with pytest.raises(DirectoryBusyError):
        directory.fold()
    holder.release()

    assert directory.read().workers == ()


def test_a_removed_directory_says_so(directory, make):
    """Nothing is written into the void: errors, and memory that knows it is not found."""
    worker = make.worker()
    assert worker.memory.is_attached()
    for each in directory.path.iterdir():
        each.unlink()
    directory.path.rmdir()

    assert not worker.memory.is_attached()
    worker.count(1, 1)
    for action in (
        directory.read,
        directory.fold,
        directory.open_memory,
        lambda: directory.write_shared("a", b""),
    ):
        with pytest.raises(DirectoryError, match="it was removed"):
            action()
    assert SlotDirectory(directory.path).life != directory.life


def test_read_only_reads_and_never_writes(directory, make):
    """A pure reader changes no file and says so where it is asked to."""
    worker = make.worker()
    worker.count(3, 1)
    before = {each.name: each.stat().st_mtime_ns for each in directory.path.iterdir()}
    directory.read()
    reader = SlotDirectory(directory.path, read_only=True)
    marks = {each.name: each.stat().st_mtime_ns for each in directory.path.iterdir()}
    assert make.total(whose=reader).plain == 3
    worker.count(1)
    assert make.total(whose=reader).plain == 4
    for action in (
        reader.fold, reader.open_memory, lambda: reader.try_lock("a"), lambda: reader.write_shared("a", b""),
    ):  # fmt: skip
        with pytest.raises(DirectoryError, match="opened read_only"):
            action()

    assert {each.name: each.stat().st_mtime_ns for each in directory.path.iterdir()} == marks
    assert set(before) | {"marks"} == set(marks)


def test_read_only_never_makes_a_directory(path):
    """There must be one that something was counted in."""
    with pytest.raises(DirectoryError, match="its parent is not there"):
        SlotDirectory(path, read_only=True)
    path.mkdir(0o700)
    with pytest.raises(DirectoryError, match="nothing was counted in it yet"):
        SlotDirectory(path, read_only=True)
    assert list(path.iterdir()) == []


def test_marks_hold_when_everything_else_is_gone(directory, make):
    """Files that a person removed let no counter fall: the answer stands until new counts pass it."""
    worker = make.worker()
    worker.count(5, 5)
    assert make.total().plain == 5
    worker.kill()
    make.slots()[0].unlink()

    assert make.total(whose=SlotDirectory(directory.path)).bins == 5
    make.worker().count(7, 6)
    assert make.total().plain == 7
    assert make.total().bins == 6


def test_no_room_for_marks_is_no_reason_not_to_answer(directory, make, monkeypatch):
    """A full directory answers with what is counted, and this object still lets nothing fall."""
    worker = make.worker()
    worker.count(5, 5)

    def full(name, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(directory._folder, "replace", full)
    assert make.total().plain == 5
    worker.kill()
    make.slots()[0].unlink()

    assert make.total().plain == 5


def test_many_workers(directory, make):
    """Sixty-four slots add up, and fold at once."""
    workers = [make.worker() for _ in range(64)]
    for worker in workers:
        worker.count(3, 2)
    assert make.total().n_workers == 64
    for worker in workers:
        worker.kill()

    assert directory.fold() == 64
    found = make.total()
    assert (found.plain, found.drained, found.lost, found.n_workers) == (192, 128, 64, 0)


def test_sums_of_what_was_folded_in_several_goes(directory, make):
    """Folds add to the base, whoever does them."""
    for turn in range(5):
        worker = make.worker(make.describe(opened=turn))
        worker.count(2, 1, loaded=turn)
        worker.kill()
        assert SlotDirectory(directory.path).fold() == 1

    found = make.total()
    assert (found.plain, found.drained, found.lost, found.loaded, found.who) == (10, 5, 5, 4, "opened 4")


def test_a_block_without_banked_cells_or_ledger(directory):
    """Kinds that need no banks are read in one go."""
    from mlexporter.state.slots import BlockDescription, BlockKind, Slot

    layout = Layout((("cpu", CellKind.AMOUNT, 2),))
    description = BlockDescription(BlockKind.WORKER, None, "", layout, Layout(()), {})
    memory = directory.open_memory()
    block = Slot(memory).open_block(description)
    block.cells[1] += 9
    memory.close()
    directory.fold()
    merged = directory.read().blocks[description.identity]

    assert merged.synchronous.tolist() == [0, 9]
    assert merged.banked.shape == (0,)
    assert merged.description == description
    assert np.array_equal(merged.banked, [])
