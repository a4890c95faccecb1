"""A loader of YAML that takes every scalar as the text that stands there, and no key twice."""

from __future__ import annotations

from typing import Any, Final

import yaml

_LARGEST_DEPTH: Final = 32
"""Levels of nesting; the format has three."""


class UniqueKeyLoader(yaml.BaseLoader):
    """Texts, lists and tables only; what YAML would merge, convert or build stays a text.

    Of a key that stands twice YAML keeps the last: a file could then look stricter than it is.
    """

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node, unless it lies too deep."""
        self._depth += 1
        if self._depth > _LARGEST_DEPTH:
            raise yaml.YAMLError("values lie too deep in each other")
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - as its parent has it
        """Return a table, unless a key stands twice."""
        seen = set()
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                if key_node.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, "a key stands twice in one table", key_node.start_mark
                    )
                seen.add(key_node.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found
