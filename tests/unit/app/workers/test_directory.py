"""Directories that are entered, and attacks that are not followed."""

import os

import pytest

from mlexporter.app.workers import directory
from mlexporter.app.workers.directory import (
    MEMBERS,
    chosen_directory,
    enter,
    is_safe_place,
    lock_out,
    own_directory,
    user_folder,
)
from mlexporter.errors import DirectoryError, DirectoryUnsafeError

NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")


def test_a_directory_is_made_for_us_alone(tmp_path):
    """Mode 0700, whatever the umask is; a second time it is found good."""
    before = os.umask(0o277)
    try:
        own_directory(tmp_path / "mine")
    finally:
        os.umask(before)
    own_directory(tmp_path / "mine")

    assert (tmp_path / "mine").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o777, 0o750, 0o701])
def test_a_directory_open_to_others_is_refused(tmp_path, mode):
    """Somebody may have put something into it, or look into it."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine").chmod(mode)

    with pytest.raises(DirectoryUnsafeError, match="mode 0"):
        own_directory(tmp_path / "mine")


def test_links_are_not_followed(tmp_path):
    """A link at the place of the directory, or of the file of members, leads nowhere."""
    (tmp_path / "target").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "target")
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "target" / MEMBERS).symlink_to(tmp_path / "victim")

    for use in (own_directory, enter, chosen_directory):
        with pytest.raises(DirectoryError):
            use(tmp_path / "link")
    with pytest.raises(DirectoryError):
        enter(tmp_path / "target")
    assert lock_out(tmp_path / "target") is None
    assert (tmp_path / "victim").read_text() == "precious"


def test_a_file_is_no_directory(tmp_path):
    """What is there is named."""
    (tmp_path / "mine").write_text("")

    with pytest.raises(DirectoryError, match="mine"):
        own_directory(tmp_path / "mine")


@needs_root
def test_the_directory_of_somebody_else_is_refused(tmp_path):
    """An attacker was there first."""
    (tmp_path / "theirs").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", NOBODY, NOBODY)

    for use in (own_directory, enter, chosen_directory):
        with pytest.raises(DirectoryUnsafeError, match=str(NOBODY)):
            use(tmp_path / "theirs")
    assert not is_safe_place(tmp_path / "theirs")


def test_nobody_is_locked_out_while_in(tmp_path):
    """Two may be in at once; who removes waits for both."""
    first, second = enter(tmp_path / "group"), enter(tmp_path / "group")

    assert lock_out(tmp_path / "group") is None
    first.release()
    assert lock_out(tmp_path / "group") is None
    second.release()
    alone = lock_out(tmp_path / "group")
    assert alone is not None
    alone.release()


def test_who_comes_in_during_a_removal_makes_a_new_one(tmp_path, monkeypatch):
    """The directory is moved away while somebody waits at its door: it enters the next one."""
    path = tmp_path / "group"
    own_directory(path)
    remover = lock_out(path)

    def finish(_):
        path.rename(tmp_path / "removed")
        remover.release()
        monkeypatch.setattr(directory.time, "sleep", lambda _: None)

    monkeypatch.setattr(directory.time, "sleep", finish)
    lock = enter(path)

    assert lock_out(path) is None
    assert os.path.samestat(os.fstat(lock.descriptor), (path / MEMBERS).stat())
    lock.release()


def test_who_is_kept_out_for_ever_says_so(tmp_path, monkeypatch):
    """Nobody hangs at the door."""
    monkeypatch.setattr(directory.time, "sleep", lambda _: None)
    own_directory(tmp_path / "group")
    remover = lock_out(tmp_path / "group")

    with pytest.raises(DirectoryError, match="MLEXPORTER_DIR"):
        enter(tmp_path / "group")
    remover.release()


def test_a_chosen_directory_is_made_but_not_its_parents(tmp_path):
    """A path with a slip of the pen is told, and not made where nobody counts."""
    with pytest.raises(DirectoryError, match="make the parent first"):
        chosen_directory(tmp_path / "a/b")
    (tmp_path / "a").mkdir()

    assert chosen_directory(tmp_path / "a/b") == tmp_path / "a/b"
    (tmp_path / "a/b").chmod(0o755)
    assert chosen_directory(tmp_path / "a/b") == tmp_path / "a/b"


def test_a_volume_that_all_can_write_gets_a_folder_of_ours(tmp_path):
    """An emptyDir of Kubernetes has mode 0777; the workers and the reader find the same folder."""
    (tmp_path / "volume").mkdir()
    (tmp_path / "volume").chmod(0o777)

    folder = chosen_directory(tmp_path / "volume")

    assert folder == tmp_path / "volume" / user_folder()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert chosen_directory(tmp_path / "volume") == folder


def test_a_directory_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    """Before anything is counted."""
    monkeypatch.setattr(directory.os, "access", lambda *_: False)

    with pytest.raises(DirectoryError, match="not writable"):
        chosen_directory(tmp_path / "read_only")


def test_where_others_can_rename_is_no_safe_place(tmp_path):
    """/dev/shm is sticky; without that anybody could put another directory in the place of ours."""
    assert is_safe_place(tmp_path)
    tmp_path.chmod(0o777)
    assert not is_safe_place(tmp_path)
    tmp_path.chmod(0o1777)
    assert is_safe_place(tmp_path)
    assert not is_safe_place(tmp_path / "missing")
