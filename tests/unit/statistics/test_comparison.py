import numpy as np
import pytest

from mlexporter.errors import BinMismatchError
from mlexporter.statistics.comparison import Comparison, computed_once


def test_shares_rows_and_noise(compare):
    """q, p, n, m and s = 1/n + 1/m of 10 and 100 rows."""
    comparison = compare([2, 3, 5], [50, 30, 20])
    assert comparison.q.tolist() == [[0.2, 0.3, 0.5]]
    assert comparison.p.tolist() == [[0.5, 0.3, 0.2]]
    assert (comparison.n[0], comparison.m[0]) == (10.0, 100.0)
    assert comparison.s[0] == pytest.approx(0.11)
    np.testing.assert_allclose(comparison.difference, [[-0.3, 0.0, 0.3]])


def test_alpha_is_shared_out_over_subjects_and_windows(compare):
    """1e-4 over 50 features and 3 windows."""
    assert compare([1], [1], n_subjects=50, n_windows=3).alpha == pytest.approx(1e-4 / 150)


def test_empty_samples_have_infinite_noise_and_no_shares(compare):
    """Rows of zeros divide nothing by zero."""
    comparison = compare([[0, 0], [1, 1], [0, 0]], [[1, 1], [0, 0], [0, 0]])
    assert comparison.s.tolist() == [np.inf] * 3
    assert comparison.q[0].tolist() == [0.0, 0.0]
    assert comparison.degrees_of_freedom.tolist() == [1, 1, 0]
    assert comparison.phi_squared[2] == 0.0


def test_sums_beyond_int64_do_not_overflow(compare):
    """Three bins of 2^62 rows sum to 1.4e19, more than an int64 holds."""
    comparison = compare([2**62] * 3, [1, 1, 1])
    assert comparison.n[0] == 3.0 * 2**62
    np.testing.assert_allclose(comparison.q, 1 / 3)


@pytest.mark.parametrize(("current", "reference"), [((1, 2), (1, 3)), ((2, 2), (1, 2)), ((2,), (2,))])
def test_different_bins_are_refused(current, reference):
    """Both counts have the same two-dimensional shape, or a BinMismatchError names both."""
    with pytest.raises(BinMismatchError, match="must be"):
        Comparison(np.ones(current, dtype=int), np.ones(reference, dtype=int), is_ordered=True)


def test_a_statistic_is_computed_once_for_each_comparison(compare):
    """The second call returns the first result; another comparison is computed anew."""
    calls = []

    @computed_once
    def rows(comparison):
        """Count the calls."""
        calls.append(comparison)
        return comparison.n

    first, second = compare([1, 2], [3, 4]), compare([5, 6], [3, 4])
    assert rows(first) is rows(first)
    assert rows(second)[0] == 11
    assert len(calls) == 2
    assert rows.__doc__ == "Count the calls."


def test_merged_rows_keep_their_sums(compare):
    """Merging moves rows between bins and loses none; nothing computed before is carried over."""
    comparison = compare([1, 2, 97], [1, 1, 998])
    assert comparison.merged.current.tolist() == [[100, 0, 0]]
    assert comparison.merged.n == comparison.n
    assert comparison.merged.computed is not comparison.computed
