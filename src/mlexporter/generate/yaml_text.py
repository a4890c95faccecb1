"""YAML as a person would write it: lists below their key are indented, expressions are blocks, no line is folded."""

from __future__ import annotations

from typing import Any, Final

import yaml

_NEVER_FOLD: Final = 100_000


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 - PyYAML's signature
        """Indent lists below their key, as rule files everywhere do."""
        del indentless
        super().increase_indent(flow=flow, indentless=False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def yaml_text(value: Any) -> str:
    """Return ``value`` (dictionaries, lists, text and numbers) as YAML, keys in their order."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=_NEVER_FOLD, allow_unicode=True)
    return text
