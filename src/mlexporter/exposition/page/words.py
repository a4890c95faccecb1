"""Puts numbers, times and shares into words for people; what is unknown is a dash, never a 0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

UNKNOWN: Final = "–"
SPACE: Final = "\u00a0"  # keeps a number and its unit on one line
_MINUS: Final = "\u2212"

_LARGE: Final = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_SPANS: Final = ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second"))
_EXACT_BELOW: Final = 10_000
_SMALLEST_SHARE: Final = 0.001
_SMALLEST_AMOUNT: Final = 0.005


def _significant(value: float, digits: int, most_decimals: int = 99) -> str:
    """Return a number with so many digits, without an exponent where that stays short."""
    if value == 0:
        return "0"
    decimals = min(digits - 1 - math.floor(math.log10(abs(value))), most_decimals)
    if decimals > digits + 3:
        return f"{value:.{digits - 1}e}".replace("-", _MINUS)
    text = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", _MINUS)


def _scaled(value: float, digits: int) -> str:
    for size, letter in _LARGE:
        if abs(value) >= size:
            return _significant(value / size, digits) + SPACE + letter
    return _significant(value, digits)


def count(number: int) -> str:
    """Return a count: ``1,234``, ``12.3 k``, ``4.56 M``."""
    return f"{number:,}" if abs(number) < _EXACT_BELOW else _scaled(float(number), 3)


def amount(value: float | None) -> str:
    """Return a dimensionless size with at most three digits: ``0.31``, ``9.3``, ``134``."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if 0 < abs(value) < _SMALLEST_AMOUNT:
        return "under" + SPACE + "0.01"
    if abs(value) < 100:
        return _significant(value, 2, most_decimals=2)
    return _scaled(value, 3)


def edge(value: float) -> str:
    """Return a value of a feature, in the unit that the feature has: ``2,475``, ``0.0123``."""
    if not math.isfinite(value):
        return UNKNOWN
    if abs(value) >= 1e6:
        return _scaled(value, 3)
    return _significant(value, 4 if abs(value) >= 1000 else 3)


def share(value: float | None) -> str:
    """Return a part of a whole (0 to 1) in percent: ``0.4 %``, ``31 %``."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if 0 < value < _SMALLEST_SHARE:
        return f"under{SPACE}0.1{SPACE}%"
    percent = 100 * value
    text = f"{percent:.1f}" if percent < 10 or 99 < percent < 100 else f"{percent:.0f}"
    if text == "100.0":
        text = "99.9"
    return text.removesuffix(".0") + SPACE + "%"


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units: ``4 minutes``, ``1 hour 20 minutes``."""
    if not math.isfinite(seconds):
        return UNKNOWN
    if seconds < 1:
        return latency(max(seconds, 0.0))
    left = round(seconds)
    parts: list[str] = []
    for size, unit in _SPANS:
        number, left = divmod(left, int(size))
        if number or parts:
            parts.append(plural(number, unit) if number else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part)


def latency(seconds: float) -> str:
    """Return a short time: ``0.25 ms``, ``3.2 ms``, ``1.4 s``."""
    if seconds >= 1:
        return _significant(seconds, 2) + SPACE + "s"
    return _significant(seconds * 1000, 2) + SPACE + "ms"


def moment(timestamp: float) -> str:
    """Return a Unix time as a date and time of day in UTC."""
    try:
        return f"{datetime.fromtimestamp(timestamp, tz=UTC):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, ValueError, OSError):
        return "an unknown time"


def processes(number: int) -> str:
    """Return how many processes there are."""
    return f"{count(number)} process{'' if number == 1 else 'es'}"


def plural(number: int, noun: str) -> str:
    """Return a count with its noun: ``1 row``, ``61 rows``."""
    ending = "" if number == 1 else "s"
    return f"{count(number)} {noun}{ending}"


def listed(texts: Sequence[str], limit: int = 5) -> str:
    """Return texts as a list in a sentence, what is beyond ``limit`` as a number."""
    shown = list(texts[:limit])
    if len(texts) > limit:
        shown.append(f"{count(len(texts) - limit)} more")
    if len(shown) < 2:
        return "".join(shown)
    return ", ".join(shown[:-1]) + " and " + shown[-1]


def window(name: str) -> str:
    """Return what a window is called in a sentence."""
    return f"the last {name}"


def deviations(size: float) -> str:
    """Return a size in standard deviations of the training data."""
    number = amount(size)
    return f"{number} standard deviation{'' if number == '1' else 's'}"
