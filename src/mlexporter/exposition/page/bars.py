"""Draws categories as labelled horizontal bars: current shares filled, those of training outlined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mlexporter.exposition.page import words
from mlexporter.exposition.page.histogram import box, caption, hover, picture
from mlexporter.exposition.page.markup import Markup, join
from mlexporter.exposition.page.shares import Cell, Shares

_HEAD: Final = 14
_ROW: Final = 17
_HEIGHT: Final = 132
_BAR: Final = 12
_LABEL_WIDTH: Final = 88
_VALUE_WIDTH: Final = 98
_LABEL_LENGTH: Final = 14
_NAMED_ROWS: Final = 7


def bars(shares: Shares, label: str, width: int) -> Markup:
    """Return the picture of a categorical distribution.

    The categories with the largest shares have a row each, in the order of the profile; the rest
    are one row without a bar; ``unseen``, ``missing`` and ``invalid`` follow in a tone of their own.

    Args:
        shares: Shares of the cells.
        label: What the picture shows, for those who do not see it.
        width: WIDE or NARROW, in the units in which letters are 11 high.
    """
    unseen = shares.shape[-1]
    sides = [cell for cell in (unseen, *shares.sides) if cell.largest > 0]
    labels = {cell.label for cell in shares.shape}
    named = _named_rows(shares.shape[:-1], _NAMED_ROWS - len(sides))
    tones = ["now" if cell.label in labels else "rest" for cell in named] + ["side"] * len(sides)
    barred = [cell for cell, tone in zip([*named, *sides], tones, strict=True) if tone != "rest"]
    largest = max((cell.largest for cell in barred), default=0.0) or 1.0
    rows = [
        _row(cell, _HEAD + index * _ROW, tone, _Scale(width, largest))
        for index, (cell, tone) in enumerate(zip([*named, *sides], tones, strict=True))
    ]
    heads = join(caption("now", width - 54, 9, "end"), caption("training", width - 1, 9, "end"))
    return picture((width, max(_HEAD + len(rows) * _ROW, _HEIGHT)), label, join(heads, *rows))


def _named_rows(cells: Sequence[Cell], room: int) -> list[Cell]:
    """Return at most ``room`` cells, what has no room of its own added up in the last one."""
    present = [cell for cell in cells[:-1] if cell.largest > 0] or list(cells[:-1])
    other = cells[-1]
    if len(present) + (other.largest > 0) <= room:
        return [*present, other] if other.largest > 0 else present
    ranked = sorted(present, key=lambda cell: max(cell.largest, 4 * abs(cell.change)), reverse=True)
    kept = {id(cell) for cell in ranked[: room - 1]}
    rest = [cell for cell in present if id(cell) not in kept]
    summed = Cell(
        f"{len(rest)} more" if other.largest == 0 else "all others",
        _total([*(cell.current for cell in rest), other.current]),
        _total([*(cell.reference for cell in rest), other.reference]),
    )
    return [*(cell for cell in present if id(cell) in kept), summed]


def _total(parts: Sequence[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class _Scale:
    """How wide the picture is, and the share that fills it."""

    width: int
    largest: float

    def length(self, share: float) -> float:
        return (self.width - _LABEL_WIDTH - _VALUE_WIDTH) * share / self.largest


def _row(cell: Cell, top: int, tone: str, scale: _Scale) -> Markup:
    y = top + 2.0
    shapes = [box("hit", 0, top, scale.width, _ROW)]
    label = cell.label if len(cell.label) <= _LABEL_LENGTH else cell.label[: _LABEL_LENGTH - 1] + "…"
    shapes.append(caption(label, _LABEL_WIDTH - 8, y + 10.5, "end", "name"))
    if cell.current and tone != "rest":
        shapes.append(box(tone, _LABEL_WIDTH, y, scale.length(cell.current), _BAR))
    if cell.reference and tone != "rest":
        shapes.append(box("then", _LABEL_WIDTH, y, scale.length(cell.reference), _BAR))
    shapes.append(caption(words.share(cell.current), scale.width - 54, y + 10.5, "end", "value"))
    shapes.append(caption(words.share(cell.reference), scale.width - 1, y + 10.5, "end"))
    return hover(*shapes, text=cell.sentence)
