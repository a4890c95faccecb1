"""The file is stable to the byte, readable in a diff, and replaced at once."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from mlexporter.profile import Profile, writing
from mlexporter.profile.sections import NAMES

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "profile.schema.json"


@pytest.fixture(scope="module")
def profile(rows):
    """A profile with every kind of bins."""
    return Profile.fit(
        rows,
        model="délais",
        version="1",
        prediction="score",
        label="late",
        created=1.5,
        decision_threshold=0.5,
    )


def test_saving_twice_gives_the_same_bytes(profile, tmp_path):
    """Equal profiles are equal files, and what is loaded is what was saved."""
    profile.save(tmp_path / "one.json")
    Profile.load(tmp_path / "one.json").save(tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert Profile.load(tmp_path / "two.json") == profile


def test_fitting_twice_gives_the_same_bytes(rows, options):
    """Nothing in a fit depends on chance or order of hashing."""
    assert Profile.fit(rows, **options).to_json() == Profile.fit(dict(rows), **options).to_json()


def test_saved_profiles_fit_the_schema(profile, rows):
    """The published JSON Schema describes what is written, with and without labels."""
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    bare = Profile.fit(
        {"stops": rows["stops"], "origin": rows["origin"]}, model="m", version="1", importances={"stops": 1}
    )
    for saved in (profile, bare):
        jsonschema.validate(json.loads(saved.to_json()), schema)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(schema_version=3), lambda document: document.pop("features"),
        lambda document: document.update(surprise=1), lambda document: document["features"][0].pop("edges"),
        lambda document: document["features"][0].update(categories=[]), lambda document: document["features"][0].update(threshold=0),
        lambda document: document["features"][0]["counts"].append(-1), lambda document: document.update(fingerprint="xyz"),
    ],
)  # fmt: skip
def test_the_schema_refuses_what_is_wrong(profile, change):
    """The schema is no rubber stamp."""
    document = json.loads(profile.to_json())
    change(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, json.loads(SCHEMA.read_text()))


def test_lists_of_numbers_stand_on_one_line(profile):
    """A diff of two profiles shows which feature's edges or counts changed."""
    lines = profile.to_json().splitlines()
    assert (
        sum(line.startswith('      "counts": [') and line.rstrip(",").endswith("]") for line in lines)
        == len(profile.reference.features) + 1
    )
    assert any('"name": "distance"' in line for line in lines)
    assert '"model_name": "délais",' in profile.to_json()


def test_the_fingerprint_is_of_the_bins_alone(profile, rows, options):
    """Thresholds and counts leave it alone; an edge, a name or a category changes it."""
    again = {**options, "model": "other", "thresholds": {"stops": 0.7}, "created": 9.0}
    one, other = Profile.fit(rows, **options).reference, Profile.fit(rows, **again).reference
    assert one.fingerprint == other.fingerprint
    assert one.profile_id != other.profile_id
    renamed = {("halts" if name == "stops" else name): column for name, column in rows.items()}
    assert Profile.fit(renamed, **options).reference.fingerprint != one.fingerprint
    assert len(one.fingerprint) == 8
    assert len(one.profile_id) == 16


def test_no_row_is_in_the_file(rows, options):
    """Identifiers and values of single rows are not written."""
    text = Profile.fit(rows, **options).to_json()
    assert "N17" not in text
    values = {repr(float(value)) for value in rows["gaps"][:200]}
    assert not any(value in text for value in values)


def test_a_save_replaces_the_file_or_leaves_it(profile, tmp_path, monkeypatch):
    """When writing fails half-way, the old file stands and nothing else is left."""
    path = tmp_path / "one.json"
    path.write_text("old")
    monkeypatch.setattr(writing.os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        profile.save(path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["one.json"]


def test_a_saved_file_can_be_read_by_others(profile, tmp_path):
    """The mode is that of an ordinary file, not of a private temporary one."""
    profile.save(tmp_path / "one.json")
    assert (tmp_path / "one.json").stat().st_mode & 0o777 == 0o644


def test_equality_is_of_the_content(profile):
    """Two profiles are equal exactly when their references are."""
    assert profile == Profile(profile.reference)
    assert profile != Profile(replace(profile.reference, model_version="2"))


@pytest.fixture(scope="module")
def learned():
    """Rows from which every section learns something."""
    generator = np.random.default_rng(0)
    n = 3 * 24 * 120
    times = 1_700_438_400.0 + 30.0 * np.arange(n)
    x, score = generator.normal(size=n) + np.sin(times / 86_400 * 2 * np.pi), generator.random(n)
    return {
        "at": times, "x": x, "double": 2 * x, "carrier": generator.choice(["UA", "AA"], n).tolist(),
        "vector": generator.normal(size=(n, 3)).tolist(), "score": score, "late": generator.random(n) < score,
        "fare": 10 * x + generator.normal(size=n), "paid": 10 * x,
    }  # fmt: skip


@pytest.mark.parametrize("target", ["classes", "amounts"])
def test_everything_that_is_learned_fits_the_schema(learned, target):
    """Each section is written, described by the schema, and read back equal to the byte."""
    outcome = {"prediction": "score", "label": "late", "exclude": ["fare", "paid"]}
    if target == "amounts":
        outcome = {"prediction": "fare", "label": "paid", "exclude": ["score", "late"]}
    saved = Profile.fit(
        learned, model="m", version="1", created=1.0, timestamp="at", segment="carrier", windows=["1h"],
        derived={"double": "x"}, embeddings=["vector"], held_out=True, statistics={"x": "psi"}, **outcome,
        predict=lambda columns: np.array(columns["x"], dtype=np.float64),
    )  # fmt: skip
    text = saved.to_json()
    document = json.loads(text)
    assert set(NAMES) <= set(document)
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    assert Profile.from_json(text) == saved
    assert Profile.from_json(text).to_json() == text
