"""``Mistake``: what is wrong at one place of a file; all of them are found before the first is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mlexporter.errors import SettingError


class Mistake(NamedTuple):
    """One thing that is wrong.

    Attributes:
        keys: Where: the tables and the key, from the outside in.
        sentence: Table, key, value and what would do.
        line: The line of the file, from 1; None where it is not known.
    """

    keys: tuple[str, ...]
    sentence: str
    line: int | None = None

    def told(self, path: str) -> str:
        """Return the sentence with the place in front of it."""
        return (
            f"{path}: {self.sentence}" if self.line is None else f"{path}: line {self.line}: {self.sentence}"
        )


def refusal(path: str, mistakes: Sequence[Mistake]) -> SettingError:
    """Return the error of a file that cannot be used: its first mistake, and how to see the others.

    Args:
        path: The file.
        mistakes: At least one.
    """
    others = len(mistakes) - 1
    more = f"; and {others} more, which `mlexporter config check` names" if others else ""
    return SettingError(f"{mistakes[0].told(path)}{more}")
