from __future__ import annotations

import numpy as np
import pytest

from mlexporter.records import HistogramCounts, ModelKey, ProfileCounts, ServiceCounts, Snapshot
from mlexporter.state.envelope import seal, unseal
from mlexporter.state.moment import Moment
from mlexporter.state.track import pack, unpack
from mlexporter.state.window_file import KIND, VERSION, written_at
from mlexporter.state.windows import WindowRing

SERVICE = ServiceCounts(0, 0, {}, {}, HistogramCounts(np.zeros(1, np.int64), 0.0), {}, {}, {}, 0.0)
WINDOWS = {"1h": 3600.0, "6h": 21600.0}
NOW = Moment(10_000.0, 1_700_000_000.0, "boot")


def snapshot(taken_at, count, *, epoch="a"):
    cells = np.array([count, 2 * count], dtype=np.int64)
    counts = ProfileCounts("f", epoch, count, count, 0, cells, cells[:1], cells[:1], cells)
    return Snapshot(ModelKey("m", "1"), taken_at, SERVICE, counts)


def ring():
    """A ring that has seen a row a second for an hour and a half, until just before ``NOW``."""
    ring = WindowRing(WINDOWS)
    for second in range(5400):
        if second % 60 == 0:
            ring.push(snapshot(4600.0 + second, second))
    return ring


def rows(ring, taken_at, count=0, *, epoch="b"):
    return [each.row_count for each in ring.counts(snapshot(taken_at, count, epoch=epoch))]


def altered(change):
    """Return a file whose header was changed by somebody who knows how to make a checksum."""
    content, parts = unseal(KIND, VERSION, ring().to_bytes(NOW))
    content, parts = change(content, list(parts)) or (content, parts)
    return seal(KIND, VERSION, content, parts)


def test_another_process_goes_on_in_the_same_life_of_the_counters():
    """What was counted while nobody looked is in the windows."""
    loaded = WindowRing.from_bytes(WINDOWS, ring().to_bytes(NOW), NOW)

    assert len(loaded) == len(ring())
    assert rows(loaded, 10_000.0, 5500, epoch="a") == [3700, 5500]


def test_after_a_reboot_the_wall_clock_ages_the_marks():
    """Half an hour later, on a clock that began anew, an hour holds what is left of it."""
    loaded = WindowRing.from_bytes(WINDOWS, ring().to_bytes(NOW), Moment(30.0, NOW.wall + 1800.0, "next"))

    assert rows(loaded, 30.0) == [1740, 5340]
    assert rows(loaded, 30.0 + 1800.0) == [0, 5340]


def test_a_wall_clock_that_went_back_an_hour_ages_nothing():
    """Marks are as old as they were when they were written, and none lies in the future."""
    loaded = WindowRing.from_bytes(WINDOWS, ring().to_bytes(NOW), Moment(30.0, NOW.wall - 3600.0, "next"))

    assert rows(loaded, 30.0) == [3540, 5340]
    loaded.push(snapshot(30.0, 0, epoch="b"))
    loaded.push(snapshot(31.0, 7, epoch="b"))
    assert rows(loaded, 31.0, 7) == [3547, 5347]


def test_what_is_older_than_every_window_is_left_out():
    """A machine that was off for a day begins with empty windows."""
    loaded = WindowRing.from_bytes(WINDOWS, ring().to_bytes(NOW), Moment(30.0, NOW.wall + 86_400.0, "next"))

    assert len(loaded) == 0


def test_marks_in_the_future_are_left_out():
    """A file of the same boot whose marks lie ahead of this clock, as only a fault can make them."""
    early = Moment(4600.0 + 4800.0, NOW.wall, "boot")
    loaded = WindowRing.from_bytes(WINDOWS, ring().to_bytes(NOW), early)

    assert rows(loaded, early.now) == [3900, 4800]
    loaded.push(snapshot(early.now + 60, 5500, epoch="a"))
    assert rows(loaded, early.now + 60, 5503, epoch="a") == [3903, 4803]


def test_other_windows_than_before_still_load():
    """A ring for a day goes on from one for six hours, and the other way round."""
    data = ring().to_bytes(NOW)

    assert rows(WindowRing.from_bytes({"2d": 172_800.0}, data, NOW), 10_000.0) == [5340]
    assert rows(WindowRing.from_bytes({"10m": 600.0}, data, NOW), 10_000.0) == [540]


def test_a_file_says_when_it_was_written():
    """So that the newest one can be chosen."""
    assert written_at(ring().to_bytes(NOW)) == NOW


def test_a_ring_without_marks_travels_too():
    """Nothing comes back as nothing."""
    assert len(WindowRing.from_bytes(WINDOWS, WindowRing(WINDOWS).to_bytes(NOW), NOW)) == 0


def _track(change):
    def apply(content, parts):
        change(content["tracks"][0])

    return apply


@pytest.mark.parametrize(
    "change",
    [
        lambda content, parts: ([], parts),
        lambda content, parts: ({"moment": content["moment"]}, parts),
        lambda content, parts: ({**content, "moment": None}, parts),
        lambda content, parts: ({**content, "tracks": [7]}, parts),
        lambda content, parts: (content, parts[:-1]),
        lambda content, parts: (content, [*parts[:-1], b"no zlib"]),
        lambda content, parts: (content, [*parts[:-1], pack(np.zeros(9, np.int64))]),
        lambda content, parts: (content, [*parts[:-1], pack(np.zeros(7, np.int64))]),
        _track(lambda track: track.pop("epoch")),
        _track(lambda track: track.update(lengths=[1, 2])),
        _track(lambda track: track.update(lengths=[2, 1, 1, -2])),
        _track(lambda track: track.update(marks=7)),
        _track(lambda track: track["marks"].reverse()),
        _track(lambda track: track["marks"][0].__setitem__(0, float("nan"))),
        _track(lambda track: track["marks"][0].__setitem__(1, float("inf"))),
    ],
)
def test_an_impossible_file_is_refused(change):
    """With ValueError, though its checksum is right."""
    with pytest.raises(ValueError, match=r"damaged|moment"):
        WindowRing.from_bytes(WINDOWS, altered(change), NOW)


def test_packed_numbers_come_back():
    """The largest and the smallest ones too."""
    vector = np.array([0, 1, -1, 2**63 - 1, -(2**63), 1234567], dtype=np.int64)

    assert unpack(pack(vector), 6).tolist() == vector.tolist()


def test_small_counts_take_few_bytes():
    """A thousand counts below a hundred need no eight thousand bytes."""
    assert len(pack(np.arange(1000, dtype=np.int64) % 100)) < 1200
