"""How much each feature moves predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlexporter.records import Reference

if TYPE_CHECKING:
    from mlexporter.profile.fields import Fields
    from mlexporter.profile.sections.training_rows import TrainingRows


def learn(reference: Reference, rows: TrainingRows) -> Reference:
    """Return ``reference`` with this section."""
    del rows
    return reference


def identity(reference: Reference) -> object:
    """Return what decides in which cell a row is counted; None where nothing does."""
    del reference


def to_json(reference: Reference) -> Any:
    """Return the section as JSON values; None where there is none."""
    del reference


def from_json(fields: Fields, reference: Reference) -> Reference:
    """Return ``reference`` with the section that ``fields`` holds."""
    del fields
    return reference
