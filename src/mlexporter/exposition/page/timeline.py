"""Draws the severity of every feature over time: a strip for each, coloured by severity, blind spots marked."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from mlexporter.exposition.page import words
from mlexporter.exposition.page.histogram import box, caption, hover, picture
from mlexporter.exposition.page.markup import Content, Markup, element, join, name_markup
from mlexporter.exposition.page.subjects import BLIND_ABOVE, DRIFT_ABOVE

_LEVELS: Final = ((1.0, "still"), (2.0, "above"), (5.0, "far"), (math.inf, "farthest"))
_TEXTS: Final = {
    "still": "no drift", "above": "severity 1 to 2", "far": "2 to 5", "farthest": "above 5",
    "blind": "no shift could be seen", "absent": "no score",
}  # fmt: skip
_WIDTH: Final = 800
_HEIGHT: Final = 16
_TICKS: Final = 8


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One feature or output: its severity and the smallest visible shift in each period, NaN where absent."""

    name: str
    alert: bool
    severities: Sequence[float]
    visible: Sequence[float]

    @property
    def n_drifting(self) -> int:
        """Periods with drift."""
        return sum(severity > DRIFT_ABOVE for severity in self.severities)

    def level(self, place: int) -> str:
        """Return how a period is coloured."""
        severity = self.severities[place]
        if math.isnan(severity):
            return "absent"
        if severity <= DRIFT_ABOVE and self.visible[place] > BLIND_ABOVE:
            return "blind"  # silence of a window that could not have seen anything is no "no drift"
        return next(name for limit, name in _LEVELS if severity <= limit)


def timeline(title: str, note: Content, begins: Sequence[float], rows: Sequence[TimelineRow]) -> Markup:
    """Return one strip for each feature, most periods with drift first.

    Args:
        title: The heading.
        note: What is shown and how to read it.
        begins: Begin of each period, Unix seconds.
        rows: Severities, as many as there are periods each.
    """
    ordered = sorted(rows, key=lambda row: (-row.n_drifting, row.name))
    drawn = [_row(row, begins) for row in ordered]
    head = element(
        "tr",
        element("th", "", scope="col"),
        element("td", _axis(begins)),
        element("th", "drift in", scope="col", class_="number"),
    )
    table = element("table", element("thead", head), element("tbody", *drawn), class_="timeline")
    return join(
        element("h3", title), element("p", note, class_="note"), _legend(rows),
        element("div", table, class_="scroll"),
    )  # fmt: skip


def _row(row: TimelineRow, begins: Sequence[float]) -> Markup:
    mark = None if row.alert else element("span", " shown only", class_="kind")
    told = f"{words.count(row.n_drifting)} of {words.plural(len(begins), 'period')}"
    label = f"{row.name}: drift in {told}"
    strip = picture((_WIDTH, _HEIGHT), label, join(*_runs(row, begins)))
    return element(
        "tr", element("th", name_markup(row.name), mark, scope="row"), element("td", strip),
        element("td", told, class_="number"),
    )  # fmt: skip


def _runs(row: TimelineRow, begins: Sequence[float]) -> Iterator[Markup]:
    """Yield one box for each run of periods that look alike, with its time and its worst severity."""
    step = _WIDTH / max(len(begins), 1)
    for level, group in itertools.groupby(range(len(begins)), key=row.level):
        places = list(group)
        first, last = places[0], places[-1]
        known = [row.severities[place] for place in places if not math.isnan(row.severities[place])]
        worst = f", severity up to {words.amount(max(known))}" if known and max(known) > DRIFT_ABOVE else ""
        time = _moment(begins[first])
        time += "" if last == first else f" to {_moment(begins[last])}"
        shape = box(level, first * step, 1, (last - first + 1) * step, _HEIGHT - 2)
        yield hover(shape, text=f"{row.name}, {time}: {_TEXTS[level]}{worst}")


def _axis(begins: Sequence[float]) -> Markup:
    step = _WIDTH / max(len(begins), 1)
    every = max(1, math.ceil(len(begins) / _TICKS))
    texts = [
        caption(_moment(begins[place]), place * step, _HEIGHT - 4, "start")
        for place in range(0, len(begins), every)
    ]
    return picture((_WIDTH, _HEIGHT), "time", join(*texts))


def _legend(rows: Sequence[TimelineRow]) -> Markup:
    present = {row.level(place) for row in rows for place in range(len(row.severities))}
    keys = [
        element("span", element("i", class_=f"swatch {name}"), text, class_="key")
        for name, text in _TEXTS.items()
        if name in present
    ]
    return element("p", *keys, class_="legend")


def _moment(begin: float) -> str:
    try:
        return f"{datetime.fromtimestamp(begin, UTC):%d %b %Y}"
    except (OverflowError, ValueError, OSError):
        return words.UNKNOWN
