"""What is kept in two places, one of which may hang or fail."""

from __future__ import annotations

import logging
import threading

import pytest

from mlexporter.app.baselines.kept_files import KeptFiles
from mlexporter.app.snapshot_folder import SnapshotFolder


def text(data):
    """Parse what a test has written; everything else is damaged."""
    if not data.startswith(b"good"):
        raise ValueError("damaged: not good")
    return data.decode()


@pytest.fixture
def disk(tmp_path):
    folder = SnapshotFolder(str(tmp_path / "disk"))
    yield folder
    folder.release()


def test_both_places_keep_it(files, disk):
    """Whoever reads finds all copies."""
    kept = KeptFiles(files, disk)
    kept.write({"name": b"good 1"})
    kept.close()
    kept.write({"name": b"good 2"})
    kept.close()

    assert files["name"] == b"good 2"
    assert sorted(kept.read("name", text)) == ["good 1", "good 2", "good 2"]


def test_damaged_copies_are_set_aside(files, disk, caplog):
    """In both places, and the log says so; good copies are read."""
    kept = KeptFiles(files, disk)
    kept.write({"name": b"good 1"})
    kept.close()
    files["name"] = b"rubbish"
    with caplog.at_level(logging.WARNING, "mlexporter"):
        found = kept.read("name", text)
    kept.close()

    assert found == ["good 1"]
    assert files["damaged-name"] == b"rubbish"
    assert disk.read("damaged-name") == [b"rubbish"]
    assert "damaged: not good" in caplog.text


def test_a_disk_that_hangs_stops_nobody(files, disk, monkeypatch):
    """What is newer replaces what it has not taken yet."""
    going_on, written = threading.Event(), []

    def write(name, data):
        going_on.wait(10)
        written.append((name, data))

    monkeypatch.setattr(disk, "write", write)
    kept = KeptFiles(files, disk)
    for number in range(3):
        kept.write({"name": f"good {number}".encode()})
    taken_meanwhile = files["name"]
    going_on.set()
    kept.close()

    assert taken_meanwhile == b"good 2"
    assert written == [("name", b"good 0"), ("name", b"good 2")]


def test_a_disk_of_somebody_else_is_left_alone(files, disk, tmp_path):
    """Another exporter keeps its things there."""
    disk.claim()
    kept = KeptFiles(files, SnapshotFolder(str(tmp_path / "disk")))
    kept.write({"name": b"good 1"})
    kept.close()

    assert kept.read("name", text) == ["good 1"]
    assert disk.read("name") == []


def test_a_disk_that_was_taken_away_does_not_hold_up_the_end(files, disk, monkeypatch):
    """What it has not taken is given up."""
    kept = KeptFiles(files, disk)
    kept.write({"name": b"good 1"})
    kept.close()
    monkeypatch.setattr(disk, "claim", lambda: (_ for _ in ()).throw(OSError("gone")))
    kept.write({"name": b"good 2"})
    kept.close()

    assert files["name"] == b"good 2"
    assert disk.read("name") == [b"good 1"]


def test_what_was_refused_is_written_with_what_comes_next(files, disk, monkeypatch):
    """A baseline is written once: a disk that was full at that moment must not lose it."""
    kept = KeptFiles(files, disk)
    write, files.error = disk.write, OSError(28, "full")
    monkeypatch.setattr(disk, "write", lambda name, data: (_ for _ in ()).throw(OSError(28, "full")))
    kept.write({"baseline": b"good 1", "blocks": b"good 1"})
    kept.close()
    files.error = None
    monkeypatch.setattr(disk, "write", write)
    kept.write({"blocks": b"good 2"})
    kept.close()

    assert files == {"baseline": b"good 1", "blocks": b"good 2"}
    assert disk.read("baseline") == [b"good 1"]
    assert disk.read("blocks") == [b"good 2"]


def test_what_was_refused_is_given_up_where_others_have_written(files):
    """In a new term the file is read again, and what another evaluator left there is newer."""
    kept = KeptFiles(files, None)
    files.error = OSError(28, "full")
    kept.write({"baseline": b"good 1"})
    files.error = None
    files["baseline"] = b"good 2"
    assert kept.read("baseline", text) == ["good 2"]
    kept.write({"blocks": b"good 3"})

    assert files["baseline"] == b"good 2"


def test_no_place_is_no_error():
    """One process in its own memory."""
    kept = KeptFiles(None, None)
    kept.write({"name": b"good"})
    kept.close()

    assert kept.read("name", text) == []
