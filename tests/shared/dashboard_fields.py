"""Lint of names of fields: legends, columns, overrides and links speak of what the queries really give."""

import re

from dashboard_parts import data_panels, links_in, name_of, overrides_of
from dashboard_queries import is_aggregate, nodes_in

NAMED_SERIES = frozenset({"stat", "timeseries", "state-timeline", "status-history", "bargauge", "heatmap"})
"""Kinds on which every series is called by its legend."""

KEEPS_NAMES = frozenset(
    {"timeSeriesTable", "merge", "limit", "filterByValue", "filterByRefId", "convertFieldType"}
)
_LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Columns:
    """Which names the fields of a panel have, step by step.

    Attributes:
        names: Those that are known.
        labels: Labels of all queries.
        is_open: Whether there can be others.
        problems: Names that were used and are not there.
    """

    def __init__(self, panel, queries):
        self.names, self.labels = {"Time", "__name__"}, set()
        self.is_open, self.problems = False, []
        for query in queries:
            self._read(query, is_alone=len(queries) == 1)
        for step in panel.get("transformations", []):
            self._step(step["id"], step.get("options", {}))

    def need(self, names, where):
        """Note which of ``names`` are not there."""
        missing = sorted({name for name in names if name} - self.names) if not self.is_open else []
        if missing:
            self.problems.append(f"{where}: no field {missing}, there are {sorted(self.names)}")

    def _read(self, query, *, is_alone):
        if query.gives is not None and not query.gives.is_known:
            self.is_open = True
            return
        labels = set(query.gives.labels) if query.gives is not None else set()
        self.labels |= labels
        legend = query.part.get("legendFormat", "__auto")
        if query.part.get("format") == "table":
            self.names |= labels | {f"Value #{query.ref}"} | ({"Value"} if is_alone else set())
        elif query.panel["type"] == "table":
            # Where all queries are empty, Grafana calls the column after the first of them.
            references = [target.get("refId") for target in query.panel["targets"]]
            self.names |= labels | {"Trend", *(f"Trend #{ref}" for ref in references)}
        elif legend == "__auto" or "{{" in legend:
            self.is_open = True
        else:
            self.names.add(legend)

    def _step(self, kind, options):
        if kind == "organize":
            renamed = options.get("renameByName", {})
            dropped = {name for name, is_so in options.get("excludeByName", {}).items() if is_so}
            self.need({*renamed, *options.get("indexByName", {}), *dropped}, kind)
            self.names = {renamed.get(name) or name for name in self.names - dropped}
        elif kind == "sortBy":
            self.need({each["field"] for each in options.get("sort", [])}, kind)
        elif kind == "joinByField":
            self.need({options.get("byField")}, kind)
        elif kind == "groupingToMatrix":
            row, column = options.get("rowField"), options.get("columnField")
            self.need({row, column, options.get("valueField")}, kind)
            self.names, self.is_open = {f"{row}\\{column}"}, True
        elif kind == "calculateField" and options.get("alias"):
            self.names.add(options["alias"])
        elif kind not in KEEPS_NAMES:
            self.is_open = True


def fields(queries, dashboard):
    """Yield names of fields in transformations, overrides, sorting and axes that nothing gives."""
    for panel in data_panels(dashboard):
        columns = Columns(panel, [query for query in queries if query.panel is panel])
        for kind, name, properties in overrides_of(panel):
            if kind == "byName":
                columns.need({name}, "override")
            elif kind == "byRegexp" and not columns.is_open:
                pattern = re.compile(name.strip("/"))
                if not any(pattern.search(each) for each in columns.names):
                    columns.problems.append(f"override: {name} fits none of {sorted(columns.names)}")
            columns.names |= {properties["displayName"]} if "displayName" in properties else set()
        options = panel.get("options", {})
        columns.need({options.get("xField")}, "x axis")
        sorting = options.get("sortBy", [])
        columns.need({each.get("displayName") for each in sorting if isinstance(each, dict)}, "sorting")
        yield from ((name_of(panel), problem) for problem in columns.problems)


def link_fields(queries, dashboard):
    """Yield links that are filled from a label or a column that is not there."""
    for panel in data_panels(dashboard):
        columns = Columns(panel, [query for query in queries if query.panel is panel])
        for link in links_in(panel):
            text = f"{link['url']} {link.get('title', '')}"
            for label in re.findall(r"__field\.labels\.(\w+)", text):
                if label not in columns.labels:
                    yield name_of(panel), f"{link.get('title')!r}: no label {label}"
            for quoted, plain in re.findall(r'__data\.fields(?:\["([^"]+)"\]|\.(\w+))', text):
                if not columns.is_open and (quoted or plain) not in columns.names:
                    yield name_of(panel), f"{link.get('title')!r}: no column {quoted or plain}"


def legend_labels(queries, dashboard):
    """Yield legends with a label that the result has not."""
    for query in queries:
        texts = [query.part.get(key, "") for key in ("legendFormat", "titleFormat", "textFormat")]
        if query.kind == "variable" or (query.gives is not None and not query.gives.is_known):
            continue
        labels = query.gives.labels if query.gives is not None else set()
        missing = sorted(set(_LABEL.findall(" ".join(texts))) - labels)
        if missing:
            yield query.where, f"{query.ref}: no label {missing}"


def legends(queries, dashboard):
    """Yield series that have no name, or the same one as another."""
    for panel in data_panels(dashboard):
        if panel["type"] not in NAMED_SERIES:
            continue
        plain = []
        for query in (query for query in queries if query.panel is panel):
            legend = query.part.get("legendFormat", "__auto")
            if query.gives is None or not query.gives.is_known:
                continue
            if legend == "__auto" and (panel["type"] != "stat" or query.gives.varying):
                yield name_of(panel), f"{query.ref}: its series are called as Prometheus calls them"
                continue
            told = set(_LABEL.findall(legend))
            same = query.gives.varying - told - _chosen_labels(query)
            if same:
                yield (
                    name_of(panel),
                    f"{query.ref}: series that differ in {sorted(same)} are all called {legend!r}",
                )
            plain += [] if told else [legend]
        if len(set(plain)) < len(plain) and panel["type"] != "stat":
            yield name_of(panel), f"series are called {plain}"


def _chosen_labels(query):
    """Return labels that have one value because the first of a sorting is taken."""
    ones = (node for node in nodes_in(query.tree) if is_aggregate(node, "topk", "bottomk"))
    is_first = any(getattr(node.param, "val", None) == 1 for node in ones)
    return set(query.gives.labels) if is_first else set()


CHECKS = {
    "field": fields,
    "link field": link_fields,
    "legend label": legend_labels,
    "legend name": legends,
}
