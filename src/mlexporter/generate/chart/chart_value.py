"""One value of the chart, or a section of them: name, default, schema and meaning, for all that is written from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

Shape = dict[str, Any]
"""A JSON Schema of draft 7 without a description."""

TEXT: Final[Shape] = {"type": "string"}
NAME: Final[Shape] = {"type": "string", "pattern": "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$", "maxLength": 253}
"""The name of an object of Kubernetes, or nothing."""
BOOLEAN: Final[Shape] = {"type": "boolean"}
TEXTS: Final[Shape] = {"type": "array", "items": TEXT}
LABELS: Final[Shape] = {"type": "object", "additionalProperties": TEXT}
OBJECT: Final[Shape] = {"type": "object"}
"""An object of Kubernetes' own, or a part of one: its API checks it."""
OBJECTS: Final[Shape] = {"type": "array", "items": OBJECT}
VARIABLES: Final[Shape] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {
            "name": TEXT,
            "value": {"type": ["string", "null"]},
            "valueFrom": {"type": ["object", "null"]},
        },
    },
}
"""Environment variables of a container. A number or a word such as true has to be in quotes, which the API would say later."""
RESOURCES: Final[Shape] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "requests": {"type": ["object", "null"]},
        "limits": {"type": ["object", "null"]},
        "claims": {"type": ["array", "null"]},
    },
}
POD_SECURITY: Final[Shape] = {
    "type": "object",
    "patternProperties": {"^(runAsUser|runAsGroup|fsGroup)$": {"type": ["integer", "null"], "minimum": 0}},
}
"""A security context of a pod; the rest of it is left to the API."""
QUANTITY: Final[Shape] = {"type": "string", "pattern": "^[0-9]+([.][0-9]+)?(m|[kMGTPE]i?)?$"}
SIZE: Final[Shape] = {"type": "string", "pattern": "^([0-9]+([.][0-9]+)?[KMGTPE]i?B|0)?$"}
"""Prometheus' own way to write bytes: ``20MB``, ``16MiB``; nothing and 0 are no limit."""
DURATION: Final[Shape] = {
    "type": "string",
    "pattern": "^(([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$",
}
NUMBER_OR_SHARE: Final[Shape] = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+%$"}, {"type": "null"}]}  # fmt: skip
PORT: Final[Shape] = {"type": "integer", "minimum": 1, "maximum": 65535}
PORTS: Final[Shape] = {"type": "array", "items": PORT}


def from_zero(maximum: int = 2**31 - 1) -> Shape:
    """Return the shape of a whole number from 0."""
    return {"type": "integer", "minimum": 0, "maximum": maximum}


def one_of(*words: str) -> Shape:
    """Return the shape of one of these words."""
    return {"enum": list(words)}


def some_of(words: tuple[str, ...]) -> Shape:
    """Return the shape of a list that holds only these words, each once."""
    return {"type": "array", "items": {"enum": list(words)}, "uniqueItems": True}


class Value(NamedTuple):
    """One value.

    Attributes:
        name: Its key, in camel case.
        default: What ``values.yaml`` says.
        shape: Its schema.
        meaning: A sentence or two for people.
        example: Lines of YAML that ``values.yaml`` shows as a comment.
    """

    name: str
    default: Any
    shape: Shape
    meaning: str
    example: str = ""


class Section(NamedTuple):
    """Values under one key; a section is always there and cannot be set to null."""

    name: str
    meaning: str
    parts: tuple[Value | Section, ...]


def values_below(part: Value | Section, above: str = "") -> Iterator[tuple[str, Value]]:
    """Return each value with its path, such as ``image.tag``, in order."""
    path = f"{above}.{part.name}" if above else part.name
    if isinstance(part, Value):
        yield path, part
        return
    for each in part.parts:
        yield from values_below(each, path)
