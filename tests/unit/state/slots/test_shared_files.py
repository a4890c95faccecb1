"""Small files and named locks of a shared directory."""

from __future__ import annotations

import pytest

from mlexporter.errors import DirectoryFullError
from mlexporter.state.slots import directory as directory_module
from mlexporter.state.slots.directory import SlotDirectory

BAD_NAMES = ["", "a/b", "../a", "a b", "é", "a\n", "a\0", "x" * 129, "/etc/passwd", "a\\b"]


def test_what_is_written_is_read_by_anybody(directory):
    """Content is replaced as a whole; what was never written is None."""
    other = SlotDirectory(directory.path)
    assert other.read_shared("card-1.json") is None
    directory.write_shared("card-1.json", b"one")
    directory.write_shared("card-1.json", b"")
    assert other.read_shared("card-1.json") == b""
    directory.write_shared("b", b"\0" * 100_000)

    assert other.read_shared("b") == b"\0" * 100_000


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_cannot_lead_elsewhere(directory, name):
    """Only letters, digits, dots, underscores and hyphens."""
    for action in (
        lambda: directory.write_shared(name, b""), lambda: directory.read_shared(name),
        lambda: directory.try_lock(name),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="use 1 to 128 letters"):
            action()


@pytest.mark.parametrize(
    "name", ["base", "marks", "life", "lock", ".", "..", "slot-1-0000000000000000", ".tmp-1", "x" * 128]
)
def test_no_name_meets_a_file_of_ours(directory, make, name):
    """The names of a user's files have a prefix of their own."""
    worker = make.worker()
    worker.count(2, 2)
    directory.write_shared(name, b"rubbish")
    lock = directory.try_lock(name)

    assert directory.read_shared(name) == b"rubbish"
    assert make.total().plain == 2
    assert SlotDirectory(directory.path).life == directory.life
    lock.release()


def test_a_link_or_a_giant_is_not_read(directory, tmp_path, monkeypatch):
    """Somebody's link to elsewhere, and what is too large for memory, are nothing."""
    (tmp_path / "secret").write_bytes(b"secret")
    (directory.path / "shared-big").write_bytes(b"12345")
    monkeypatch.setattr(directory_module, "SHARED_LIMIT_BYTES", 4)
    assert directory.read_shared("big") is None
    (directory.path / "shared-link").symlink_to(tmp_path / "secret")
    with pytest.raises(directory_module.DirectoryError):
        directory.read_shared("link")
    directory.write_shared("link", b"own")

    assert (tmp_path / "secret").read_bytes() == b"secret"
    assert directory.read_shared("link") == b"own"


def test_one_holds_a_lock_until_it_lets_go(directory):
    """The second asks in vain, in this process as in any other; another name is another lock."""
    other = SlotDirectory(directory.path)
    held = directory.try_lock("evaluator")
    assert held is not None
    assert other.try_lock("evaluator") is None
    assert directory.try_lock("evaluator") is None
    learner = other.try_lock("learner")
    held.release()
    held.release()
    again = other.try_lock("evaluator")

    assert again is not None
    again.release()
    learner.release()


def test_no_room_is_said(directory, monkeypatch):
    """A full disk leaves the old file and no rubbish."""
    directory.write_shared("card", b"old")

    def full(descriptor, content, offset):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.pwrite", full)
    with pytest.raises(DirectoryFullError, match="make room there") as caught:
        directory.write_shared("card", b"new")
    monkeypatch.undo()

    assert caught.value.reason == "directory_full"
    assert directory.read_shared("card") == b"old"
    assert not [each for each in directory.path.iterdir() if each.name.startswith(".tmp")]
