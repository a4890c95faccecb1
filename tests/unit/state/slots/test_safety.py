"""What an error of the operating system means for a directory."""

from __future__ import annotations

import errno
import os

import pytest

from mlexporter import errors
from mlexporter.catalogue import DEGRADED_REASONS
from mlexporter.state.slots.directory import SlotDirectory
from mlexporter.state.slots.safety import directory_error


@pytest.mark.parametrize(
    ("code", "reason", "way_out"),
    [
        (errno.ENOSPC, "directory_full", "make room there"),
        (errno.EDQUOT, "directory_full", "make room there"),
        (errno.EFBIG, "directory_full", "make room there"),
        (errno.ENOENT, "directory_unusable", "make the parent first"),
        (errno.EROFS, "directory_unusable", "may write to"),
        (errno.EACCES, "directory_unusable", "may write to"),
        (errno.ENOLCK, "directory_unusable", "that has file locks"),
        (errno.EIO, "directory_unusable", "local disk or tmpfs"),
    ],
)
def test_each_error_has_a_reason_and_a_way_out(tmp_path, code, reason, way_out):
    """The message names the directory, the cause and what to do."""
    error = directory_error(OSError(code, os.strerror(code)), tmp_path)

    assert error.reason == reason
    assert all(part in str(error) for part in (str(tmp_path), os.strerror(code), way_out))


def test_every_reason_is_in_the_catalogue():
    """A label value that nobody knows would be in no series."""
    kinds = (
        errors.DirectoryError, errors.DirectoryBusyError, errors.DirectoryFullError, errors.DirectoryUnsafeError,
    )  # fmt: skip

    assert {kind.reason for kind in kinds} <= set(DEGRADED_REASONS)
    assert all(issubclass(kind, errors.EnvironmentDegradedError) for kind in kinds)


@pytest.mark.parametrize(("mode", "is_safe"), [(0o700, True), (0o755, True), (0o720, False), (0o702, False)])
def test_only_the_owner_may_write(tmp_path, mode, is_safe):
    """Others may look at most."""
    path = tmp_path / "shared"
    path.mkdir()
    path.chmod(mode)
    if is_safe:
        assert SlotDirectory(path).life
        return
    with pytest.raises(errors.DirectoryUnsafeError, match=f"mode {mode:04o}"):
        SlotDirectory(path)


def test_somebody_elses_directory_is_refused(tmp_path, monkeypatch):
    """Its owner could swap any file under our hands."""
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(errors.DirectoryUnsafeError, match=f"belongs to user {owner}"):
        SlotDirectory(tmp_path)


def test_locks_that_do_not_lock_are_found_out(tmp_path, monkeypatch):
    """Some network file systems grant a lock to everybody: the living would be folded."""
    monkeypatch.setattr("fcntl.flock", lambda descriptor, operation: None)
    with pytest.raises(errors.DirectoryError, match="can be locked again"):
        SlotDirectory(tmp_path / "shared")


def test_without_locks_nothing_is_left_behind(tmp_path, monkeypatch):
    """A file system without locks is refused, and no probe stays there."""

    def refuse(descriptor, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(errors.DirectoryError, match="that has file locks"):
        SlotDirectory(tmp_path / "shared")

    assert list((tmp_path / "shared").iterdir()) == []
