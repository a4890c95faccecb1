"""What travels on the card of a model comes back as it was, or is refused as damaged."""

import json

import pytest

from mlexporter.catalogue import ACCURACY
from mlexporter.configuration.configuration import (
    Configuration,
    ModelConfiguration,
    SubjectChoice,
    model_from_json,
    model_to_json,
)
from mlexporter.records import Objectives

FULL = ModelConfiguration(
    {"minimum_requests": 7.0, "quality_tolerance": {ACCURACY.name: 0.5}},
    {"distance": SubjectChoice(0.2, "psi", False)},
    {"prediction": SubjectChoice(alert=True)},
)


def test_json_brings_it_back():
    """Also what is not chosen stays not chosen."""
    assert model_from_json(json.loads(json.dumps(model_to_json(FULL)))) == FULL


def test_what_a_newer_version_says_is_left_out():
    """An objective that this version does not know is no reason to show none."""
    content = model_to_json(FULL)
    content["given"]["patience"] = 3
    assert model_from_json(content) == FULL


@pytest.mark.parametrize(
    "content", [{}, [], None, {"given": []}, {**model_to_json(FULL), "features": {"a": [1]}},
                {**model_to_json(FULL), "given": {"minimum_requests": []}}],
)  # fmt: skip
def test_damage_is_a_value_error(content):
    """Whatever lies in the file of a directory."""
    with pytest.raises(ValueError):
        model_from_json(content)


def test_nothing_configured_is_the_defaults():
    """A model that no table names has what every model has."""
    assert Configuration().model("any").objectives() == Objectives()
