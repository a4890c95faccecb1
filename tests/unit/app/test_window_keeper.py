from __future__ import annotations

import errno
import logging
import threading
from pathlib import Path

import numpy as np
import pytest

from mlexporter.app.snapshot_folder import SnapshotFolder
from mlexporter.app.window_keeper import WindowKeeper
from mlexporter.catalogue import DEGRADED_REASONS
from mlexporter.errors import DirectoryError
from mlexporter.records import HistogramCounts, ModelKey, ProfileCounts, ServiceCounts, Snapshot
from mlexporter.state.moment import Moment
from mlexporter.state.windows import WindowRing

SERVICE = ServiceCounts(0, 0, {}, {}, HistogramCounts(np.zeros(1, np.int64), 0.0), {}, {}, {}, 0.0)
KEY = ModelKey("m", "1")
WINDOWS = {"1h": 3600.0}


class Files(dict):
    """A shared directory in memory, whose file system may fail."""

    error = None

    def write_shared(self, name, data):
        """Keep it."""
        if self.error is not None:
            raise self.error
        self[name] = data

    def read_shared(self, name):
        """Return it."""
        if self.error is not None:
            raise self.error
        return self.get(name)


def at(now, boot="boot"):
    return Moment(float(now), 1_700_000_000.0 + now, boot)


def snapshot(taken_at, count, *, epoch="a"):
    cells = np.array([count, 2 * count], dtype=np.int64)
    counts = ProfileCounts("f", epoch, count, count, 0, cells, cells[:1], cells[:1], cells)
    return Snapshot(KEY, float(taken_at), SERVICE, counts)


def new_ring(*snapshots):
    ring = WindowRing(WINDOWS)
    for each in snapshots:
        ring.push(each)
    return ring


def rows(ring, taken_at, count, *, epoch="a"):
    return ring.counts(snapshot(taken_at, count, epoch=epoch))[0].row_count


def keep(shared, folder, ring, now, *, boot="boot"):
    """Be a process that keeps ``ring`` once and ends."""
    keeper = WindowKeeper(shared, folder)
    keeper.restore(KEY, ring, at(now, boot))
    keeper.keep({KEY: ring}, at(now, boot))
    keeper.close()
    assert keeper.degraded == {}


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "windows")


@pytest.mark.parametrize("place", ["shared", "disk", "both"])
def test_the_next_process_goes_on(place, folder):
    """From the directory, from the disk, or from both: nothing is missing and nothing is there twice."""
    shared, path = (None if place == "disk" else Files()), ("" if place == "shared" else folder)
    keep(shared, path, new_ring(snapshot(0, 0), snapshot(100, 50)), 100)
    ring = new_ring(snapshot(110, 0, epoch="b"))
    keep(shared, path, ring, 115)

    assert rows(ring, 120, 7, epoch="b") == 57


def test_a_reboot_leaves_the_disk(folder):
    """The shared directory is gone, and the clock of windows began anew."""
    keep(Files(), folder, new_ring(snapshot(5000, 0), snapshot(5100, 50)), 5100)
    ring = new_ring(snapshot(3, 0, epoch="b"))
    WindowKeeper(Files(), folder).restore(KEY, ring, Moment(5.0, at(5100).wall + 60, "next"))

    assert rows(ring, 10, 7, epoch="b") == 57


def test_the_newest_file_is_chosen(folder):
    """A directory could not be written for a while: what the disk has is newer."""
    shared, first = Files(), new_ring(snapshot(0, 0), snapshot(100, 50))
    keep(shared, folder, first, 100)
    old = dict(shared)
    first.push(snapshot(200, 90))
    keep(shared, folder, first, 200)
    shared.update(old)
    ring = WindowRing(WINDOWS)
    WindowKeeper(shared, folder).restore(KEY, ring, at(210))

    assert rows(ring, 210, 0, epoch="b") == 90


def test_a_torn_file_costs_a_minute_only(folder, tmp_path, caplog):
    """Of two copies the older one is left; where both are torn the windows begin anew."""
    keeper, ring = WindowKeeper(None, folder), new_ring(snapshot(0, 0))
    keeper.restore(KEY, ring, at(0))
    for now in (60, 120, 180):
        ring.push(snapshot(now, now))
        keeper.keep({KEY: ring}, at(now))
        keeper._writing.join()
    keeper.close()
    copies = sorted((tmp_path / "windows").glob("windows-*"), key=lambda path: path.stat().st_mtime_ns)
    assert len(copies) == 2

    copies[1].write_bytes(copies[1].read_bytes()[:-9])
    found = WindowRing(WINDOWS)
    keeper = WindowKeeper(None, folder)
    keeper.restore(KEY, found, at(200))
    keeper.close()
    assert rows(found, 200, 0, epoch="b") == 120
    copies[0].write_bytes(b"")
    found = WindowRing(WINDOWS)
    WindowKeeper(None, folder).restore(KEY, found, at(200))
    assert len(found) == 0
    assert "left out" in caplog.text


def test_it_writes_once_a_minute_and_at_the_end():
    """Fifteen seconds are no reason to write again; the end is."""
    shared, ring = Files(), new_ring(snapshot(0, 0))
    keeper = WindowKeeper(shared)
    keeper.restore(KEY, ring, at(0))
    written = []
    for now in (0, 15, 59, 60, 75):
        shared.clear()
        keeper.keep({KEY: ring}, at(now))
        written.append(bool(shared))
    keeper.keep({KEY: ring}, at(76), at_once=True)

    assert (written, bool(shared)) == ([True, False, False, True, False], True)


def test_a_ring_that_was_not_restored_is_not_written():
    """It would overwrite what nobody has read."""
    shared = Files()
    WindowKeeper(shared).keep({KEY: new_ring(snapshot(0, 0))}, at(0))

    assert shared == {}


def test_a_new_term_forgets_what_others_have_kept_better():
    """Once evaluator, then not, then again: the ring of the other one counts, and counts once."""
    shared, first, second = Files(), new_ring(snapshot(0, 0)), WindowRing(WINDOWS)
    keeper, other = WindowKeeper(shared), WindowKeeper(shared)
    keeper.restore(KEY, first, at(0), term=1)
    first.push(snapshot(60, 10))
    keeper.keep({KEY: first}, at(60))
    other.restore(KEY, second, at(61), term=1)
    second.push(snapshot(120, 30))
    other.keep({KEY: second}, at(120))
    keeper.restore(KEY, first, at(130), term=2)
    keeper.restore(KEY, first, at(130), term=2)

    assert rows(first, 130, 35) == 35


def test_a_directory_without_room_is_loud_once_and_well_again(caplog):
    """The log says it once, the series as long as it lasts."""
    caplog.set_level(logging.INFO)
    shared, ring = Files(), new_ring(snapshot(0, 0))
    keeper = WindowKeeper(shared)
    keeper.restore(KEY, ring, at(0))
    shared.error = OSError(errno.ENOSPC, "No space left on device")
    for now in (0, 60, 120):
        keeper.keep({KEY: ring}, at(now))
    assert list(keeper.degraded) == ["snapshots_unwritable"]
    assert "snapshots_unwritable" in DEGRADED_REASONS
    assert caplog.text.count("No space left") == 1
    shared.error = None
    keeper.keep({KEY: ring}, at(180))

    assert keeper.degraded == {}
    assert "kept again" in caplog.text


def test_a_disk_that_is_none_is_told_and_never_fatal(tmp_path, caplog):
    """A file in place of the directory; the shared directory works on."""
    (tmp_path / "windows").write_text("")
    shared, ring = Files(), new_ring(snapshot(0, 0))
    keeper = WindowKeeper(shared, str(tmp_path / "windows"))
    keeper.restore(KEY, ring, at(0))
    keeper.keep({KEY: ring}, at(0))
    keeper.close()

    assert "disk" in keeper.degraded["snapshots_unwritable"]
    assert shared
    assert caplog.text.count("not kept") == 1


def test_who_comes_while_another_one_keeps_waits_and_goes_on_from_it(folder):
    """An overlapping restart: the new process says so, then follows what the old one has written."""
    first, second = new_ring(snapshot(0, 0)), new_ring(snapshot(50, 0, epoch="b"))
    old, new = WindowKeeper(None, folder), WindowKeeper(None, folder)
    old.restore(KEY, first, at(0))
    new.restore(KEY, second, at(50))
    new.keep({KEY: second}, at(50))
    assert "another process" in new.degraded["snapshots_unwritable"]
    first.push(snapshot(60, 10))
    old.keep({KEY: first}, at(60))
    old.close()
    second.push(snapshot(110, 5, epoch="b"))
    new.keep({KEY: second}, at(110))
    new.close()

    assert rows(second, 120, 6, epoch="b") == 16
    assert new.degraded == {}


def test_who_has_lost_the_disk_does_not_write(folder):
    """A forked child has all of its parent but the lock: the parent's file stays."""
    ring, keeper = new_ring(snapshot(0, 0)), WindowKeeper(None, folder)
    keeper.restore(KEY, ring, at(0))
    keeper._disk.release()
    other = SnapshotFolder(folder)
    other.claim()
    keeper.keep({KEY: ring}, at(0))
    keeper.close()

    assert "another process" in keeper.degraded["snapshots_unwritable"]
    assert list(Path(folder).glob("windows-*")) == []


def test_a_disk_that_hangs_stops_nobody(folder, monkeypatch):
    """The next minute finds the last write under way: it is told, and nobody waits."""
    release = threading.Event()
    write = SnapshotFolder.write
    monkeypatch.setattr(SnapshotFolder, "write", lambda *given: release.wait(30) and write(*given))
    ring, keeper = new_ring(snapshot(0, 0)), WindowKeeper(None, folder)
    keeper.restore(KEY, ring, at(0))
    keeper.keep({KEY: ring}, at(0))
    assert keeper.degraded == {}
    keeper.keep({KEY: ring}, at(60))
    assert "has not taken" in keeper.degraded["snapshots_unwritable"]
    release.set()
    keeper.close()

    assert keeper.degraded == {}


def test_files_are_of_their_user_alone(folder, tmp_path):
    """Mode 0600 in a directory of mode 0700, and nothing half written is left."""
    keep(None, folder, new_ring(snapshot(0, 0)), 0)
    found = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "windows").iterdir()}

    assert oct((tmp_path / "windows").stat().st_mode & 0o777) == "0o700"
    assert set(found.values()) == {"0o600"}
    assert not any(name.startswith(".") for name in found)


def test_a_directory_that_others_can_write_to_is_refused(tmp_path):
    """Whoever could write there could make drift up."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)

    with pytest.raises(DirectoryError, match="0777"):
        SnapshotFolder(str(tmp_path / "open")).claim()
