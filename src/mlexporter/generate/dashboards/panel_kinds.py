"""The kinds of panels that we use, each with the options that were seen to work in Grafana."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from mlexporter.generate.dashboards.colours import WATCH, WATCH_TEXT
from mlexporter.generate.dashboards.fields import PALETTE_COLOUR, THRESHOLD_COLOUR, Fields
from mlexporter.generate.dashboards.panel import Face, Panel, Transformation
from mlexporter.generate.dashboards.queries import Query

_LATEST: Final = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_LEGEND_NAMES: Final = {"lastNotNull": "Last *", "max": "Max", "mean": "Mean", "min": "Min"}


def stat(
    face: Face,
    query: Query,
    fields: Fields,
    *,
    has_background: bool = False,
    has_line: bool = True,
    is_live: bool = False,
) -> Panel:
    """Return one number with its course behind it; a tile that is filled has none.

    With ``is_live`` it is that of the end of the time range and of no earlier time: what ended an hour ago is not
    there. Its query has to be ``reading.until_now``.
    """
    return Panel(
        "stat", face, (query,), _by_thresholds(fields if has_background else _readable(fields)),
        {
            "colorMode": "background" if has_background else "value",
            "graphMode": "area" if has_line and not has_background else "none",
            "justifyMode": "auto", "orientation": "auto", "textMode": "auto",
            "reduceOptions": {**_LATEST, "calcs": ["last"]} if is_live else _LATEST,
        },
    )  # fmt: skip


def time_series(
    face: Face,
    queries: Sequence[Query],
    fields: Fields,
    *,
    calcs: Sequence[str] = ("lastNotNull", "max"),
    legend: str = "bottom",
    is_stacked: bool = False,
) -> Panel:
    """Return lines over time.

    Args:
        face: Title, description, size.
        queries: One or more.
        fields: How values look.
        calcs: Columns of the legend, which is sorted by the first: ``lastNotNull``, ``max``, ``mean``, ``min``.
            Empty is a legend of names.
        legend: ``bottom`` or ``right``; anything else draws nothing at all.
        is_stacked: Whether lines are areas that add up.
    """
    shown: dict[str, Any] = {
        "displayMode": "table" if calcs else "list", "placement": legend, "showLegend": True, "calcs": list(calcs),
    }  # fmt: skip
    if calcs:
        shown |= {"sortBy": _LEGEND_NAMES[calcs[0]], "sortDesc": True}
    return Panel(
        "timeseries", face, queries, replace(fields, tint=fields.tint or PALETTE_COLOUR),
        {"legend": shown, "tooltip": {"mode": "multi", "sort": "desc"}},
        {
            "drawStyle": "line", "lineInterpolation": "linear", "lineWidth": 1, "fillOpacity": 60 if is_stacked else 0,
            "showPoints": "auto", "pointSize": 4, "spanNulls": False,
            "stacking": {"mode": "normal" if is_stacked else "none", "group": "A"},
        },
    )  # fmt: skip


def states(face: Face, queries: Sequence[Query], fields: Fields, *, has_legend: bool = True) -> Panel:
    """Return one bar a series whose colour follows its value; rows follow the order of the queries.

    Value mappings are ignored here, and without any series it shows an error: one query has to say by a value
    below 0 that there is nothing (``reading.unless_any``).
    """
    return Panel(
        "state-timeline", face, queries, _by_thresholds(fields),
        {
            "mergeValues": True, "showValue": "never", "rowHeight": 0.85, "alignValue": "left",
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": has_legend},
            "tooltip": {"mode": "single", "sort": "none"},
        },
        {"lineWidth": 0, "fillOpacity": 90, "spanNulls": False},
        interval="1m", points=300,
    )  # fmt: skip


def heat_map(
    face: Face,
    query: Query,
    fields: Fields,
    *,
    colours: Mapping[str, Any],
    y_unit: str = "",
    hidden_up_to: float = 1e-9,
) -> Panel:
    """Return cells of buckets or bins over time.

    Args:
        face: Title, description, size.
        query: One series a bucket or bin. Only one: a second one that is empty crashes the panel.
        fields: Their unit is that of the cells.
        colours: ``scheme``, ``steps``, ``scale``, ``min``, ``max``, ``reverse``.
        y_unit: Unit of the buckets of a histogram; empty where bins have names.
        hidden_up_to: Cells at or below it are left out.
    """
    return Panel(
        "heatmap", face, (query,), fields,
        {
            "calculate": False, "cellGap": 0, "cellValues": {"unit": fields.unit},
            "color": {"mode": "scheme", "reverse": False, "exponent": 0.5, **colours},
            "exemplars": {"color": "rgba(255,120,0,0.9)"}, "filterValues": {"le": hidden_up_to},
            "legend": {"show": True}, "rowsFrame": {"layout": "auto"}, "showValue": "never",
            "tooltip": {"mode": "single", "yHistogram": False, "showColorScale": True},
            "yAxis": {"axisPlacement": "left", "reverse": False, **({"unit": y_unit} if y_unit else {})},
        },
        {"hideFrom": {"legend": False, "tooltip": False, "viz": False}, "scaleDistribution": {"type": "linear"}},
        interval="" if y_unit else "5m", points=100,
    )  # fmt: skip


def bars(
    face: Face,
    queries: Sequence[Query],
    fields: Fields,
    *,
    x: str,
    transformations: Sequence[Transformation],
    has_legend: bool = True,
) -> Panel:
    """Return bars side by side, one group a value of the column ``x``."""
    return Panel(
        "barchart", face, queries, replace(fields, is_absence_mapped=False),
        {
            "xField": x, "showValue": "never", "stacking": "none", "groupWidth": 0.8, "barWidth": 0.95, "barRadius": 0,
            "orientation": "auto", "xTickLabelRotation": -45, "xTickLabelMaxLength": 18, "xTickLabelSpacing": 0,
            "fullHighlight": False,
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": has_legend, "calcs": []},
            "tooltip": {"mode": "multi", "sort": "none"},
        },
        {"fillOpacity": 85, "lineWidth": 0, "gradientMode": "none", "axisPlacement": "auto"},
        transformations,
    )  # fmt: skip


def bar_gauges(face: Face, query: Query, fields: Fields) -> Panel:
    """Return one horizontal bar a series, with its number."""
    return Panel(
        "bargauge", face, (query,), _by_thresholds(fields),
        {
            "orientation": "horizontal", "displayMode": "basic", "valueMode": "color", "namePlacement": "left",
            "showUnfilled": True, "sizing": "auto", "minVizHeight": 16, "minVizWidth": 8, "reduceOptions": _LATEST,
        },
    )  # fmt: skip


def _by_thresholds(fields: Fields) -> Fields:
    return replace(fields, tint=fields.tint or THRESHOLD_COLOUR)


def _readable(fields: Fields) -> Fields:
    """Return the fields with a colour that can be read where text would be yellow."""
    steps = [(value, WATCH_TEXT if tint == WATCH else tint) for value, tint in fields.steps]
    return replace(fields, steps=steps)
