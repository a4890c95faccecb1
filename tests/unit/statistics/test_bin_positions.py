import numpy as np
import pytest

from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.statistics.bin_positions import bin_positions


def _distribution(edges, **others):
    described = {"standard_deviation": 2.0} | others
    return Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=tuple(edges), **described)


def _above(value):
    above = np.float32(np.inf)
    return float(np.nextafter(np.nextafter(np.float32(value), above), above))


def test_a_bin_lies_at_its_middle():
    """Bounds 0, 1, 2, 4 have the middles .5, 1.5, 3, in standard deviations of 2."""
    found = bin_positions(_distribution([1.0, 2.0], minimum=0.0, maximum=4.0))
    assert found.tolist() == [0.25, 0.75, 1.5]


def test_the_outermost_published_value_closes_the_tails():
    """A quantile beyond the k-th smallest value wins, one within it does not."""
    found = bin_positions(
        _distribution([1.0, 2.0], minimum=0.5, maximum=4.0, quantiles=((0.01, 0.0), (0.5, 1.6), (0.99, 3.0)))
    )
    assert found.tolist() == [0.25, 0.75, 1.5]


@pytest.mark.parametrize("published", [{}, {"minimum": 1.5, "maximum": 1.7}])
def test_tails_of_unknown_length_have_none(published):
    """Without a published value beyond the outer edges the open bins shrink to these edges."""
    assert bin_positions(_distribution([1.0, 2.0], **published)).tolist() == [0.5, 0.75, 1.0]


def test_discrete_bins_lie_at_their_values():
    """Edges two float32 steps above 0, 1 and 5: the bins are the values 0, 1, 5 and 9 themselves."""
    found = bin_positions(
        _distribution([_above(0), _above(1), _above(5)], minimum=0.0, maximum=9.0, quantiles=((0.5, 1.0),))
    )
    np.testing.assert_allclose(found, [0.0, 0.5, 2.5, 4.5])


def test_an_edge_that_is_a_quantile_is_not_discrete():
    """Edges of a continuous distribution are quantiles themselves and keep their middles."""
    found = bin_positions(_distribution([1.0, 2.0], minimum=0.0, maximum=4.0, quantiles=((0.3, 1.0),)))
    assert found.tolist() == [0.25, 0.75, 1.5]


@pytest.mark.parametrize("deviation", [None, 0.0, float("nan")])
def test_without_a_scale_all_is_unknown(deviation):
    """No standard deviation, none above 0: NaN for every bin."""
    assert np.isnan(bin_positions(_distribution([1.0], standard_deviation=deviation))).tolist() == [True] * 2


def test_without_edges_all_is_unknown():
    """A single open bin lies nowhere."""
    assert np.isnan(bin_positions(_distribution([]))).tolist() == [True]
