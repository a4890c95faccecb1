"""What a block of cells is about: who may add its cells to those of which other block."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from mlexporter.records import ModelKey
from mlexporter.state.layout import CellKind, Layout

Identity: TypeAlias = tuple[str, ...]
"""Blocks of one identity have one layout and add up, cell by cell."""


class BlockKind(StrEnum):
    """What the cells of a block count."""

    WORKER = "worker"
    """What one process counts about itself; one block a slot."""
    SERVICE = "service"
    """Calls, rows and durations of a model."""
    ERROR = "error"
    """Calls of a model that raised one class of exception."""
    PROFILE = "profile"
    """Rows of a model in the bins of one profile."""
    GENERATION = "generation"
    """Calls of a generative model, in several small blocks by what is told apart."""
    EXEMPLARS = "exemplars"
    """Sampled calls of a model, one for each status and bucket of durations; they count nothing."""


class BlockDescription(NamedTuple):
    """Everything about a block but its cells; stands in front of them in a slot.

    Attributes:
        kind: What is counted.
        key: The model, or None for what belongs to the process.
        name: Fingerprint of the bins, class of the exception or bounds of durations; else empty.
        synchronous: Cells that are exact when a call has ended.
        banked: Cells that are committed together, a chunk of rows at a time.
        about: What a reader in another process has to know; any JSON.
    """

    kind: BlockKind
    key: ModelKey | None
    name: str
    synchronous: Layout
    banked: Layout
    about: Mapping[str, Any] = MappingProxyType({})

    @property
    def identity(self) -> Identity:
        """What two blocks must have in common to be added: subject and layout."""
        subject = () if self.key is None else self.key.label_values
        layouts = repr((_groups(self.synchronous), _groups(self.banked)))
        return (self.kind.value, *subject, self.name, layouts)

    def to_json(self) -> str:
        """Return the description as one line of JSON in ASCII."""
        import json  # noqa: PLC0415 - nobody needs it who counts alone

        return json.dumps(
            {
                "kind": self.kind.value,
                "key": None if self.key is None else list(self.key.label_values),
                "name": self.name,
                "synchronous": _groups(self.synchronous),
                "banked": _groups(self.banked),
                "about": dict(self.about),
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> BlockDescription:
        """Return what ``to_json`` wrote.

        Raises:
            ValueError: it is no such text, whatever is wrong with it.
        """
        import json  # noqa: PLC0415 - nobody needs it who counts alone

        try:
            content = json.loads(text)
            key = content["key"]
            return cls(
                BlockKind(content["kind"]),
                None if key is None else ModelKey(*map(str, key)),
                str(content["name"]),
                _layout(content["synchronous"]),
                _layout(content["banked"]),
                dict(content["about"]),
            )
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"no description of a block: {error!r}") from None


def _groups(layout: Layout) -> list[tuple[str, str, int]]:
    return [(group.name, group.kind.value, group.length) for group in layout.groups]


def _layout(groups: Any) -> Layout:
    return Layout((str(name), CellKind(kind), int(length)) for name, kind, length in groups)
