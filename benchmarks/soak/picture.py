"""Memory and traffic of a run as SVG, with a mark for each fault."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

WIDTH, HEIGHT, LEFT, TOP = 960, 420, 60, 30
_MEMORY, _TRAFFIC = (TOP, 250), (290, 100)
_COLOURS: Final = ("#1f78b4", "#b25a00", "#33803a", "#6a3d9a", "#a6336b", "#5b5b5b")
_LONG: Final = 0.5
"""Processes that lived this part of the run are drawn in colour with their names, others thin and grey."""


def picture(results: Mapping[str, Any]) -> str:
    """Return the drawing; every text of the document is escaped."""
    seconds = max(results["scale"]["seconds"], 1)
    curves = results["curves"]
    top = max((value for points in curves.values() for _, value in points), default=1) * 1.1
    x_of = (WIDTH - LEFT - 10) / seconds
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="18" fill="#333333">Memory of each process (its own, MiB); grey bars are faults</text>',
    ]
    for fault in results["faults"]:
        width = max((fault["over"] - fault["began"]) * x_of, 1.0)
        parts.append(
            f'<rect x="{LEFT + fault["began"] * x_of:.1f}" y="{TOP}" width="{width:.1f}" height="{HEIGHT - TOP - 30}" '
            f'fill="#dddddd"><title>{escape(fault["what"])}, {escape(fault["to"])}</title></rect>'
        )
    named = 0
    for name, points in curves.items():
        is_long = points[-1][0] - points[0][0] >= _LONG * seconds
        colour = _COLOURS[named % len(_COLOURS)] if is_long else "#aaaaaa"
        parts.append(_line([(at, value / top) for at, value in points], _MEMORY, x_of, colour))
        if is_long:
            parts.append(
                f'<text x="{LEFT + 8 + 140 * named}" y="{_MEMORY[0] + _MEMORY[1] - 8}" fill="{colour}">'
                f"{escape(' '.join(name.split(' ')[:2]))}</text>"
            )
            named += 1
    traffic = results["traffic"]
    rates = [
        (later[0], (later[1] - earlier[1]) / max(later[0] - earlier[0], 1))
        for earlier, later in itertools.pairwise(traffic)
    ]
    most = max((rate for _, rate in rates), default=1.0) * 1.1 or 1.0
    parts.append(_line([(at, rate / most) for at, rate in rates], _TRAFFIC, x_of, "#333333"))
    parts.append(
        f'<text x="{LEFT}" y="{_TRAFFIC[0] - 2}" fill="#333333">Calls answered a second, both pods</text>'
    )
    for (y, height), high, words in ((_MEMORY, top / 1024, "{:.0f}"), (_TRAFFIC, most, "{:.1f}")):
        for part in (0.0, 0.5, 1.0):
            at = y + height * (1 - part)
            parts.append(
                f'<text x="{LEFT - 6}" y="{at + 4:.0f}" text-anchor="end" fill="#333333">{words.format(high * part)}</text>'
            )
            parts.append(
                f'<line x1="{LEFT}" x2="{WIDTH - 10}" y1="{at:.0f}" y2="{at:.0f}" stroke="#cccccc"/>'
            )
    step = 600 if seconds > 1200 else 60
    parts += [
        f'<text x="{LEFT + at * x_of:.0f}" y="{HEIGHT - 12}" text-anchor="middle" fill="#333333">{at // 60} min</text>'
        for at in range(0, seconds + 1, step)
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _line(points: Sequence[tuple[float, float]], place: tuple[int, int], x_of: float, colour: str) -> str:
    y, height = place
    told = " ".join(f"{LEFT + at * x_of:.1f},{y + height * (1 - value):.1f}" for at, value in points)
    return f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="1.4"/>'
