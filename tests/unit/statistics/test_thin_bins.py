import numpy as np
import pytest

from mlexporter.statistics.thin_bins import merge_thin_bins


def _merge(current, reference, *, is_ordered=True, required_rows=2.0):
    merged = merge_thin_bins(
        np.atleast_2d(current), np.atleast_2d(reference), is_ordered=is_ordered, required_rows=required_rows
    )
    return [counts[0].tolist() for counts in merged]


def _merge_by_loop(current, reference, required_rows):
    n, m = sum(current), sum(reference)
    groups, gathered = [[0, 0]], 0
    for rows, training_rows in zip(current, reference, strict=True):
        groups[-1][0] += rows
        groups[-1][1] += training_rows
        gathered += n * training_rows
        if gathered >= required_rows * m:
            groups.append([0, 0])
            gathered = 0
    left = groups.pop()
    if groups:
        groups[-1] = [groups[-1][0] + left[0], groups[-1][1] + left[1]]
    else:
        groups = [left]
    return groups


def test_ordered_bins_merge_from_left_to_right():
    """Of 100 rows the bins expect 1, 1, 50, 47, 1: the first two make a group, the last joins the 47."""
    assert _merge([3, 0, 40, 50, 7], [1, 1, 50, 47, 1]) == [[3, 40, 57, 0, 0], [2, 50, 48, 0, 0]]


def test_categories_merge_by_reference_share():
    """Of 100 rows they expect 1, 90, 0, 7, 2, whatever their place: 90, 7, 2 with the rest."""
    found = _merge([5, 80, 2, 9, 4], [1, 90, 0, 7, 2], is_ordered=False)
    assert found == [[80, 9, 11, 0, 0], [90, 7, 3, 0, 0]]


def test_nothing_merges_when_switched_off():
    """A requirement of 0 rows leaves every bin alone, empty ones included."""
    assert _merge([0, 1, 9], [0, 1, 9], required_rows=0.0) == [[0, 1, 9], [0, 1, 9]]


def test_too_few_rows_make_one_group():
    """A window of one row expects 2 rows nowhere."""
    assert _merge([1, 0, 0], [10, 10, 10]) == [[1, 0, 0], [30, 0, 0]]


def test_exactly_two_expected_rows_are_enough():
    """40 rows and a share of 1/20 expect 2 rows."""
    assert _merge([20, 20], [100, 1900])[1] == [100, 1900]


@pytest.mark.parametrize("seed", range(20))
def test_it_equals_a_plain_loop(seed):
    """Random ordered counts with many thin bins, several rows at once."""
    random = np.random.default_rng(seed)
    current = random.poisson(random.gamma(0.5, 4.0, size=(5, 12)))
    reference = random.poisson(random.gamma(0.3, 300.0, size=(5, 12)))
    merged = merge_thin_bins(current, reference, is_ordered=True, required_rows=2.0)
    for row in range(5):
        expected = _merge_by_loop(current[row].tolist(), reference[row].tolist(), 2.0)
        found = np.column_stack([counts[row] for counts in merged])[: len(expected)]
        assert found.tolist() == expected
        assert sum(counts[row, len(expected) :].sum() for counts in merged) == 0


def test_effective_rows_are_merged_as_they_are():
    """Fractions are not cut off: of 100 rows the first two bins expect 1.5 and .75."""
    assert _merge([3, 0, 97], [1.5, 0.75, 97.75]) == [[3, 97, 0], [2.25, 97.75, 0]]
