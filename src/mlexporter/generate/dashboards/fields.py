"""How values look: units, colours from a value on, words for what is absent, and exceptions by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mlexporter.generate.dashboards.colours import BLUE, NEUTRAL, PINK, SKY, UNKNOWN, Step

RATIO: Final = "percentunit"
SECONDS: Final = "s"
BYTES: Final = "bytes"
PER_SECOND: Final = "reqps"
COUNT: Final = "short"
"""A number that is abbreviated: 12.3 K."""
PLAIN_NUMBER: Final = "none"
SYMLOG: Final = {"scaleDistribution": {"type": "symlog", "log": 2, "linearThreshold": 1}}
"""A scale on which a severity of 26 does not hide the line at 1."""


def colour(value: str) -> dict[str, Any]:
    """Return the ``color`` of a field that always has the same."""
    return {"mode": "fixed", "fixedColor": value}


THRESHOLD_COLOUR: Final = {"mode": "thresholds"}
PALETTE_COLOUR: Final = {"mode": "palette-classic"}
"""By place, not by name: names draw from 56 colours, of which some cannot be seen on white."""


def thresholds(steps: Sequence[Step]) -> dict[str, Any]:
    """Return ``thresholds``: from which value on a colour holds."""
    return {"mode": "absolute", "steps": [{"color": tint, "value": value} for value, tint in steps]}


def absent_as(text: str, tint: str = UNKNOWN) -> dict[str, Any]:
    """Return the mapping of an absent value or NaN: else it would take the base colour, which says "all is well"."""
    return {"type": "special", "options": {"match": "null+nan", "result": {"text": text, "color": tint}}}


def named(names: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Return the mapping of values to text and colour."""
    return {
        "type": "value",
        "options": {
            value: {"text": text, "color": tint, "index": place}
            for place, (value, (text, tint)) in enumerate(names.items())
        },
    }


def ranged(start: float | None, end: float | None, text: str, tint: str) -> dict[str, Any]:
    """Return the mapping of values from ``start`` to ``end``, both included, to text and colour; None has no end."""
    return {"type": "range", "options": {"from": start, "to": end, "result": {"text": text, "color": tint}}}


@dataclass(frozen=True, slots=True)
class Override:
    """What differs for one field.

    Attributes:
        field: Its display name; between slashes a regular expression.
        properties: Property to value, such as ``{"unit": "s"}`` or ``{"custom.width": 120}``.
    """

    field: str
    properties: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return it as Grafana has it."""
        is_pattern = len(self.field) > 1 and self.field.startswith("/") and self.field.endswith("/")
        return {
            "matcher": {"id": "byRegexp" if is_pattern else "byName", "options": self.field},
            "properties": [{"id": name, "value": value} for name, value in self.properties.items()],
        }


@dataclass(frozen=True, slots=True)
class Fields:
    """How all values of a panel look.

    Attributes:
        unit: Grafana's name of the unit, such as ``s`` or ``percentunit``.
        steps: Colours from a value on.
        tint: How a colour is chosen: ``thresholds``, ``fixed``...; None leaves it to the panel.
        absent: What stands where there is nothing.
        decimals: Digits behind the point; None leaves it to Grafana.
        minimum: Least value of the axis.
        maximum: Largest value of the axis.
        mappings: Words for values, beside that for nothing.
        custom: What only this kind of panel knows.
        overrides: Exceptions.
        is_absence_mapped: False where a mapping would be drawn as a legend of its own, as bars do.
    """

    unit: str
    steps: Sequence[Step] = NEUTRAL
    tint: dict[str, Any] | None = None
    absent: str = "No data"
    decimals: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    mappings: Sequence[dict[str, Any]] = ()
    custom: dict[str, Any] | None = None
    overrides: Sequence[Override] = ()
    is_absence_mapped: bool = True

    def as_json(self, *, custom: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return ``fieldConfig``, with ``custom`` of the panel's kind under those of this panel."""
        optional = {
            "color": self.tint, "decimals": self.decimals, "min": self.minimum, "max": self.maximum,
        }  # fmt: skip
        return {
            "defaults": {
                "custom": {**(custom or {}), **(self.custom or {})},
                "mappings": [*self.mappings, *([absent_as(self.absent)] if self.is_absence_mapped else [])],
                "noValue": self.absent,
                "thresholds": thresholds(self.steps),
                "unit": self.unit,
                **{name: value for name, value in optional.items() if value is not None},
            },
            "overrides": [each.as_json() for each in self.overrides],
        }


def dashed(tint: str, *, dash: tuple[int, int] = (6, 6), width: int = 1) -> dict[str, Any]:
    """Return properties of a line that is a level, not a measurement: a threshold, a reference."""
    return {
        "color": colour(tint),
        "custom.lineStyle": {"fill": "dash", "dash": list(dash)},
        "custom.lineWidth": width,
        "custom.fillOpacity": 0,
    }


def by_window() -> list[Override]:
    """Return colours of lines whose legend ends with one of the usual windows; else two could look the same."""
    tints = {"1h": SKY, "6h": PINK, "24h": BLUE}
    return [
        Override(f"/(^| ){window}$/", {"color": colour(tint), "custom.lineWidth": 2})
        for window, tint in tints.items()
    ]
