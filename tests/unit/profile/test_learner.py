"""Learning is bounded in memory: edges from a sample, names up to a limit, all else exact."""

import numpy as np
import pytest

from mlexporter.profile import Profile, fitted_columns, learner


def _feature(columns):
    (feature,) = Profile.fit(columns, model="m", version="1", created=1.0).reference.features
    return feature


def test_large_data_is_sampled_with_exact_counts(monkeypatch):
    """Beyond the sample edges move a little, while counts, moments and extremes stay exact."""
    numbers = np.random.default_rng(2).normal(size=30_000)
    exact = _feature({"x": numbers}).distribution
    monkeypatch.setattr(fitted_columns, "SAMPLE_ROWS", 5_000)
    monkeypatch.setattr(fitted_columns, "LEAST_SAMPLE_ROWS", 1_000)
    sampled = _feature({"x": numbers}).distribution
    assert sampled == _feature({"x": numbers}).distribution
    assert sum(sampled.counts) == 30_000
    assert (sampled.mean, sampled.standard_deviation, sampled.minimum, sampled.maximum) == (
        exact.mean, exact.standard_deviation, exact.minimum, exact.maximum,
    )  # fmt: skip
    assert sampled.edges != exact.edges
    assert sampled.edges == pytest.approx(exact.edges, abs=0.2)


def test_many_distinct_names_are_forgotten_safely(monkeypatch):
    """Forgetting rare names bounds memory and never invents a common one."""
    monkeypatch.setattr(learner, "MAXIMUM_TALLIED_NAMES", 100)
    values = ["often"] * 500 + [f"once{index}" for index in range(1_000)]
    distribution = _feature({"x": values}).distribution
    assert distribution.categories == ("often",)
    assert distribution.counts == (500, 0, 1_000, 0, 0)
