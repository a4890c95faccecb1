"""Windows against a plain list of everything that was counted, over restarts, reboots and clocks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.records import HistogramCounts, ModelKey, ProfileCounts, ServiceCounts, Snapshot
from mlexporter.state.moment import Moment
from mlexporter.state.windows import WindowRing

SERVICE = ServiceCounts(0, 0, {}, {}, HistogramCounts(np.zeros(1, np.int64), 0.0), {}, {}, {}, 0.0)
WINDOWS = {"10m": 600.0, "1h": 3600.0, "6h": 21600.0}
RESOLUTIONS = {"10m": 10.0, "1h": 60.0, "6h": 900.0}
LONGEST = 21600.0
MARKS_LIMIT = 2 * (60 + 50 + 20 + 3)

steps = st.one_of(
    st.tuples(st.just("push"), st.sampled_from([0, 7, 15, 15, 60, 400, 5000]), st.integers(0, 9)),
    st.tuples(st.just("pushes"), st.integers(1, 60), st.sampled_from([4, 15, 37, 70, 400, 1100])),
    st.tuples(st.just("epoch"), st.integers(0, 20), st.integers(0, 3)),
    st.tuples(st.just("save")),
    st.tuples(st.just("restart"), st.booleans(), st.booleans(), st.integers(0, 300)),
    st.tuples(st.just("reboot"), st.booleans(), st.integers(0, 25000), st.integers(-9000, 3600)),
    st.tuples(st.just("wall"), st.integers(-4000, 4000)),
)


@dataclass
class Known:
    """What a ring should know: (begin, end, rows) of each look, times on the clock of this boot."""

    looks: list = field(default_factory=list)
    last_at: int | None = None
    last_epoch: str = ""
    last_count: int = 0

    def push(self, now, epoch, count):
        """Remember a look at the counters."""
        if self.last_at is not None:
            is_same = epoch == self.last_epoch
            rows = count - self.last_count if is_same else 0
            self.looks.append((self.last_at if is_same else now, now, rows))
        self.last_at, self.last_epoch, self.last_count = now, epoch, count

    def moved(self, seconds):
        """Return the same on a clock that shows ``seconds`` more."""
        looks = [(begin + seconds, end + seconds, rows) for begin, end, rows in self.looks]
        return replace(self, looks=looks, last_at=None if self.last_at is None else self.last_at + seconds)

    def possible(self, now, name):
        """Return every (rows, span) that keeps the promise of the window's length and resolution."""
        length, resolution = WINDOWS[name], RESOLUTIONS[name]
        ends = [end for _, end, _ in self.looks]
        first = next((at for at, end in enumerate(ends) if end > now - length - resolution), len(ends))
        last = next((at for at, end in enumerate(ends) if end > now - length), len(ends))
        return {
            (sum(rows for *_, rows in rest), sum(end - begin for begin, end, _ in rest))
            for rest in (self.looks[at:] for at in range(first, last + 1))
        }


class World:
    """A model that counts, a machine with clocks, files, and the process that keeps the windows."""

    def __init__(self):
        self.now, self.wall, self.boot = 1000, 1_700_000_000, 0
        self.epoch, self.count, self.lives = "0", 0, 0
        self.ring, self.known = WindowRing(WINDOWS), Known()
        self.push()
        self.save()

    @property
    def moment(self):
        """Both clocks."""
        return Moment(float(self.now), float(self.wall), str(self.boot))

    def snapshot(self):
        """What the counters say now."""
        cells = np.array([self.count, 2 * self.count], dtype=np.int64)
        counts = ProfileCounts("f", self.epoch, self.count, self.count, 0, cells, cells[:1], cells[:1], cells)
        return Snapshot(ModelKey("m", "1"), float(self.now), SERVICE, counts)

    def pass_time(self, seconds):
        """Move both clocks."""
        self.now += seconds
        self.wall += seconds

    def begin_epoch(self):
        """Begin the counters anew."""
        self.lives += 1
        self.epoch, self.count = str(self.lives), 0

    def push(self):
        """Look, as the evaluator does."""
        self.ring.push(self.snapshot())
        self.known.push(self.now, self.epoch, self.count)

    def save(self):
        """Write the file."""
        self.file, self.written = self.ring.to_bytes(self.moment), self.moment
        self.saved = replace(self.known, looks=list(self.known.looks))

    def load(self, *, pushes_first):
        """A new process goes on from the file, perhaps after a look of its own."""
        older = WindowRing.from_bytes(WINDOWS, self.file, self.moment)
        shift = 0
        if self.written.boot_id != self.moment.boot_id:
            shift = self.now - max(0, self.wall - int(self.written.wall)) - int(self.written.now)
        self.known = self.saved.moved(shift)
        if self.known.last_at is not None and self.now - self.known.last_at >= LONGEST:
            self.known = Known()
        self.ring = WindowRing(WINDOWS)
        if pushes_first:
            self.push()
        self.ring.follow(older)

    def check(self):
        """Compare every window with the list."""
        known = replace(self.known, looks=list(self.known.looks))
        known.push(self.now, self.epoch, self.count)
        for window in self.ring.counts(self.snapshot()):
            found = (window.row_count, window.span_seconds)
            assert found in known.possible(self.now, window.name), window.name
            assert window.feature_cells.tolist() == [window.row_count, 2 * window.row_count]
        assert len(self.ring) <= MARKS_LIMIT

    # --- what can happen --------------------------------------------------------------------------

    def do_push(self, seconds, rows):
        """Count and look."""
        self.pass_time(seconds)
        self.count += rows
        self.push()

    def do_pushes(self, times, seconds):
        """Count and look for a while."""
        for at in range(times):
            self.do_push(seconds, at % 4)

    def do_epoch(self, seconds, rows):
        """A profile is loaded again."""
        self.pass_time(seconds)
        self.begin_epoch()
        self.push()
        self.count += rows

    def do_save(self):
        """The minute is over."""
        self.save()

    def do_restart(self, is_clean, is_new_epoch, seconds):
        """A process ends, perhaps without a last file; its counters may live on."""
        if is_clean:
            self.push()
            self.save()
        self.pass_time(seconds)
        self.count += 3
        if is_new_epoch:
            self.begin_epoch()
        self.load(pushes_first=is_new_epoch or seconds % 2 == 0)
        self.push()

    def do_reboot(self, is_clean, seconds, jump):
        """Clocks and counters begin anew."""
        if is_clean:
            self.save()
        self.boot += 1
        self.now, self.wall = 20, self.wall + seconds + jump
        self.begin_epoch()
        self.load(pushes_first=True)
        self.save()

    def do_wall(self, seconds):
        """Somebody sets the wall clock."""
        self.wall += seconds


@settings(max_examples=examples(120), deadline=None)
@given(st.lists(steps, max_size=30))
def test_long_windows_are_neither_emptied_nor_counted_twice(story):
    """After each event every window holds its length, and one step of its resolution more at most."""
    world = World()
    for name, *arguments in story:
        getattr(world, f"do_{name}")(*arguments)
        world.check()


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 9), st.integers(0, 5)), max_size=60))
def test_whoever_takes_over_goes_on_where_the_other_one_ended(looks):
    """Two processes look at one life of counters, at any times; the second then follows the first."""
    first, second = World(), World()
    for is_first, is_second, seconds, rows in looks:
        for world, is_looking in ((first, is_first), (second, is_second)):
            world.pass_time(seconds)
            world.count += rows
            if is_looking:
                world.push()
    first.save()
    second.ring.follow(WindowRing.from_bytes(WINDOWS, first.file, first.moment))
    for window in second.ring.counts(second.snapshot()):
        assert window.row_count == first.count
        assert window.span_seconds == first.now - 1000


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_a_damaged_file_raises_and_nothing_else(data):
    """Any byte changed, any length cut: ValueError, so that the windows begin anew."""
    world = World()
    world.do_pushes(5, 60)
    world.save()
    damaged = bytearray(world.file)
    if data.draw(st.booleans()):
        damaged = damaged[: data.draw(st.integers(0, len(damaged) - 1))]
    else:
        damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        WindowRing.from_bytes(WINDOWS, bytes(damaged), world.moment)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - any other exception must not be caught
    else:
        raise AssertionError("damage was not found")
