"""What a value of the file has to be: each function returns a parser that refuses with a way out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from mlexporter.settings import parse_duration

Parser = Callable[[Any], Any]
"""Takes a value as TOML gives it; raises ValueError with what is needed."""

SHOWN: Final = 60
"""Characters of a value that a message shows at most."""

LARGEST: Final = 1e15
"""Below this numbers without a limit of their own end."""


@dataclass(frozen=True, slots=True)
class Number:
    """Parses numbers above ``low`` (or from it, ``with_low``) and below ``high``."""

    low: float
    high: float
    example: str
    with_low: bool = False

    def __call__(self, value: Any) -> float:
        """Return the number; ValueError says what is needed."""
        found = as_number(value)
        if found is None or not (self.low < found < self.high or (self.with_low and found == self.low)):
            begin = f"from {self.low:g}" if self.with_low else f"above {self.low:g}"
            end = f" and below {self.high:g}" if self.high < LARGEST else ""
            raise ValueError(f"a number {begin}{end} is needed, without quotes, such as {self.example}")
        return found


@dataclass(frozen=True, slots=True)
class OneOf:
    """Parses one of some words."""

    choices: tuple[str, ...]

    def __call__(self, value: Any) -> str:
        """Return the word; ValueError says what is needed."""
        if value not in self.choices or not isinstance(value, str):
            raise ValueError("one of " + ", ".join(f'"{choice}"' for choice in self.choices) + " is needed")
        return value


def number_between(low: float, high: float, *, example: str, with_low: bool = False) -> Number:
    """Return a parser of numbers above ``low`` (or from it, ``with_low``) and below ``high``."""
    return Number(low, high, example, with_low)


def number_above(low: float, *, example: str, with_low: bool = False) -> Number:
    """Return a parser of finite numbers above ``low`` (or from it, ``with_low``)."""
    return number_between(low, LARGEST, example=example, with_low=with_low)


def duration(value: Any) -> float:
    """Return the seconds of a duration such as "7d"."""
    if not isinstance(value, str):
        raise ValueError('a duration in quotes is needed, such as "7d" or "12h"')  # noqa: TRY004 - one kind of refusal, whatever is wrong with a value
    try:
        return parse_duration(value)
    except (ValueError, OverflowError):
        raise ValueError(
            'a whole number above 0 followed by s, m, h, d or w is needed, such as "7d"'
        ) from None


def one_of(*choices: str) -> OneOf:
    """Return a parser of one of these words."""
    return OneOf(choices)


def boolean(value: Any) -> bool:
    """Return true or false, which are written without quotes."""
    if not isinstance(value, bool):
        raise ValueError("true or false is needed, without quotes")  # noqa: TRY004 - one kind of refusal, whatever is wrong with a value
    return value


def as_number(value: Any) -> float | None:
    """Return a finite number, or None for whatever else; true and false are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def shown(value: Any) -> str:
    """Return a value as it may stand in a message: short, on one line."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits has no text; so has a deep nest
        return "…"
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
