"""How columns of a table look: widths, colours, bars, sparklines, links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlexporter.generate.dashboards.colours import OK, UNKNOWN, Step
from mlexporter.generate.dashboards.fields import (
    THRESHOLD_COLOUR,
    Override,
    absent_as,
    colour,
    named,
    thresholds,
)


def name_column(name: str, width: int, *, link: dict[str, Any] | None = None) -> Override:
    """Return how a column of names looks, with a link where there is a place to go.

    Without a unit of its own a version such as 2013.2 is taken for a number, and rounded.
    """
    return Override(
        name,
        {
            "custom.width": width,
            "unit": "string",
            "mappings": [absent_as("–")],
            **({"links": [link]} if link else {}),
        },
    )


def number_column(
    name: str, width: int, *, unit: str = "", decimals: int | None = None, absent: str = "–"
) -> Override:
    """Return how a column of plain numbers looks; nothing is a grey dash."""
    return Override(name, {"custom.width": width, "mappings": [absent_as(absent)], **_number(unit, decimals)})


def coloured_column(
    name: str, width: int, steps: Sequence[Step], *, unit: str = "", decimals: int | None = None
) -> Override:
    """Return how a column with coloured cells looks; a cell with nothing in it has no colour."""
    return Override(
        name,
        {
            "custom.width": width,
            "custom.cellOptions": {"type": "color-background", "mode": "basic"},
            "thresholds": thresholds(steps),
            "color": THRESHOLD_COLOUR,
            "mappings": [absent_as("–", "transparent")],
            **_number(unit, decimals),
        },
    )


def gauge_column(
    name: str, width: int, steps: Sequence[Step], maximum: float, *, decimals: int | None = None
) -> Override:
    """Return how a column of small bars from 0 to ``maximum`` looks."""
    return Override(
        name,
        {
            "custom.width": width,
            "custom.align": "left",  # else bars grow from the right
            "custom.cellOptions": {"type": "gauge", "mode": "basic", "valueDisplayMode": "color"},
            "thresholds": thresholds(steps),
            "color": THRESHOLD_COLOUR,
            "mappings": [absent_as("–")],
            "min": 0,
            "max": maximum,
            **_number("", decimals),
        },
    )


def sparkline_column(
    name: str, width: int, *, maximum: float | None = None, tint: str = OK, unit: str = ""
) -> Override:
    """Return how the course of a value looks in a cell."""
    return Override(
        name,
        {
            "custom.width": width,
            "custom.cellOptions": {
                "type": "sparkline", "hideValue": True, "lineWidth": 1, "fillOpacity": 15, "gradientMode": "none",
                "showPoints": "never", "drawStyle": "line", "spanNulls": False,
            },
            "color": colour(tint),
            "min": 0,
            **({} if maximum is None else {"max": maximum}),
            **_number(unit, None),
        },
    )  # fmt: skip


def word_column(name: str, width: int, names: dict[str, tuple[str, str]]) -> Override:
    """Return how a column looks whose values are told by words with a colour."""
    return Override(
        name,
        {
            "custom.width": width,
            "custom.cellOptions": {"type": "color-text"},
            "mappings": [named(names), absent_as("–", UNKNOWN)],
        },
    )


def _number(unit: str, decimals: int | None) -> dict[str, Any]:
    return {**({"unit": unit} if unit else {}), **({} if decimals is None else {"decimals": decimals})}
