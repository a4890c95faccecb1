"""The parts of a profile beyond bins and counts: each is learned in a pass of its own, written and read here.

A section is a module with four functions. A profile without a section, such as one of schema version 1,
reads as it always did, and the module of the section is not even imported.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from mlexporter.records import FeatureReference, Reference

if TYPE_CHECKING:
    from mlexporter.profile.fields import Fields
    from mlexporter.profile.options import FitOptions
    from mlexporter.profile.sections.training_rows import TrainingRows

NAMES: Final = ("values", "pairs", "joints", "slots", "estimation", "influence", "noise")
"""In the order in which they are learned and read: joints give embeddings their bins, which slots count; noise
is measured against all of them."""


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


def section(name: str) -> Section:
    """Return the module of the section ``name``, one of ``NAMES``."""
    return cast("Section", importlib.import_module(f"{__name__}.{name}"))


def sections_of(reference: Reference) -> Iterator[tuple[str, Section]]:
    """Yield the sections that ``reference`` has anything of, each with its name; imports no other."""
    for name in NAMES:
        if _IS_THERE[name](reference):
            yield name, section(name)


def passes_of(name: str, options: FitOptions) -> int:
    """Return how often the section ``name`` is expected to read the rows, for showing progress."""
    return _PASSES[name](options)


def _any_feature(has_it: Callable[[FeatureReference], bool]) -> Callable[[Reference], bool]:
    return lambda reference: any(map(has_it, reference.features))


def _has_noise(reference: Reference) -> bool:
    return (
        any(feature.noise for feature in reference.features)
        or any(output.noise for output in reference.outputs)
        or any(joint.noise for joint in reference.joints)
    )


def _has_values(reference: Reference) -> bool:
    return reference.duplicate_rows is not None or any(
        feature.collision is not None or feature.once_seen is not None for feature in reference.features
    )


def _has_seasons(options: FitOptions) -> bool:
    return bool(options.get("timestamp")) and options.get("seasons", True)


_IS_THERE: Final[Mapping[str, Callable[[Reference], bool]]] = {
    "values": _has_values,
    "slots": lambda reference: reference.slots is not None,
    "pairs": lambda reference: bool(reference.pairs),
    "joints": lambda reference: bool(reference.joints),
    "estimation": lambda reference: reference.estimation is not None,
    "influence": _any_feature(lambda feature: feature.partial_dependence is not None),
    "noise": _has_noise,
}

_PASSES: Final[Mapping[str, Callable[[FitOptions], int]]] = {
    "values": lambda _: 1,
    "slots": lambda options: 2 * _has_seasons(options) or int(bool(options.get("segment"))),
    "pairs": lambda options: int(bool(options.get("derived"))),
    "joints": lambda options: 2 * (options.get("joint", True) or bool(options.get("embeddings"))),
    "estimation": lambda options: int(options.get("held_out") is True),
    "influence": lambda options: int(options.get("predict") is not None),
    "noise": lambda options: 2 * bool(options.get("timestamp")) - _has_seasons(options),
}
