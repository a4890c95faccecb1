"""What stands beside the bins is the same however rows arrive, and equal to a count by hand."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.instrument.monitor import Monitor
from mlexporter.instrument.selection import Selection
from mlexporter.records import (
    Distribution,
    FeatureReference,
    Kind,
    ModelKey,
    OutputReference,
    Reference,
    Slots,
    TrainingType,
)
from mlexporter.records.sides import DUPLICATES, MAGNITUDES, REPEATS, SLOTS
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState

NUMBER = Distribution(
    Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0, 2.0), counts=(5, 5, 5, 0, 0), minimum=0.0, maximum=3.0
)
TEXT = Distribution(
    Kind.CATEGORICAL, TrainingType.TEXT, categories=("blue", "red"), counts=(9, 6, 0, 0, 0, 0)
)
FEATURES = (FeatureReference("colour", TEXT), FeatureReference("size", NUMBER))
ZONE = ZoneInfo("America/New_York")
SEASONS = tuple(int(hour >= 24 * 5) * 2 + int(hour % 24 >= 12) for hour in range(168))
SEGMENTS = (0, 1, 2, 2, 2, 2)
TABLE = (0, 1, 2, 3, 4, 5, 6, 6, 6, 7, 7, 7)  # at weekends all colours are one
SLOTS_OF_A_WEEK = Slots(
    SEASONS, "colour", SEGMENTS, TABLE, tuple("abcdefgh"), ((0,) * 11,) * 8, (1,) * 8
)  # fmt: skip
REFERENCE = Reference(
    "m", "1", FEATURES, (OutputReference("prediction", NUMBER),), "0a1b2c3d", "0" * 16, 15, 0.0,
    time_zone="America/New_York", slots=SLOTS_OF_A_WEEK,
)  # fmt: skip
PLACES = REFERENCE.side_places
ARRIVAL = datetime(2026, 7, 1, 9, tzinfo=ZONE).timestamp()

rubbish = st.sampled_from([None, math.nan, "three", (), 1e300, math.inf])
sizes = st.one_of(st.floats(-5, 5), st.integers(0, 3), rubbish)
colours = st.one_of(st.sampled_from(["blue", "red", "green", None]), st.just(7))
moments = st.one_of(
    st.floats(1.7e9, 1.8e9), st.none(), st.sampled_from([1.7e12, "yesterday", -3.0, "2026-03-08T09:30:00Z"])
)
rows = st.lists(st.tuples(colours, sizes, moments), min_size=1, max_size=60)


class Recorded:
    """Counters of one model, fed as a decorated function feeds them."""

    def __init__(self, buffer_rows=16) -> None:
        counter = ExporterCounter()
        self.state = ModelState(
            ModelKey("m", "1"), latency_bounds=(0.1,), buffer_rows=buffer_rows, buffer_limit_rows=4096,
            wall_clock=lambda: ARRIVAL, counter=counter, strict=True,
        )  # fmt: skip
        self.monitor = Monitor(
            self.state, selection=Selection(timestamp="at"), reference=REFERENCE, strict=True,
            on_error=counter.on_error,
        )  # fmt: skip
        self.predict = self.monitor.wrap(lambda row: 0.5)

    def side(self, name):
        """The cells of a side; each row that was drained is in one slot."""
        profile = self.state.snapshot(0.0).profile
        assert profile.side_cells[PLACES[SLOTS]].sum() == profile.drained
        return profile.side_cells[PLACES[name]].tolist()


def as_dict(row):
    found = {"colour": row[0], "size": row[1]}
    return found if row[2] is None else {**found, "at": row[2]}


def slot_by_hand(row):
    at = row[2]
    if isinstance(at, str):
        at = datetime.fromisoformat(at).timestamp() if "T" in at else None
    if at is None or not 0 <= at < datetime(2100, 1, 1, tzinfo=UTC).timestamp():
        at = ARRIVAL
    moment = datetime.fromtimestamp(at, ZONE)
    segment = {"blue": 0, "red": 1}.get(row[0], 2)
    return TABLE[SEASONS[moment.weekday() * 24 + moment.hour] * 3 + segment]


def slots_by_hand(listed):
    found = Counter(map(slot_by_hand, listed))
    return [found[slot] for slot in range(8)]


@settings(max_examples=examples(60), deadline=None)
@given(rows=rows, data=st.data())
def test_slots_are_those_of_a_count_by_hand(rows, data):
    """Row by row, in lists and in frames, rubbish and all: each row is in the slot of its time and colour."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    pieces = [rows[a:b] for a, b in itertools.pairwise([0, *cuts, len(rows)]) if a < b]
    one_by_one, listed, framed = Recorded(), Recorded(), Recorded()
    for row in rows:
        one_by_one.predict(as_dict(row))
    for piece in pieces:
        dicts = list(map(as_dict, piece))
        listed.predict(dicts)
        columns = {"colour": [row[0] for row in piece], "size": [row[1] for row in piece]}
        framed.predict(pd.DataFrame({**columns, "at": [row[2] for row in piece]}, dtype=object))

    expected = slots_by_hand(rows)
    assert one_by_one.side(SLOTS) == listed.side(SLOTS) == framed.side(SLOTS) == expected


@settings(max_examples=examples(30), deadline=None)
@given(rows=rows, is_timed=st.booleans(), buffer_rows=st.integers(1, 40))
def test_plain_rows_are_in_the_same_slots(rows, is_timed, buffer_rows):
    """Rows that wait in a buffer, with a time beside their features or without."""
    recorded = Recorded(buffer_rows)
    rows = [(row[0], row[1], row[2] if is_timed else None) for row in rows]
    before = [("blue", 1.5, 1.75e9 if is_timed else None)] * 20
    for row in [*before, *rows]:
        recorded.predict(as_dict(row))

    assert recorded.side(SLOTS) == slots_by_hand([*before, *rows])


numbers = st.lists(st.tuples(st.sampled_from(["blue", "red"]), st.sampled_from([0.5, 1.5, math.nan, -7.0])))


@settings(max_examples=examples(60), deadline=None)
@given(rows=numbers.filter(bool), n_copies=st.integers(1, 4))
def test_repeats_and_duplicates_are_those_of_a_count_by_hand(rows, n_copies):
    """A batch as a frame, as a list, and repeated until it is long: each of its neighbours is compared once."""
    rows = rows * n_copies
    columns = {"colour": [row[0] for row in rows], "size": [row[1] for row in rows]}
    pairs = list(itertools.pairwise(rows))
    repeats = [sum(a[0] == b[0] for a, b in pairs), sum(a[1] == b[1] for a, b in pairs), len(pairs)]
    alike = len(rows) - len({(colour, str(size)) for colour, size in rows})
    framed, listed = Recorded(), Recorded()
    framed.predict(pd.DataFrame(columns))
    listed.predict([{"colour": colour, "size": size} for colour, size in rows])

    assert framed.side(REPEATS) == listed.side(REPEATS) == repeats
    expected = [alike, len(rows)] if len(rows) > 1 else [0, 0]
    assert framed.side(DUPLICATES) == listed.side(DUPLICATES) == expected
    assert framed.side(MAGNITUDES) == listed.side(MAGNITUDES)


def test_neighbours_of_plain_rows_are_compared():
    """By hand: a colour that hangs repeats in all rows but the first, a size that counts up in none."""
    recorded = Recorded(buffer_rows=64)
    for place in range(300):
        recorded.predict({"colour": "blue", "size": float(place)})

    assert recorded.side(REPEATS) == [299, 0, 299]
    assert recorded.side(DUPLICATES) == [0, 0]


def test_a_long_batch_is_counted_like_its_rows():
    """More rows than a block: slots of an array of times, as a list of numbers or as times of numpy."""
    n_rows = 20_001
    generator = np.random.default_rng(5)
    at = np.floor(generator.uniform(1.7e9, 1.8e9, n_rows))
    colours = generator.choice(["blue", "red", "green"], n_rows)
    frame = pd.DataFrame({"colour": colours, "size": generator.normal(size=n_rows), "at": at})
    expected = slots_by_hand(zip(colours, itertools.repeat(0.0), at.tolist(), strict=False))
    for column in (at, at.astype("datetime64[s]"), pd.to_datetime(at, unit="s", utc=True).tz_convert(ZONE)):
        recorded = Recorded()
        recorded.predict(frame.assign(at=column))
        assert recorded.side(SLOTS) == expected
        assert recorded.side(DUPLICATES)[1] == 4_000 + 4_000  # four pieces of each block
