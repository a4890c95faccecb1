import math

import numpy as np
import pytest

from mlexporter import catalogue
from mlexporter.exposition.samples import (
    Block,
    Family,
    SeriesLabels,
    block_of,
    histogram_block,
    histogram_labels,
)
from mlexporter.records import HistogramCounts


def test_labels_that_do_not_fit_are_refused():
    """A row of another length than the names cannot become a series."""
    with pytest.raises(ValueError, match="do not fit"):
        SeriesLabels(("feature", "window"), [("distance",)])
    with pytest.raises(ValueError, match="do not fit"):
        SeriesLabels(("status", "le"), [()], ("_sum",))


def test_values_that_do_not_fit_are_refused():
    """Every series has exactly one value."""
    with pytest.raises(ValueError, match="1 values for 2 series"):
        Block(SeriesLabels(("feature",), [("a",), ("b",)]), [1])


def test_arrays_become_python_numbers():
    """Integers of numpy would be written as np.int64(3)."""
    labels = SeriesLabels(("feature",), [("a",)])
    for values in (np.array([3], dtype=np.int64), [np.int64(3)], [3]):
        assert type(block_of(labels, values).values[0]) is int


def test_absent_values_are_no_samples():
    """NaN is neither counted nor yielded."""
    block = Block(SeriesLabels(("stage",), [("a",), ("b",)]), [math.nan, 2])
    family = Family(catalogue.INTERNAL_ERRORS, (block,))
    assert family.sample_count == 1
    assert [sample.labels for sample in family.samples()] == [{"stage": "b"}]


def test_a_histogram_is_cumulative_and_its_bounds_are_floats():
    """Buckets add up, the last one is infinite, and a whole bound is written 1.0."""
    labels = histogram_labels(catalogue.PREDICTION_BATCH_ROWS, ("m", "1", "primary"), (1.0, 4.0))
    block = histogram_block(labels, HistogramCounts(np.array([5, 2, 1]), 30.0))
    samples = list(Family(catalogue.PREDICTION_BATCH_ROWS, (block,)).samples())
    suffixes = [sample.name.removeprefix(catalogue.PREDICTION_BATCH_ROWS.name) for sample in samples]
    assert suffixes == ["_bucket", "_bucket", "_bucket", "_count", "_sum"]
    assert [sample.value for sample in samples] == [5, 7, 8, 8, 30.0]
    assert [sample.labels.get("le") for sample in samples] == ["1.0", "4.0", "+Inf", None, None]


def test_line_starts_are_prepared_once():
    """The second scrape reuses the beginnings of the lines."""
    labels = SeriesLabels(("feature",), [('a "b"',), ("c",)])
    assert labels.line_starts("x") is labels.line_starts("x")
    assert labels.line_starts("x") == ('x{feature="a \\"b\\""} ', '\nx{feature="c"} ')
