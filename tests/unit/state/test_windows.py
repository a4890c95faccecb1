from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlexporter.records import HistogramCounts, ModelKey, ProfileCounts, ServiceCounts, Snapshot
from mlexporter.state.moment import Moment
from mlexporter.state.windows import WindowRing

SERVICE = ServiceCounts(0, 0, {}, {}, HistogramCounts(np.zeros(1, np.int64), 0.0), {}, {}, {}, 0.0)
WINDOWS = {"1h": 3600.0, "6h": 21600.0, "24h": 86400.0}


def snapshot(taken_at, count, *, epoch="a", fingerprint="f", no_profile=False):
    cells = np.array([count, 2 * count], dtype=np.int64)
    profile = ProfileCounts(fingerprint, epoch, count, count, 0, cells, cells[:1], cells[:1], cells)
    return Snapshot(ModelKey("m", "1"), taken_at, SERVICE, None if no_profile else profile)


def ring_of(*snapshots):
    ring = WindowRing(WINDOWS)
    for each in snapshots:
        ring.push(each)
    return ring


def test_a_young_window_reaches_back_to_the_start_of_the_epoch():
    """All windows hold the same until the shortest is full, and say how much they cover."""
    ring = ring_of(snapshot(100.0, 0))
    counts = ring.counts(snapshot(700.0, 30))

    assert [(each.name, each.span_seconds, each.row_count) for each in counts] == [
        ("1h", 600.0, 30),
        ("6h", 600.0, 30),
        ("24h", 600.0, 30),
    ]
    assert counts[0].feature_cells.tolist() == [30, 60]


def test_the_baseline_is_the_newest_snapshot_that_is_old_enough():
    """One row a second for two days: each window holds its length, and a resolution more at most."""
    ring = WindowRing(WINDOWS)
    for second in range(0, 172_801, 15):
        ring.push(snapshot(float(second), second))
    counts = ring.counts(snapshot(172_800.0, 172_800))

    for each, length in zip(counts, WINDOWS.values(), strict=True):
        steps = 60 if length <= 3600 else 24
        assert length <= each.span_seconds <= length * (1 + 1 / steps) + 15
        assert each.row_count == each.span_seconds


@pytest.mark.parametrize("step", [15, 45, 200])
def test_a_full_window_is_never_longer_than_by_one_step_of_its_resolution(step):
    """At whatever moment one looks, and however the looks fall on the resolution."""
    ring = WindowRing(WINDOWS)
    for second in range(0, 96_000, step):
        now = snapshot(float(second), second)
        ring.push(now)
        if second > 90_000:
            for each, length in zip(ring.counts(now), WINDOWS.values(), strict=True):
                assert (
                    length <= each.span_seconds <= length + max(step, length / (60 if length <= 3600 else 24))
                )
                assert each.row_count == each.span_seconds


def test_the_ring_is_bounded():
    """Neither time nor many epochs nor many profiles make it grow."""
    ring = WindowRing(WINDOWS)
    for second in range(0, 200_000, 30):
        ring.push(snapshot(float(second), second))
    assert len(ring) < 60 + 20 + 18 + 6
    for number in range(3000):
        ring.push(snapshot(400_000.0 + number, 0, epoch=str(number)))
    assert len(ring) < 60 + 20 + 18 + 6
    for number in range(50):
        ring.push(snapshot(410_000.0 + number, 0, fingerprint=str(number)))
    assert len(ring) < 60 + 20 + 18 + 6 + 4


@pytest.mark.slow
def test_many_restarts_do_not_shorten_the_long_windows():
    """A worker that dies every ten seconds: one row a life, two lives a minute lost in between."""
    ring = WindowRing(WINDOWS)
    for life in range(9000):
        ring.push(snapshot(10.0 * life, 0, epoch=str(life)))
        ring.push(snapshot(10.0 * life + 8, 1, epoch=str(life)))
    *_, day = ring.counts(snapshot(90_000.0, 0, epoch="last"))

    assert 8640 <= day.row_count <= 8640 * 25 / 24
    assert day.span_seconds == 8 * day.row_count


def test_counts_that_fall_for_a_moment_are_not_counted_again():
    """A reader that misses a worker once sees its rows come back; they are the same rows."""
    ring = ring_of(snapshot(0.0, 0), snapshot(10.0, 50), snapshot(20.0, 30), snapshot(30.0, 50))

    assert ring.counts(snapshot(40.0, 55))[0].row_count == 55


def test_bins_that_come_back_go_on_where_they_were():
    """A rollback of a profile finds what was counted in its bins before."""
    ring = ring_of(
        snapshot(0.0, 0), snapshot(100.0, 50),
        snapshot(110.0, 0, fingerprint="g"), snapshot(300.0, 9, fingerprint="g"),
    )  # fmt: skip

    assert ring.counts(snapshot(400.0, 60))[0].row_count == 60
    assert ring.counts(snapshot(400.0, 10, fingerprint="g"))[0].row_count == 10


def test_differences_never_cross_an_epoch_and_windows_add_them_up():
    """Counters that begin anew neither go negative nor lose what was counted before."""
    ring = ring_of(snapshot(0.0, 0), snapshot(100.0, 50), snapshot(110.0, 0, epoch="b"))
    counts = ring.counts(snapshot(160.0, 7, epoch="b"))

    assert (counts[0].row_count, counts[0].span_seconds) == (57, 150.0)
    assert counts[0].feature_cells.tolist() == [57, 114]


def test_the_last_snapshot_of_an_epoch_counts_though_the_resolution_had_not_passed():
    """What came between two marks is not lost with the epoch."""
    ring = ring_of(snapshot(0.0, 0), snapshot(15.0, 10), snapshot(30.0, 20), snapshot(31.0, 0, epoch="b"))

    assert ring.counts(snapshot(31.0, 0, epoch="b"))[0].row_count == 20


def test_an_epoch_that_ended_before_the_window_is_left_out():
    """The short window forgets it, the long one does not."""
    ring = ring_of(snapshot(0.0, 0), snapshot(100.0, 50), snapshot(5000.0, 0, epoch="b"))
    counts = ring.counts(snapshot(5010.0, 5, epoch="b"))

    assert [each.row_count for each in counts] == [5, 55, 55]


def test_other_bins_are_never_mixed_in():
    """A new fingerprint begins with nothing."""
    ring = ring_of(snapshot(0.0, 0), snapshot(100.0, 50), snapshot(110.0, 0, epoch="b", fingerprint="g"))
    counts = ring.counts(snapshot(120.0, 4, epoch="b", fingerprint="g"))

    assert (counts[0].row_count, counts[0].span_seconds) == (4, 10.0)


@pytest.mark.parametrize("taken_at", [50.0, 100.0])
def test_counts_that_fall_and_clocks_that_stand_give_nothing_negative(taken_at):
    """Whatever is handed in, no count and no span is below zero."""
    ring = ring_of(snapshot(100.0, 50), snapshot(40.0, 60))
    (counts, *_) = ring.counts(snapshot(taken_at, 10))

    assert (counts.row_count, counts.span_seconds) == (0, 0.0)
    assert (counts.feature_cells >= 0).all()


def test_without_a_profile_there_are_no_windows():
    """Service counts alone are not compared with anything."""
    ring = ring_of(snapshot(0.0, 0, no_profile=True))

    assert ring.counts(snapshot(1.0, 0, no_profile=True)) == ()
    assert len(ring) == 0


def test_windows_hold_what_stands_beside_the_bins():
    """Its rises, over two lives and a file."""

    def with_sides(taken_at, count, epoch="a"):
        whole = snapshot(taken_at, count, epoch=epoch)
        return replace(whole, profile=replace(whole.profile, side_cells=np.array([count, 0, 3 * count])))

    ring = ring_of(with_sides(0.0, 0), with_sides(60.0, 10))
    now = Moment(60.0, 1_700_000_000.0, "boot")
    later = WindowRing.from_bytes(WINDOWS, ring.to_bytes(now), now)
    later.push(with_sides(120.0, 0, "b"))
    counts = later.counts(with_sides(180.0, 5, "b"))

    assert counts[0].side_cells.tolist() == [15, 0, 45]
    assert counts[0].output_cells.tolist() == [15, 30]


def test_a_profile_with_other_sides_begins_anew():
    """Its cells would not mean the same."""
    ring = ring_of(snapshot(0.0, 0), snapshot(60.0, 10))
    whole = snapshot(120.0, 30)
    other = replace(whole, profile=replace(whole.profile, side_cells=np.array([30])))
    ring.push(other)

    assert ring.counts(other)[0].row_count == 0
