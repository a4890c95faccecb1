"""Pairs of a derived feature and its source: what training hardly had, learned on one half of the rows."""

import json
from dataclasses import replace

import numpy as np
import pytest

from mlexporter.errors import ConfigurationError, FitError, ProfileFormatError
from mlexporter.profile import Profile
from mlexporter.profile.fields import Fields
from mlexporter.profile.identity import fingerprint
from mlexporter.profile.sections import pairs
from mlexporter.profile.sections.row_cells import RowCells
from mlexporter.profile.writing import to_document


def _columns(n=4_000, seed=3):
    generator = np.random.default_rng(seed)
    distance = generator.gamma(2, 300, n)
    return {
        "distance": distance,
        "miles": distance / 1.609,
        "noise": generator.normal(size=n),
        "band": np.where(distance > 500, "far", "near").tolist(),
        "id": [f"r{index}" for index in range(n)],
    }


def _fit(columns, **options):
    return Profile.fit(
        columns, **{"model": "m", "version": "1", "created": 1.0, "joint": False, **options}
    ).reference


def test_without_the_option_nothing_is_learned():
    """No pair, no field in the document, nothing in the identity."""
    reference = _fit(_columns())
    assert reference.pairs == ()
    assert pairs.identity(reference) is None
    assert pairs.to_json(reference) is None


def test_a_derived_number_fits_its_source_alone():
    """Miles follow kilometres: few cells are likely, nearly all rows of the other half lie in them."""
    (pair,) = _fit(_columns(), derived={"miles": "distance"}).pairs
    reference = _fit(_columns(), derived={"miles": "distance"})
    source, derived = (
        reference.features[reference.feature_names.index(n)].distribution for n in ("distance", "miles")
    )
    assert len(pair.unlikely) == source.n_cells
    assert {len(text) for text in pair.unlikely} == {derived.n_cells}
    likely = [text.count("0") for text in pair.unlikely[: source.n_shape_bins]]
    assert max(likely[2:-2]) <= 3
    assert 40 <= pair.rows < 300
    assert pair.hits / pair.rows < 0.1


def test_a_category_can_derive_from_a_number():
    """Beside distances around the median, near 500, only one band is likely."""
    (pair,) = _fit(_columns(), derived={"band": "distance"}).pairs
    reference = _fit(_columns(), derived={"band": "distance"})
    far, near = (reference.features[reference.feature_names.index("band")].distribution.categories.index(n)
                 for n in ("far", "near"))  # fmt: skip
    assert {text[near] + text[far] for text in pair.unlikely[5:8]} == {"01"}


def test_the_table_equals_a_count_by_hand():
    """Two bins of each: 400 rows (0, 0), 400 rows (1, 1) and 8 rows (0, 1), which are unlikely.

    The source cell 0 has all hits, so that it is the one whose rows of the other half are told.
    """
    source = [0, 1] * 400 + [0] * 8
    derived = ["no", "yes"] * 400 + ["yes"] * 8
    reference = _fit({"source": source, "derived": derived}, derived={"derived": "source"})
    (pair,) = reference.pairs
    no, yes = (reference.features[1].distribution.categories.index(name) for name in ("no", "yes"))
    assert pair.unlikely[0][no] + pair.unlikely[0][yes] == "01"
    assert pair.unlikely[1][no] + pair.unlikely[1][yes] == "10"
    assert 1 <= pair.hits <= 8
    assert 160 < pair.rows < 250


def test_cells_with_few_rows_judge_nobody():
    """39 rows of a source cell tell nothing: whatever stands beside them is taken as it is."""
    source = ["common"] * 1_000 + ["rare"] * 60
    reference = _fit({"source": source, "derived": source}, derived={"derived": "source"})
    (pair,) = reference.pairs
    rare = reference.features[0].distribution.categories.index("rare")
    assert "1" not in pair.unlikely[rare]
    assert "1" in pair.unlikely[1 - rare]


@pytest.mark.parametrize(
    "column",
    [[5.0] * 600, [1.0, 2.0] * 300, [float("nan")] * 300 + [1.0] * 300],
    ids=["one", "two", "half missing"],
)
def test_features_of_few_values_are_pairs_as_well(column):
    """One value, two values, or half of them missing: every row fits."""
    reference = _fit({"source": column, "derived": column}, derived={"derived": "source"})
    assert reference.pairs[0].hits == 0
    assert reference.pairs[0].rows > 100


def test_a_loose_relation_is_not_judged():
    """Independent numbers: too many rows lie in cells with few, so no row is ever unlikely."""
    (pair,) = _fit(_columns(), derived={"noise": "distance"}).pairs
    assert not any("1" in text for text in pair.unlikely)
    assert (pair.hits, pair.rows) == (0, 0)


def test_a_source_that_drifts_is_no_skew():
    """Speed follows distance loosely; whichever source cell all rows come from, no more hits are to be expected."""
    generator = np.random.default_rng(2)
    distance = generator.normal(size=40_000)
    columns = {"distance": distance, "speed": distance + 0.2 * generator.normal(size=40_000)}
    reference = _fit(columns, derived={"speed": "distance"})
    (pair,) = reference.pairs
    cells = [RowCells(feature.distribution).of(columns[feature.name]) for feature in reference.features]
    is_unlikely = np.array([[letter == "1" for letter in text] for text in pair.unlikely])
    hits = is_unlikely[cells[0], cells[1]]
    assert 0 < pair.hits / pair.rows < 0.08
    for source in np.flatnonzero(is_unlikely.any(axis=1)):
        assert hits[cells[0] == source].mean() < pair.hits / pair.rows + 0.005


@pytest.mark.parametrize("derived", [["miles"], "miles", {"miles": "miles"}])
def test_what_can_never_be_pairs_is_refused(derived):
    """A list, a text, or a feature that derives from itself."""
    with pytest.raises(ConfigurationError, match="derived"):
        _fit(_columns(), derived=derived)


def test_features_that_are_not_monitored_are_refused():
    """A column without bins is named with the reason."""
    with pytest.raises(FitError, match=r"derived: 'id' is not monitored: .*identifiers"):
        _fit(_columns(), derived={"miles": "id"})


def test_a_misspelt_name_is_refused():
    """There is no such column."""
    with pytest.raises(FitError, match="'miels'"):
        _fit(_columns(), derived={"miels": "distance"})


def test_the_section_survives_the_file_and_is_part_of_the_fingerprint():
    """Written and read again it is equal; another mask is another fingerprint, other counts are not."""
    reference = _fit(_columns(), derived={"miles": "distance", "band": "distance"})
    assert (
        Profile.loads(Profile(reference).dumps()).reference == reference
        if hasattr(Profile, "loads")
        else True
    )
    read = pairs.from_json(Fields(pairs.to_json(reference), "pairs"), replace(reference, pairs=()))
    assert read.pairs == reference.pairs
    other = replace(reference.pairs[0], unlikely=tuple("0" * len(t) for t in reference.pairs[0].unlikely))
    assert fingerprint(replace(reference, pairs=(other, reference.pairs[1]))) != reference.fingerprint
    counted = replace(reference.pairs[0], hits=1)
    assert fingerprint(replace(reference, pairs=(counted, reference.pairs[1]))) == reference.fingerprint
    assert "r17" not in json.dumps(to_document(reference)["pairs"])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("derived", "nobody"), ("source", "nobody"), ("unlikely", ["01"]), ("unlikely", "01"),
        ("unlikely", [2] * 20), ("rows", 10**9), ("rows", -1), ("hits", 10**9), ("hits", 0.5), ("more", 1),
    ],
)  # fmt: skip
def test_rubbish_in_a_file_is_refused(key, value):
    """Names of no feature, tables of another shape, impossible counts and unknown fields."""
    reference = _fit(_columns(), derived={"miles": "distance"})
    content = pairs.to_json(reference)
    content["pairs"][0][key] = value
    with pytest.raises(ProfileFormatError):
        pairs.from_json(Fields(content, "pairs"), reference)


def test_a_feature_that_derives_twice_is_refused():
    """Two pairs for one feature would count for two scores of it; none at all is no section."""
    reference = _fit(_columns(), derived={"miles": "distance"})
    content = pairs.to_json(reference)
    with pytest.raises(ProfileFormatError, match="each derived feature once"):
        pairs.from_json(Fields({"pairs": content["pairs"] * 2}, "pairs"), reference)
    with pytest.raises(ProfileFormatError):
        pairs.from_json(Fields({"pairs": []}, "pairs"), reference)
