"""From counted orders of magnitude to the factor of another unit."""

from dataclasses import replace

import numpy as np
import pytest

from mlexporter.catalogue import FEATURE_UNIT_FACTOR
from mlexporter.profile import Profile
from mlexporter.records import WindowCounts
from mlexporter.records.magnitudes import ZERO_CELL, magnitude_scale
from mlexporter.records.sides import MAGNITUDE_CELLS, MAGNITUDES
from mlexporter.state.binning import Binner
from mlexporter.state.row_block import RowBlock
from mlexporter.state.sides.magnitudes import Magnitudes
from mlexporter.statistics.quality_scores import quality_scores
from mlexporter.statistics.unit_scores import magnitude_quantiles


@pytest.fixture(scope="module")
def reference():
    """A profile of a weight, a temperature, a constant, a category and a number that is often missing."""
    generator = np.random.default_rng(2)
    n = 2_000
    gaps = generator.lognormal(3, 1, n)
    gaps[::2] = np.nan
    rows = {
        "weight": generator.normal(70, 12, n),
        "temperature": generator.normal(20, 6, n),
        "constant": np.full(n, 5.0),
        "origin": generator.choice(["JFK", "LGA"], n).tolist(),
        "gaps": gaps,
    }
    return Profile.fit(rows, model="m", version="1", created=1.0, joint=False).reference


def _window(reference, columns):
    binners = [Binner(feature.distribution) for feature in reference.features]
    counted = [
        binner.count(columns[name]) for name, binner in zip(reference.feature_names, binners, strict=True)
    ]
    numbers = [place for place, feature in enumerate(reference.features) if feature.distribution.is_ordered]
    matrix = np.column_stack([columns[reference.feature_names[place]] for place in numbers]).astype(
        np.float32
    )
    side = np.zeros(max(place.stop for place in reference.side_places.values()), dtype=np.int64)
    block = RowBlock(matrix, number_places=numbers, cells={}, now=0.0)
    Magnitudes(reference).count(block, side[reference.side_places[MAGNITUDES]])
    return WindowCounts(
        name="1h",
        span_seconds=3600.0,
        row_count=len(matrix),
        feature_cells=np.concatenate([found.cells for found in counted]),
        out_of_range=np.array([found.out_of_range for found in counted]),
        type_mismatches=np.array([found.type_mismatches for found in counted]),
        output_cells=np.zeros(0, dtype=np.int64),
        side_cells=side,
    )


def _rows(n=400, seed=9, **changed):
    generator = np.random.default_rng(seed)
    rows = {
        "weight": generator.normal(70, 12, n),
        "temperature": generator.normal(20, 6, n),
        "constant": np.full(n, 5.0),
        "origin": ["JFK", "LGA"] * (n // 2) + ["JFK"] * (n % 2),
        "gaps": generator.lognormal(3, 1, n),
    }
    return rows | {name: change(rows[name]) for name, change in changed.items()}


def _factors(reference, rows):
    found = quality_scores(reference, [_window(reference, rows)], required_observations=100)
    return dict(zip(reference.feature_names, found[FEATURE_UNIT_FACTOR.name][0], strict=True))


def test_changed_units_are_named_and_others_are_not(reference):
    """Grams for kilograms and Fahrenheit for Celsius, in one window; what did not change has no factor."""
    rows = _rows(weight=lambda x: x * 1_000, temperature=lambda x: 1.8 * x + 32)
    factors = _factors(reference, rows)
    assert factors["weight"] == 1000.0
    assert factors["temperature"] == 1.8
    assert all(np.isnan(factors[name]) for name in ("constant", "origin", "gaps"))


def test_values_that_leave_the_cells_at_one_end_tell_by_their_middle(reference):
    """Of a skewed feature times 1,000 the largest twentieth is beyond the outermost cell."""
    assert _factors(reference, _rows(gaps=lambda x: x * 1_000))["gaps"] == 1_000.0


def test_clean_rows_and_other_drift_have_no_factor(reference):
    """Neither chance nor a shift nor a wider spread is a unit."""
    for rows in (_rows(), _rows(weight=lambda x: x + 25, temperature=lambda x: (x - 20) * 1.5 + 20)):
        assert all(np.isnan(factor) for factor in _factors(reference, rows).values())


@pytest.mark.parametrize("n", [0, 1, 5, 99])
def test_few_rows_have_no_factor(reference, n):
    """A handful of values tells no unit."""
    rows = _rows(n, weight=lambda x: x * 1_000)
    assert all(np.isnan(factor) for factor in _factors(reference, rows).values())


def test_a_feature_that_is_missing_altogether_has_no_factor(reference):
    """No value, no unit."""
    assert np.isnan(_factors(reference, _rows(weight=lambda x: x * np.nan))["weight"])


def test_a_profile_without_numbers_or_quantiles_has_no_factor(reference):
    """Categories have no unit, and too few training rows have no quantiles."""
    generator = np.random.default_rng(1)
    names = Profile.fit(
        {"origin": generator.choice(["JFK", "LGA"], 500).tolist()}, model="m", version="1", created=1.0
    ).reference
    bare = replace(reference.features[0].distribution, quantiles=())
    small = replace(
        reference, features=(replace(reference.features[0], distribution=bare), *reference.features[1:])
    )
    window = _window(reference, _rows(weight=lambda x: x * 1_000))
    assert np.isnan(
        quality_scores(small, [window], required_observations=100)[FEATURE_UNIT_FACTOR.name][0, 0]
    )
    counts = WindowCounts("1h", 3600.0, 200, np.array([100, 100, 0, 0, 0, 0]), *[np.zeros(1, np.int64)] * 3)
    found = quality_scores(names, [counts], required_observations=100)
    assert np.isnan(found[FEATURE_UNIT_FACTOR.name]).all()


def test_quantiles_equal_a_hand_worked_case(reference):
    """All values in one cell from 1 to sqrt(2) times the scale: the median is its geometric middle."""
    scale = magnitude_scale(reference.features[0].distribution)
    counts = np.zeros((3, MAGNITUDE_CELLS), dtype=np.int64)
    counts[0, ZERO_CELL + 1 + 24] = 8
    counts[1, ZERO_CELL] = 1
    found = magnitude_quantiles(np.full(3, scale), counts)
    assert found[0].tolist() == pytest.approx(
        [scale * 2 ** (part / 2) for part in (0.05, 0.25, 0.5, 0.75, 0.95)]
    )
    assert found[1].tolist() == [0.0] * 5
    assert np.isnan(found[2]).all()


def test_quantiles_lie_within_half_an_octave_of_the_exact_ones(reference):
    """Whatever the sign and the size, as numpy has them; beyond the outermost cells they are infinite."""
    generator = np.random.default_rng(3)
    for values in (generator.normal(0, 50, 999), -generator.lognormal(4, 2, 999)):
        rows = _rows(999) | {"weight": values}
        window = _window(reference, rows)
        counted = window.side_cells[reference.side_places[MAGNITUDES]][None, :MAGNITUDE_CELLS]
        scale = magnitude_scale(reference.features[0].distribution)
        found = magnitude_quantiles(np.array([scale]), counted)[0]
        exact = np.quantile(rows["weight"], (0.05, 0.25, 0.5, 0.75, 0.95))
        outer = [0, 1, 3, 4]
        assert np.abs(np.log2(found[outer] / exact[outer])).max() <= 0.5
    counts = np.zeros((1, MAGNITUDE_CELLS), dtype=np.int64)
    counts[0, [0, -1]] = 10
    assert magnitude_quantiles(np.ones(1), counts)[0, [0, 4]].tolist() == [-np.inf, np.inf]
