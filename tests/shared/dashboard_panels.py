"""Lint of single panels: what they say of themselves, what they ask, what they are made of."""

import re
from collections import Counter

from dashboard_parts import (
    GRID_COLUMNS,
    NO_DATA,
    data_panels,
    defaults_of,
    name_of,
    overrides_of,
    panels_of,
    things_in,
    transformations_of,
)
from mlexporter.generate.dashboards.dashboard_options import COMPARE, DashboardOptions
from mlexporter.generate.plugin.compare_panel import COMPARE_PANEL

PANELS = frozenset({
    "alertlist", "annolist", "barchart", "bargauge", "dashlist", "heatmap", "histogram", "row", "stat",
    "state-timeline", "status-history", "table", "text", "timeseries", "trend", "xychart",
})  # fmt: skip
"""Kinds of panels of Grafana 10.4 to 13.2 that we have a use for; an unknown one is an error on the screen."""

OF_PLUGIN = {DashboardOptions().uid(COMPARE): frozenset({COMPARE_PANEL})}
"""Kinds that the plugin brings, by the uid of a dashboard that ships in it: only there they are for sure."""

TRANSFORMATIONS = frozenset({
    "calculateField", "concatenate", "configFromData", "convertFieldType", "extractFields", "filterByRefId",
    "filterByValue", "filterFieldsByName", "formatTime", "groupBy", "groupingToMatrix", "heatmap", "histogram",
    "joinByField", "joinByLabels", "labelsToFields", "limit", "merge", "organize", "partitionByValues",
    "prepareTimeSeries", "reduce", "renameByRegex", "rowsToFields", "seriesToRows", "sortBy", "timeSeriesTable",
})  # fmt: skip
"""Transformations that Grafana has from 10.4 to 13.2 without a feature toggle; an unknown one blanks the panel."""

CELLS = frozenset({"auto", "color-background", "color-text", "gauge", "image", "json-view", "sparkline"})
LEADS = ("Shows", "Computed", "Bad", "Do")
"""How the parts of a description begin, in bold."""

SHORTEST_PART = 12
NARROW_STAT, LONGEST_NARROW_TITLE = 4, 20
GRID_COLUMN_PIXELS, NAME_PIXELS = 56, 150
OVER_TIME = frozenset({"timeseries", "state-timeline", "status-history", "heatmap"})
JOINED = frozenset({"table", "barchart", "trend", "xychart"})
"""Kinds that put several queries into one table."""


def kinds(dashboard):
    """Yield panels of a kind that is not known."""
    known = PANELS | OF_PLUGIN.get(dashboard.get("uid"), frozenset())
    for panel in panels_of(dashboard):
        if panel["type"] not in known:
            yield name_of(panel), f"no such kind: {panel['type']}"


def titles(dashboard):
    """Yield panels without a title, or with that of another one."""
    counts = Counter(panel.get("title") for panel in data_panels(dashboard))
    for panel in panels_of(dashboard):
        title = panel.get("title", "")
        if panel["type"] != "text" and (not title.strip() or counts[title] > 1):
            yield name_of(panel), f"title is {title!r}, {counts[title]} times"


def stat_titles(dashboard):
    """Yield titles that are cut off."""
    for panel in panels_of(dashboard):
        is_narrow = panel["type"] == "stat" and panel.get("gridPos", {}).get("w", 24) <= NARROW_STAT
        if is_narrow and len(panel.get("title", "")) > LONGEST_NARROW_TITLE:
            yield name_of(panel), f"more than {LONGEST_NARROW_TITLE} characters on {NARROW_STAT} columns"


def descriptions(dashboard):
    """Yield descriptions without one of the four parts."""
    for panel in data_panels(dashboard):
        text = panel.get("description", "")
        parts = re.split(r"(?:^|\n\n)\*\*(\w+)\.\*\* ", text)[1:]
        leads, contents = parts[::2], parts[1::2]
        if tuple(leads[:4]) != LEADS or leads[4:] not in ([], ["Needs"]):
            yield name_of(panel), f"its parts are {leads}, not {list(LEADS)}"
        elif any(len(part.strip()) < SHORTEST_PART or part.strip()[-1] not in ".?" for part in contents):
            yield name_of(panel), "a part is no sentence"


def queries(dashboard):
    """Yield panels that ask nothing, or whose queries cannot be told apart."""
    for panel in data_panels(dashboard):
        references = [target.get("refId") for target in panel.get("targets", [])]
        if panel["type"] not in {"alertlist", "annolist", "dashlist"} and not references:
            yield name_of(panel), "asks nothing"
        if any(target.get("hide") for target in panel.get("targets", [])):
            yield name_of(panel), "a query is hidden"
        if not all(references) or len(set(references)) < len(references):
            yield name_of(panel), f"queries are called {references}"


def query_kinds(dashboard):
    """Yield queries over time where one moment is shown, and the other way round."""
    for panel in data_panels(dashboard):
        for target in panel.get("targets", []):
            is_instant, is_range = target.get("instant"), target.get("range")
            if bool(is_instant) == bool(is_range):
                yield name_of(panel), f"{target.get('refId')}: instant {is_instant}, range {is_range}"
            elif panel["type"] in OVER_TIME and is_instant:
                yield name_of(panel), f"{target.get('refId')}: asks for one moment"
            elif panel["type"] == "bargauge" and is_range:
                yield name_of(panel), f"{target.get('refId')}: asks for a time range and shows its end"


def merges(dashboard):
    """Yield tables whose queries do not come together in rows."""
    for panel in data_panels(dashboard):
        if panel["type"] not in JOINED:
            continue
        targets, steps = panel.get("targets", []), transformations_of(panel)
        courses = [target for target in targets if target.get("format") != "table"]
        if courses and (panel["type"] != "table" or steps[:1] != ["timeSeriesTable"]):
            yield name_of(panel), f"{courses[0].get('refId')}: format is not table"
        if any(target.get("format") == "table" and not target.get("instant") for target in targets):
            yield name_of(panel), "a column is asked for over time"
        if len(targets) > 1 and not {"merge", "joinByField"} & set(steps):
            yield name_of(panel), "its queries are not merged"
        names = [target.get("refId", "") for target in targets]
        if len(targets) > 1 and not all(re.fullmatch(r"[a-z][a-z0-9_]+", name) for name in names):
            yield name_of(panel), f"columns are called after {names}: words are needed"


def heatmap_queries(dashboard):
    """Yield heatmaps that crash once one of their queries is empty."""
    for panel in data_panels(dashboard):
        if panel["type"] == "heatmap" and len(panel.get("targets", [])) != 1:
            yield name_of(panel), "a heatmap has one query"


def fallbacks(dashboard):
    """Yield panels that show an error instead of saying that there is nothing."""
    for panel in data_panels(dashboard):
        targets = panel.get("targets", [])
        is_of_bins = panel["type"] == "heatmap" and any(
            target.get("format") != "heatmap" for target in targets
        )
        if not is_of_bins and panel["type"] not in {"state-timeline", "status-history"}:
            continue
        texts = " ".join(re.sub(r"\s+", " ", target.get("expr", "")) for target in targets)
        if not re.search(r"\bor on ?\( ?\) ?\(.*\babsent_over_time\(.*\[\$__range\]", texts):
            yield (
                name_of(panel),
                "no query says that there was nothing: EXPR or on () (... absent_over_time ...)",
            )


def exemplars(dashboard):
    """Yield exemplars on more than one query, or of what has none."""
    for panel in data_panels(dashboard):
        found = [target.get("expr", "") for target in panel.get("targets", []) if target.get("exemplar")]
        if len(found) > 1 or any("_bucket" not in text for text in found):
            yield name_of(panel), f"exemplars on {len(found)} queries; one of a histogram may have them"


def transformations(dashboard):
    """Yield transformations that some version of Grafana does not know."""
    for panel in data_panels(dashboard):
        for kind in transformations_of(panel):
            if kind not in TRANSFORMATIONS:
                yield name_of(panel), f"no such transformation: {kind}"


def legends(dashboard):
    """Yield legends that empty the panel."""
    for panel in data_panels(dashboard):
        legend = panel.get("options", {}).get("legend", {})
        if "placement" in legend and (
            legend["placement"] not in {"bottom", "right"} or not isinstance(legend.get("showLegend"), bool)
        ):
            yield name_of(panel), f"legend is {legend}"


def holes(dashboard):
    """Yield lines that are drawn over times without data."""
    for panel in data_panels(dashboard):
        for thing in things_in([defaults_of(panel), [properties for *_, properties in overrides_of(panel)]]):
            for key, value in thing.items():
                name = key.removeprefix("custom.")
                if name == "insertNulls" or (name == "spanNulls" and value):
                    yield name_of(panel), f"{name} is {value!r}"


def cells(dashboard):
    """Yield cells of a kind that is not known, and bars that grow from the right."""
    for panel in data_panels(dashboard):
        every = [defaults_of(panel).get("custom", {}).get("cellOptions", {})]
        for _, name, properties in overrides_of(panel):
            cell = properties.get("custom.cellOptions", {})
            every.append(cell)
            if cell.get("type") == "gauge" and properties.get("custom.align") != "left":
                yield name_of(panel), f"{name}: bars need custom.align left"
        for cell in every:
            if cell and cell.get("type") not in CELLS:
                yield name_of(panel), f"no such cell: {cell.get('type')}"


def widths(dashboard):
    """Yield tables whose columns leave no room for the names."""
    for panel in data_panels(dashboard):
        if panel["type"] != "table":
            continue
        if "width" in defaults_of(panel).get("custom", {}):
            yield name_of(panel), "a width for all columns hits the names, too"
        columns = {}
        for _, field, properties in overrides_of(panel):
            width = properties.get("custom.width") or properties.get("custom.minWidth", 0)
            columns[field] = max(columns.get(field, 0), width)
        asked, named = sum(columns.values()), not all(columns.values())
        there = panel.get("gridPos", {}).get("w", GRID_COLUMNS) * GRID_COLUMN_PIXELS
        if asked + (NAME_PIXELS if named else 0) > there:
            yield name_of(panel), f"columns of {asked} pixels on {there}"


def footers(dashboard):
    """Yield tables with an option that newer versions have no more."""
    for panel in data_panels(dashboard):
        if panel["type"] == "table" and "footer" in panel.get("options", {}):
            yield name_of(panel), "options.footer"


def unasked(dashboard):
    """Yield headings and texts that ask something."""
    for panel in panels_of(dashboard):
        if panel["type"] in NO_DATA and panel.get("targets"):
            yield name_of(panel), "asks for what it does not show"


CHECKS = {
    "panel kind": kinds,
    "panel title": titles,
    "stat title": stat_titles,
    "description": descriptions,
    "queries": queries,
    "query kind": query_kinds,
    "merge": merges,
    "heatmap query": heatmap_queries,
    "empty fallback": fallbacks,
    "exemplar": exemplars,
    "transformation": transformations,
    "legend": legends,
    "bridged hole": holes,
    "cell": cells,
    "column width": widths,
    "table footer": footers,
    "needless query": unasked,
}
