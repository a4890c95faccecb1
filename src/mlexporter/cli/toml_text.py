"""Values as TOML, for files that people read and keep."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from mlexporter.cli.held_values import Held


def toml_text(held: Iterable[Held]) -> str:
    """Return values as a configuration file that says the same, each with where it came from.

    What has no value is left out: a file cannot say that there is none.
    """
    tables: dict[tuple[str, ...], list[str]] = {}
    for each in held:
        lines = tables.setdefault(each.keys[:-1], [])
        if each.value is not None:
            lines.append(f"{_key(each.keys[-1])} = {_value(each.value)}  # {_comment(each.sources)}")
    parts = (
        "\n".join((f"[{'.'.join(map(_key, keys))}]", *lines, "")) for keys, lines in tables.items() if lines
    )
    return "\n".join(parts)


def _comment(sources: Iterable[str]) -> str:
    return "".join(each if each.isprintable() else "?" for each in ", over ".join(sources))


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if is_bare else _text(name)


def _text(text: str) -> str:
    # JSON's escapes are TOML's too, but it lets a delete stand.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items()) + " }"
    return repr(value)
