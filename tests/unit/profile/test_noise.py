"""Noise is learned from blocks of time as long as the windows, and read back with care."""

import json
from itertools import pairwise

import numpy as np
import pytest

from mlexporter.errors import ProfileFormatError
from mlexporter.profile import Profile
from mlexporter.profile.block_counts import LEAST_BLOCKS, MAXIMUM_BLOCKS, chosen_blocks
from mlexporter.profile.noise_learning import moved_by
from mlexporter.records import Distribution, FeatureReference, Kind, TrainingType

START = 1_700_438_400.0
"""A Monday, 0:00 UTC."""
HOUR = 3600.0


def world(n_hours=60, per_hour=200, repeats=1, seed=0):
    """Rows of equal hours; with repeats every row appears so many times in its hour."""
    generator = np.random.default_rng(seed)
    n = n_hours * per_hour // repeats
    times = START + np.sort(generator.random(n)) * n_hours * HOUR
    return {
        "at": np.repeat(times, repeats),
        "x": np.repeat(generator.normal(size=n), repeats),
        "c": np.repeat(generator.choice(["a", "b", "c"], n), repeats).tolist(),
        "score": np.repeat(generator.random(n), repeats),
    }


def fit(columns, **options):
    """Fit with what all tests share."""
    defaults = {
        "model": "m", "version": "1", "prediction": "score", "created": 1.0, "joint": False, "timestamp": "at",
        "seasons": False, "windows": ["1h"],
    }  # fmt: skip
    return Profile.fit(columns, **{**defaults, **options})


@pytest.fixture(scope="module")
def profile():
    """A profile with noise of one window."""
    return fit(world())


def test_independent_rows_have_the_noise_of_sampling(profile):
    """Without anything that moves, noise is about 1/n + 1/m in each component."""
    feature, category = profile.reference.features
    expected = 1 / 200 + 1 / 12_000
    noise = feature.noise["1h"]
    assert 55 <= noise.blocks <= 58
    for component in (noise.location, noise.spread, noise.omnibus):
        assert 0.5 * expected < component < 2 * expected
    assert category.noise["1h"].location is None
    assert profile.reference.outputs[0].noise["1h"].location > 0


def test_repeated_rows_are_noisier():
    """Rows that appear five times make blocks move five times as much."""
    alone = fit(world()).reference.features[0].noise["1h"]
    repeated = fit(world(repeats=5)).reference.features[0].noise["1h"]
    assert 2.5 < repeated.location / alone.location < 10


def test_blocks_too_few_or_too_thin_give_no_noise():
    """Fewer than 24 blocks with 100 rows teach nothing, and the fit says how many there were."""
    told = []
    reference = fit(world(n_hours=20, per_hour=300), windows=["30m", "1h", "7d"], tell=told.append).reference
    assert set(reference.features[0].noise) == {"30m"}
    assert "no noise for 1h: 18 blocks of 1h have 100 rows, 24 are needed" in told
    assert any(sentence.startswith("no noise for 7d: 0 blocks") for sentence in told)
    thin = fit(world(per_hour=50)).reference
    assert thin.features[0].noise == {}


def test_without_times_nothing_is_learned():
    """Noise is then left to serving."""
    reference = fit(world(), timestamp=None, exclude=["at"]).reference
    assert all(not subject.noise for subject in (*reference.features, *reference.outputs))


def test_a_wild_block_is_told_and_stays():
    """An hour in which all rows were alike is most of the noise; nobody drops it, and somebody hears of it."""
    columns = world()
    wild = (columns["at"] >= START + 30 * HOUR) & (columns["at"] < START + 31 * HOUR)
    told = []
    reference = fit({**columns, "x": np.where(wild, 3.0, columns["x"])}, tell=told.append).reference
    assert reference.features[0].noise["1h"].location > 5 / 200
    (sentence,) = [each for each in told if "comes from one block" in each]
    assert "of x comes from one block, from 2023-11-21 06:00 UTC on" in sentence


def test_ordinary_blocks_are_not_told():
    """Clean rows make no warning."""
    told = []
    fit(world(), tell=told.append)
    assert told == []


def test_a_season_is_no_noise():
    """With seasons told apart, a daily swing adds nothing to the noise; without them it is most of it."""
    columns = world(n_hours=14 * 24, per_hour=120)
    swing = {**columns, "x": columns["x"] + np.sin(columns["at"] / 86_400 * 2 * np.pi)}
    with_seasons = fit(swing, seasons=True).reference
    assert with_seasons.slots is not None
    without = fit(swing).reference.features[0].noise["1h"].location
    assert with_seasons.features[0].noise["1h"].location < 0.1 * without


def test_rows_in_any_order_and_batch_give_the_same_noise(profile):
    """Blocks are told by time, not by the order of rows."""
    columns = world()
    order = np.random.default_rng(1).permutation(len(columns["at"]))
    shuffled = {name: np.asarray(values)[order].tolist() for name, values in columns.items()}
    assert fit(shuffled).reference.features == profile.reference.features


def test_a_file_gives_the_noise_of_its_rows(profile, tmp_path, monkeypatch):
    """Streaming in small batches changes nothing."""
    pd = pytest.importorskip("pandas")
    from mlexporter.profile import sources

    monkeypatch.setattr(sources, "BATCH_ROWS", 2_048)
    pd.DataFrame(world()).to_parquet(tmp_path / "rows.parquet")
    options = {"model": "m", "version": "1", "prediction": "score", "created": 1.0, "joint": False}
    found = Profile.fit_file(
        tmp_path / "rows.parquet", timestamp="at", seasons=False, windows=["1h"], **options
    )
    assert found == profile


def test_blocks_are_chosen_evenly():
    """The first and last block are left out; of many, a thousand at even distances are used."""
    rows = dict.fromkeys(range(5_000), 100) | {7: 99}
    chosen = chosen_blocks(rows, 100, n_cells=10, n_lengths=1)
    assert len(chosen) == MAXIMUM_BLOCKS
    assert 0 not in chosen
    assert 7 not in chosen
    assert {later - earlier for earlier, later in pairwise(chosen.tolist())} <= {4, 5, 6}
    assert len(chosen_blocks(rows, 100, n_cells=10**9, n_lengths=3)) == LEAST_BLOCKS
    assert chosen_blocks({1: 100, 2: 100, 3: 99, 4: 100}, 100, n_cells=1, n_lengths=1).tolist() == [2]
    assert chosen_blocks({}, 100, n_cells=1, n_lengths=1).tolist() == []


def test_movement_by_hand():
    """Shares 0.5 and 0.5 against 0.6 and 0.4: 0.01 / 0.5 twice; no rows move nothing."""
    feature = FeatureReference("x", Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(0.0,)))
    cells = np.array([[60, 40, 5, 0], [0, 0, 9, 0]], dtype=np.int32)
    moved = moved_by(feature, cells, np.array([[0.4, 0.4, 0.2, 0.0]]))
    assert moved.tolist() == pytest.approx([0.04, 0.0])


def test_a_profile_with_noise_round_trips(profile):
    """What was learned is read back equal, byte for byte; noise does not decide where rows are counted."""
    text = profile.to_json()
    assert Profile.from_json(text) == profile
    assert Profile.from_json(text).to_json() == text
    quiet = fit(world(), timestamp=None, exclude=["at"]).reference
    assert quiet.fingerprint == profile.reference.fingerprint


FAULTS = {
    "unknown feature": (lambda n: n["features"].update(y={}), "'y' is no name"),
    "unknown output": (lambda n: n["outputs"][0].update(name="y"), r"noise.outputs\[0\].name"),
    "an output twice": (lambda n: n["outputs"].append(n["outputs"][0]), "outputs"),
    "unknown joint": (lambda n: n["joints"].update(e={}), "'e' is no name"),
    "no duration": (lambda n: n["features"]["x"].update(hour=[24, 1, 1, 1]), "'hour' is no duration"),
    "many windows": (lambda n: n["features"]["x"].update({f"{k}h": [24, 1, 1, 1] for k in range(50)}), "entries"),
    "three numbers": (lambda n: n["features"]["x"].update({"1h": [24, 1, 1]}), r"noise.features.x.1h"),
    "a negative number": (lambda n: n["features"]["x"].update({"1h": [24, -1, 1, 1]}), r"noise.features.x.1h"),
    "no location of a number": (lambda n: n["features"]["x"].update({"1h": [24, None, 1, 1]}), r"noise.features.x.1h"),
    "a location of a name": (lambda n: n["features"]["c"].update({"1h": [24, 1, 1, 1]}), r"noise.features.c.1h"),
    "no omnibus": (lambda n: n["features"]["x"].update({"1h": [24, 1, 1, None]}), r"noise.features.x.1h"),
    "one block": (lambda n: n["features"]["x"].update({"1h": [1, 1, 1, 1]}), r"noise.features.x.1h"),
    "blocks of a float": (lambda n: n["features"]["x"].update({"1h": [24.5, 1, 1, 1]}), r"noise.features.x.1h"),
    "a list": (lambda n: n.update(features=[]), "noise.features is a list"),
    "an unknown field": (lambda n: n.update(more=1), "noise.more is no field"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_noise_are_named(profile, fault):
    """Each impossible field raises an error that names it."""
    document = json.loads(profile.to_json())
    change, message = FAULTS[fault]
    change(document["noise"])
    with pytest.raises(ProfileFormatError, match=message) as caught:
        Profile.from_json(json.dumps(document))
    assert len(str(caught.value)) < 500


def test_joints_have_noise_of_their_own():
    """Dependence between features has the noise of its noisiest component, by the transforms of serving."""
    generator = np.random.default_rng(4)
    columns = world() | {"y": generator.normal(size=12_000)}
    profile = fit(columns, joint=True)
    (joint,) = profile.reference.joints
    noise = joint.noise["1h"]
    assert noise.blocks >= 24
    expected = 1 / 200 + 1 / 12_000
    for component in (noise.location, noise.spread, noise.omnibus):
        assert 0.8 * expected < component < 4 * expected
    assert Profile.from_json(profile.to_json()) == profile


def test_embeddings_are_counted_without_the_rows_that_they_were_fitted_on():
    """Clusters and axes have slots and noise from the rows that their counts rest on."""
    generator = np.random.default_rng(5)
    columns = world(n_hours=14 * 24, per_hour=120)
    n = len(columns["at"])
    columns["x"] = columns["x"] + np.sin(columns["at"] / 86_400 * 2 * np.pi)
    columns["v"] = (generator.normal(size=(n, 4)) + 4 * (generator.random(n) < 0.5)[:, None]).tolist()
    profile = fit(columns, seasons=True, embeddings=["v"])
    reference = profile.reference
    place = reference.feature_names.index("v")
    feature, (joint,) = reference.features[place], reference.joints
    first, last = reference.feature_offsets[place : place + 2]
    cells = np.array(reference.slots.cells)[:, first:last]
    assert cells.sum(axis=0).tolist() == list(feature.distribution.counts)
    assert sum(feature.distribution.counts) < reference.row_count
    assert feature.noise["1h"].location is None
    assert joint.noise["1h"].location < 5 / 60
    assert Profile.from_json(profile.to_json()) == profile
