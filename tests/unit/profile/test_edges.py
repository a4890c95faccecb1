"""Edges lie where the statistics want them, in gaps, and rest on enough rows."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlexporter.profile.edges import (
    HYBRID_PROBABILITIES,
    above,
    below,
    edge_between,
    number_edges,
    score_edges,
    with_threshold,
)


def _counts(edges, numbers):
    where = np.searchsorted(np.float32(edges), np.float32(numbers), side="left")
    return np.bincount(where, minlength=len(edges) + 1)


def test_many_rows_get_hybrid_bins():
    """10,000 distinct values are cut at the 17 hybrid quantiles."""
    numbers = np.random.default_rng(0).normal(size=10_000)
    edges = number_edges(numbers, 20)
    assert len(edges) == 17
    assert _counts(edges, numbers)[:-1].cumsum() / 10_000 == pytest.approx(HYBRID_PROBABILITIES, abs=2e-4)


@pytest.mark.parametrize(("n_rows", "n_bins"), [(900, 18), (500, 10), (250, 5), (120, 5)])
def test_fewer_rows_get_fewer_even_bins(n_rows, n_bins):
    """Below 1,000 rows there is a bin for each 50, and never fewer than five."""
    numbers = np.random.default_rng(0).normal(size=n_rows)
    counts = _counts(number_edges(numbers, 20), numbers)
    assert len(counts) == n_bins
    assert counts.max() - counts.min() <= 2


def test_edges_that_rest_on_too_few_rows_are_dropped():
    """With 1,000 rows the quantiles .005 and .995 rest on 5 rows, .02 and .98 on 20."""
    numbers = np.random.default_rng(0).normal(size=1_000)
    assert len(number_edges(numbers, 20)) == 15
    assert len(number_edges(numbers, 21)) == 13
    assert len(number_edges(numbers, 5)) == 17
    assert number_edges(numbers[:30], 20) == ()


def test_few_values_get_a_bin_each():
    """Up to 20 values: an edge two float32 steps above each but the last."""
    numbers = np.repeat([1.0, 2.0, 5.0], [100, 30, 70])
    edges = number_edges(numbers, 20)
    assert edges == (above(np.float32(1)), above(np.float32(2)))
    assert _counts(edges, numbers).tolist() == [100, 30, 70]


def test_a_rare_value_has_no_edge():
    """A value of 19 rows is not told apart, nor written anywhere."""
    numbers = np.repeat([1.0, 2.0, 3.0, 4.0], [100, 19, 50, 19])
    edges = number_edges(numbers, 20)
    assert edges == (above(np.float32(1)),)


def test_frequent_values_are_atoms():
    """A value with 2 % of the rows has a bin of its own, of four float32 steps."""
    numbers = np.concatenate([np.full(400, 2.5), np.random.default_rng(0).normal(size=5_000)])
    edges = number_edges(numbers, 20)
    low, high = below(np.float32(2.5)), above(np.float32(2.5))
    assert low in edges
    assert edges[edges.index(low) + 1] == high
    assert np.float32(2.5) - np.float32(low) == 2 * np.spacing(np.float32(2.5))
    assert _counts(edges, numbers)[edges.index(high)] == 400


def test_zero_has_an_atom_that_survives_flushed_subnormals():
    """30 % zeros are told apart from 1e-6, with edges no library rounds to zero."""
    numbers = np.concatenate([np.zeros(300), np.random.default_rng(0).lognormal(size=700)])
    edges = number_edges(numbers, 20)
    assert edges[0] == 1e-37
    assert _counts(edges, [0.0])[0] == 1
    assert _counts(edges, [1e-6])[0] == 0


def test_at_most_five_values_are_atoms():
    """Of ten frequent values the five with most rows are atoms; the rest is cut by quantiles."""
    numbers = np.concatenate(
        [np.repeat(np.arange(10.0), 300 - np.arange(10)), np.random.default_rng(0).normal(size=900) * 50]
    )
    edges = number_edges(numbers, 20)
    narrow = [high - low for low, high in itertools.pairwise(edges) if high - low < 1e-4]
    assert len(narrow) == 5


def test_edges_are_short_and_nobodys_value():
    """An edge in a wide gap is the shortest decimal there and equals no row."""
    numbers = np.random.default_rng(0).normal(size=2_000) * 1000
    edges = number_edges(numbers, 20)
    assert not set(np.float32(edges)) & set(np.float32(numbers))
    assert max(len(repr(abs(edge))) for edge in edges) <= 9


@given(st.floats(-1e30, 1e30).map(np.float32), st.integers(1, 2**28))
def test_an_edge_separates_its_neighbours(low, steps):
    """However near two float32 numbers are, the edge keeps the lower one below, the higher above."""
    high = (
        np.nextafter(low, np.float32(np.inf))
        if steps == 1
        else np.float32(float(low) + steps * float(np.spacing(abs(low))))
    )
    edge = np.float32(edge_between(low, high))
    assert low <= edge < high


@given(
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 3).map(float),
        min_size=1,
        max_size=300,
    )
)
def test_edges_ascend_in_float32(numbers):
    """Edges are finite and strictly ascending in float32, whatever the values; no bin loses a row."""
    edges = number_edges(np.array(numbers), 2)
    small = np.float32(edges)
    assert np.isfinite(small).all()
    assert (np.diff(small) > 0).all()


def test_scores_are_cut_by_both_classes():
    """Class-mixed edges hold ten quantiles of the positives and ten of the negatives."""
    generator = np.random.default_rng(3)
    positives, negatives = generator.beta(6, 2, 500), generator.beta(1, 20, 50_000)
    edges = score_edges(positives, negatives, 20)
    assert len(edges) == 20
    wanted = np.arange(1, 11) / 11
    for scores in (positives, negatives):
        reached = np.searchsorted(np.sort(scores), edges) / len(scores)
        assert max(abs(reached - share).min() for share in wanted) < 0.003


def test_few_scores_get_a_bin_each():
    """Scores of a small tree take a handful of values: one bin each."""
    assert score_edges(np.repeat([0.2, 0.8], 50), np.repeat([0.2, 0.5], 50), 20) == (
        above(np.float32(0.2)),
        above(np.float32(0.5)),
    )


def test_the_decision_threshold_begins_a_bin():
    """A score equal to the threshold lies above the edge, and no other edge crowds it."""
    edges = with_threshold((0.2, 0.5, 0.7), 0.5)
    assert len(edges) == 3
    assert _counts(edges, [0.5, 0.4999]).tolist() == [0, 1, 1, 0]


def test_a_gap_around_zero_is_cut_at_zero():
    """Between a negative and a positive value the shortest number is 0."""
    assert edge_between(np.float32(-1), np.float32(3)) == 0.0
