"""Lint of places on the grid: nothing overlaps, sticks out, leaves a hole, or ends beside its neighbour."""

from itertools import combinations, pairwise
from typing import NamedTuple

from dashboard_parts import GRID_COLUMNS, name_of, panels_of

LEAST_STEP = 3
"""Rows by which edges inside of one band differ at least: less looks like a mistake."""


class Box(NamedTuple):
    """Where a panel is."""

    panel: dict
    x: int
    y: int
    w: int
    h: int


def overflows(dashboard):
    """Yield panels without a place, or with one outside of the grid."""
    for panel in panels_of(dashboard):
        place = panel.get("gridPos", {})
        x, y, w, h = (place.get(key) for key in "xywh")
        if not all(type(value) is int for value in (x, y, w, h)):
            yield name_of(panel), f"its place is {place}"
        elif x < 0 or y < 0 or w < 1 or h < 1 or x + w > GRID_COLUMNS:
            yield name_of(panel), f"columns {x} to {x + w} of {GRID_COLUMNS}, {h} high"


def overlaps(dashboard):
    """Yield panels that lie upon each other."""
    for _, boxes in _grids(dashboard):
        for one, other in combinations(boxes, 2):
            if _meet(one, other):
                yield name_of(one.panel), f"lies upon {name_of(other.panel)!r}"


def gaps(dashboard):
    """Yield holes: columns of a line without a panel, and rows between lines."""
    for top, boxes in _sound_grids(dashboard):
        below = top
        for band in _bands(boxes):
            first = min(box.y for box in band)
            if first != below:
                yield name_of(band[0].panel), f"begins in row {first}, what is above it ends in row {below}"
            covered = {column for box in band for column in range(box.x, box.x + box.w)}
            if len(covered) < GRID_COLUMNS:
                yield name_of(band[-1].panel), f"its line fills {len(covered)} of {GRID_COLUMNS} columns"
            below = max(box.y + box.h for box in band)


def heights(dashboard):
    """Yield lines whose panels do not end together."""
    for _, boxes in _sound_grids(dashboard):
        for band in _bands(boxes):
            edges = sorted({edge for box in band for edge in (box.y, box.y + box.h)})
            columns = {column for box in band for column in range(box.x, box.x + box.w)}
            is_filled = sum(box.w * box.h for box in band) == len(columns) * (edges[-1] - edges[0])
            steps = [lower - upper for upper, lower in pairwise(edges)]
            if not is_filled or (len(steps) > 1 and min(steps) < LEAST_STEP):
                yield name_of(band[0].panel), f"the panels of its line end in rows {edges[1:]}"


def _grids(dashboard):
    """Yield each grid: its first row, and its boxes; a closed row has one of its own."""
    panels = dashboard.get("panels", [])
    yield 0, _boxes(panels)
    for panel in panels:
        if panel["type"] == "row" and panel.get("panels"):
            yield panel.get("gridPos", {}).get("y", 0) + 1, _boxes(panel["panels"])


def _boxes(panels):
    boxes = []
    for panel in panels:
        place = panel.get("gridPos", {})
        if any(type(place.get(key)) is not int for key in "xywh"):
            continue
        box = Box(panel, *(place[key] for key in "xywh"))
        # Grafana gives the whole line to what is repeated side by side.
        is_wide = panel.get("repeat") and panel.get("repeatDirection") != "v"
        boxes.append(box._replace(x=0, w=GRID_COLUMNS) if is_wide else box)
    return boxes


def _sound_grids(dashboard):
    """Yield the grids in which holes and heights mean something."""
    if list(overflows(dashboard)):
        return
    for top, boxes in _grids(dashboard):
        if not any(_meet(one, other) for one, other in combinations(boxes, 2)):
            yield top, boxes


def _meet(one, other):
    return (
        one.x < other.x + other.w
        and other.x < one.x + one.w
        and one.y < other.y + other.h
        and other.y < one.y + one.h
    )


def _bands(boxes):
    """Return the boxes between horizontal cuts that go through no panel, from top to bottom."""
    bands, below = [], 0
    for box in sorted(boxes, key=lambda box: (box.y, box.x)):
        if not bands or box.y >= below:
            bands.append([])
        bands[-1].append(box)
        below = max(below, box.y + box.h)
    return bands


CHECKS = {
    "grid overflow": overflows,
    "grid overlap": overlaps,
    "grid gap": gaps,
    "grid height": heights,
}
