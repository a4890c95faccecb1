import numpy as np
import pytest

from mlexporter.errors import BinMismatchError
from mlexporter.statistics.comparison import Comparison, computed_once
from mlexporter.statistics.noise_floor import NoiseFloor


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


def _noise(location=0.0, spread=0.0, omnibus=0.0, blocks=24.0):
    return NoiseFloor(
        *(np.atleast_1d(np.asarray(value, dtype=float)) for value in (location, spread, omnibus, blocks))
    )


def test_learned_noise_takes_the_place_of_that_of_sampling_where_it_is_larger(compare):
    """Component by component; without noise every variance is s itself."""
    noisy = compare([50, 50], [50, 50], noise=_noise(location=0.05, spread=0.019, omnibus=0.021))
    assert [noisy.location_variance[0], noisy.spread_variance[0], noisy.omnibus_variance[0]] == [
        0.05,
        0.02,
        0.021,
    ]
    plain = compare([50, 50], [50, 50])
    assert plain.location_variance is plain.spread_variance is plain.omnibus_variance is plain.s


def test_effective_rows_may_be_fractions(compare):
    """P and m come out as they are."""
    comparison = compare([10, 30], [12.5, 37.5])
    assert comparison.m[0] == 50.0
    assert comparison.p.tolist() == [[0.25, 0.75]]
    assert comparison.phi_squared[0] == 0.0


def test_noise_in_all_directions_has_all_degrees(compare):
    """Five times s everywhere: the scale is 5 s, the degrees are those of the bins."""
    s = 1 / 400 + 1 / 4_000
    noisy = compare([100] * 4, [1_000] * 4, noise=_noise(5 * s, 5 * s, 5 * s))
    scale, degrees = noisy.contingency_scale
    assert (scale[0], degrees[0]) == pytest.approx((5 * s, 3.0))


def test_noise_in_one_direction_has_hardly_more_than_one_degree(compare):
    """By hand: location 100 s, the other two directions s; sum 102, squares 10,002: scale 98.06, degrees 1.040."""
    s = 1 / 400 + 1 / 4_000
    noisy = compare([100] * 4, [1_000] * 4, noise=_noise(100 * s, s, 34 * s))
    scale, degrees = noisy.contingency_scale
    assert scale[0] / s == pytest.approx(10_002 / 102)
    assert degrees[0] == pytest.approx(102**2 / 10_002)
    assert noisy.expected_contingency[0] == pytest.approx(scale[0] * degrees[0])


@pytest.mark.parametrize("n_bins", [1, 2, 3, 5])
def test_few_bins_and_empty_rows_with_noise_are_defined(compare, n_bins):
    """Finite scales for rows with counts, infinite ones for those without, never NaN."""
    noise = _noise([0.3, 0.3], [0.2, 0.2], [0.25, 0.25], [24, 24])
    comparison = compare([[20] * n_bins, [0] * n_bins], [[30] * n_bins] * 2, noise=noise)
    scale, degrees = comparison.contingency_scale
    assert np.isfinite(scale[0])
    assert scale[0] * max(degrees[0], 1) >= 0.25 * 0.99
    assert scale[1] == np.inf
    assert degrees.tolist()[1] == n_bins - 1


def test_categories_have_no_directions(compare):
    """Their noise has the degrees of their bins."""
    comparison = compare([50, 50], [50, 50], is_ordered=False, noise=_noise(omnibus=0.5))
    assert [values.tolist() for values in comparison.contingency_scale] == [[0.5], [1.0]]


def test_merged_sums_beyond_an_int64_are_kept(compare):
    """Three bins of 2^62 rows in one: 1.4e19, not a negative number."""
    comparison = compare([2**62] * 3, [1, 1, 10**6])
    assert comparison.merged.n[0] == 3.0 * 2**62
    assert (comparison.merged.current >= 0).all()
