"""Seasons and segments of a profile: learned where they matter, counted as serving counts, read with care."""

import json
from collections import Counter

import numpy as np
import pytest

from mlexporter.errors import FitError, ProfileFormatError
from mlexporter.profile import Profile
from mlexporter.records.sides import SLOTS
from mlexporter.state.binning import Binner
from mlexporter.state.row_block import RowBlock
from mlexporter.state.sides.slots import Slots as CountedSlots

START = 1_700_438_400.0
"""A Monday, 0:00 UTC."""
DAY = 86_400.0


def world(n_days=28, per_hour=60, season=0.7, seed=0):
    """Rows whose ``x`` swings over the day, with carriers of different size."""
    generator = np.random.default_rng(seed)
    n = n_days * 24 * per_hour
    times = START + np.sort(generator.random(n)) * n_days * DAY
    carrier = generator.choice(["UA", "AA", "B6"], n, p=[0.6, 0.35, 0.05])
    return {
        "at": times,
        "x": generator.normal(size=n) + season * np.sin(times / DAY * 2 * np.pi),
        "carrier": carrier.tolist(),
        "score": generator.random(n),
    }


def fit(columns, **options):
    """Fit with what all tests share."""
    defaults = {"model": "m", "version": "1", "prediction": "score", "created": 1.0, "joint": False}
    return Profile.fit(columns, **{**defaults, **options})


@pytest.fixture(scope="module")
def columns():
    """Four weeks of 60 rows an hour."""
    return world()


@pytest.fixture(scope="module")
def profile(columns):
    """A profile with seasons and segments in a time zone that changes its clocks."""
    return fit(columns, timestamp="at", segment="carrier", time_zone="America/New_York")


def test_seasons_are_learned_from_times(columns):
    """Hours that differ from each other in the same way every day are told apart."""
    slots = fit(columns, timestamp="at").reference.slots
    assert slots.n_slots == 24
    assert (slots.segment, slots.segments, slots.n_segments) == ("", (), 1)
    assert sum(slots.rows) == len(columns["at"])
    assert min(slots.rows) >= 500


def test_hours_that_are_alike_are_no_seasons():
    """Without a season all rows stay one reference, and the fit says why."""
    told = []
    assert fit(world(season=0), timestamp="at", tell=told.append).reference.slots is None
    assert any("no seasons: hours do not differ" in sentence for sentence in told)


def test_seasons_can_be_switched_off(columns):
    """``seasons=False`` leaves hours together, and segments apart."""
    assert fit(columns, timestamp="at", seasons=False).reference.slots is None
    slots = fit(columns, timestamp="at", seasons=False, segment="carrier").reference.slots
    assert (slots.seasons, slots.names) == ((), ("carrier=UA", "carrier=AA", "carrier=B6"))


def test_segments_need_no_times(columns):
    """Without a column of times the values of the segment alone make slots."""
    slots = fit(columns, segment="carrier", exclude=["at"]).reference.slots
    rows = Counter(columns["carrier"])
    assert slots.rows == (rows["UA"], rows["AA"], rows["B6"])


def test_segments_stay_where_seasons_do_not():
    """Hours that are alike are joined again, segment by segment."""
    slots = fit(world(season=0), timestamp="at", segment="carrier").reference.slots
    assert slots.seasons == ()
    assert slots.names == ("carrier=UA", "carrier=AA", "carrier=B6")


def test_every_slot_holds_the_counts_of_its_rows(profile, columns):
    """Slot by slot the cells are those that the kernel of serving finds in its rows."""
    reference = profile.reference
    slots = reference.slots
    of_rows = _slots_by_serving(reference, columns)
    assert slots.n_slots > 24
    for slot in range(slots.n_slots):
        chosen = np.flatnonzero(of_rows == slot)
        expected = [
            Binner(subject.distribution).count([columns[name][row] for row in chosen]).cells
            for subject, name in [
                *((feature, feature.name) for feature in reference.features), (reference.outputs[0], "score"),
            ]
        ]  # fmt: skip
        assert slots.rows[slot] == len(chosen)
        assert slots.cells[slot] == tuple(np.concatenate(expected).tolist())


def _slots_by_serving(reference, columns):
    """Return the slot of each row, asked for all rows of an hour and carrier at once."""
    side = CountedSlots(reference)
    place = reference.feature_names.index("carrier")
    binner = Binner(reference.features[place].distribution)
    codes = np.array([binner.cell_of(value) for value in ["UA", "AA", "B6"]])
    code_of_rows = codes[[["UA", "AA", "B6"].index(value) for value in columns["carrier"]]]
    found = np.zeros(len(code_of_rows), dtype=np.int64)
    kinds, kind_of_rows = np.unique(
        np.array([columns["at"] // 3600, code_of_rows]).T, axis=0, return_inverse=True
    )
    for kind, (hour, code) in enumerate(kinds):
        cells = np.zeros(reference.slots.n_slots, dtype=np.int64)
        side.count(
            RowBlock(np.zeros((1, 0), dtype=np.float32), number_places=(), cells={place: np.array([int(code)])},
                     timestamps=np.array([hour * 3600]), now=0.0), cells,
        )  # fmt: skip
        found[kind_of_rows.ravel() == kind] = cells.argmax()
    return found


def test_training_rows_count_in_serving_as_in_training(profile, columns):
    """All training rows at once give the rows of each slot."""
    reference = profile.reference
    place = reference.feature_names.index("carrier")
    binner = Binner(reference.features[place].distribution)
    cells = np.zeros(reference.slots.n_slots, dtype=np.int64)
    codes = np.array([binner.cell_of(value) for value in columns["carrier"]])
    CountedSlots(reference).count(
        RowBlock(np.zeros((len(codes), 0), dtype=np.float32), number_places=(), cells={place: codes},
                 timestamps=columns["at"], now=0.0), cells,
    )  # fmt: skip
    assert cells.tolist() == list(reference.slots.rows)
    assert reference.side_places[SLOTS].stop - reference.side_places[SLOTS].start == reference.slots.n_slots


def test_rows_without_a_time_are_in_no_season(columns):
    """They are counted in the bins, and in no slot."""
    gaps = columns["at"].copy()
    gaps[::4] = np.nan
    reference = fit({**columns, "at": gaps}, timestamp="at").reference
    assert sum(reference.slots.rows) == np.isfinite(gaps).sum()
    assert reference.row_count == len(gaps)


def test_numbers_can_be_segments(columns):
    """A column of numbers becomes one of names where its values are segments."""
    channel = [{"UA": 1, "AA": 2, "B6": 3}[name] for name in columns["carrier"]]
    slots = fit({"channel": channel, "score": columns["score"]}, segment="channel").reference.slots
    assert slots.names == ("channel=1", "channel=2", "channel=3")


def test_a_segment_of_10_000_values_is_the_rest():
    """Values without 500 rows each are told apart by nobody, and the fit says so."""
    n = 60_000
    told = []
    values = [f"shop {row % 10_000}" for row in range(n)]
    reference = fit(
        {"shop": values, "score": np.arange(n) % 7}, segment="shop", minimum_bin_rows=5, tell=told.append
    ).reference
    assert reference.slots is None
    assert any("no segments: no two values of 'shop' have 500 rows each" in each for each in told)


def test_identifiers_are_no_segments():
    """A column that is not monitored cannot be asked for its segments in serving."""
    columns = {"id": [f"i{row}" for row in range(300)], "x": np.arange(300.0)}
    with pytest.raises(FitError, match="segment: column 'id' is not monitored: no value is shared"):
        fit(columns, segment="id", prediction=None)


def test_a_profile_with_slots_round_trips(profile):
    """What was learned is read back equal, byte for byte."""
    text = profile.to_json()
    assert Profile.from_json(text) == profile
    assert Profile.from_json(text).to_json() == text


def test_slots_decide_where_rows_are_counted(columns, profile):
    """The fingerprint tells profiles with different slots, or the same ones in another zone, apart."""
    plain = fit(columns, segment=None)
    berlin = fit(columns, timestamp="at", segment="carrier", time_zone="Europe/Berlin")
    prints = {each.reference.fingerprint for each in (plain, berlin, profile)}
    assert len(prints) == 3


FAULTS = {
    "167 hours": (lambda s: s["seasons"].pop(), "slots.seasons"),
    "an unknown season": (lambda s: s["seasons"].__setitem__(0, 99), "slots.seasons"),
    "a season of a text": (lambda s: s["seasons"].__setitem__(0, "0"), "slots.seasons"),
    "a boolean season": (lambda s: s["seasons"].__setitem__(0, True), "slots.seasons"),
    "an unknown segment": (lambda s: s.update(segment="airline"), "slots.segment is 'airline'"),
    "a numeric segment": (lambda s: s.update(segment="x"), "slots.segment is 'x'"),
    "no segment": (lambda s: s.update(segment=""), "slots.segments"),
    "fewer cells of segments": (lambda s: s["segments"].pop(), "slots.segments"),
    "a gap in segments": (lambda s: s.update(segments=[9 if each == 1 else each for each in s["segments"]]), "slots.segments"),
    "a short table": (lambda s: s["table"].pop(), "slots.table"),
    "a long table": (lambda s: s.update(table=[0] * 1_000_001), "1,000,001 entries"),
    "a huge slot": (lambda s: s["table"].__setitem__(0, 10**9), "slots.table"),
    "a slot less": (lambda s: s["slots"].pop(), "slots.slots"),
    "a slot of a list": (lambda s: s["slots"].__setitem__(0, []), r"slots.slots\[0\]"),
    "an unknown field of a slot": (lambda s: s["slots"][0].update(more=1), r"slots.slots\[0\].more is no field"),
    "an unknown field": (lambda s: s.update(more=1), "slots.more is no field"),
    "no name": (lambda s: s["slots"][0].update(name=""), r"slots\[0\].name"),
    "no rows": (lambda s: s["slots"][0].update(rows=0), r"slots\[0\].rows"),
    "other rows": (lambda s: s["slots"][0].update(rows=7), "do not add up"),
    "a cell less": (lambda s: s["slots"][0]["cells"].pop(), r"slots\[0\].cells"),
    "a negative cell": (lambda s: s["slots"][0]["cells"].__setitem__(0, -1), r"slots\[0\].cells"),
    "another cell": (lambda s: s["slots"][0]["cells"].__setitem__(0, 10**9), "do not add up"),
    "no seasons": (lambda s: s.pop("seasons"), "slots.seasons is missing"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_slots_are_named(profile, fault):
    """Each impossible field raises an error that names it."""
    document = json.loads(profile.to_json())
    change, message = FAULTS[fault]
    change(document["slots"])
    with pytest.raises(ProfileFormatError, match=message) as caught:
        Profile.from_json(json.dumps(document))
    assert len(str(caught.value)) < 500


def test_more_rows_than_the_whole_are_refused(profile):
    """Slots that add up to themselves, and to more than the counts of the whole, are impossible."""
    document = json.loads(profile.to_json())
    slot = document["slots"]["slots"][0]
    slot["rows"] *= 30
    slot["cells"] = [30 * cell for cell in slot["cells"]]
    with pytest.raises(ProfileFormatError, match="more than its counts"):
        Profile.from_json(json.dumps(document))


def test_a_zone_that_this_machine_does_not_know(profile):
    """Seasons in an unknown time zone would be counted wrong: the profile is refused with the way out."""
    document = json.loads(profile.to_json())
    document["time_zone"] = "Mars/Olympus"
    with pytest.raises(ProfileFormatError, match=r"'Mars/Olympus' is not known on this machine.*tzdata"):
        Profile.from_json(json.dumps(document))


def test_rows_without_a_time_count_in_segments_alone():
    """Where hours turn out to be alike, no row is left out for want of a time."""
    columns = world(season=0)
    columns["at"][::4] = np.nan
    slots = fit(columns, timestamp="at", segment="carrier").reference.slots
    assert slots.seasons == ()
    assert sum(slots.rows) == len(columns["at"])
