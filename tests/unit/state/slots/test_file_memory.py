"""A slot file gives its process room, and says no in time when there is none."""

from __future__ import annotations

import errno
import os
import re

import numpy as np
import pytest

from mlexporter.errors import DirectoryFullError
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.slots import Slot, locks
from mlexporter.state.slots.block import cells_bytes
from mlexporter.state.slots.file_memory import SEGMENT_BYTES, reserve


def test_a_file_grows_by_segments_and_keeps_every_block(directory, make):
    """Blocks that do not fit make the file longer; each is zero, aligned, and stays where it is."""
    memory = directory.open_memory()
    slot = Slot(memory)
    sizes = [1, 3000, 7, 20_000, 2, 8192, 1]
    blocks = []
    for place, size in enumerate(sizes):
        banked = Layout((("bins", CellKind.COUNT, size), ("drained", CellKind.COUNT, 1)))
        block = slot.open_block(make.describe(f"b{place}", banked=banked))
        assert not block.banked().any()
        block.cells[0] = place + 1
        block.commit(np.full(size + 1, place, dtype=np.int64))
        blocks.append(block)
    found = directory.read().blocks

    for place, block in enumerate(blocks):
        merged = found[block.description.identity]
        assert merged.synchronous[0] == place + 1
        assert np.array_equal(merged.banked, np.full(sizes[place] + 1, place))
    size = (directory.path / memory.name).stat().st_size
    assert size % SEGMENT_BYTES == 0
    assert size < sum(cells_bytes(block.description) for block in blocks) + 2 * SEGMENT_BYTES


def test_room_is_reserved_before_it_is_used(directory):
    """Every byte has its place on the disk: writing to cells later can never fail."""
    memory = directory.open_memory()
    found = (directory.path / memory.name).stat()

    assert found.st_blocks * 512 >= found.st_size == SEGMENT_BYTES


def test_no_room_is_an_error_and_the_slot_goes_on(directory, make, monkeypatch):
    """A full disk refuses a block; those that are there count on, and a later block can fit."""
    worker = make.worker()
    large = make.describe("large", banked=Layout((("bins", CellKind.COUNT, 50_000),)))

    def full(descriptor, start, length):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space left"):
        worker.slot.open_block(large)
    worker.count(2, 1)
    worker.slot.open_block(make.describe("small"))
    with pytest.raises(DirectoryFullError, match="make room there"):
        directory.open_memory()
    assert len(list(directory.path.iterdir())) == 3, "life, lock, one slot: no rubbish of the second one"
    monkeypatch.undo()
    worker.slot.open_block(large).commit(np.ones(50_000, dtype=np.int64))

    assert make.total().plain == 2
    assert directory.read().blocks[large.identity].banked.sum() == 50_000


@pytest.mark.parametrize("code", [errno.EOPNOTSUPP, errno.EINVAL, None])
def test_without_reservation_zeros_are_written(directory, make, monkeypatch, code):
    """File systems and systems without posix_fallocate get real zeros."""

    def refuse(descriptor, start, length):
        raise OSError(code, "no")

    if code is None:
        monkeypatch.delattr(os, "posix_fallocate")
    else:
        monkeypatch.setattr(os, "posix_fallocate", refuse)
    worker = make.worker()
    worker.count(2, 1)
    found = (directory.path / worker.memory.name).stat()

    assert found.st_blocks * 512 >= found.st_size == SEGMENT_BYTES
    assert make.total().plain == 2


def test_zeros_that_are_cut_short_are_an_error(tmp_path, monkeypatch):
    """A disk that takes a part of them is full."""
    monkeypatch.delattr(os, "posix_fallocate")
    monkeypatch.setattr(os, "pwrite", lambda descriptor, piece, offset: len(piece) - 1)
    with (tmp_path / "file").open("wb") as file, pytest.raises(OSError, match="No space left"):
        reserve(file.fileno(), 0, 10)


def test_a_name_says_whose_it_is(directory):
    """``slot-<pid>-<random>``, for people; nothing depends on the pid."""
    names = {directory.open_memory().name for _ in range(3)}

    assert len(names) == 3
    assert all(re.fullmatch(rf"slot-{os.getpid()}-[0-9a-f]{{16}}", name) for name in names)


def test_a_slot_that_was_tidied_up_before_it_was_locked_is_made_again(directory, monkeypatch):
    """A folder may take a file that is a moment old for a leftover."""
    original, turns = locks.try_flock, []

    def tidied(descriptor, *, shared):
        if len(turns) < 2:
            turns.append(1)
            for each in directory.path.glob(".tmp-*"):
                each.unlink()
        return original(descriptor, shared=shared)

    monkeypatch.setattr(locks, "try_flock", tidied)
    memory = directory.open_memory()

    assert len(turns) == 2
    assert memory.is_attached()
    assert list(directory.path.glob(".tmp-*")) == []


def test_nothing_is_allocated_after_the_end(directory, make):
    """A closed slot may be folded already."""
    worker = make.worker()
    worker.memory.close()
    with pytest.raises(OSError, match="this slot was closed"):
        worker.slot.open_block(make.describe("late"))


def test_a_forked_child_neither_holds_nor_ends_its_parents_slot(directory, make):
    """The child of a preloading server: its end is not the parent's, nor does it keep the parent alive."""
    worker = make.worker()
    worker.count(1, 1)
    reading, writing = os.pipe()
    go, start = os.pipe()
    child = os.fork()
    if child == 0:
        worker.slot.forget()
        os.write(writing, b"forgot")
        os.read(go, 1)
        os._exit(0)
    assert os.read(reading, 6) == b"forgot"
    assert directory.fold() == 0, "the parent still has its lock"
    worker.kill()
    assert directory.fold() == 1, "and the living child does not have it"
    os.write(start, b"x")
    os.waitpid(child, 0)
    for descriptor in (reading, writing, go, start):
        os.close(descriptor)

    assert make.total().plain == 1


def test_a_child_that_never_heard_of_us_holds_no_lock(directory, make):
    """Without ``forget`` too: each lock is closed in the child, named locks included."""
    worker = make.worker()
    held = directory.try_lock("evaluator")
    reading, writing = os.pipe()
    go, start = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"x")
        os.read(go, 1)
        os._exit(0)
    os.read(reading, 1)
    worker.memory._lock.release()
    held.release()
    again = directory.try_lock("evaluator")
    folded = directory.fold()
    os.write(start, b"x")
    os.waitpid(child, 0)
    for descriptor in (reading, writing, go, start):
        os.close(descriptor)

    assert folded == 1
    assert again is not None
    again.release()


def test_a_program_that_closes_all_files_loses_no_stranger(directory, make):
    """Daemons close every descriptor; the numbers may be others' by the time we close."""
    worker = make.worker()
    worker.count(1, 1)
    for descriptor in (worker.memory._lock.descriptor, worker.memory._data, directory._folder._descriptor):
        os.close(descriptor)
    strangers = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]
    worker.memory.close()
    assert make.total().plain == 1
    for stranger in strangers:
        os.close(stranger)

    assert directory.fold() == 1
    assert make.total().plain == 1
