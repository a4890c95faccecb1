"""On which line a key of a TOML document stands; tomllib does not tell.

A statement is the shortest run of lines that is TOML by itself, so that no grammar is needed here: an array
or a text that is not closed yet never is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from mlexporter.configuration.mistakes import Mistake

LONGEST_STATEMENT_LINES: Final = 200
"""Nothing behind a longer one is located: looking for its end takes the square of its length."""


def located(mistakes: Sequence[Mistake], text: str) -> tuple[Mistake, ...]:
    """Return mistakes with their lines, in the order in which they stand in the file; unknown ones last.

    Args:
        mistakes: What is wrong in it.
        text: The document, which tomllib has read.
    """
    lines = _lines(text)
    found = (each._replace(line=_line(each.keys, lines)) for each in mistakes)
    return tuple(sorted(found, key=lambda each: (each.line is None, each.line or 0)))


def _line(keys: tuple[str, ...], lines: Mapping[tuple[str, ...], int]) -> int | None:
    """Return the line of a key, or of the innermost table around it that has one."""
    for length in range(len(keys), 0, -1):
        if keys[:length] in lines:
            return lines[keys[:length]]
    return None


def _lines(text: str) -> dict[tuple[str, ...], int]:
    table: tuple[str, ...] = ()
    found: dict[tuple[str, ...], int] = {}
    for number, statement in _statements(text.replace("\r\n", "\n").split("\n")):
        content = tomllib.loads(statement)
        is_header = statement.lstrip().startswith("[")
        if is_header:
            table = max(_paths(content), key=len, default=())
            found.setdefault(table, number)
        for path in () if is_header else _paths(content):
            found.setdefault((*table, *path), number)
    return found


def _statements(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield statements with the numbers of their first lines, until one is too long."""
    begin = 0
    for end in range(1, len(lines) + 1):
        statement = "\n".join(lines[begin:end])
        if end - begin > LONGEST_STATEMENT_LINES:
            return
        try:
            tomllib.loads(statement)
        except (ValueError, RecursionError):
            continue
        yield begin + 1, statement
        begin = end


def _paths(content: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(content, list):
        content = content[0] if content else {}
    if isinstance(content, dict):
        for name, inner in content.items():
            path = (*before, name)
            yield path
            yield from _paths(inner, path)
