"""A panel: what stands on it, what it asks, how that looks; its place comes from ``layout.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mlexporter.errors import ConfigurationError
from mlexporter.generate.dashboards.fields import Fields
from mlexporter.generate.dashboards.queries import DATASOURCE, Query
from mlexporter.generate.dashboards.words import Words

COLUMNS: Final = 24
"""Columns of Grafana's grid."""

Transformation = tuple[str, dict[str, Any]]
"""Its id and its options."""

_NARROW, _LONGEST_NARROW_TITLE = 4, 20


@dataclass(frozen=True, slots=True)
class Face:
    """What a panel says of itself, and how large it is.

    Attributes:
        title: At most 20 characters where it is four columns wide.
        words: Its description.
        width: Columns of the grid, 1 to 24.
        height: Rows of the grid, of about 30 pixels each.
        data_links: Where a click on a value leads, as ``links.py`` makes them.

    Raises:
        ConfigurationError: the title does not fit, or the size is none.
    """

    title: str
    words: Words
    width: int
    height: int
    data_links: Sequence[dict[str, Any]] = ()

    def __post_init__(self) -> None:
        if not (1 <= self.width <= COLUMNS and self.height >= 1):
            raise ConfigurationError(
                f"panel {self.title!r}: {self.width} x {self.height} is no size on the grid"
            )
        if self.width <= _NARROW and len(self.title) > _LONGEST_NARROW_TITLE:
            raise ConfigurationError(f"panel {self.title!r}: at most {_LONGEST_NARROW_TITLE} characters fit")


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel, without its place.

    Attributes:
        kind: Grafana's id of the panel.
        face: Title, description, size.
        queries: What it asks.
        fields: How values look.
        options: What this kind of panel knows.
        custom: Defaults of this kind of panel for ``fields``.
        transformations: In order.
        interval: Least time between two points; empty leaves it to the data source.
        points: Most points of a line; None leaves it to the width.
        repeat: The variable for each of whose values it is repeated, side by side.
    """

    kind: str
    face: Face
    queries: Sequence[Query]
    fields: Fields
    options: Mapping[str, Any]
    custom: Mapping[str, Any] = field(default_factory=dict)
    transformations: Sequence[Transformation] = ()
    interval: str = ""
    points: int | None = None
    repeat: str = ""

    def as_json(self, number: int, x: int, y: int) -> dict[str, Any]:
        """Return the panel with its id and place."""
        configuration = self.fields.as_json(custom=self.custom)
        if self.face.data_links:
            configuration["defaults"]["links"] = list(self.face.data_links)
        optional = {"interval": self.interval, "maxDataPoints": self.points, "repeat": self.repeat}
        return {
            "id": number,
            "type": self.kind,
            "title": self.face.title,
            "description": self.face.words.markdown(),
            "datasource": DATASOURCE,
            "gridPos": {"x": x, "y": y, "w": self.face.width, "h": self.face.height},
            "targets": [query.as_json(place) for place, query in enumerate(self.queries)],
            "fieldConfig": configuration,
            "options": dict(self.options),
            "transformations": [self._transformation(name, given) for name, given in self.transformations],
            **({"repeatDirection": "h", "maxPerRow": 3} if self.repeat else {}),
            **{name: value for name, value in optional.items() if value},
        }

    def _transformation(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """Return a transformation; that into sparklines is kept away from the other columns.

        It takes a column of one row for a course in time, too.
        """
        courses = "|".join(query.ref for query in self.queries if query.shape == "lines")
        is_filtered = name == "timeSeriesTable" and courses
        chosen = {"filter": {"id": "byRefId", "options": courses}} if is_filtered else {}
        return {"id": name, **chosen, "options": given}
