"""What is learned of blocks: sums, noise, slots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlexporter.app.baselines.baseline import REQUIRED_ROWS
from mlexporter.app.baselines.baseline_file import baseline_from_bytes, baseline_to_bytes
from mlexporter.app.baselines.blocks import Block, BlockLog, Fault
from mlexporter.app.baselines.learning import REQUIRED_CLEAN, is_clean_week, learn_baseline
from mlexporter.profile.identity import fingerprint
from mlexporter.records import DerivedPair, JointReference, ModelKey, Slots
from mlexporter.records.sides import DUPLICATES, JOINTS, REPEATS, SKEWS, SLOTS
from mlexporter.state.moment import Moment
from mlexporter.statistics.learned_noise import REQUIRED_BLOCKS

HOUR = 3600.0


def watched(world, hours, sides=None):
    """Return a log of so many hours; ``sides`` changes what is counted beside the bins."""
    log = BlockLog(HOUR, 500)
    for hour in range(hours + 1):
        snapshot = world.snapshot(hour * HOUR)
        if sides is not None:
            snapshot = replace(snapshot, profile=replace(snapshot.profile, side_cells=sides(hour)))
        block = log.push(snapshot, hour * HOUR)
        if block is not None:
            log.keep(block)
        world.serve()
    return log


def learned(world, log, **more):
    options = {
        "windows": {"1h": HOUR, "2h": 2 * HOUR, "90m": 5400.0, "30m": 1800.0},
        "required_observations": 100,
    }
    return learn_baseline(world.reference, log, accepted_timestamp=5.0, **options, **more)


def test_noise_needs_as_many_blocks_as_a_baseline():
    """Two numbers that must not part."""
    assert REQUIRED_CLEAN == REQUIRED_BLOCKS


def test_a_baseline_is_the_sum_of_the_clean_blocks(world):
    """A block with an incident is in neither the counts nor the noise."""
    log = watched(world, 60)
    whole = sum(log.counts(block).feature_cells for block in log.blocks[1:])
    log.blocks[0] = log.blocks[0]._replace(faults=(Fault("missing", "x0"),))
    baseline = learned(world, log, who="anna", why="new")
    used = baseline.applied(world.reference)

    assert baseline.n_blocks == 59
    assert (
        np.concatenate([feature.distribution.counts for feature in used.features]).tolist() == whole.tolist()
    )
    assert (baseline.who, baseline.why, baseline.accepted_timestamp) == ("anna", "new", 5.0)
    assert used.row_count == 59 * world.rows
    assert used.features[0].noise["1h"].blocks == 59


def test_noise_is_learned_for_windows_of_whole_blocks(world):
    """An hour and two; neither for half a block nor for one and a half."""
    baseline = learned(world, watched(world, 60))

    assert set(baseline.feature_noise[0]) == {"1h", "2h"}
    assert baseline.feature_noise[0]["2h"].blocks == 30
    assert set(baseline.output_noise[0]) == {"1h", "2h"}
    assert baseline.feature_noise[-1]["1h"].location is None  # a category


def test_noise_of_correlated_rows_is_that_much_larger(make_world, reference):
    """Every row five times: five times the variance. By hand, 1/200 without repeats."""
    plain, repeated = (
        learned(made, watched(made, 168)).feature_noise[0]["1h"].location
        for made in (make_world(reference, seed=5), make_world(reference, seed=5, repeats=5))
    )

    assert plain == pytest.approx(1 / 200, rel=0.35)
    assert repeated == pytest.approx(5 / 200, rel=0.35)


def test_bins_and_thresholds_are_those_of_the_profile(world):
    """The fingerprint stays, and a threshold that is changed in the profile holds at once."""
    baseline = learned(world, watched(world, 30))
    changed = replace(
        world.reference, features=tuple(replace(each, threshold=0.3) for each in world.reference.features)
    )

    assert fingerprint(baseline.applied(world.reference)) == fingerprint(world.reference)
    assert {feature.threshold for feature in baseline.applied(changed).features} == {0.3}


def test_what_serving_hardly_showed_is_compared_with_training(world):
    """A feature that is nearly always missing has no baseline."""
    world.missing = {"x1": 0.97}
    used = learned(world, watched(world, 30)).applied(world.reference)

    assert 30 * world.rows * 0.03 < REQUIRED_ROWS
    assert used.features[1] == world.reference.features[1]
    assert used.features[0] != world.reference.features[0]


def test_what_is_counted_beside_the_bins_is_learned_too(world):
    """By hand: 1 of 4 values repeats, 1 row in 10 of batches; pairs rest on the rows looked at."""
    training = replace(
        world.reference,
        features=tuple(replace(each, collision=0.01, once_seen=7) for each in world.reference.features),
        pairs=(DerivedPair("x1", "x0", hits=1, rows=100),),
        duplicate_rows=5,
    )
    world.reference = training
    n_features, places = len(training.features), training.side_places
    size = max(place.stop for place in places.values())

    def sides(hour):
        cells = np.zeros(size, np.int64)
        cells[places[REPEATS]] = hour * np.array([50] * n_features + [200])
        cells[places[DUPLICATES]] = hour * np.array([20, 200])
        cells[places[SKEWS]] = hour * np.array([4, 200])
        return cells

    used = learned(world, watched(world, 30, sides)).applied(training)

    assert {feature.collision for feature in used.features} == {0.25}
    assert {feature.once_seen for feature in used.features} == {0}
    assert used.duplicate_rows / used.row_count == pytest.approx(0.1)
    assert (used.pairs[0].hits, used.pairs[0].rows) == (30 * 4, 30 * 200)


def slotted(reference):
    """The profile with two seasons that differ in the score alone."""
    n_cells = reference.feature_offsets[-1] + reference.output_offsets[-1]
    day, night = np.ones(n_cells, np.int64), np.ones(n_cells, np.int64)
    day[-5:], night[-5:] = [80, 10, 10, 0, 0], [10, 10, 80, 0, 0]
    slots = Slots(
        tuple(int(hour % 2) for hour in range(168)), "", (), (0, 1), ("even", "odd"),
        (tuple(day.tolist()), tuple(night.tolist())), (100, 100),
    )  # fmt: skip
    return replace(reference, slots=slots)


def test_seasons_are_learned_from_the_blocks_that_lie_in_them(world):
    """Even hours count into one slot and odd ones into the other: each has its own rows, in the same slots."""
    world.reference = slotted(world.reference)
    places = world.reference.side_places
    size = max(place.stop for place in places.values())

    def sides(hour):
        cells = np.zeros(size, np.int64)
        cells[places[SLOTS]] = [world.rows * ((hour + 1) // 2), world.rows * (hour // 2)]
        return cells

    log = watched(world, 40, sides)
    used = learned(world, log).applied(world.reference)
    even = sum(log.counts(block).output_cells for block in log.blocks[::2])

    assert used.slots.rows == (20 * world.rows, 20 * world.rows)
    assert list(used.slots.cells[0][-5:]) == even.tolist()
    assert used.slots.seasons == world.reference.slots.seasons
    assert np.array(used.slots.cells)[:, :20].sum() == sum(used.features[0].distribution.counts)


@pytest.mark.parametrize(
    ("n_blocks", "n_bad", "kind", "expected"),
    [
        (56, 0, "missing", True), (55, 0, "missing", False), (56, 8, "missing", True), (56, 9, "missing", False),
        (56, 32, "rows", True), (56, 33, "rows", False),
    ],
)  # fmt: skip
def test_when_a_week_is_clean(n_blocks, n_bad, kind, expected):
    """Full, at least 24 clean blocks, and no more than one bad one in seven."""
    log = BlockLog(HOUR, 56)
    for place in range(n_blocks):
        faults = (Fault(kind, "" if kind == "rows" else "x0"),) if place < n_bad else ()
        log.keep(Block(place * HOUR, 0.0, HOUR, faults, b""))

    assert is_clean_week(log, frozenset()) is expected


@pytest.mark.parametrize("has_slots", [False, True])
def test_a_file_brings_a_baseline_back(world, has_slots):
    """All counts and all noise, and none where there is none."""
    key, moment = ModelKey("fares", "3"), Moment(1.0, 2.0, "boot")
    baseline = learned(world, watched(world, 30), who="ü\n", why="x" * 1000, decision="d")
    if has_slots:
        baseline = replace(
            baseline, slot_cells=np.arange(2 * 103).reshape(2, 103)[:, : world.reference.feature_offsets[-1] + 5],
            slot_rows=np.array([3, 4]),
        )  # fmt: skip
    kept = baseline_from_bytes(baseline_to_bytes(key, baseline, moment))
    again = kept.baseline

    assert (kept.key, kept.written) == (key, moment)
    assert again.counts.feature_cells.tolist() == baseline.counts.feature_cells.tolist()
    assert again.counts.side_cells.tolist() == baseline.counts.side_cells.tolist()
    assert (again.feature_noise, again.output_noise) == (baseline.feature_noise, baseline.output_noise)
    assert (again.who, again.why, again.decision, again.n_blocks) == ("ü\n", "x" * 1000, "d", 30)
    if has_slots:
        assert again.slot_cells.tolist() == baseline.slot_cells.tolist()
        assert again.slot_rows.tolist() == [3, 4]
    else:
        assert again.applied(world.reference) == baseline.applied(world.reference)
    assert baseline_from_bytes(baseline_to_bytes(key, None, moment)).baseline is None


@pytest.mark.parametrize("place", range(0, 3000, 173))
def test_a_damaged_baseline_is_refused(world, place):
    """Whichever byte was changed, and wherever it was cut."""
    data = baseline_to_bytes(ModelKey("a", "b"), learned(world, watched(world, 25)), Moment(1.0, 2.0, "boot"))
    place %= len(data)
    changed = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]

    for damaged in (changed, data[:place]):
        with pytest.raises(ValueError, match=r"damaged|truncated|version|envelope"):
            baseline_from_bytes(damaged)


def test_noise_of_joints_is_learned_from_serving(world):
    """Without it a joint would take correlated rows of serving for independent ones."""
    joint = JointReference("", (), (world.reference.features[0].distribution,))
    world.reference = replace(world.reference, joints=(joint,))
    places = world.reference.side_places
    shares = np.array(joint.distributions[0].counts, dtype=np.float64)
    random = np.random.default_rng(8)
    drawn = np.cumsum(5 * random.multinomial(60, shares / shares.sum(), size=80), axis=0)

    def sides(hour):
        cells = np.zeros(max(place.stop for place in places.values()), dtype=np.int64)
        cells[places[JOINTS]] = drawn[hour]
        return cells

    baseline = learned(world, watched(world, 60, sides))
    (noise,) = baseline.joint_noise
    used = baseline.applied(world.reference)

    assert used.joints[0].noise == noise
    assert noise["1h"].blocks >= REQUIRED_BLOCKS
    assert (
        noise["1h"].location > 2 / 300
    )  # 300 rows, five of a kind: five times 1/300 is what they really move
    assert baseline_from_bytes(
        baseline_to_bytes(ModelKey("m", "1"), baseline, Moment(1.0, 2.0, "b", 1.0))
    ).baseline.joint_noise == (noise,)
