"""Keys of the configuration file under the names that they had before: read for two minor versions, and told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mlexporter import catalogue

_ANY: Final = "*"


def with_new_keys(content: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Return a document with the new names of its keys, and a sentence for each old one that stands in it.

    Where both stand in one table the new one is taken.

    Args:
        content: As ``tomllib`` gives it; it is left as it is.
    """
    told: list[str] = []
    for each in catalogue.RENAMED:
        if each.kind not in {"setting", "key"}:
            continue
        before = "settings." if each.kind == "setting" else ""
        old, new = f"{before}{each.old}".split("."), f"{before}{each.new}".split(".")
        content = _renamed(content, old, new[-1], told)
    return content, tuple(told)


def _renamed(table: Mapping[str, Any], old: list[str], new: str, told: list[str]) -> dict[str, Any]:
    first, *rest = old
    found: dict[str, Any] = {}
    for name, value in table.items():
        if first not in {name, _ANY}:
            found[name] = value
        elif rest:
            found[name] = _renamed(value, rest, new, told) if isinstance(value, Mapping) else value
        else:
            told.append(
                f"{name} is called {new} now; the old name is read for two minor versions: write {new}"
            )
            found.setdefault(new, table.get(new, value))
    return found
