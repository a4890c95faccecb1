"""Answers of vendors as their libraries give them: dicts, objects, pydantic models."""

from __future__ import annotations

import types

import pydantic
import pytest

from mlexporter.instrument.generation.outcome import Outcome
from mlexporter.instrument.generation.reading import read_answer, read_piece


class Extra(pydantic.BaseModel):
    """A model of pydantic as vendors' libraries make them: what it does not know it keeps as it is."""

    model_config = {"extra": "allow"}


def as_objects(value):
    """Return dicts as objects, all the way down."""
    if type(value) is dict:
        return types.SimpleNamespace(**{name: as_objects(each) for name, each in value.items()})
    return [as_objects(each) for each in value] if type(value) is list else value


def as_models(value):
    """Return dicts as models of pydantic."""
    if type(value) is dict:
        return Extra.model_construct(**{name: as_models(each) for name, each in value.items()})
    return [as_models(each) for each in value] if type(value) is list else value


class Dict(dict):
    """A dict of a library, whose access does more than that of a dict."""

    def __getitem__(self, name):
        raise RuntimeError

    get = __contains__ = __iter__ = __len__ = __bool__ = __getitem__


def as_odd_dicts(value):
    """Return dicts as dicts of a library."""
    if type(value) is dict:
        return Dict({name: as_odd_dicts(each) for name, each in value.items()})
    return [as_odd_dicts(each) for each in value] if type(value) is list else value


FORMS = {"dicts": lambda value: value, "objects": as_objects, "models": as_models, "odd dicts": as_odd_dicts}


@pytest.fixture(params=FORMS)
def form(request):
    """Each form in which a library may give the same answer."""
    return FORMS[request.param]


def seen(outcome):
    """Return what is known of a generation, without what is not."""
    found = {
        "input": outcome.all_input_tokens, "output": outcome.output_tokens, "cached": outcome.cached_tokens,
        "reasoning": outcome.reasoning_tokens, "model": outcome.response_model or None,
        "finish": outcome.finish_reasons or None, "tools": outcome.tool_calls or None,
        "refusal": outcome.is_refusal or None,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


@pytest.fixture
def answer():
    """Return what a whole answer tells."""

    def read(value):
        outcome = Outcome()
        read_answer(value, outcome)
        return seen(outcome)

    return read


@pytest.fixture
def stream():
    """Return which pieces of a stream have content, and what all of them tell."""

    def read(pieces):
        outcome = Outcome()
        content = [read_piece(piece, outcome) for piece in pieces]
        return content, seen(outcome)

    return read
