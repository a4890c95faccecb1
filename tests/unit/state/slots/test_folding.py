"""Folding counts each dead slot once, whatever is damaged and wherever the folder dies."""

from __future__ import annotations

import os

import pytest

from mlexporter.errors import DirectoryFullError
from mlexporter.state.slots.asides import ASIDE_LIMIT
from mlexporter.state.slots.directory import SlotDirectory
from mlexporter.state.slots.file_format import HEADER_BYTES, SLOT_VERSION, write_header
from mlexporter.state.slots.process_name import ProcessName


class Died(BaseException):
    """Stands for a kill: nothing catches it."""


def damage(path, how):
    """Damage a slot file in one of the ways that are told apart."""
    content = bytearray(path.read_bytes())
    if how == "truncated":
        content = content[: HEADER_BYTES + 50]
    elif how == "version":
        header = write_header(ProcessName(1), 2, version=SLOT_VERSION + 1)
        content[: HEADER_BYTES - 24] = header[: HEADER_BYTES - 24]
    elif how == "garbled":
        content[HEADER_BYTES + 40] ^= 1
    elif how == "header":
        content[:HEADER_BYTES] = bytes(HEADER_BYTES)
    elif how == "cells":
        content[HEADER_BYTES:] = os.urandom(len(content) - HEADER_BYTES)
    path.write_bytes(content)


def asides(directory):
    """Return the names of what was set aside."""
    return sorted(each.name for each in directory.path.iterdir() if each.name.startswith("aside-"))


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("truncated", "truncated"),
        ("version", "version"),
        ("garbled", "garbled"),
        ("header", "garbled"),
        ("cells", "garbled"),
    ],
)
def test_a_damaged_slot_is_set_aside_with_its_last_copy(directory, make, how, reason):
    """What was read of it stays; it is counted by reason, before the fold and after it, and never read again."""
    worker, sound = make.worker(), make.worker()
    worker.count(5, 4)
    sound.count(1, 1)
    assert make.total().plain == 6
    worker.kill()
    name = worker.memory.name
    damage(directory.path / name, how)
    assert make.total().plain == 6
    assert directory.read().set_aside == {reason: 1}
    assert directory.fold() == 0
    found = make.total()

    assert (found.plain, found.drained, found.lost, found.n_workers) == (6, 5, 1, 1)
    assert directory.read().set_aside == {reason: 1}
    (aside,) = asides(directory)
    assert aside.endswith(f"-{reason}-{name}")
    assert SlotDirectory(directory.path).read().set_aside == {reason: 1}


def test_a_fold_takes_nothing_from_the_living(directory, make):
    """A block that no dead process had gets nothing from marks that lag behind."""
    living, dead = make.worker(make.describe("living")), make.worker(make.describe("dead"))
    living.count(1, 1)
    directory.read()
    living.count(7, 5)
    dead.count(3, 3)
    dead.kill()
    assert directory.fold() == 1
    of_living, of_dead = make.total("living"), make.total("dead")

    assert (of_living.plain, of_living.drained, of_living.lost) == (8, 6, 0)
    assert (of_dead.plain, of_dead.drained, of_dead.lost) == (3, 3, 0)


def test_damage_that_nobody_had_a_copy_of_lets_nothing_fall(directory, make):
    """Another process published it: its marks go into the base, less what the living have."""
    worker, sound = make.worker(), make.worker()
    worker.count(5, 4)
    sound.count(2, 2)
    assert make.total().plain == 7
    sound.count(3)
    worker.kill()
    damage(directory.path / worker.memory.name, "header")
    fresh = SlotDirectory(directory.path)
    assert fresh.fold() == 0
    assert make.total(whose=fresh).plain == 7
    sound.count(4)

    assert make.total(whose=fresh).plain == 11, "5 + 9 were there; 3 were hidden while nobody knew whose"
    assert make.total(whose=fresh).drained == 6


def test_a_living_slot_that_is_damaged_tells_its_process(directory, make):
    """Its counts go to the base once; its process can see that nobody reads it, and opens another one."""
    worker = make.worker()
    worker.count(5, 5)
    make.total()
    content = bytearray((directory.path / worker.memory.name).read_bytes())
    with (directory.path / worker.memory.name).open("r+b") as file:
        file.write(b"\xff" * 8)
    assert directory.read().workers == ()
    assert directory.fold() == 0
    assert not worker.memory.is_attached()
    second = make.worker()
    second.count(2, 2)

    assert (make.total().plain, make.total().n_workers) == (7, 1)
    assert content


def test_a_living_slot_of_another_version_is_left_alone(directory, make):
    """Readers of its own version count it; here it is named as long as it is there, and set aside when dead."""
    worker = make.worker()
    path = directory.path / worker.memory.name
    with path.open("r+b") as file:
        file.write(write_header(ProcessName(1), 2, version=SLOT_VERSION + 1)[:40])
    assert directory.fold() == 0
    assert worker.memory.is_attached()
    assert directory.read().set_aside == {"version": 1}
    worker.kill()
    assert directory.fold() == 0

    assert not worker.memory.is_attached()
    assert directory.read().set_aside == {"version": 1}


@pytest.mark.parametrize("call", ["unlink", "rename"])
def test_a_folder_that_dies_after_the_base_counts_nothing_twice(directory, make, monkeypatch, call):
    """Between writing the base and removing slots: who comes next knows which are counted."""
    for rows in (3, 4):
        worker = make.worker()
        worker.count(rows, 1)
        worker.kill()
    broken = make.worker()
    broken.count(1, 1)
    make.total()
    broken.kill()
    damage(directory.path / broken.memory.name, "header")
    original = getattr(os, call)

    def die(first, *args, **names):
        if str(first).startswith("slot-"):
            raise Died
        return original(first, *args, **names)

    monkeypatch.setattr(os, call, die)
    with pytest.raises(Died):
        directory.fold()
    monkeypatch.undo()
    left = len(make.slots())
    assert left >= 1
    for reader in (directory, SlotDirectory(directory.path)):
        assert (make.total(whose=reader).plain, make.total(whose=reader).drained) == (8, 3)
        assert reader.read().set_aside == {"garbled": 1}
    assert SlotDirectory(directory.path).fold() == 0

    assert make.slots() == []
    assert len(asides(directory)) == 1
    assert (make.total().plain, make.total().lost) == (8, 5)


def test_what_cannot_be_removed_is_not_counted_again(directory, make, monkeypatch):
    """A slot whose file stays keeps its name in the base over later folds."""
    first = make.worker()
    first.count(3, 3)
    first.kill()
    monkeypatch.setattr(directory._folder, "remove", lambda name: None)
    assert directory.fold() == 1
    for _ in range(3):
        again = make.worker()
        again.count(1, 1)
        again.kill()
        directory.fold()
        assert len(make.slots()) > 1

    assert make.total().plain == 6
    assert make.total(whose=SlotDirectory(directory.path)).plain == 6


def test_a_garbled_base_is_rebuilt(directory, make):
    """Whoever knew it writes it again; for whoever did not, the marks stand in."""
    dead, living = make.worker(), make.worker()
    dead.count(5, 4)
    living.count(2, 1)
    dead.kill()
    directory.fold()
    make.total()
    base = directory.path / "base"
    content = base.read_bytes()
    for reader, garbled in (
        (SlotDirectory(directory.path), content[:-8] + b"rubbish!"), (directory, b"rubbish!" + content[8:]),
    ):  # fmt: skip
        base.write_bytes(garbled)
        found = make.total(whose=reader)
        assert (found.plain, found.drained, found.lost) == (7, 5, 1)
        assert reader.fold() == 0
        assert base.read_bytes()[:8] == content[:8]
        assert make.total(whose=SlotDirectory(directory.path)).plain == 7
    living.count(1)

    assert make.total().plain == 8
    assert directory.read().set_aside["garbled"] >= 1
    assert len(asides(directory)) == 2


def test_garbled_marks_are_set_aside(directory, make):
    """Marks are written anew from what is known."""
    worker = make.worker()
    worker.count(5, 4)
    make.total()
    marks = directory.path / "marks"
    marks.write_bytes(marks.read_bytes()[:70])
    assert make.total().plain == 5
    assert directory.read().set_aside == {"truncated": 1}
    assert len(asides(directory)) == 1
    worker.kill()
    make.slots()[0].unlink()

    assert make.total(whose=SlotDirectory(directory.path)).plain == 5


def test_few_damaged_files_are_kept(directory, make):
    """Twenty are enough to look at; all are counted."""
    for _ in range(ASIDE_LIMIT + 3):
        worker = make.worker()
        worker.kill()
        damage(directory.path / worker.memory.name, "header")
    directory.fold()

    assert len(asides(directory)) == ASIDE_LIMIT
    assert directory.read().set_aside == {"garbled": ASIDE_LIMIT + 3}


def test_a_full_directory_changes_nothing_and_drops_what_was_set_aside(directory, make, monkeypatch):
    """A fold that has no room leaves each slot; damaged files make room before it gives up."""
    broken, worker = make.worker(), make.worker()
    broken.kill()
    damage(directory.path / broken.memory.name, "header")
    directory.fold()
    assert len(asides(directory)) == 1
    worker.count(3, 3)
    worker.kill()
    original = os.pwrite

    def full(descriptor, content, offset):
        if content.startswith(b"mlxsums"):
            raise OSError(28, "No space left on device")
        return original(descriptor, content, offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(DirectoryFullError):
        directory.fold()
    monkeypatch.undo()

    assert asides(directory) == []
    assert len(make.slots()) == 1
    assert make.total().plain == 3
    assert directory.fold() == 1
    assert make.total().plain == 3


def test_leftovers_are_removed_and_strangers_left(directory, make):
    """What died half made goes; what is being made, and files of others, stay."""
    (directory.path / ".tmp-0000000000000000").write_bytes(b"dead")
    strangers = ["slot-x", "slot-1-zz", "notes.txt", "slot-1-0000000000000000.bak"]
    for name in strangers:
        (directory.path / name).write_bytes(b"?")
    name, lock = directory._folder.create_temporary()
    directory.fold()
    left = {each.name for each in directory.path.iterdir()}
    lock.release()

    assert {name, *strangers} <= left
    assert ".tmp-0000000000000000" not in left
    assert directory.read().set_aside == {}


@pytest.mark.parametrize("kind", ["link", "pipe", "directory", "empty"])
def test_what_only_looks_like_a_slot_is_set_aside(directory, make, tmp_path, kind):
    """A link is not followed, a pipe not waited for, a directory not entered."""
    worker = make.worker()
    worker.count(1, 1)
    name = "slot-1-0123456789abcdef"
    hostile = directory.path / name
    if kind == "link":
        (tmp_path / "target").write_bytes((directory.path / worker.memory.name).read_bytes())
        hostile.symlink_to(tmp_path / "target")
    elif kind == "pipe":
        os.mkfifo(hostile)
    elif kind == "directory":
        hostile.mkdir()
    else:
        hostile.touch()
    assert make.total().plain == 1
    assert directory.fold() == 0

    assert make.total().plain == 1
    assert not os.path.lexists(hostile)
    assert directory.read().set_aside == {"truncated" if kind == "empty" else "garbled": 1}


@pytest.mark.parametrize("name", ["base", "marks"])
def test_a_directory_in_place_of_our_file_is_moved_away(directory, make, name):
    """Even that is a damaged file, not the end."""
    worker = make.worker()
    worker.count(2, 2)
    (directory.path / name).mkdir()
    assert make.total().plain == 2
    worker.kill()
    assert directory.fold() == 1

    assert make.total(whose=SlotDirectory(directory.path)).plain == 2
    assert (directory.path / name).is_file()
