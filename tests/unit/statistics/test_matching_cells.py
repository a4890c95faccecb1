import pytest

from mlexporter.errors import BinMismatchError
from mlexporter.statistics.matching_cells import check_cells


def test_counts_of_the_bins_pass(profile, number, category, window):
    """Features and outputs of several windows, and none at all."""
    reference = profile([number([3, 2, 1, 0, 0])], [category([3, 2, 1, 0, 0])])
    check_cells(reference, [window([[1, 2, 3, 0, 0]], [[1, 2, 3, 0, 0]])] * 2)
    check_cells(reference, [])


def test_the_owner_of_other_counts_is_named(profile, number, window):
    """A window with too few cells of outputs, or of mismatches."""
    reference = profile([number([3, 2, 1, 0, 0])], [number([3, 2, 0, 0])])
    with pytest.raises(BinMismatchError, match="window 6h has 3 counts where the bins ask for 4"):
        check_cells(reference, [window([[1, 2, 3, 0, 0]], [[1, 2, 3]], name="6h")])
    with pytest.raises(BinMismatchError, match="window 1h has 2 counts where the bins ask for 1"):
        check_cells(reference, [window([[1, 2, 3, 0, 0]], [[1, 2, 3, 0]], type_mismatches=[0, 0])])
