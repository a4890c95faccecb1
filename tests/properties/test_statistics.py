"""What must hold for every statistic of the catalogue, whatever the counts."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.catalogue import CATALOGUE
from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.statistics.bin_positions import bin_positions
from mlexporter.statistics.combined_p_value import combined_p_value
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.expected_counts import effective_reference
from mlexporter.statistics.multiplicity import dataset_p_value, drifted_features
from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.statistic import statistic_named
from mlexporter.statistics.subject_groups import GroupSlots, SubjectGroup

NAMES = sorted({metric.statistic for metric in CATALOGUE if metric.statistic})
NEEDS_ORDER = {metric.statistic for metric in CATALOGUE if metric.is_ordered}
UPPER_BOUNDS = {
    "jensen_shannon_distance": 1.0,
    "hellinger_distance": 1.0,
    "total_variation": 1.0,
    "kolmogorov_smirnov_statistic": 1.0,
    "p_value": 1.0,
    "share_excess": np.pi,
}
SIGNED = {"location", "spread"}
SYMMETRIC = {
    "population_stability_index",
    "jensen_shannon_distance",
    "hellinger_distance",
    "total_variation",
    "kolmogorov_smirnov_statistic",
    "wasserstein_distance",
    "effect",
}
DISTANCES = sorted(set(NAMES) - {"p_value", "minimum_detectable_effect"})
SCALE_FREE = sorted({*SYMMETRIC, *SIGNED} - {"population_stability_index", "effect"})
GROW_WITH_A_SHIFT = sorted(set(NAMES) - {"p_value", "minimum_detectable_effect", "spread", "share_excess"})
ALLOWS_FOR_NOISE = {"effect", "effect_lower_bound", "severity"}

counts = (
    st.integers(min_value=0, max_value=10**17)
    | st.integers(min_value=0, max_value=10**6)
    | st.integers(min_value=0, max_value=3)
)


@st.composite
def pairs(draw, *, rows=counts):
    """Draw current and reference counts in the same 2 to 12 bins."""
    n_bins = draw(st.integers(min_value=2, max_value=12))
    bins = st.lists(rows, min_size=n_bins, max_size=n_bins)
    return draw(bins), draw(bins)


def _comparison(current, reference, *, is_ordered=True):
    current, reference = np.array([current], dtype=np.int64), np.array([reference], dtype=np.int64)
    edges = tuple(float(edge) for edge in range(1, current.shape[1]))
    distribution = Distribution(
        Kind.NUMERIC, TrainingType.FLOAT, edges=edges, minimum=0.0, maximum=20.0, standard_deviation=2.5
    )
    return Comparison(
        current,
        reference,
        is_ordered,
        positions=bin_positions(distribution)[None],
        n_subjects=20,
        n_windows=3,
    )


def _value(name, current, reference, *, is_ordered=True):
    return statistic_named(name)(_comparison(current, reference, is_ordered=is_ordered))[0]


@pytest.mark.parametrize("is_ordered", [True, False])
@pytest.mark.parametrize("name", NAMES)
@given(pair=pairs())
@settings(max_examples=examples(60), deadline=None)
def test_every_value_is_defined_and_within_its_bounds(name, is_ordered, pair):
    """Never NaN, also for empty samples; never below 0 but for signed ones; never above its bound."""
    value = _value(name, *pair, is_ordered=is_ordered)
    assert not np.isnan(value)
    assert value <= UPPER_BOUNDS.get(name, np.inf)
    assert name in SIGNED or value >= 0


@pytest.mark.parametrize("name", DISTANCES)
@given(
    reference=st.lists(st.integers(min_value=1, max_value=10**6), min_size=2, max_size=12),
    factor=st.integers(min_value=1, max_value=7),
)
@settings(max_examples=examples(40), deadline=None)
def test_equal_shares_are_no_drift(name, reference, factor):
    """Any multiple of the reference's counts is at distance 0 (equal counts where they are smoothed)."""
    multiple = 1 if name == "population_stability_index" else factor
    assert abs(_value(name, [rows * multiple for rows in reference], reference)) <= 1e-6


@pytest.mark.parametrize("name", sorted(SYMMETRIC))
@given(pair=pairs())
@settings(max_examples=examples(40), deadline=None)
def test_distances_are_symmetric(name, pair):
    """Which sample is called the reference does not matter."""
    current, reference = pair
    np.testing.assert_allclose(
        _value(name, current, reference), _value(name, reference, current), rtol=1e-9, atol=1e-7
    )


@pytest.mark.parametrize("name", sorted(set(NAMES) - NEEDS_ORDER - {"share_excess"}))
@given(pair=pairs(rows=st.integers(min_value=1, max_value=10**6)), data=st.data())
@settings(max_examples=examples(40), deadline=None)
def test_unordered_statistics_ignore_the_order_of_categories(name, pair, data):
    """The same permutation of both samples changes nothing (equal reference counts aside)."""
    current, reference = pair
    distinct = [rows * 20 + place for place, rows in enumerate(reference)]
    order = data.draw(st.permutations(range(len(distinct))))
    permuted = [[values[place] for place in order] for values in (current, distinct)]
    before = _value(name, current, distinct, is_ordered=False)
    np.testing.assert_allclose(_value(name, *permuted, is_ordered=False), before, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", SCALE_FREE)
@given(pair=pairs(), factor=st.integers(min_value=2, max_value=50))
@settings(max_examples=examples(30), deadline=None)
def test_scale_free_statistics_see_shares_only(name, pair, factor):
    """The same shares from more rows give the same value."""
    scaled = [[rows * factor for rows in values] for values in pair]
    np.testing.assert_allclose(_value(name, *scaled), _value(name, *pair), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", NAMES)
@given(first=pairs(), extra=counts)
@settings(max_examples=examples(30), deadline=None)
def test_a_row_does_not_depend_on_its_neighbours(name, first, extra):
    """The summed counts of two workers give the same value alone and beside another row."""
    current, reference = np.array([first[0]]), np.array([first[1]])
    second = np.full_like(current, extra)
    together = Comparison(current + second, reference, is_ordered=False)
    beside = Comparison(
        np.vstack([second, current + second]), np.vstack([second + 1, reference]), is_ordered=False
    )
    if name not in NEEDS_ORDER:
        found = statistic_named(name)(beside)[1]
        np.testing.assert_allclose(found, statistic_named(name)(together)[0], rtol=1e-12)


@pytest.mark.parametrize("name", GROW_WITH_A_SHIFT)
@given(
    reference=st.lists(st.integers(min_value=200, max_value=10**4), min_size=3, max_size=10),
    steps=st.integers(min_value=2, max_value=8),
)
@settings(max_examples=examples(30), deadline=None)
def test_a_growing_shift_never_looks_smaller(name, reference, steps):
    """Moving more and more of the lowest bin into the highest only raises the value."""
    values = []
    for step in range(steps + 1):
        current = list(reference)
        moved = reference[0] * step // steps
        current[0] -= moved
        current[-1] += moved
        values.append(_value(name, current, reference))
    assert all(later >= earlier - 1e-6 for earlier, later in itertools.pairwise(values))
    assert values[-1] > values[0] or name in ALLOWS_FOR_NOISE


def _noise(values, blocks):
    location, spread, omnibus = (np.array([value]) for value in values)
    return NoiseFloor(location, spread, omnibus, np.array([float(blocks)]))


noises = st.tuples(*[st.floats(min_value=0, max_value=10)] * 3)


@pytest.mark.parametrize("is_ordered", [True, False])
@pytest.mark.parametrize("name", sorted({*ALLOWS_FOR_NOISE, "p_value", "minimum_detectable_effect"}))
@given(pair=pairs(), values=noises, blocks=st.integers(min_value=24, max_value=2_000))
@settings(max_examples=examples(40), deadline=None)
def test_every_value_is_defined_with_learned_noise_too(name, is_ordered, pair, values, blocks):
    """Never NaN, whatever was learned; within the same bounds."""
    comparison = replace(_comparison(*pair, is_ordered=is_ordered), noise=_noise(values, blocks))
    value = statistic_named(name)(comparison)[0]
    assert not np.isnan(value)
    assert value <= UPPER_BOUNDS.get(name, np.inf)
    assert name in SIGNED or value >= 0
    assert 0 <= combined_p_value(comparison)[0] <= 1


@pytest.mark.parametrize("name", ["effect", "effect_lower_bound", "severity", "minimum_detectable_effect"])
@given(
    pair=pairs(), value=st.floats(min_value=0, max_value=10), factor=st.floats(min_value=1.01, max_value=100)
)
@settings(max_examples=examples(40), deadline=None)
def test_more_noise_in_all_directions_never_makes_drift_larger(name, pair, value, factor):
    """Where it is in force already; what can be detected only grows."""
    plain = _comparison(*pair)
    value = max(value, float(np.minimum(plain.s[0], 1.0)) * 1.01)
    less, more = (
        statistic_named(name)(replace(plain, noise=_noise([amount] * 3, 24)))[0]
        for amount in (value, value * factor)
    )
    if name == "minimum_detectable_effect":
        assert more >= less
    else:
        assert more <= less + 1e-9


@given(p_values=st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=40), data=st.data())
@settings(max_examples=examples(60), deadline=None)
def test_evidence_only_grows_when_a_p_value_falls(p_values, data):
    """In any order of the features; a count between none and all, a probability between 0 and 1."""
    found = np.array(p_values)
    place = data.draw(st.integers(min_value=0, max_value=len(p_values) - 1))
    lower = found.copy()
    lower[place] *= data.draw(st.floats(min_value=0, max_value=1))
    assert 0 <= drifted_features(found) <= drifted_features(lower) <= len(p_values)
    assert 0 <= dataset_p_value(lower) <= dataset_p_value(found) * (1 + 1e-9) <= 1
    permuted = np.array(data.draw(st.permutations(p_values)))
    assert drifted_features(permuted) == drifted_features(found)
    np.testing.assert_allclose(dataset_p_value(permuted), dataset_p_value(found), rtol=1e-9)


@given(
    cells=st.lists(
        st.lists(st.integers(min_value=0, max_value=10**6), min_size=3, max_size=3), min_size=1, max_size=6
    ),
    data=st.data(),
)
@settings(max_examples=examples(80), deadline=None)
def test_effective_rows_are_between_those_of_the_smallest_slot_and_of_all(cells, data):
    """A mix is known no worse than its worst part and no better than by all training rows of its slots."""
    counts = np.array(cells, dtype=np.float64)[:, None, :]
    n_slots = len(cells)
    rows = np.array(
        [data.draw(st.lists(st.integers(0, 10**6), min_size=n_slots, max_size=n_slots))], dtype=np.float64
    )
    m = counts.sum(axis=2)
    of_slot = np.maximum(m, 1.0)
    places = np.arange(1)
    group = SubjectGroup(
        members=places, cells=np.arange(3)[None], is_ordered=True, reference=counts.sum(axis=0), thresholds=np.ones(1),
        uses_psi=np.zeros(1, dtype=bool), positions=np.zeros((1, 3)),
        slots=GroupSlots(counts / of_slot[:, :, None], m / of_slot, m / of_slot**2, (m == 0).astype(float)),
    )  # fmt: skip
    found = effective_reference(group, rows)[0, 0]
    used = (rows[0] > 0) & (m[:, 0] > 0)
    if used.any() and rows[0][m[:, 0] == 0].sum() * 2 <= rows.sum():
        assert m[used].min() * (1 - 1e-9) <= found.sum() <= m[used].sum() * (1 + 1e-9)
    else:
        np.testing.assert_array_equal(found, group.reference[0])
