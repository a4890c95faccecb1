"""How often training rows are equal, which categories just sufficed, and how many rows repeat."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mlexporter.errors import ProfileFormatError
from mlexporter.profile import Profile
from mlexporter.profile.fields import Fields
from mlexporter.profile.sections import values


def _fit(columns, **options):
    return Profile.fit(
        columns, **{"model": "m", "version": "1", "created": 1.0, "joint": False, **options}
    ).reference


def _feature(column, **options):
    (feature,) = _fit({"x": column}, **options).features
    return feature


def _share_of_equal_pairs(column):
    times = Counter(value for value in column if value == value)  # noqa: PLR0124 - NaN equals nothing
    return sum(n * (n - 1) for n in times.values()) / len(column) / (len(column) - 1)


def test_collision_equals_a_count_of_all_pairs():
    """Brute force over all ordered pairs of 600 rows, atoms and gaps included."""
    generator = np.random.default_rng(2)
    column = np.where(generator.random(600) < 0.4, 0.0, generator.integers(0, 90, 600) / 10)
    column[::7] = np.nan
    small = column.astype(np.float32)
    pairs = (small[:, None] == small[None, :]) & ~np.eye(600, dtype=bool)
    assert _feature(column).collision == pytest.approx(pairs.sum() / 600 / 599, rel=1e-6)


def test_a_hand_worked_case():
    """60 rows "a" and 40 rows "b": (60 59 + 40 39) / (100 99) = 5100 / 9900."""
    assert _feature(["a"] * 60 + ["b"] * 40).collision == pytest.approx(5_100 / 9_900, rel=1e-6)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ([5.0] * 100, 1.0), (list(np.linspace(0, 1, 400)), 0.0), ([True, False] * 50, 4_900 / 9_900),
        ([5.0] * 50 + [None] * 50, 2_450 / 9_900), ([5.0] * 50 + [float("inf")] * 50, 2_450 / 9_900),
        (["a"] * 50 + [None] * 50, 2_450 / 9_900), ([-0.0, 0.0] * 50, 1.0),
    ],
    ids=["one value", "all distinct", "two values", "half missing", "half invalid", "half missing texts", "zeros"],
)  # fmt: skip
def test_simple_columns(column, expected):
    """Missing and invalid values equal nothing; minus zero is zero."""
    assert _feature(column).collision == pytest.approx(expected, rel=1e-6)


def test_large_columns_are_sampled():
    """Of 60,000 rows 10,000 are looked at, and tell the share of equal pairs to 0.01."""
    column = np.random.default_rng(1).geometric(0.3, 60_000)
    assert _feature(column).collision == pytest.approx(_share_of_equal_pairs(column.tolist()), abs=0.01)


def test_once_seen_counts_categories_that_just_sufficed():
    """Of 30 categories three have exactly 20 rows: one row less and serving would not know them."""
    column = [f"c{i:02d}" for i in range(27) for _ in range(40)] + [
        f"d{i}" for i in range(3) for _ in range(20)
    ]
    column += ["rare"] * 19
    assert _feature(column).once_seen == 60
    assert _feature(pd.Series(column).astype("category")).once_seen == 60
    assert _feature(np.arange(500.0)).once_seen is None


def test_once_seen_is_the_classic_one_where_one_row_is_enough():
    """With ``minimum_bin_rows=1`` it is the rows of categories that occur once."""
    column = ["a"] * 90 + ["b", "c"] * 2 + ["d", "e", "f"]
    assert _feature(column, minimum_bin_rows=1).once_seen == 3


@pytest.mark.slow
def test_ten_thousand_categories_are_counted_exactly():
    """Names that share a bin are tallied one by one, whatever form the column has."""
    generator = np.random.default_rng(5)
    column = [f"c{int(number)}" for number in generator.integers(0, 10_000, 100_000)]
    expected = 10 * sum(n == 10 for n in Counter(column).values())
    assert expected > 0
    assert _feature(column, minimum_bin_rows=10).once_seen == expected
    mixed = [
        str(number) if index % 30 else number
        for index, number in enumerate(generator.integers(0, 30, 3_000).tolist())
    ]
    times = Counter(map(str, mixed))
    wanted = min(times.values())
    found = _feature(mixed, minimum_bin_rows=wanted)
    assert found.once_seen == wanted * sum(n == wanted for n in times.values())


def test_duplicate_rows_equal_a_count_by_hand():
    """In 1,000 rows 100 repeat: 50 pairs and 25 triplets; numbers and categories both have to agree."""
    generator = np.random.default_rng(1)
    x = generator.normal(size=900)
    x = np.concatenate([x, x[:50], x[100:125], x[100:125]])
    origin = ["JFK", "LGA"] * 500
    assert _fit({"x": x}).duplicate_rows == 100
    same = sum(n - 1 for n in Counter(zip(x.tolist(), origin, strict=True)).values())
    assert _fit({"x": x, "origin": origin}).duplicate_rows == same < 100


def test_values_survive_the_file_and_do_not_change_the_fingerprint():
    """Written and read again they are equal; rows are counted in the same cells with and without them."""
    reference = _fit({"x": [1.0, 2.0] * 100, "c": ["a", "b"] * 100})
    bare = replace(
        reference,
        duplicate_rows=None,
        features=tuple(replace(feature, collision=None, once_seen=None) for feature in reference.features),
    )
    content = json.loads(json.dumps(values.to_json(reference)))
    assert values.from_json(Fields(content, "values"), bare) == reference
    assert values.to_json(bare) is None
    assert values.identity(reference) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["features"][0].update(collision=1.5),
        lambda content: content["features"][0].update(collision=-0.1),
        lambda content: content["features"][0].update(collision="much"),
        lambda content: content["features"][1].update(once_seen=201),
        lambda content: content["features"][1].update(once_seen=1.5),
        lambda content: content["features"][0].update(feature="nobody"),
        lambda content: content["features"][0].update(more=1),
        lambda content: content.update(duplicate_rows=201),
        lambda content: content.update(more=1),
        lambda content: content.pop("duplicate_rows"),
    ],
    ids=["above 1", "negative", "a text", "more than rows", "a fraction", "unknown", "field", "rows", "more", "gone"],
)  # fmt: skip
def test_rubbish_in_a_file_is_refused(change):
    """Impossible numbers, unknown names and fields raise an error that says which."""
    reference = _fit({"x": [1.0, 2.0] * 100, "c": ["a", "b"] * 100})
    content = values.to_json(reference)
    change(content)
    with pytest.raises(ProfileFormatError):
        values.from_json(Fields(content, "values"), reference)
