"""The frozen records: cells, labels and readable ranges of a distribution."""

from mlexporter.records import (
    Distribution,
    FeatureReference,
    Kind,
    ModelKey,
    OutputReference,
    Reference,
    TrainingType,
)

NUMBER = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(1.5, 2.0), counts=(3, 4, 5, 1, 0))
COLOUR = Distribution(
    Kind.CATEGORICAL, TrainingType.TEXT, categories=("red", "blue"), counts=(9, 5, 2, 1, 0, 0)
)


def test_cells_of_a_number():
    """Two edges make three shape bins, then missing and invalid."""
    assert NUMBER.n_shape_bins == 3
    assert NUMBER.n_cells == len(NUMBER.counts) == 5
    assert NUMBER.bin_labels == ("00", "01", "02", "missing", "invalid")
    assert NUMBER.bin_ranges == ("≤ 1.5", "1.5 – 2", "> 2", "missing", "invalid")
    assert NUMBER.shape_counts.tolist() == [3, 4, 5]
    assert NUMBER.row_count == 13
    assert NUMBER.is_ordered


def test_cells_of_a_category():
    """Each category has a bin, then other and unseen, then missing and invalid."""
    assert COLOUR.n_cells == len(COLOUR.counts) == 6
    assert COLOUR.bin_labels == ("00", "01", "other", "unseen", "missing", "invalid")
    assert COLOUR.bin_ranges[:2] == ("red", "blue")
    assert not COLOUR.is_ordered


def test_bin_labels_sort_like_the_bins():
    """With more than 100 bins the numbers get a third digit, so text order stays bin order."""
    wide = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=tuple(float(i) for i in range(100)))

    numbered = wide.bin_labels[:-2]
    assert numbered[0] == "000"
    assert list(numbered) == sorted(numbered)


def test_a_number_without_edges_has_one_bin():
    """A constant feature still has a place to count its rows."""
    constant = Distribution(Kind.NUMERIC, TrainingType.FLOAT)

    assert constant.bin_labels == ("00", "missing", "invalid")
    assert constant.bin_ranges == ("any", "missing", "invalid")


def test_offsets_tile_the_flat_vector():
    """Each subject starts where the one before ends; the last offset is the length."""
    reference = Reference(
        "m", "1", (FeatureReference("x", NUMBER), FeatureReference("c", COLOUR)),
        (OutputReference("prediction", NUMBER),), "00000000", "0" * 16, 13, 0.0,
    )  # fmt: skip

    assert reference.feature_offsets == (0, 5, 11)
    assert reference.output_offsets == (0, 5)
    assert reference.feature_names == ("x", "c")


def test_model_keys_sort_by_name_version_variant():
    """Keys order a page and an exposition the same way every time."""
    keys = [ModelKey("b", "1"), ModelKey("a", "2"), ModelKey("a", "1", "shadow"), ModelKey("a", "1")]

    assert [key.label_values for key in sorted(keys)] == [
        ("a", "1", "primary"), ("a", "1", "shadow"), ("a", "2", "primary"), ("b", "1", "primary"),
    ]  # fmt: skip
