"""Real processes count into one directory, and are killed in every way there is."""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from mlexporter.errors import (
    DirectoryBusyError,
    DirectoryError,
    DirectoryFullError,
    DirectoryUnsafeError,
)
from mlexporter.records import ModelKey
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.slots import BlockDescription, BlockKind, Slot
from mlexporter.state.slots.directory import SlotDirectory

NURSERY = Path(__file__).with_name("slot_nursery.py")
KILLS = 200
WORKERS = 3
FEATURES = 8
FALLING = {"entered"}
"""Live cells: the only ones that may become fewer."""


class Nursery:
    """The program that makes processes, and the journal of what they answered."""

    def __init__(self, path, journal):
        journal.write_bytes(bytes(16 * 1024))
        self._file = journal.open("r+b")
        self.journal = np.frombuffer(mmap.mmap(self._file.fileno(), 0), dtype=np.int64).reshape(-1, 2)
        self._program = subprocess.Popen(
            [sys.executable, str(NURSERY), str(path), str(journal)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._program.stdout.readline() == "ready\n"
        self.children = []

    def ask(self, command):
        """Return the answer to a command."""
        self._program.stdin.write(command + "\n")
        self._program.stdin.flush()
        return self._program.stdout.readline().strip()

    def start(self, command):
        """Return the pid of a new process."""
        child = int(self.ask(command))
        self.children.append(child)
        return child

    def kill(self, child):
        """Kill a process and wait until it is gone."""
        os.kill(child, signal.SIGKILL)
        self.wait(child)

    def wait(self, child):
        """Return the status with which a process ended."""
        self.children.remove(child)
        return int(self.ask(f"wait {child}"))

    def close(self):
        """End everything."""
        for child in list(self.children):
            with contextlib.suppress(ProcessLookupError):
                self.kill(child)
        self._program.stdin.close()
        self._program.wait(10)
        self._program.stdout.close()
        self._file.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "shared"


@pytest.fixture
def directory(path):
    return SlotDirectory(path)


@pytest.fixture
def nursery(directory, tmp_path):
    found = Nursery(directory.path, tmp_path / "journal")
    yield found
    found.close()


def sums(counts):
    """Return every group of the only block as an array; zeros before there is one."""
    for block in counts.blocks.values():
        synchronous, banked = block.description.synchronous, block.description.banked
        found = {group.name: block.synchronous[group.cells] for group in synchronous.groups}
        return found | {group.name: block.banked[group.cells] for group in banked.groups}
    return {}


def assert_not_falling(before, after):
    """No cell but the live ones is below what was read before."""
    for name, cells in before.items():
        assert name in FALLING or np.all(after[name] >= cells), name


def assert_even(found):
    """All features have as many rows as were drained."""
    assert set(found["bins"].reshape(FEATURES, -1).sum(axis=1)) == {found["drained"][0]}


def slots(directory):
    return sorted(each for each in directory.path.iterdir() if each.name.startswith("slot-"))


def accepted(found):
    return int(found["plain"].sum() + found["accepted"].sum())


@contextlib.contextmanager
def within(seconds):
    """Fail when the block takes longer."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds


def until(condition, seconds=20.0):
    """Return when the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "not within time"
        time.sleep(0.002)


def test_two_hundred_kills_under_load_lose_and_invent_nothing(directory, nursery):
    """After each kill: answered <= counted <= answered + in progress; nothing falls; all adds up at the end."""
    chance = random.Random(4)
    folder = nursery.start("folder")
    workers = [nursery.start("work -1") for _ in range(WORKERS)]
    until(lambda: np.count_nonzero(nursery.journal[:, 1]) == WORKERS)
    before = sums(directory.read())
    for kills in range(1, KILLS + 1):
        for _ in range(chance.randrange(3)):
            answered = int(nursery.journal[:, 1].sum())
            after = sums(directory.read())
            entered = int(nursery.journal[:, 0].sum())
            assert answered <= accepted(after) <= entered
            assert_even(after)
            assert_not_falling(before, after)
            before = after
        nursery.kill(workers.pop(chance.randrange(WORKERS)))
        workers.append(nursery.start("work -1"))
        if kills % 40 == 0:
            nursery.kill(folder)
            folder = nursery.start("folder")
    for worker in workers:
        nursery.kill(worker)
    nursery.kill(folder)
    dead = sums(directory.read())
    directory.fold()
    folded = sums(directory.read())
    assert_not_falling(before, dead)
    assert_not_falling(dead, folded)
    entered, answered = nursery.journal.sum(axis=0).tolist()

    assert answered <= accepted(folded) <= entered <= answered + KILLS + WORKERS
    assert accepted(folded) == folded["drained"][0] + folded["dropped"].sum() + folded["lost"][0]
    assert 0 < folded["lost"][0] <= (KILLS + WORKERS) * 21
    assert_even(folded)
    assert folded["entered"][0] == 0
    assert directory.read().workers == ()
    assert directory.read().set_aside == {}
    assert not [
        each.name for each in directory.path.iterdir() if each.name.startswith(("slot-", ".tmp", "aside"))
    ]


@pytest.mark.parametrize("call", ["open", "rename", "unlink", "pwrite", "pread", "listdir", "close", "fstat"])
def test_a_folder_that_is_killed_at_any_step_changes_no_sum(directory, nursery, call):
    """SIGKILL before the first, second, third ... system call of a kind, until a fold gets through."""
    total = 0
    for turn in range(200):
        if not slots(directory):
            for _ in range(2):
                assert nursery.wait(nursery.start("work 30")) == 0
            total += 60
        status = int(nursery.ask(f"fold {call} {turn}"))
        assert status in (0, signal.SIGKILL)
        for reader in (directory, SlotDirectory(directory.path)):
            found = sums(reader.read())
            assert accepted(found) == found["plain"][0] == total
            assert found["drained"][0] + found["dropped"].sum() == total
            assert_even(found)
        if status == 0:
            break
    directory.fold()
    directory.fold()

    assert status == 0
    assert turn > 0
    assert accepted(sums(directory.read())) == total
    assert not [
        each.name for each in directory.path.iterdir() if each.name.startswith(("slot-", ".tmp", "aside"))
    ]


def test_sixty_four_workers(directory, nursery):
    """All are counted while they run and after they have ended."""
    workers = [nursery.start("work 500") for _ in range(64)]
    for worker in workers:
        assert nursery.wait(worker) == 0
    running = [nursery.start("rest 500") for _ in range(64)]
    until(lambda: nursery.journal[64:128, 1].sum() == 64 * 500)
    assert sorted(running) == list(directory.read().workers)
    assert directory.fold() == 64
    assert_even(sums(directory.read()))
    for worker in running:
        nursery.kill(worker)

    assert directory.fold() == 64
    assert accepted(sums(directory.read())) == 2 * 64 * 500
    assert sums(directory.read())["lost"][0] > 0


def test_a_stopped_holder_blocks_nobody_for_long_and_a_killed_one_not_at_all(directory, nursery):
    """SIGSTOP with the lock in its hand: everybody else says busy; SIGKILL gives the lock back."""
    worker = nursery.start("work -1")
    until(lambda: directory.read().workers)
    holder = nursery.start("hold directory")
    until((directory.path.parent / "held").exists)
    os.kill(holder, signal.SIGSTOP)
    with within(4), pytest.raises(DirectoryBusyError, match="another process"):
        directory.read()
    with within(2):
        second = SlotDirectory(directory.path)
        second.open_memory().close()
        second.write_shared("a", b"b")
    nursery.kill(holder)
    with within(2):
        assert directory.read().workers == (worker,)


def test_a_stopped_worker_lives(directory, nursery):
    """A suspended process is neither dead nor torn: it is folded when it has ended."""
    worker = nursery.start("work -1")
    until(lambda: nursery.journal[0, 1] > 0)
    os.kill(worker, signal.SIGSTOP)
    first = sums(directory.read())
    assert directory.fold() == 0
    assert_even(first)
    os.kill(worker, signal.SIGCONT)
    until(lambda: accepted(sums(directory.read())) > accepted(first))
    nursery.kill(worker)

    assert directory.fold() == 1


def test_a_named_lock_ends_with_its_process(directory, nursery):
    """The evaluator is killed: the next one is elected at once."""
    holder = nursery.start("hold evaluator")
    until((directory.path.parent / "held").exists)
    assert directory.try_lock("evaluator") is None
    nursery.kill(holder)
    held = directory.try_lock("evaluator")

    assert held is not None
    held.release()


def test_slots_that_are_cut_while_they_are_read_kill_no_reader(directory, nursery):
    """A file that shrinks under a reader is truncated, never a signal, and nothing falls."""
    for _ in range(6):
        assert nursery.wait(nursery.start("work 100")) == 0
    before = sums(directory.read())
    for victim, length in zip(slots(directory), (0, 10, 63, 64, 100, 4000), strict=True):
        os.truncate(victim, length)
        assert_not_falling(before, sums(directory.read()))
    assert directory.fold() == 0

    assert accepted(sums(directory.read())) == 600
    assert directory.read().set_aside == {"truncated": 6}


# --- no room, no rights -----------------------------------------------------------------------------


def fill(path):
    """Write until nothing more fits."""
    with (path / "ballast").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


@pytest.fixture
def small(tmp_path):
    """A tmpfs of half a MiB; skips where nobody may mount one."""
    mount = tmp_path / "small"
    mount.mkdir()
    found = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k,mode=0700", "tmpfs", str(mount)],
        capture_output=True,
        check=False,
    )
    if found.returncode:
        pytest.skip("mounting a tmpfs is not allowed here")
    yield mount
    subprocess.run(["umount", "--lazy", str(mount)], check=True)


def large(n_cells):
    """Return the description of a block with many cells."""
    layout = Layout((("bins", CellKind.COUNT, n_cells),))
    return BlockDescription(BlockKind.PROFILE, ModelKey("big", "1"), "x", Layout(()), layout, {})


def test_a_full_tmpfs_stops_counting_and_kills_nobody(small):
    """Blocks and slots are refused; what was counted stays readable, and foldable once there is room."""
    directory = SlotDirectory(small)
    memory = directory.open_memory()
    slot = Slot(memory)
    block = slot.open_block(large(1000))
    block.commit(np.ones(1000, dtype=np.int64))
    with pytest.raises(OSError, match="No space left") as caught:
        slot.open_block(large(100_000))
    assert caught.value.errno == errno.ENOSPC
    fill(small)
    with pytest.raises(DirectoryFullError, match="make room"):
        directory.open_memory()
    with pytest.raises(DirectoryFullError):
        SlotDirectory(small).write_shared("card", bytes(5000))
    for _ in range(3):
        block.commit(np.ones(1000, dtype=np.int64))
    assert int(next(iter(directory.read().blocks.values())).banked.sum()) == 4000
    memory.forget()
    with pytest.raises(DirectoryFullError):
        directory.fold()
    assert int(next(iter(directory.read().blocks.values())).banked.sum()) == 4000
    (small / "ballast").unlink()

    assert directory.fold() == 1
    assert int(next(iter(directory.read().blocks.values())).banked.sum()) == 4000


def test_a_limit_on_file_sizes_is_an_error(directory):
    """RLIMIT_FSIZE, as some servers set it: refused like a full disk."""
    memory = directory.open_memory()
    slot = Slot(memory)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        slot.open_block(large(10)).commit(np.ones(10, dtype=np.int64))
        with pytest.raises(OSError, match="too large"):
            slot.open_block(large(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert int(next(iter(directory.read().blocks.values())).banked.sum()) == 10


def test_a_read_only_mount_can_be_read(small):
    """As in a container that only reads: sums come, writing says why not."""
    directory = SlotDirectory(small)
    memory = directory.open_memory()
    block = Slot(memory).open_block(large(5))
    block.commit(np.ones(5, dtype=np.int64))
    directory.read()
    view = small.with_name("view")
    view.mkdir()
    bound = subprocess.run(["mount", "--bind", str(small), str(view)], capture_output=True, check=False)
    if bound.returncode:
        pytest.skip("a bind mount is not allowed here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(view)], check=True, capture_output=True)
        with pytest.raises(DirectoryError, match=r"Read-only file system.*may write to") as caught:
            SlotDirectory(view)
        assert caught.value.reason == "directory_unusable"
        reader = SlotDirectory(view, read_only=True)
        assert reader.life == directory.life
        assert reader.read().workers == (os.getpid(),)
        assert int(next(iter(reader.read().blocks.values())).banked.sum()) == 5
        memory.forget()
        assert reader.read().workers == ()
        with pytest.raises(DirectoryError, match="read_only"):
            reader.fold()
    finally:
        subprocess.run(["umount", "--lazy", str(view)], check=True)


def test_a_directory_without_rights_says_whose_it_must_be(tmp_path, monkeypatch):
    """No right to write: the error names the path and the user, and nothing else happens."""

    def refuse(*args, **names):
        raise PermissionError(errno.EACCES, "Permission denied")

    SlotDirectory(tmp_path / "own").open_memory().close()
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(DirectoryError, match=rf"own.*Permission denied.*user {os.geteuid()} may write"):
        SlotDirectory(tmp_path / "own")


# --- attacks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
def test_others_may_not_write_into_it(tmp_path, mode):
    """A world-writable directory is refused, even with the sticky bit, and told how to mend."""
    path = tmp_path / "open"
    path.mkdir()
    path.chmod(mode)
    with pytest.raises(DirectoryUnsafeError, match=f"open.* has mode {mode:04o}.*chmod 700") as caught:
        SlotDirectory(path)

    assert caught.value.reason == "directory_unsafe"
    assert list(path.iterdir()) == []


def test_links_are_refused(tmp_path):
    """A link to a fine directory, to nowhere, to a file: none is followed."""
    (tmp_path / "fine").mkdir(0o700)
    (tmp_path / "file").touch()
    for target in ("fine", "nowhere", "file"):
        link = tmp_path / f"to-{target}"
        link.symlink_to(tmp_path / target)
        with pytest.raises(DirectoryUnsafeError, match="is a symbolic link"):
            SlotDirectory(link)
    with pytest.raises(DirectoryError, match="Not a directory"):
        SlotDirectory(tmp_path / "file")

    assert list((tmp_path / "fine").iterdir()) == []
    assert not (tmp_path / "nowhere").exists()


def test_a_strangers_directory_is_refused(tmp_path, monkeypatch):
    """Whoever owns a directory can write into it at any time."""
    (tmp_path / "theirs").mkdir(0o700)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(DirectoryUnsafeError, match=rf"belongs to user {owner}, .*as user {owner + 1}"):
        SlotDirectory(tmp_path / "theirs")


def test_a_strangers_file_counts_for_nothing(directory, monkeypatch):
    """A slot of another user, planted before the directory was ours alone, is set aside."""
    memory = directory.open_memory()
    block = Slot(memory).open_block(large(5))
    block.commit(np.ones(5, dtype=np.int64))
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    found = SlotDirectory.read(directory)
    monkeypatch.undo()

    assert found.blocks == {}
    assert found.set_aside == {"garbled": 1}


def test_the_path_may_be_swapped_after_the_check(tmp_path):
    """Who replaces the directory by a link later gains nothing: files go where the check was."""
    path = tmp_path / "shared"
    directory = SlotDirectory(path)
    path.rename(tmp_path / "moved")
    (tmp_path / "trap").mkdir()
    path.symlink_to(tmp_path / "trap")
    memory = directory.open_memory()
    directory.write_shared("card", b"x")

    assert list((tmp_path / "trap").iterdir()) == []
    assert (tmp_path / "moved" / memory.name).exists()
    assert not memory.is_attached()


@pytest.mark.parametrize("name", ["life", "lock", "marks", "base"])
def test_planted_links_lead_nowhere(tmp_path, name):
    """A link in place of one of our files: its target is neither read nor written."""
    path = tmp_path / "shared"
    path.mkdir(0o700)
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (path / name).symlink_to(victim)
    with contextlib.suppress(DirectoryError):
        directory = SlotDirectory(path)
        directory.open_memory().close()
        directory.read()
        directory.fold()

    assert victim.read_bytes() == b"precious"
