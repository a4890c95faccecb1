"""Training rows lie in the very cells in which serving counts them."""

import numpy as np
import pytest

from mlexporter.profile import Profile
from mlexporter.profile.sections.row_cells import RowCells, row_numbers
from mlexporter.state.binning import Binner
from mlexporter.state.coded import CodedColumn

NUMBERS = [1, 2.5, None, float("nan"), float("inf"), -float("inf"), 1e300, "x", True, 10**400, -0.0, 2**53]
NAMES = ["a", "b", None, "never", 1, 1.0, True, "1", b"x", ["a"], float("nan"), "ä" * 400, {"a": 1}]


def _distribution(column, **options):
    fitted = Profile.fit({"x": column}, model="m", version="1", created=1.0, joint=False, **options)
    return fitted.reference.features[0].distribution


@pytest.mark.parametrize(
    ("training", "values"),
    [
        (np.random.default_rng(1).normal(size=2_000), NUMBERS * 3),
        (np.random.default_rng(1).normal(size=2_000), np.random.default_rng(2).normal(size=2_000)),
        ([0, 1, 2] * 50, np.arange(5)),
        (["a", "b", "1"] * 50, NAMES * 3),
        (["a", "b", "1"] * 50, ["a", "b"] * 1_000 + [None]),
        (["a", "b", "1"] * 50, CodedColumn(np.array([0, 1, -1, 0]), ["b", "nobody"])),
        ([True, False] * 50, [True, False, None, 1, 0, "true", "no"]),
        ([f"c{i}" for i in range(50)] * 20, [f"c{i}" for i in range(60)]),
        ([1, 2] * 50, []),
        (["a", "b"] * 50, []),
    ],
    ids=range(10),
)
def test_cells_agree_with_the_binner(training, values):
    """Row by row the cell of ``Binner.cell_of``, for hostile values as for plain ones."""
    distribution = _distribution(training)
    cells = RowCells(distribution).of(values)
    binner = Binner(distribution)
    assert cells.tolist() == [binner.cell_of(value) for value in values]


def test_numbers_are_read_as_serving_reads_them():
    """float32, NaN where missing, infinite where invalid, with one bit pattern for what is missing."""
    found = row_numbers([1, None, "x", 1e300, float("nan")])
    assert found.dtype == np.float32
    assert found[:1].tolist() == [1.0]
    assert np.isnan(found[[1, 4]]).all()
    assert np.isinf(found[2])
    assert np.isfinite(found[3])
    assert len(set(found.view(np.uint32)[[1, 4]].tolist())) == 1
