"""What a setting has to be: each of these takes its text, and raises ValueError with what is needed."""

from __future__ import annotations

import math
from typing import Final

DURATION_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
LARGEST_DIGITS: Final = 9
"""Digits of the number of a duration at most."""
_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"", "0", "false", "no", "off"})


def parse_duration(text: str) -> float:
    """Return the seconds of one Prometheus duration such as ``1h`` or ``90s``.

    Raises:
        ValueError: it is not a positive number followed by one of s, m, h, d, w.
    """
    number, unit = text[:-1], text[-1:]
    is_whole = number.isascii() and number.isdecimal() and len(number) <= LARGEST_DIGITS
    if unit not in DURATION_UNITS or not is_whole or int(number) == 0:
        raise ValueError("a whole number above 0 followed by s, m, h, d or w is needed, such as 1h")
    return float(int(number) * DURATION_UNITS[unit])


def boolean(text: str) -> bool:
    """Return whether a text says yes."""
    lowered = text.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise ValueError("1 or 0 is needed (also true, false, yes, no, on, off)")


class Whole:
    """Parses whole numbers from ``minimum`` to ``maximum``."""

    def __init__(self, minimum: int, maximum: int) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def __call__(self, text: str) -> int:
        """Return the number; ValueError says what is needed."""
        try:
            number = int(text)
        except ValueError:
            raise ValueError("a whole number is needed") from None
        if not self.minimum <= number <= self.maximum:
            raise ValueError(f"a whole number from {self.minimum} to {self.maximum} is needed")
        return number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def positive(text: str) -> float:
    """Return a finite number above 0."""
    number = _number(text)
    if not (math.isfinite(number) and number > 0):
        raise ValueError("a number above 0 is needed")
    return number


def positive_or_none(text: str) -> float | None:
    """Return a finite number above 0, or None for nothing."""
    return positive(text) if text else None


def ratio(text: str) -> float:
    """Return a number from 0 to 1."""
    number = _number(text)
    if not 0 <= number <= 1:
        raise ValueError("a number from 0 to 1 is needed, such as 0.01; 0 is off")
    return number


def names_of(text: str) -> tuple[str, ...]:
    """Return names that stand with commas between them."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def window_names(text: str) -> tuple[str, ...]:
    """Return durations of different lengths, shortest first."""
    names = names_of(text)
    lengths = [parse_duration(name) for name in names]
    if not names:
        raise ValueError("at least one duration is needed, such as 1h,6h,24h")
    if len(set(lengths)) != len(lengths):
        raise ValueError("two windows of one length make no sense; leave one out")
    return tuple(sorted(names, key=parse_duration))


def duration_text(text: str) -> str:
    """Return a duration as it was written."""
    parse_duration(text)
    return text


class OneOf:
    """Parses one of some words."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def __call__(self, text: str) -> str:
        """Return the word; ValueError says what is needed."""
        if text not in self.choices:
            raise ValueError("one of " + ", ".join(self.choices) + " is needed")
        return text


def host_name(text: str) -> str:
    """Return a host or an address."""
    if not text or any(character.isspace() or character == "/" for character in text):
        raise ValueError("a host name or an address is needed, such as 127.0.0.1 or 0.0.0.0")
    return text


class Directory:
    """Parses absolute paths, nothing, and some ``words`` that are none."""

    def __init__(self, way_out: str, *words: str) -> None:
        self._way_out = way_out
        self.words = words

    def __call__(self, text: str) -> str:
        """Return the path; ValueError says what is needed."""
        from pathlib import Path  # noqa: PLC0415 - needed only where the setting is given

        if text not in {"", *self.words} and not (Path(text).is_absolute() and text.isprintable()):
            raise ValueError(f"an absolute path is needed, {self._way_out}")
        return text


def toml_file(text: str) -> str:
    """Return the absolute path of a configuration file, or nothing."""
    if not text:
        return ""
    from pathlib import Path  # noqa: PLC0415 - needed only where the setting is given

    if not text.isprintable():
        raise ValueError("the path of a TOML file is needed, such as /etc/mlexporter.toml")
    return str(
        Path(text).absolute()
    )  # the working directory may change later; links are followed at each read


def web_file(text: str) -> str:
    """Return the absolute path of a web configuration file, or nothing."""
    if not text:
        return ""
    from pathlib import Path  # noqa: PLC0415 - needed only where the setting is given

    if not text.isprintable():
        raise ValueError("the path of a web configuration file is needed, such as /etc/mlexporter/web.yml")
    return str(Path(text).absolute())  # as above
