"""A shared directory without room, without rights, or in the hands of others: refused, told, never fatal."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import subprocess

import numpy as np
import pytest

from mlexporter.errors import DirectoryError, DirectoryFullError, DirectoryUnsafeError
from mlexporter.records import ModelKey
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.slots import BlockDescription, BlockKind, Slot
from mlexporter.state.slots.directory import SlotDirectory


@pytest.fixture
def directory(tmp_path):
    return SlotDirectory(tmp_path / "shared")


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
