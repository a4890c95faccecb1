import dataclasses
from types import MappingProxyType, SimpleNamespace
from typing import NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mlexporter.instrument.event_choice import Redaction
from mlexporter.instrument.event_reader import EventReader, Features
from mlexporter.instrument.selection import Selection
from mlexporter.records import (
    Distribution,
    FeatureReference,
    Kind,
    OutputReference,
    Reference,
    TrainingType,
)

NUMBER = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0,), counts=(5, 5, 0, 0))
TEXT = Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=("no", "yes"), counts=(9, 6, 0, 0, 0, 0))
FEATURES = (FeatureReference("colour", TEXT), FeatureReference("size", NUMBER))


@dataclasses.dataclass
class Shirt:
    """A row."""

    size: float
    colour: str


class Pair(NamedTuple):
    """Likewise."""

    size: float
    colour: str


def reference(*outputs):
    return Reference("m", "1", FEATURES, outputs, "0a1b2c3d", "0" * 16, 15, 0.0)


def reader(*patterns, profile=None, **selection):
    return EventReader(Selection(**selection), profile, Redaction(patterns))


class HostileMapping(dict):
    """A mapping that fails."""

    def items(self):
        """Fail."""
        raise RuntimeError

    __iter__ = keys = __getitem__ = get = __contains__ = items


ONE = Features(1, is_named=True)
ROW = {"size": 1.5, "colour": "red"}
ONE_ROW = [
    ROW,
    MappingProxyType(ROW),
    Shirt(1.5, "red"),
    Pair(1.5, "red"),
    [ROW],
    {"size": [1.5], "colour": ["red"]},
    pd.DataFrame([ROW]),
    pd.Series(ROW),
    pl.DataFrame([ROW]),
    pa.Table.from_pylist([ROW]),
]


@pytest.mark.parametrize("container", ONE_ROW, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("profile", [None, reference()], ids=["without", "with a profile"])
def test_one_row_in_any_container(container, profile):
    """All of them say the same."""
    found = reader(profile=profile).read(container, None)

    assert (found.n_rows, dict(found.fields), found.n_left_out) == (1, ROW, 0)


@pytest.mark.parametrize("container", ONE_ROW, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("profile", [None, reference()], ids=["without", "with a profile"])
def test_what_is_kept_back_in_any_container(container, profile):
    """Its name is told, and that there is something."""
    found = reader("COL*", profile=profile).read(container, None)

    assert found.fields == {"size": 1.5, "colour": "redacted"}


@pytest.mark.parametrize(
    "container",
    [pd.DataFrame([ROW] * 3), [ROW] * 3, {"size": [1.0] * 3, "colour": ["a"] * 3}, np.zeros((3, 2))],
    ids=lambda each: type(each).__name__,
)
def test_of_a_batch_only_the_number_of_rows(container):
    """No row of it stands for the others."""
    made = reader()
    found = made.read(container, None)

    assert (found.n_rows, found.fields, found.n_left_out) == (3, {}, 0)
    assert made.prediction([0.1, 0.2, 0.3], found) is None


def test_with_a_profile_its_features_and_no_other_field():
    """What training had no use for is not sent."""
    found = reader(profile=reference()).read({**ROW, "note": "call John", "id": 7}, None)

    assert found.fields == {"colour": "red", "size": 1.5}


def test_chosen_features_and_no_other_field():
    """``features=`` is the narrower choice, with a profile and without."""
    for profile in (None, reference()):
        found = reader(profile=profile, features=["size"]).read({**ROW, "note": "call John"}, None)
        assert found.fields == {"size": 1.5}


def test_fields_that_identify_are_no_features():
    """The id has a place of its own, and is kept back by its own name."""
    row = {**ROW, "order": 77, "at": 1.0}
    for patterns, number in (((), 77), (("order",), "redacted"), (("id",), "redacted")):
        found = reader(*patterns, id="order", timestamp="at").read(row, row)
        assert (found.fields, found.n_left_out, found.id) == (ROW, 0, number)


def test_attributes_of_an_object_are_sent_only_by_name():
    """An object of the application may hold anything."""
    thing = SimpleNamespace(size=1.5, colour="red", password="open sesame")

    assert reader().read(thing, None).fields == {}
    assert reader(profile=reference()).read(thing, None).fields == ROW
    assert reader(features=["size"]).read(thing, None).fields == {"size": 1.5}


@pytest.mark.parametrize(
    "container",
    [[1.5, "john"], np.array([1.5, 2.5]), [[1.5, 2.5]], np.array([[1.5, 2.5]]), pd.Series([1.5, 2.5]),
     pd.DataFrame([[1.5, "john"]])],
    ids=lambda each: type(each).__name__,
)  # fmt: skip
def test_values_without_a_name_are_kept_back_where_there_is_a_list(container):
    """Nobody can tell what they are; without a list all is sent."""
    kept = reader("email").read(container, None)
    sent = reader().read(container, None)

    assert list(kept.fields.values()) == ["redacted"] * 2
    assert next(iter(sent.fields.values())) == 1.5


def test_a_position_has_a_name_by_the_profile():
    """Then the list can tell."""
    found = reader("colour", profile=reference()).read(["red", 1.5], None)

    assert found.fields == {"colour": "redacted", "size": 1.5}


@pytest.mark.parametrize("container", [None, "text", object(), HostileMapping(ROW), 5, b"x", {1.5: 2}])
@pytest.mark.parametrize("profile", [None, reference()])
def test_what_cannot_be_read_brings_no_values(container, profile):
    """Nothing raises."""
    assert reader(profile=profile).read(container, None).fields == {}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (0.7, 0.7),
        ("yes", "yes"),
        ([0.7], 0.7),
        ([[0.7]], 0.7),
        (np.array([0.7]), 0.7),
        (np.array([[0.7]]), 0.7),
        (np.array([[0.7, 0.3]]), "<ndarray 1x2>"),
        ([0.7, 0.3], "<list of 2>"),
        ({"score": 0.7, "label": "yes"}, {"score": 0.7, "label": "yes"}),
        ([{"score": 0.7}], {"score": 0.7}),
        (Shirt(1.5, "red"), ROW),
        ({}, {}),
        (None, None),
        (object(), "<object>"),
        (HostileMapping(a=1), "<HostileMapping of 1>"),
    ],
)  # fmt: skip
def test_an_answer_without_a_profile(result, expected):
    """Values, outputs by name, and of all others the shape."""
    assert reader().prediction(result, ONE) == expected


def test_an_answer_by_its_key():
    """``prediction=`` says what is sent of it, and no more."""
    made = reader(prediction="score")

    assert made.prediction({"score": 0.7, "who": "john"}, ONE) == 0.7
    assert reader(prediction=lambda _: 1 / 0).prediction(0.5, ONE) == 0.5


@pytest.mark.parametrize("name", ["prediction", "score", "Pred*"])
def test_a_single_answer_is_kept_back_by_any_of_its_names(name):
    """``prediction`` and the key."""
    assert reader(name, prediction="score").prediction({"score": 0.7}, ONE) == "redacted"


def test_outputs_of_a_profile():
    """One alone, several by name, scores by class; and of an answer no field beside them."""
    one = reference(OutputReference("prediction", NUMBER))
    two = reference(OutputReference("price", NUMBER), OutputReference("label", TEXT))
    scores = reference(*(OutputReference("prediction", NUMBER, class_name=name) for name in ("no", "yes")))
    answer = {"price": 2.5, "label": "yes", "who": "john"}

    assert reader(profile=one).prediction({"score": 0.7, "who": "john"}, ONE) == 0.7
    assert reader(profile=two).prediction(answer, ONE) == {"price": 2.5, "label": "yes"}
    assert reader("price", profile=two).prediction(answer, ONE) == {"price": "redacted", "label": "yes"}
    assert reader(profile=scores).prediction([0.25, 0.75], ONE) == {"no": 0.25, "yes": 0.75}
    assert reader("yes", profile=scores).prediction([0.25, 0.75], ONE) == {"no": 0.25, "yes": "redacted"}
    assert reader("prediction", profile=scores).prediction([0.25, 0.75], ONE) == "redacted"


def test_class_scores_of_several_outputs_are_kept_back_by_the_name_of_either():
    """The output, or the class."""
    outputs = [OutputReference("a", NUMBER, class_name="x"), OutputReference("a", NUMBER, class_name="y"),
               OutputReference("b", NUMBER)]  # fmt: skip
    answer = {"a": {"x": 0.1, "y": 0.2}, "b": 3.0}
    profile = reference(*outputs)

    assert reader(profile=profile).prediction(answer, ONE) == {"a.x": 0.1, "a.y": 0.2, "b": 3.0}
    assert reader("a", profile=profile).prediction(answer, ONE) == {
        "a.x": "redacted",
        "a.y": "redacted",
        "b": 3.0,
    }
    assert reader("y", profile=profile).prediction(answer, ONE)["a.y"] == "redacted"


def test_a_single_output_of_a_profile_is_kept_back_by_its_name():
    """Also where the answer does not fit it."""
    profile = reference(OutputReference("price", NUMBER))

    assert reader("price", profile=profile).prediction(2.5, ONE) == "redacted"
    assert reader("price", profile=profile).prediction([1, 2], ONE) == "redacted"
    assert reader("cost", profile=profile).prediction(2.5, ONE) == 2.5


@pytest.mark.parametrize("profile", [None, reference(OutputReference("label", TEXT))])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (pd.Series(["john"], index=["email"]), {"email": "redacted"}),
        ([pd.Series(["john"], index=["email"])], {"email": "redacted"}),
        (pd.Series(["john", 1.5], index=["email", "size"]), {"email": "redacted", "size": 1.5}),
        (pd.Series(["john"], name="email"), "redacted"),
        (pl.Series("email", ["john"]), "redacted"),
    ],
)
def test_an_answer_that_is_a_series_goes_by_its_labels_and_its_name(answer, expected, profile):
    """With a profile and without."""
    assert reader("email*", profile=profile).prediction(answer, ONE) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (pd.Series([0.5]), 0.5),
        (pd.Series([0.5], name="score"), 0.5),
        (pd.Series([0.5, 0.25]), "<Series 2>"),
        (pd.Series([0.5, 0.25], index=["no", "yes"]), {"no": 0.5, "yes": 0.25}),
        (pd.DataFrame({"email": ["john"]}), "<DataFrame 1x1>"),
    ],
)
def test_other_series(answer, expected):
    """One value without a label is that value."""
    assert reader("email*").prediction(answer, ONE) == expected


LABELS = [(0.5, 1.5), (-2, -1), ("-2", "-1"), pd.to_datetime(["2020-01-01", "2020-01-02"]), (None, ""),
          pd.MultiIndex.from_tuples([("u", "email"), ("u", "x")]), (b"email", b"x"), ("2020-01-01", "1.5")]  # fmt: skip


@pytest.mark.parametrize("labels", LABELS, ids=str)
@pytest.mark.parametrize("kind", ["frame", "series", "mapping"])
def test_labels_that_are_no_names_cannot_be_on_a_list(labels, kind):
    """Where there is one, their values are not sent, and an answer is told by its kind."""
    values = dict(zip(labels, ["john", "bob"], strict=True))
    container = {
        "frame": lambda: pd.DataFrame([["john", "bob"]], columns=labels),
        "series": lambda: pd.Series(["john", "bob"], index=labels),
        "mapping": lambda: values,
    }[kind]()
    made = reader("email*")
    found = made.read(container, None)

    assert found.n_rows == 1
    assert set(found.fields.values()) <= {"redacted"}
    assert len(found.fields) + found.n_left_out == 2
    assert made.prediction({"john": 0.4}, found) == "<dict of 1>"


def test_one_label_that_is_no_name_hides_no_other():
    """Each is judged by itself."""
    assert reader("email").read({0: "john", "size": 1.5}, None).fields == {"0": "redacted", "size": 1.5}
    assert reader().read({0: "john", "size": 1.5}, None).fields == {"0": "john", "size": 1.5}


@pytest.mark.parametrize(
    "row", [["john"], np.array(["john"], dtype=object), [["john"]], "john", {"john"}, None]
)
@pytest.mark.parametrize(
    ("answer", "expected"),
    [({"john": 0.4}, "<dict of 1>"), ("john", "<str>"), (["john"], "<list of 1>"), (0.4, 0.4), (True, True)],
)
def test_an_answer_to_a_row_without_names_may_tell_of_it(row, answer, expected):
    """So it is told by its kind where there is a list; a number is a number."""
    kept, sent = reader("email"), reader()

    assert kept.prediction(answer, kept.read(row, None)) == expected
    assert sent.prediction(answer, sent.read(row, None)) == (answer if answer != ["john"] else "john")


TOUCHED = []


class Lazy:
    """Does something dear, or tells something, whenever it is asked."""

    def __getattr__(self, name):
        TOUCHED.append(name)
        raise AttributeError(name)

    __len__ = __iter__ = __float__ = __str__ = property(lambda self: self.anything)


@pytest.mark.parametrize(
    "row",
    [{"email": Lazy(), "size": 1.5}, [{"email": Lazy(), "size": 1.5}], SimpleNamespace(email=Lazy(), size=1.5),
     Pair._make([1.5, Lazy()])],
    ids=lambda each: type(each).__name__,
)  # fmt: skip
def test_what_is_kept_back_is_not_touched(row):
    """Not even asked whether it is a column."""
    made = reader(
        "email", "colour", features=None if not isinstance(row, SimpleNamespace) else ["size", "email"]
    )
    TOUCHED.clear()
    found = made.read(row, None)

    assert TOUCHED == []
    assert found.n_rows == 1
    assert found.fields["size"] == 1.5
    assert sorted(map(str, found.fields.values())) == ["1.5", "redacted"]


def test_an_attribute_that_is_kept_back_is_not_computed():
    """A property may be dear."""

    class Thing:
        size = 1.5
        email = property(lambda self: 1 / 0)

    found = reader("email", features=["email", "size"]).read(Thing(), None)
    assert found.fields == {"email": "redacted", "size": 1.5}


def test_a_batch_is_one_also_where_a_column_is_kept_back():
    """Columns of known kinds tell how long they are."""
    for column in ([1, 2], np.zeros(2), pd.Series([1, 2])):
        assert reader("email").read({"email": column}, None).n_rows == 2


@pytest.mark.parametrize("width", [2_000, 50_000])
@pytest.mark.parametrize(
    "make",
    [
        lambda names: dict.fromkeys(names, 1.5),
        lambda names: [1.5] * len(names),
        lambda names: np.full(len(names), 1.5),
        lambda names: np.full((1, len(names)), 1.5),
        lambda names: pd.Series(1.5, index=names),
        lambda names: pd.DataFrame(np.full((1, len(names)), 1.5), columns=names),
        lambda names: {name: [1.5] for name in names},
    ],
)
def test_the_beginning_of_a_wide_row_is_looked_at(make, width, monkeypatch):
    """A hundred are sent, the rest is counted, and no more labels are judged however wide it is."""
    judged = []
    monkeypatch.setattr(Redaction, "hides", lambda _, name: bool(judged.append(name)))
    names = [f"gene{number}" for number in range(width)]
    for patterns in ((), ("email",)):
        made = reader(*patterns)
        judged.clear()
        found = made.read(make(names), None)
        assert (found.n_rows, len(found.fields), found.n_left_out) == (1, 100, width - 100)
        assert len(judged) <= 1_000


@pytest.mark.parametrize(
    "container",
    [pd.DataFrame([{"trip": "T-1", "size": 1.5}]), pl.DataFrame([{"trip": "T-1", "size": 1.5}]),
     pa.Table.from_pylist([{"trip": "T-1"}]), [{"trip": "T-1"}], {"trip": ["T-1"]}, {"trip": {"trip": "T-1"}},
     {"trip": pd.DataFrame([{"trip": "T-1"}])}, {"trip": [{"trip": "T-1"}]}, SimpleNamespace(trip="T-1"),
     pd.Series({"trip": "T-1"})],
    ids=lambda each: type(each).__name__,
)  # fmt: skip
def test_the_id_is_that_of_the_only_row(container):
    """Wherever the row is."""
    assert reader(id="trip").read(container, container).id == "T-1"


@pytest.mark.parametrize(
    "container", [pd.DataFrame({"trip": ["a", "b"]}), {"trip": object()}, {"trip": {"x": 1}}]
)
def test_what_is_no_value_identifies_nothing(container):
    """Neither two rows nor an object."""
    assert reader(id="trip").read(container, container).id is None


def test_the_row_of_a_record_is_no_id():
    """Where a callable finds it in the arguments of calls."""
    made = reader(id=lambda row: row)

    assert made.read_recorded("john", "john", None).id is None
    assert made.read_recorded("john", "john", 7).id == 7
