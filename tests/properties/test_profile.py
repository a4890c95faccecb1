"""Properties of profiles: they round-trip, serve what they learned, and survive any file."""

import json

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.errors import FitError, ProfileError
from mlexporter.profile import Profile
from mlexporter.state.binning import Binner

NUMBERS = st.floats() | st.integers(-5, 5) | st.none()
TEXTS = st.sampled_from(["a", "b", "c"]) | st.text(max_size=3) | st.none()
COLUMNS = st.integers(1, 60).flatmap(
    lambda n: st.dictionaries(
        st.text(min_size=1, max_size=4),
        st.one_of(st.lists(column, min_size=n, max_size=n) for column in (NUMBERS, TEXTS, st.booleans())),
        min_size=1, max_size=3,
    )
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _good():
    generator = np.random.default_rng(0)
    score = generator.random(400)
    rows = {
        "number": generator.normal(size=400), "name": generator.choice(["a", "b"], 400).tolist(),
        "flag": score > 0.3, "score": score, "late": generator.random(400) < score,
    }  # fmt: skip
    return Profile.fit(rows, model="m", version="1", prediction="score", label="late", created=1.0)


GOOD = _good()
TEXT = GOOD.to_json()


@given(COLUMNS, st.integers(1, 10))
@settings(max_examples=examples(60), deadline=None)
def test_profiles_of_any_rows_round_trip(columns, minimum_rows):
    """Whatever was learned is read back equal, and the serving kernel finds the training counts."""
    try:
        profile = Profile.fit(columns, model="m", version="1", minimum_bin_rows=minimum_rows, created=0.0)
    except FitError:
        return
    assert Profile.from_json(profile.to_json()) == profile
    for feature in profile.reference.features:
        counted = Binner(feature.distribution).count(columns[feature.name])
        assert feature.distribution.counts == tuple(counted.cells.tolist())
        assert feature.distribution.type_mismatches == counted.type_mismatches


@given(COLUMNS)
@settings(max_examples=examples(60), deadline=None)
def test_published_categories_have_enough_rows(columns):
    """No category is written that fewer than five rows hold."""
    try:
        profile = Profile.fit(columns, model="m", version="1", minimum_bin_rows=5, created=0.0)
    except FitError:
        return
    for feature in profile.reference.features:
        n_names = len(feature.distribution.categories)
        assert all(rows >= 5 for rows in feature.distribution.counts[:n_names])


def _places(value, path=()):
    yield path
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in entries:
        yield from _places(inner, (*path, key))


PLACES = [path for path in _places(json.loads(TEXT)) if path]


@given(st.sampled_from(PLACES), JSON | st.just("remove"))
@settings(max_examples=examples(400), deadline=None)
def test_a_changed_profile_loads_or_says_why(place, content):
    """Any value in any place gives a profile that round-trips, or one of our errors."""
    document = json.loads(TEXT)
    target = document
    for key in place[:-1]:
        target = target[key]
    if content == "remove":
        del target[place[-1]]
    else:
        target[place[-1]] = content
    try:
        profile = Profile.from_json(json.dumps(document))
    except ProfileError:
        return
    assert Profile.from_json(profile.to_json()) == profile


@given(st.text() | JSON.map(json.dumps) | st.tuples(st.integers(0, len(TEXT)), st.text(max_size=3)).map(
    lambda edit: TEXT[: edit[0]] + edit[1] + TEXT[edit[0] + 1 :]))  # fmt: skip
@settings(max_examples=examples(300), deadline=None)
def test_any_text_loads_or_says_why(text):
    """Random text, random JSON and a profile with a few changed characters raise nothing else."""
    try:
        Profile.from_json(text)
    except ProfileError:
        return


@given(data=st.binary(max_size=300))
@settings(max_examples=examples(100), deadline=None)
def test_any_bytes_load_or_say_why(tmp_path_factory, data):
    """A file of any bytes raises nothing but our errors."""
    path = tmp_path_factory.getbasetemp() / "fuzz.json"
    path.write_bytes(data)
    try:
        Profile.load(path)
    except ProfileError:
        return


@given(
    st.integers(0, 2**32 - 1), st.sampled_from([60.0, 600.0, 3_600.0]), st.integers(1, 5),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]), st.floats(0, 2),
)  # fmt: skip
@settings(max_examples=examples(6), deadline=None, phases=[Phase.explicit, Phase.generate])
def test_slots_and_noise_of_any_times_are_sound(seed, step, n_segments, zone, swing):
    """Whatever the times: slots add up to rows, are large enough, serve as they were counted, and read back equal."""
    generator = np.random.default_rng(seed)
    n = 4_000
    times = 1.7e9 + step * np.arange(n) + generator.normal(size=n) * step
    times[generator.random(n) < 0.01] = np.nan
    columns = {
        "at": times, "x": generator.normal(size=n) + swing * np.sin(np.nan_to_num(times) / 86_400 * 2 * np.pi),
        "c": generator.integers(0, n_segments, n).astype(str).tolist(),
    }  # fmt: skip
    profile = Profile.fit(
        columns, model="m", version="1", timestamp="at", segment="c", time_zone=zone, joint=False, created=0.0
    )
    reference = profile.reference
    assert Profile.from_json(profile.to_json()) == profile
    assert Profile.from_json(profile.to_json()).to_json() == profile.to_json()
    for feature in reference.features:
        assert all(noise.blocks >= 24 for noise in feature.noise.values())
    slots = reference.slots
    if slots is None:
        return
    assert min(slots.rows) >= 500
    assert sum(slots.rows) == (np.isfinite(times).sum() if slots.seasons else n)
    assert len(set(slots.names)) == slots.n_slots > 1
    for feature, first, last in zip(
        reference.features, reference.feature_offsets, reference.feature_offsets[1:], strict=False
    ):
        cells = np.array(slots.cells)[:, first:last]
        assert cells.sum(axis=1).tolist() == list(slots.rows)
        assert (cells.sum(axis=0) <= feature.distribution.counts).all()
