"""The parts of a profile beyond bins and counts: each is learned in a pass of its own, written and read here.

A section is a module with four functions. A profile without a section, such as one of schema version 1,
reads as it always did.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from mlexporter.records import Reference

if TYPE_CHECKING:
    from mlexporter.profile.fields import Fields
    from mlexporter.profile.sections.training_rows import TrainingRows

NAMES: Final = ("values", "slots", "pairs", "joints", "estimation", "influence", "noise")
"""In the order in which they are learned; noise comes last, because it is measured against all of them."""


class Section(Protocol):
    """What a module of a section offers."""

    def learn(self, reference: Reference, rows: TrainingRows) -> Reference:
        """Return ``reference`` with this section, learned from ``rows``; as it is where nothing is to be learned.

        Raises:
            FitError: what the options ask for cannot be learned from these rows.
        """

    def identity(self, reference: Reference) -> object:
        """Return, as JSON values, what decides which cell a row is counted in; None where nothing is."""

    def to_json(self, reference: Reference) -> Any:
        """Return the section as JSON values; None where there is none."""

    def from_json(self, fields: Fields, reference: Reference) -> Reference:
        """Return ``reference`` with the section that ``fields`` holds.

        Raises:
            ProfileFormatError: a field is missing, unknown or impossible.
        """


def sections() -> Iterator[tuple[str, Section]]:
    """Yield every section with its name."""
    for name in NAMES:
        yield name, cast("Section", importlib.import_module(f"{__name__}.{name}"))
