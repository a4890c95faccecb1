"""What a feature or an output can be: small enumerations that the counting side needs too."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """How the values of a feature or an output are binned."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    BOOLEAN = "boolean"
    EMBEDDING = "embedding"


class TrainingType(StrEnum):
    """The type that the values had in training; another one at serving time is a mismatch."""

    FLOAT = "float"
    INTEGER = "integer"
    TEXT = "text"
    BOOLEAN = "boolean"
    VECTOR = "vector"
