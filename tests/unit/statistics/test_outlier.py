"""Bins that follow the reference: one extreme value changes nothing that matters (decision 31)."""

import numpy as np
import pytest

from mlexporter.catalogue import FEATURE_DRIFT
from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.statistics.bin_positions import bin_positions
from mlexporter.statistics.statistic import statistic_named

QUANTILES = [0.005, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.995]
RELATIVE = [
    metric.statistic for metric in FEATURE_DRIFT if metric.statistic not in {"location", "spread", "p_value"}
]


@pytest.fixture(scope="module")
def samples():
    """Counts without and with one value of 1e4 among 2,000 shifted by .8, and the distribution."""
    random = np.random.default_rng(31)
    training = random.normal(size=50_000)
    shifted = random.normal(loc=0.8, size=2_000)
    edges = np.quantile(training, QUANTILES)
    low, high = np.sort(training)[[19, -20]]
    described = Distribution(
        Kind.NUMERIC, TrainingType.FLOAT, edges=tuple(edges), minimum=low, maximum=high,
        standard_deviation=float(training.std()),
    )  # fmt: skip

    def count(values):
        return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)

    return count(shifted), count(np.append(shifted[1:], 1e4)), count(training), described


def _both(samples, compare, name):
    clean, spoiled, training, described = samples
    return (
        statistic_named(name)(compare(counts, training, positions=bin_positions(described)[None]))[0]
        for counts in (clean, spoiled)
    )


@pytest.mark.parametrize("name", RELATIVE)
def test_one_outlier_changes_a_measure_by_less_than_one_percent(samples, compare, name):
    """The measure is there and stays within 1 %."""
    clean, spoiled = _both(samples, compare, name)
    assert clean > 0.05
    assert spoiled == pytest.approx(clean, rel=0.01)


@pytest.mark.parametrize("name", ["location", "spread"])
def test_one_outlier_moves_location_and_spread_by_less_than_a_hundredth(samples, compare, name):
    """A hundredth of a standard deviation at most."""
    clean, spoiled = _both(samples, compare, name)
    assert clean != spoiled
    assert abs(spoiled - clean) < 0.01
