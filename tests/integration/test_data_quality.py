"""Faults of data quality that a served model meets are named, and clean batches are not."""

import numpy as np
import pytest

import mlexporter
from mlexporter.catalogue import (
    DUPLICATE_ROWS_EXCESS,
    FEATURE_INVALID_EXCESS,
    FEATURE_MISSING_EXCESS,
    FEATURE_SKEW,
    FEATURE_STUCK_EXCESS,
    FEATURE_TOP_VALUE,
    FEATURE_UNIT_FACTOR,
    FEATURE_UNSEEN_EXCESS,
)
from mlexporter.profile import Profile
from mlexporter.testing import FakeClock, isolated_exporter


def _rows(generator, n):
    distance = generator.gamma(2, 300, n)
    return {
        "distance": distance,
        "miles": distance / 1.609,
        "weight": generator.normal(70, 12, n),
        "origin": generator.choice(["JFK", "LGA", "EWR"], n).tolist(),
    }


@pytest.fixture(scope="module")
def profile():
    """10,000 rows in which miles derive from a distance."""
    columns = _rows(np.random.default_rng(0), 10_000)
    return Profile.fit(columns, model="m", version="1", derived={"miles": "distance"}, joint=False)


def _served(profile, change):
    """Return scores of features by name, and those of the model, after ten batches of 400 changed rows."""
    generator, clock = np.random.default_rng(1), FakeClock()
    with isolated_exporter(clock) as exporter:

        @mlexporter.monitor(model="m", version="1", profile=profile)
        def predict(frame):
            return np.zeros(len(frame["distance"]))

        exporter.evaluate()
        for _ in range(10):
            predict(change(_rows(generator, 400)))
        exporter.drain()
        clock.advance(600)
        exporter.evaluate()
        (window, *_) = exporter.view().models[0].report.windows
    names = profile.reference.feature_names

    def score(metric, feature):
        return window.features.scores[metric.name][names.index(feature)]

    return score, window.model


def test_clean_rows_have_no_faults(profile):
    """Rows as in training: every bound is 0 or absent, and nothing is stuck, skewed or in another unit."""
    score, whole = _served(profile, lambda rows: rows)
    for feature in ("distance", "miles", "weight", "origin"):
        assert score(FEATURE_MISSING_EXCESS, feature) == 0
        assert score(FEATURE_INVALID_EXCESS, feature) == 0
        assert score(FEATURE_STUCK_EXCESS, feature) == 0
        assert np.isnan(score(FEATURE_UNIT_FACTOR, feature))
    assert score(FEATURE_UNSEEN_EXCESS, "origin") == 0
    assert score(FEATURE_SKEW, "miles") == 0
    assert score(FEATURE_TOP_VALUE, "origin") < 0.4
    assert whole[DUPLICATE_ROWS_EXCESS.name] == 0


def test_another_unit_and_a_skew_are_told_apart(profile):
    """Kilometres where miles were look usual by themselves, and grams do not: each has its own score."""
    score, _ = _served(
        profile, lambda rows: rows | {"miles": rows["distance"], "weight": rows["weight"] * 1_000}
    )
    assert score(FEATURE_UNIT_FACTOR, "weight") == 1000
    assert score(FEATURE_SKEW, "miles") > 0.6
    assert np.isnan(score(FEATURE_UNIT_FACTOR, "distance"))


def test_a_stuck_feed_and_repeated_rows(profile):
    """One origin for all, and every second row a copy."""

    def change(rows):
        half = {name: np.concatenate([rows[name][:200]] * 2) for name in ("distance", "miles", "weight")}
        return half | {"origin": ["JFK"] * 400}

    score, whole = _served(profile, change)
    assert score(FEATURE_STUCK_EXCESS, "origin") > 0.8
    assert score(FEATURE_TOP_VALUE, "origin") == 1
    assert score(FEATURE_STUCK_EXCESS, "distance") == 0
    assert whole[DUPLICATE_ROWS_EXCESS.name] > 1


def test_missing_invalid_and_unknown_values(profile):
    """A tenth of each is far more than none."""

    def change(rows):
        rows["distance"][::10], rows["weight"][::10] = np.nan, np.inf
        return rows | {"origin": [*["XXX"] * 40, *rows["origin"][40:]]}

    score, _ = _served(profile, change)
    assert score(FEATURE_MISSING_EXCESS, "distance") > 0.2
    assert score(FEATURE_INVALID_EXCESS, "weight") > 0.2
    assert score(FEATURE_UNSEEN_EXCESS, "origin") > 0.2
