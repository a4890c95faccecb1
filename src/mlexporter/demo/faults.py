"""Faults that the data does not have: made on purpose, switched on for a stretch, and said to be made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mlexporter.demo.features import feature_named
from mlexporter.errors import ConfigurationError

WAYS: Final = ("unit", "missing", "stuck")
"""How a feature can be broken."""

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Fault:
    """One made fault: ``feature`` is broken in one of ``WAYS``."""

    feature: str
    way: str

    def __str__(self) -> str:
        """Return it as it is written on the command line."""
        return f"{self.feature}={self.way}"

    @property
    def sentence(self) -> str:
        """What happens to the feature, for people."""
        if self.way == "missing":
            return f"{self.feature} is sent as None, as after a dropped join"
        if self.way == "stuck":
            return f"{self.feature} repeats the last value, as a feed that stands still"
        conversion = feature_named(self.feature).conversion
        if conversion is None:
            raise ConfigurationError(f"{self.feature} has no other unit")
        return f"{self.feature} is sent in {conversion.other_unit} where the model learned {conversion.unit}"

    def applied(self, row: Row, last_healthy: Row) -> dict[str, object]:
        """Return a copy of ``row`` with the fault in it.

        Args:
            row: The true features of a flight.
            last_healthy: The features of the last flight before the fault, which ``stuck`` repeats.
        """
        broken = dict(row)
        if self.way == "missing":
            broken[self.feature] = None
        elif self.way == "stuck":
            broken[self.feature] = last_healthy.get(self.feature)
        else:
            broken[self.feature] = _converted(self.feature, row[self.feature])
        return broken


def parse_fault(text: str) -> Fault:
    """Return the fault that ``text`` asks for, such as ``distance=unit``.

    Raises:
        ConfigurationError: unknown feature or way, or a unit error of what has one unit only.
    """
    name, separator, way = text.partition("=")
    if not separator or way not in WAYS:
        raise ConfigurationError(
            f"--break {text!r}: FEATURE=unit, FEATURE=missing or FEATURE=stuck is needed"
        )
    feature = feature_named(name)
    if way == "unit" and feature.conversion is None:
        raise ConfigurationError(
            f"--break {text!r}: {name} has no other unit; missing and stuck work with it"
        )
    return Fault(name, way)


def parse_faults(texts: tuple[str, ...]) -> tuple[Fault, ...]:
    """Return the faults that ``texts`` ask for.

    Raises:
        ConfigurationError: one of them is impossible, or two break one feature.
    """
    faults = tuple(parse_fault(text) for text in texts)
    names = [fault.feature for fault in faults]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigurationError(f"--break {twice[0]!r} is given twice; break a feature in one way")
    return faults


def _converted(name: str, value: object) -> object:
    conversion = feature_named(name).conversion
    if conversion is None or not isinstance(value, int | float) or math.isnan(value):
        return value
    return value * conversion.scale + conversion.offset
