"""Draws current shares against those of training as SVG: bars filled, the reference as an outline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import Markup, clean, element, escape, join
from mlexporter.exposition.page.shares import Shares

WIDE: Final = 480
NARROW: Final = 300
_HEIGHT: Final = 132
_TOP: Final = 16.0
_BASE: Final = 108.0
_LABEL_LINE: Final = 124
_SIDE_WIDTH: Final = 46.0
_SIDE_GAP: Final = 10.0
_BAR_GAP: Final = 1.5


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where bins and shares lie in the picture."""

    width: float
    bin_width: float
    n_bins: int
    largest: float

    def y(self, value: float) -> float:
        return _BASE - (_BASE - _TOP) * value / self.largest


def histogram(shares: Shares, label: str, width: int) -> Markup:
    """Return the picture of a numeric distribution: its bins in true order, equally wide.

    Args:
        shares: Shares and ranges of the cells, and the edges.
        label: What the picture shows, for those who do not see it.
        width: WIDE or NARROW, in the units in which letters are 11 high.
    """
    sides = shares.sides
    room = len(sides) * (_SIDE_WIDTH + _SIDE_GAP)
    n_bins = len(shares.shape)
    largest = max(cell.largest for cell in (*shares.shape, *sides)) or 1.0
    frame = _Frame(width, (width - room) / n_bins, n_bins, largest)
    parts = [_scale(frame), *_bars(shares, frame), _outline(shares, frame), _edge_labels(shares, frame)]
    for index, _ in enumerate(sides):
        parts.append(_side(shares, frame, index))
    return picture((width, _HEIGHT), label, join(*parts))


def picture(size: tuple[int, int], label: str, content: Markup) -> Markup:
    """Return a whole picture with its text alternative."""
    attributes = {
        "viewBox": f"0 0 {size[0]} {size[1]}", "role": "img", "aria-label": clean(label), "class": "picture",
    }  # fmt: skip
    return element("svg", content, **attributes)


def hover(*shapes: Markup, text: str) -> Markup:
    """Return shapes that tell ``text`` to a pointer that rests on them."""
    return join(Markup("<g>"), element("title", text), *shapes, Markup("</g>"))


def box(place: str, x: float, y: float, width: float, height: float) -> Markup:
    """Return one rectangle of the class ``place``."""
    return Markup(
        f'<rect class="{place}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"/>'
    )


def caption(text: str, x: float, y: float, anchor: str, kind: str = "axis") -> Markup:
    """Return a line of text in a picture; ``anchor`` is start, middle or end."""
    return Markup(
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _scale(frame: _Frame) -> Markup:
    """Return the base line, and the line of the largest share with its number above all bars."""
    base = f'<path class="base" d="M0 {_BASE}H{frame.bin_width * frame.n_bins:.1f}"/>'
    top = f'<path class="grid" d="M0 {_TOP}H{frame.width}"/>'
    return join(Markup(base + top), caption(words.share(frame.largest), 0, _TOP - 4, "start"))


def _bars(shares: Shares, frame: _Frame) -> list[Markup]:
    bars = []
    for index, cell in enumerate(shares.shape):
        x = index * frame.bin_width
        shapes = [box("hit", x, _TOP, frame.bin_width, _BASE - _TOP)]
        if cell.current:
            y = frame.y(cell.current)
            shapes.append(box("now", x + _BAR_GAP / 2, y, frame.bin_width - _BAR_GAP, _BASE - y))
        bars.append(hover(*shapes, text=cell.sentence))
    return bars


def _outline(shares: Shares, frame: _Frame) -> Markup:
    steps = [f"M0 {_BASE}"]
    for index, cell in enumerate(shares.shape):
        steps.append(f"V{frame.y(cell.reference or 0.0):.1f}H{(index + 1) * frame.bin_width:.1f}")
    return Markup(f'<path class="then" d="{"".join(steps)}V{_BASE}"/>')


def _edge_labels(shares: Shares, frame: _Frame) -> Markup:
    """Label the first, the middle and the last edge, as far as they have room."""
    edges = shares.edges
    chosen = sorted({0, _middle(shares), len(edges) - 1}) if edges else []
    labels, free_from = [], 0.0
    width = frame.bin_width * frame.n_bins
    for index in chosen:
        text = words.edge(edges[index])
        half = 3.2 * len(text) + 2
        x = min(max((index + 1) * frame.bin_width, half), width - half)
        if x - half < free_from:
            continue
        free_from = x + half + 4
        labels.append(caption(text, x, _LABEL_LINE, "middle"))
        position = (index + 1) * frame.bin_width
        labels.append(Markup(f'<path class="tick" d="M{position:.1f} {_BASE}v4"/>'))
    return join(*labels)


def _middle(shares: Shares) -> int:
    """Return the edge nearest to the median of training."""
    total, nearest, distance = 0.0, 0, 2.0
    for index in range(len(shares.edges)):
        total += shares.shape[index].reference or 0.0
        if abs(total - 0.5) < distance:
            nearest, distance = index, abs(total - 0.5)
    return nearest


def _side(shares: Shares, frame: _Frame, index: int) -> Markup:
    cell = shares.sides[index]
    x = frame.bin_width * frame.n_bins + index * (_SIDE_WIDTH + _SIDE_GAP) + _SIDE_GAP
    shapes = [box("hit", x, _TOP, _SIDE_WIDTH, _BASE - _TOP)]
    shapes.append(Markup(f'<path class="base" d="M{x:.1f} {_BASE}h{_SIDE_WIDTH}"/>'))
    inner, width = x + 8, _SIDE_WIDTH - 16
    if cell.current:
        y = frame.y(cell.current)
        shapes.append(box("side", inner, y, width, _BASE - y))
    if cell.reference:
        y = frame.y(cell.reference)
        shapes.append(box("then", inner, y, width, _BASE - y))
    shapes.append(caption(cell.label, x + _SIDE_WIDTH / 2, _LABEL_LINE, "middle"))
    return hover(*shapes, text=cell.sentence)
