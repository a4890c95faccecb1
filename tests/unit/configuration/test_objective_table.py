"""The table of objectives, its record, and the example that is made from it agree."""

import tomllib

import pytest

from mlexporter.catalogue import SLO_LATENCY_THRESHOLD
from mlexporter.configuration.documents import read_document
from mlexporter.configuration.objective_table import OBJECTIVES
from mlexporter.records import Objectives


def read(text):
    """Return the objectives of a model whose table is ``text``."""
    return read_document(tomllib.loads(f"[models.a]\n{text}\n"), "file").model("a").objectives()


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda objective: objective.name)
def test_the_written_default_is_the_default(objective):
    """What documents show as the default changes nothing when it is written down; what has none is absent."""
    if objective.written:
        assert read(f"{objective.name} = {objective.written}") == Objectives()
    else:
        assert getattr(Objectives(), objective.name) is None


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda objective: objective.name)
def test_the_example_is_another_value(objective):
    """It is read, and it is not the default."""
    found = read(f"{objective.name} = {objective.example}")
    assert found != Objectives()
    assert found._replace(**{objective.name: getattr(Objectives(), objective.name)}) == Objectives()


def test_only_what_has_a_default_is_always_there():
    """The conditions of the catalogue say which series need a choice."""
    for objective in OBJECTIVES:
        assert (objective.metric.condition == "always") == (bool(objective.written)), objective.name
    assert SLO_LATENCY_THRESHOLD.condition == "objective"
