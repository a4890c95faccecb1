"""Odd columns and odd times have a defined answer each: absent with a reason, or an error with a way out."""

import numpy as np
import pytest

from mlexporter.errors import FitError
from mlexporter.profile import Profile

START = 1_700_438_400.0
HOUR = 3600.0


def _fit(columns, told=None, **options):
    defaults = {
        "model": "m",
        "version": "1",
        "created": 1.0,
        "tell": (told if told is not None else []).append,
    }
    return Profile.fit(columns, **{**defaults, **options})


def _times(n):
    return START + HOUR / 200 * np.arange(n)


def test_one_value():
    """A feature with one value has one bin, and neither season nor noise."""
    n = 6_000
    profile = _fit({"x": np.full(n, 7.0), "at": _times(n)}, timestamp="at")
    (feature,) = profile.reference.features
    assert feature.distribution.n_shape_bins == 1
    assert feature.noise == {}
    assert profile.reference.slots is None
    assert Profile.from_json(profile.to_json()) == profile


def test_two_values():
    """A feature with two values has two bins, and noise like any other."""
    n = 6_000
    values = np.random.default_rng(0).integers(0, 2, n)
    feature = _fit({"x": values, "at": _times(n)}, timestamp="at").reference.features[0]
    assert feature.distribution.n_shape_bins == 2
    assert feature.noise["1h"].blocks >= 24


def test_all_missing_and_all_distinct():
    """A feature without values and one of identifiers are skipped with their reasons."""
    n = 6_000
    reference = _fit(
        {
            "x": np.arange(n) % 7,
            "none": np.full(n, np.nan),
            "id": [f"i{row}" for row in range(n)],
            "at": _times(n),
        },
        timestamp="at",
    ).reference
    assert reference.feature_names == ("x",)
    assert "no training row has a value" in reference.skipped["none"]
    assert "identifiers" in reference.skipped["id"]


def test_ten_thousand_categories():
    """Twenty have a bin, those with enough rows are known, and the file reads back equal."""
    n = 30_000
    values = [f"shop {row % 10_000}" for row in range(n)]
    profile = _fit({"shop": values, "at": _times(n)}, timestamp="at", minimum_bin_rows=3)
    distribution = profile.reference.features[0].distribution
    assert (len(distribution.categories), len(distribution.other_categories)) == (20, 9_980)
    assert Profile.from_json(profile.to_json()) == profile


def test_thirty_rows():
    """A reference of 30 rows is a profile; what needs more is absent, and every reason is told."""
    told = []
    generator = np.random.default_rng(0)
    profile = _fit(
        {"x": generator.normal(size=30), "c": ["a", "b", "a"] * 10, "score": generator.random(30), "at": _times(30)},
        told, timestamp="at", prediction="score", segment="c", minimum_bin_rows=5,
    )  # fmt: skip
    reference = profile.reference
    assert reference.row_count == 30
    assert reference.slots is None
    assert all(not feature.noise for feature in reference.features)
    assert [sentence.split(":")[0] for sentence in told[:2]] == ["no seasons", "no segments"]
    assert sum(sentence.startswith("no noise for") for sentence in told) == 3
    assert Profile.from_json(profile.to_json()) == profile


def test_no_row_has_a_time():
    """A column of times without a time leaves seasons and noise out, and says so."""
    told = []
    reference = _fit({"x": np.arange(900) % 7, "at": [None] * 900}, told, timestamp="at").reference
    assert reference.slots is None
    assert reference.features[0].noise == {}
    assert "no seasons: no row has a time" in told


@pytest.mark.parametrize(
    "times",
    [
        np.full(6_000, START),
        np.full(6_000, "NaT", dtype="datetime64[s]"),
        np.full(6_000, -1e9),
        np.full(6_000, 9e9),
    ],
    ids=["equal", "not a time", "before 1970", "after 2100"],
)
def test_times_that_teach_nothing(times):
    """Equal times, and times that are none, leave seasons and noise out."""
    reference = _fit({"x": np.arange(6_000) % 7, "at": times}, timestamp="at").reference
    assert reference.slots is None
    assert reference.features[0].noise == {}


def test_gaps_and_missing_times_leave_the_rest_usable():
    """Rows without a time, hours without rows and rows out of order change nothing for the others."""
    generator = np.random.default_rng(3)
    n = 12_000
    x = generator.normal(size=n)
    times = _times(n)
    times[times > START + 20 * HOUR] += 500 * HOUR
    gaps = np.where(generator.random(n) < 0.1, np.nan, times)
    order = generator.permutation(n)
    noise = _fit({"x": x[order], "at": gaps[order]}, timestamp="at").reference.features[0].noise["1h"]
    assert 50 <= noise.blocks <= 60
    assert noise.location == pytest.approx(1 / 180, rel=0.6)


def test_nothing_but_times_is_no_profile():
    """A frame whose only column is that of times has nothing to monitor."""
    with pytest.raises(FitError, match="no column can be monitored"):
        _fit({"at": _times(500)}, timestamp="at")
