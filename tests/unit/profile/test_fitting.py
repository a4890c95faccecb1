"""A fit learns what is there, says what is not, and names what is wrong."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mlexporter.errors import ConfigurationError, FitError
from mlexporter.profile import Profile
from mlexporter.records import Kind, Lineage, TrainingType
from mlexporter.state.binning import Binner


def _fit(columns, **options):
    return Profile.fit(columns, **{"model": "m", "version": "1", "created": 1.0, **options}).reference


def _feature(columns, **options):
    (feature,) = _fit(columns, **options).features
    return feature


@pytest.mark.parametrize("library", ["pandas", "polars", "arrow", "rows", "pandas-nullable"])
def test_every_library_gives_one_profile(rows, options, library):
    """A frame of any library makes the profile that plain columns make."""
    expected = Profile.fit(rows, **options)
    frame = pd.DataFrame(rows)
    frames = {
        "pandas": lambda: frame,
        "pandas-nullable": lambda: frame.astype({"origin": "category", "stops": "Int64", "night": "boolean"}),
        "polars": lambda: pl.DataFrame(rows),
        "arrow": lambda: pa.table(rows),
        "rows": lambda: frame.to_dict("records"),
    }
    assert Profile.fit(frames[library](), **options) == expected


def test_counts_account_for_every_row(rows, options):
    """Each feature's and output's cells sum to the rows, and the kernel that serves finds the same."""
    reference = Profile.fit(rows, **options).reference
    for feature in reference.features:
        counted = Binner(feature.distribution).count(rows[feature.name])
        assert sum(feature.distribution.counts) == reference.row_count == 3_000
        assert feature.distribution.counts == tuple(counted.cells.tolist())
        assert feature.distribution.out_of_range == counted.out_of_range


def test_kinds_and_skipped_columns(rows, options):
    """Numbers, categories and booleans are told apart; the rest is skipped with a reason."""
    reference = Profile.fit(rows, **options).reference
    assert {feature.name: feature.distribution.kind for feature in reference.features} == {
        "distance": Kind.NUMERIC, "gaps": Kind.NUMERIC, "zeros": Kind.NUMERIC, "stops": Kind.NUMERIC,
        "origin": Kind.CATEGORICAL, "route": Kind.CATEGORICAL, "night": Kind.BOOLEAN,
    }  # fmt: skip
    assert set(reference.skipped) == {"tail", "empty"}
    assert "identifiers" in reference.skipped["tail"]
    assert "no training row has a value" in reference.skipped["empty"]


def test_rare_categories_are_nowhere(rows, options):
    """Twenty names have a bin, common ones share other, rare ones are unseen and unwritten."""
    profile = Profile.fit(rows, **options)
    (route,) = (feature.distribution for feature in profile.reference.features if feature.name == "route")
    assert len(route.categories) == 20
    assert len(route.other_categories) == 80
    assert route.counts[20:22] == (80 * 29, 100)
    assert "rare" not in profile.to_json()


def test_categories_are_ordered_by_share_then_name():
    """Ties are broken by name, so that a profile does not depend on the order of rows."""
    values = ["b", "a", "c", "d"] * 30 + ["c"]
    assert _feature({"x": values}).distribution.categories == ("c", "a", "b", "d")
    assert _feature({"x": values[::-1]}).distribution.categories == ("c", "a", "b", "d")


def test_extremes_are_order_statistics():
    """The minimum is the 20th smallest value, and the rows beyond are counted."""
    distribution = _feature({"x": np.arange(1_000.0)}).distribution
    assert (distribution.minimum, distribution.maximum) == (19.0, 980.0)
    assert distribution.out_of_range == 38
    few = _feature({"x": np.arange(30.0)}).distribution
    assert (few.minimum, few.maximum, few.out_of_range) == (None, None, 0)


def test_moments_and_quantiles():
    """Mean and standard deviation are those of all finite rows; thin quantiles are left out."""
    numbers = np.random.default_rng(5).normal(10, 2, 5_000)
    distribution = _feature({"x": np.append(numbers, [np.nan, np.inf])}).distribution
    assert distribution.mean == pytest.approx(numbers.mean(), rel=1e-6)
    assert distribution.standard_deviation == pytest.approx(numbers.std(), rel=1e-6)
    assert dict(distribution.quantiles)[0.5] == pytest.approx(np.median(numbers), abs=0.01)
    assert distribution.counts[-2:] == (1, 1)
    assert [pair[0] for pair in _feature({"x": numbers[:300]}).distribution.quantiles] == [0.25, 0.5, 0.75]


@pytest.mark.parametrize("value", [1.0, 0.0, -5, 1e300, 3e38])
def test_a_constant_has_one_bin(value):
    """A constant column is one bin, with a range where float32 can hold it."""
    distribution = _feature({"x": [value] * 50}).distribution
    assert distribution.edges == ()
    assert distribution.counts == (50, 0, 0)
    assert distribution.minimum == (None if value == 1e300 else pytest.approx(value))


def test_huge_numbers_do_not_break_a_fit():
    """Sums that overflow leave mean and deviation out instead of writing an infinity."""
    numbers = np.array([1e308, -1e308, 1e308, 5.0] * 20)
    distribution = _feature({"x": numbers}).distribution
    assert distribution.standard_deviation is None
    assert sum(distribution.counts) == 80


@pytest.mark.parametrize(
    ("column", "kind", "training_type"),
    [
        ([1, 2, None] * 30, Kind.NUMERIC, TrainingType.INTEGER),
        ([1.5, 2, None] * 30, Kind.NUMERIC, TrainingType.FLOAT),
        ([decimal.Decimal("1.5"), decimal.Decimal(2)] * 30, Kind.NUMERIC, TrainingType.INTEGER),
        ([True, False, None] * 30, Kind.BOOLEAN, TrainingType.BOOLEAN),
        (np.array([True, False] * 30), Kind.BOOLEAN, TrainingType.BOOLEAN),
        (["a", None, float("nan")] * 30, Kind.CATEGORICAL, TrainingType.TEXT),
        (np.array(["a", "b"] * 30), Kind.CATEGORICAL, TrainingType.TEXT),
        ([1] * 99 + ["x"], Kind.NUMERIC, TrainingType.INTEGER),
        (["x"] * 99 + [1], Kind.CATEGORICAL, TrainingType.TEXT),
    ],
)
def test_types_of_columns(column, kind, training_type):
    """The type of most values decides; a few others count as mismatches."""
    feature = _feature({"x": column})
    assert (feature.distribution.kind, feature.distribution.training_type) == (kind, training_type)
    assert feature.distribution.type_mismatches == (1 if len(column) == 100 else 0)


def test_numbers_can_be_names():
    """A column of numbers that is declared categorical has one bin a number."""
    distribution = _feature({"x": [1, 2, 2, 3] * 30}, categorical=["x"]).distribution
    assert distribution.categories == ("2", "1", "3")
    assert distribution.training_type is TrainingType.INTEGER
    floats = _feature({"x": np.array([1.0, 2.5, np.nan] * 30)}, categorical=["x"]).distribution
    assert floats.categories == ("1", "2.5")
    assert floats.counts == (30, 30, 0, 0, 30, 0)


def test_hidden_names_still_bin():
    """expose_names=False shows numbers for names, and keeps the names for binning."""
    profile = Profile.fit({"x": ["a", "b", "b"] * 30}, model="m", version="1", expose_names=False)
    distribution = profile.reference.features[0].distribution
    assert distribution.bin_ranges[:2] == ("category 00", "category 01")
    assert Binner(distribution).cell_of("a") == 1
    assert Profile.from_json(profile.to_json()) == profile


def test_positives_are_counted_per_bin(rows, options):
    """Class-mixed bins carry the rows with a positive label, and sum to all of them."""
    (output,) = Profile.fit(rows, **options).reference.outputs
    assert output.name == "prediction"
    assert len(output.distribution.edges) == 20
    assert sum(output.positives) == rows["late"].sum()
    expected = Binner(output.distribution).count(rows["score"][rows["late"]]).cells[:-2]
    assert output.positives == tuple(expected.tolist())


@pytest.mark.parametrize(
    "labels", [lambda late: late.astype(int), lambda late: late.astype(float), lambda late: ["true" if value else "false" for value in late],
               lambda late: late.tolist()],
)  # fmt: skip
def test_binary_labels_of_every_type(rows, options, labels):
    """0/1, true/false and their texts are one label."""
    assert Profile.fit({**rows, "late": labels(rows["late"])}, **options) == Profile.fit(rows, **options)


@pytest.mark.parametrize(
    ("label", "reason"),
    [(lambda late: np.where(late, 2, 0), "not binary"), (lambda late: np.where(late, 1.0, np.nan), "missing"),
     (lambda late: np.arange(len(late)) < 3, "3 positive")],
)  # fmt: skip
def test_unusable_labels_leave_hybrid_bins(rows, options, label, reason):
    """Without a clean binary label the score has its usual bins, and the reason is kept."""
    reference = Profile.fit({**rows, "late": label(rows["late"])}, **options).reference
    assert reference.outputs[0].positives is None
    assert len(reference.outputs[0].distribution.edges) == 15
    assert reason in reference.skipped["late"]


def test_outputs_need_not_be_scores(rows):
    """A number beyond [0, 1] has hybrid bins, a text or boolean prediction categories."""
    base = {"model": "m", "version": "1"}
    number = Profile.fit(rows, **base, prediction="distance", label="late").reference.outputs[0]
    assert len(number.distribution.edges) == 15
    assert sum(number.positives) == rows["late"].sum()
    assert (
        Profile.fit(rows, **base, prediction="origin").reference.outputs[0].distribution.kind
        is Kind.CATEGORICAL
    )
    assert (
        Profile.fit(rows, **base, prediction="night").reference.outputs[0].distribution.kind is Kind.BOOLEAN
    )


def test_a_decision_threshold_is_an_edge(rows, options):
    """Scores from the threshold on lie in other bins than those below it."""
    reference = Profile.fit(rows, **options, decision_threshold=0.4).reference
    binner = Binner(reference.outputs[0].distribution)
    assert reference.decision_threshold == 0.4
    assert binner.cell_of(0.4) == binner.cell_of(0.39999) + 1


def test_settings_of_features(rows, options):
    """Thresholds, alerts, importances, lineage and time zone reach the reference."""
    reference = Profile.fit(
        rows, **options, features=["stops", "distance"], thresholds={"stops": 0.3, "score": 0.2}, no_alert=["distance"],
        importances={"stops": 2}, default_threshold=0.15, lineage=Lineage(dataset="flights"), time_zone="Europe/Berlin",
    ).reference  # fmt: skip
    stops, distance = reference.features
    assert (stops.name, stops.threshold, stops.alert, stops.importance) == ("stops", 0.3, True, 2.0)
    assert (distance.threshold, distance.alert, distance.importance) == (0.15, False, None)
    assert reference.outputs[0].threshold == 0.2
    assert (reference.lineage.dataset, reference.time_zone) == ("flights", "Europe/Berlin")


def test_excluded_columns_are_left_out(rows, options):
    """Columns named in exclude are no features."""
    names = Profile.fit(rows, **options, exclude=["tail", "zeros"]).reference.feature_names
    assert "zeros" not in names
    assert "distance" in names


def test_a_matrix_needs_names():
    """A 2-D array is a frame once features names its columns."""
    matrix = np.random.default_rng(0).normal(size=(100, 2))
    assert Profile.fit(matrix, model="m", version="1", features=["a", "b"]).reference.feature_names == (
        "a",
        "b",
    )
    with pytest.raises(FitError, match="no column names"):
        Profile.fit(matrix, model="m", version="1")


@pytest.mark.parametrize(
    ("frame", "arguments", "message"),
    [
        ({}, {}, "no rows"), ([], {}, "no rows"), ({"x": []}, {}, "no rows"), (pd.DataFrame(), {}, "no rows"),
        ({"x": [1, 2], "y": [1]}, {}, "equally long"), (3, {}, "type int is no frame"), ("file.csv", {}, "fit_file"),
        (pd.DataFrame([[1, 2]] * 30, columns=["a", "a"]), {}, "two columns are called 'a'"),
        ({"x": [1.0] * 30}, {"prediction": "score"}, "prediction: there is no column 'score'; the columns are: x"),
        ({"x": [1.0] * 30}, {"label": "y"}, "label: there is no column 'y'"),
        ({"x": [1.0] * 30}, {"features": ["z"]}, "features: there is no column 'z'"),
        ({"x": [1.0] * 30, "score": [1.0] * 30}, {"label": "scroe"}, "no column 'scroe'; did you mean 'score'\\? the columns are: x"),
        ({"x": [1.0] * 30}, {"thresholds": {"z": 1}}, "thresholds: there is no column 'z'"),
        ({"x": [1.0] * 30}, {"prediction": "x", "label": "x"}, "both prediction and label"),
        ({"x": [1, "a"] * 30, "y": [1] * 60}, {}, "column 'x': it mixes numbers and texts"),
        ({"x": [True, "a"] * 30}, {}, "mixes"),
        ({"x": [1.0] * 7}, {}, "only 7 training rows"), ({"x": [None] * 30}, {}, "no training row has a value"),
        ({"x": [dt.date(2024, 1, 1)] * 30}, {}, "values of type date are not monitored"),
        ({"x": [[1]] * 30}, {}, "type list"), ({"x": [b"a"] * 30}, {}, "type bytes"),
        ({"x": [1.0] * 30, "s": [None] * 30}, {"prediction": "s"}, "column 's': no training row has a value"),
        ({"\ud800": [1.0] * 30}, {}, "lone surrogates"), ({"n" * 300: [1.0] * 30}, {}, "256 characters"),
    ],
)  # fmt: skip
def test_bad_rows_say_what_is_wrong(frame, arguments, message):
    """Each unusable frame is refused with the column and the way out."""
    with pytest.raises(FitError, match=message):
        Profile.fit(frame, model="m", version="1", **arguments)


def test_a_boolean_among_numbers_is_zero_or_one():
    """The column is numeric, with the statistics of the numbers."""
    given = [True, 2.0, False, 5.0] * 30
    mixed, plain = (
        Profile.fit({"x": values}, model="m", version="1").reference.features[0].distribution
        for values in (given, [float(value) for value in given])
    )

    assert mixed == plain


def test_a_profile_prints_as_one_line(rows, options):
    """In a notebook the sizes are shown, not thousands of numbers."""
    text = repr(Profile.fit(rows, **options))

    assert "rows=3000, features=7, outputs=" in text
    assert len(text) < 200


def test_mixed_columns_can_be_skipped():
    """strict=False skips a mixed column, as warm-up on served rows needs."""
    reference = _fit({"x": [1, "a"] * 30, "y": [1] * 60}, strict=False)
    assert reference.feature_names == ("y",)
    assert "mixes" in reference.skipped["x"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"model": ""}, {"model": 3}, {"version": "x" * 300}, {"features": "x"}, {"minimum_bin_rows": 0}, {"minimum_bin_rows": True},
        {"thresholds": {"x": 0}}, {"thresholds": {"x": "a"}}, {"thresholds": {"x": float("nan")}}, {"default_threshold": -1},
        {"importances": {"x": float("inf")}}, {"decision_threshold": "0.5"}, {"time_zone": "Mars/Olympus"}, {"time_zone": "../../etc"},
        {"created": float("nan")}, {"surprise": 1}, {"lineage": Lineage(commit=3)},
    ],
)  # fmt: skip
def test_impossible_arguments_raise_at_once(arguments):
    """An argument that can never work is a ConfigurationError that shows its name."""
    with pytest.raises(ConfigurationError, match=next(iter(arguments))):
        Profile.fit({"x": [1.0] * 30}, **{"model": "m", "version": "1", **arguments})
