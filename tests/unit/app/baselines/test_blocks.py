"""Blocks tile time, add up rises, and never mix what does not belong together."""

from __future__ import annotations

import numpy as np
import pytest

from mlexporter.app.baselines.block_file import log_from_bytes, log_to_bytes
from mlexporter.app.baselines.blocks import MANY, UNWATCHED, Block, BlockLog, Fault
from mlexporter.records import HistogramCounts, ModelKey, ProfileCounts, ServiceCounts, Snapshot
from mlexporter.state.envelope import seal, unseal
from mlexporter.state.moment import Moment

KEY = ModelKey("a/b ü", "1")
HOUR = 3600.0
WALL = 1_700_000_000.0


def snapshot(taken_at, count, *, epoch="a", fingerprint="f", violations=0):
    service = ServiceCounts(
        0, 0, {}, {}, HistogramCounts(np.zeros(1, np.int64), 0.0), {}, {},
        {"missing_feature": violations, "extra_feature": 1000 + count}, 0.0,
    )  # fmt: skip
    cells = np.array([count, 2 * count], dtype=np.int64)
    counts = ProfileCounts(
        fingerprint, epoch, count, count, 0, cells, cells[:1], cells[:1], cells, side_cells=cells[:1]
    )
    return Snapshot(KEY, float(taken_at), service, counts)


def pushed(log, *snapshots):
    for each in snapshots:
        block = log.push(each, WALL + each.taken_at)
        if block is not None:
            log.keep(block)
    return log


def rows(log):
    return [log.counts(block).row_count for block in log.blocks]


def hours(*counts, **more):
    return [snapshot(place * HOUR, count, **more) for place, count in enumerate(counts)]


def test_a_block_holds_what_was_counted_in_it():
    """By hand: 10, then 25, then 30 more rows, with the cells that belong to them."""
    log = pushed(BlockLog(HOUR, 10), *hours(5, 15, 40, 70))
    counts = log.counts(log.blocks[1])

    assert rows(log) == [10, 25, 30]
    assert counts.feature_cells.tolist() == [25, 50]
    assert counts.side_cells.tolist() == [25]
    assert [block.began for block in log.blocks] == [0, HOUR, 2 * HOUR]
    assert [block.wall for block in log.blocks] == [WALL, WALL + HOUR, WALL + 2 * HOUR]


def test_blocks_do_not_wander():
    """Each look is 15 seconds late; the next block begins where this one should have ended."""
    log = pushed(BlockLog(HOUR, 10), snapshot(0, 0), *(snapshot(n * HOUR + 15, n) for n in range(1, 6)))

    assert [block.began for block in log.blocks] == [n * HOUR for n in range(5)]
    assert not any(block.faults for block in log.blocks)


def test_a_stretch_without_a_look_is_no_clean_block():
    """Nobody knows in which hour its rows came."""
    log = pushed(
        BlockLog(HOUR, 10), snapshot(0, 0), snapshot(1.6 * HOUR, 100), snapshot(2.6 * HOUR, 110),
        snapshot(5 * HOUR, 150),
    )  # fmt: skip

    assert [block.faults for block in log.blocks] == [(Fault(UNWATCHED),), (), (Fault(UNWATCHED),)]
    assert rows(log) == [100, 10, 40]


def test_lives_of_the_counters_add_up():
    """A restart inside a block: what each life counted, from the first time it was seen."""
    log = pushed(
        BlockLog(HOUR, 10), snapshot(0, 100), snapshot(1800, 130), snapshot(1900, 4, epoch="b"),
        snapshot(HOUR, 24, epoch="b"),
    )  # fmt: skip

    assert rows(log) == [50]


def test_counts_that_fall_for_a_moment_are_counted_once():
    """They are back a moment later."""
    log = pushed(BlockLog(HOUR, 10), snapshot(0, 0), snapshot(60, 50), snapshot(120, 20), snapshot(HOUR, 60))

    assert rows(log) == [60]


def test_other_bins_begin_anew():
    """Nothing of the old ones stays."""
    log = pushed(BlockLog(HOUR, 10), *hours(0, 10, 20), snapshot(2.5 * HOUR, 7, fingerprint="g"))

    assert (log.fingerprint, log.blocks, int(log.open.sum())) == ("g", [], 0)


def test_a_snapshot_without_a_profile_or_from_the_past_says_nothing():
    """Threads may bring them in any order."""
    log = pushed(BlockLog(HOUR, 10), *hours(0, 10))
    late = Snapshot(KEY, 9 * HOUR, snapshot(0, 0).service, None)

    assert log.push(snapshot(10, 400), WALL) is None
    assert log.push(late, WALL) is None
    assert int(log.open[0]) == 0


def test_violations_of_the_schema_are_counted():
    """A feature too many harms nobody."""
    log = pushed(BlockLog(HOUR, 10), snapshot(0, 0, violations=3), snapshot(HOUR, 10, violations=8))

    assert log.violations(log.blocks[0]) == 5


def test_only_the_newest_blocks_are_kept():
    """As many as were asked for."""
    log = pushed(BlockLog(HOUR, 3), *hours(0, 1, 3, 6, 10, 15))

    assert rows(log) == [3, 4, 5]


def test_many_faults_are_cut():
    """Twenty say enough; the block stays unclean."""
    log = BlockLog(HOUR, 3)
    log.keep(Block(0.0, 0.0, 1.0, tuple(Fault("missing", str(n)) for n in range(50)), b""))

    assert len(log.blocks[0].faults) == 21
    assert log.blocks[0].faults[-1] == Fault(MANY)


def test_sums_are_of_blocks_in_a_row():
    """By hand: a block that may not take part, and a gap, begin a new run; nothing is in two sums."""
    log = pushed(BlockLog(HOUR, 20), *hours(0, 1, 3, 7, 15, 31, 63, 127))
    everything = frozenset(range(7))

    def totals(n_blocks, usable):
        return [counts.row_count for counts in log.sums(n_blocks, usable, "2h")]

    assert totals(1, everything) == [1, 2, 4, 8, 16, 32, 64]
    assert totals(2, everything) == [3, 12, 48]
    assert totals(3, everything - {1}) == [28]
    log.blocks = log.blocks[:3] + log.blocks[4:]
    assert totals(2, frozenset(range(6))) == [3, 48]
    assert next(iter(log.sums(2, frozenset({0, 1}), "2h"))).name == "2h"


def test_a_log_goes_on_from_an_older_one():
    """Blocks that both have stand there once; the block that was open goes on."""
    older = pushed(BlockLog(HOUR, 10), *hours(0, 10, 20), snapshot(2.5 * HOUR, 25))
    newer = pushed(BlockLog(HOUR, 10), snapshot(2.6 * HOUR, 0, epoch="b"))
    newer.follow(older)
    pushed(newer, snapshot(3 * HOUR, 8, epoch="b"))

    assert rows(newer) == [10, 10, 13]

    fresh = BlockLog(HOUR, 10)
    fresh.follow(older)
    pushed(fresh, snapshot(3 * HOUR, 31))
    assert rows(fresh) == [10, 10, 11]


def test_a_log_of_other_bins_or_lengths_is_not_followed():
    """Blocks of half an hour do not stand beside those of an hour."""
    older = pushed(BlockLog(HOUR, 10), *hours(0, 10, 20, fingerprint="g"))
    log = pushed(BlockLog(HOUR, 10), snapshot(0, 0))
    log.follow(older)
    short = BlockLog(1800.0, 10)
    short.follow(older)

    assert log.blocks == short.blocks == []


def test_a_file_brings_everything_back():
    """Blocks, faults, what is open, and what else has to be remembered."""
    log = pushed(BlockLog(HOUR, 10), *hours(0, 10, 20), snapshot(2.5 * HOUR, 25))
    log.blocks[0] = log.blocks[0]._replace(faults=(Fault("missing", "ü\n"),))
    moment = Moment(2.5 * HOUR, WALL + 2.5 * HOUR, "boot")
    kept = log_from_bytes(
        log_to_bytes(KEY, log, moment, features=("a", "b"), remarks={"handled": "x"}), moment
    )

    assert (kept.key, kept.features, dict(kept.remarks)) == (KEY, ("a", "b"), {"handled": "x"})
    assert kept.log.blocks == log.blocks
    pushed(kept.log, snapshot(3 * HOUR, 30))
    assert rows(kept.log) == [10, 10, 10]


def test_a_file_of_another_boot_is_aged_by_the_wall_clock():
    """The clock of windows began anew; ten minutes passed in between."""
    log = pushed(BlockLog(HOUR, 10), *hours(0, 10, 20))
    data = log_to_bytes(
        KEY, log, Moment(2 * HOUR, WALL + 2 * HOUR, "boot"), features=(), remarks={}
    )  # fmt: skip
    kept = log_from_bytes(data, Moment(30.0, WALL + 2 * HOUR + 600, "another"))

    assert kept.log.began == 30.0 - 600
    assert [block.began for block in kept.log.blocks] == [30.0 - 600 - 2 * HOUR, 30.0 - 600 - HOUR]
    pushed(kept.log, snapshot(60.0, 5, epoch="b"), snapshot(30.0 - 600 + HOUR, 9, epoch="b"))
    assert rows(kept.log) == [10, 10, 4]


@pytest.mark.parametrize("place", range(0, 600, 37))
def test_a_damaged_file_is_refused(place):
    """Whichever byte was changed, and wherever it was cut."""
    log = pushed(BlockLog(HOUR, 10), *hours(0, 10, 20))
    moment = Moment(2 * HOUR, WALL, "boot")
    data = log_to_bytes(KEY, log, moment, features=("a",), remarks={})
    place %= len(data)
    changed = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]

    for damaged in (changed, data[:place]):
        with pytest.raises(ValueError, match=r"damaged|truncated|version|envelope"):
            log_from_bytes(damaged, moment)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lengths", [-1]),
        ("blocks", [[0, 0, 1, []]]),
        ("began", float("inf")),
        ("length_seconds", 0),
        ("key", [1]),
    ],
)
def test_a_file_that_says_something_impossible_is_refused(field, value):
    """Its checksum may be right all the same."""
    log = pushed(BlockLog(HOUR, 10), *hours(0, 10))
    moment = Moment(HOUR, WALL, "boot")
    content, parts = unseal(b"blks", 1, log_to_bytes(KEY, log, moment, features=(), remarks={}))
    content[field] = value
    if field == "blocks":
        parts = [*parts[:2], b"rubbish"]

    with pytest.raises(ValueError, match=r"damaged|unpack"):
        log_from_bytes(seal(b"blks", 1, content, parts), moment)
