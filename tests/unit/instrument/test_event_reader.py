import dataclasses
from types import MappingProxyType, SimpleNamespace
from typing import NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mlexporter.instrument.event_choice import Redaction
from mlexporter.instrument.event_reader import EventReader
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

    assert found == (3, {}, 0, None)
    assert made.prediction([0.1, 0.2, 0.3], found.n_rows) is None


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
        assert (found.fields, found.id) == (ROW, number)


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
    assert reader().prediction(result, 1) == expected


def test_an_answer_by_its_key():
    """``prediction=`` says what is sent of it, and no more."""
    made = reader(prediction="score")

    assert made.prediction({"score": 0.7, "who": "john"}, 1) == 0.7
    assert reader(prediction=lambda _: 1 / 0).prediction(0.5, 1) == 0.5


@pytest.mark.parametrize("name", ["prediction", "score", "Pred*"])
def test_a_single_answer_is_kept_back_by_any_of_its_names(name):
    """``prediction`` and the key."""
    assert reader(name, prediction="score").prediction({"score": 0.7}, 1) == "redacted"


def test_outputs_of_a_profile():
    """One alone, several by name, scores by class; and of an answer no field beside them."""
    one = reference(OutputReference("prediction", NUMBER))
    two = reference(OutputReference("price", NUMBER), OutputReference("label", TEXT))
    scores = reference(*(OutputReference("prediction", NUMBER, class_name=name) for name in ("no", "yes")))
    answer = {"price": 2.5, "label": "yes", "who": "john"}

    assert reader(profile=one).prediction({"score": 0.7, "who": "john"}, 1) == 0.7
    assert reader(profile=two).prediction(answer, 1) == {"price": 2.5, "label": "yes"}
    assert reader("price", profile=two).prediction(answer, 1) == {"price": "redacted", "label": "yes"}
    assert reader(profile=scores).prediction([0.25, 0.75], 1) == {"no": 0.25, "yes": 0.75}
    assert reader("yes", profile=scores).prediction([0.25, 0.75], 1) == {"no": 0.25, "yes": "redacted"}
    assert reader("prediction", profile=scores).prediction([0.25, 0.75], 1) == "redacted"


def test_class_scores_of_several_outputs_are_kept_back_by_the_name_of_either():
    """The output, or the class."""
    outputs = [OutputReference("a", NUMBER, class_name="x"), OutputReference("a", NUMBER, class_name="y"),
               OutputReference("b", NUMBER)]  # fmt: skip
    answer = {"a": {"x": 0.1, "y": 0.2}, "b": 3.0}
    profile = reference(*outputs)

    assert reader(profile=profile).prediction(answer, 1) == {"a.x": 0.1, "a.y": 0.2, "b": 3.0}
    assert reader("a", profile=profile).prediction(answer, 1) == {
        "a.x": "redacted",
        "a.y": "redacted",
        "b": 3.0,
    }
    assert reader("y", profile=profile).prediction(answer, 1)["a.y"] == "redacted"
