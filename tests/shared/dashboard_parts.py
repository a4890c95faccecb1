"""What a dashboard is made of: panels, queries, links, texts and variables, read from its classic JSON."""

import re
from typing import NamedTuple

GRID_COLUMNS = 24
NO_DATA = frozenset({"row", "text"})
"""Kinds of panels that ask nothing."""

_USE = re.compile(r"\$\{(\w+)(?:[.:\[][^}]*)?\}|\$(\w+)|\[\[(\w+)[^\]]*\]\]")


class Finding(NamedTuple):
    """One thing that is wrong: which check found it, on which panel (empty: the dashboard itself), and what."""

    check: str
    panel: str
    what: str


def panels_of(dashboard):
    """Return every panel and row, those inside of closed rows included."""
    found = []
    for panel in dashboard.get("panels", []):
        found.append(panel)
        found += panel.get("panels", []) if panel["type"] == "row" else []
    return found


def data_panels(dashboard):
    """Return the panels that show what a query gives."""
    return [panel for panel in panels_of(dashboard) if panel["type"] not in NO_DATA]


def name_of(panel):
    """Return by what a finding calls a panel."""
    return panel.get("title") or f"panel {panel.get('id')}"


def variables_of(dashboard):
    """Return the variables, in order."""
    return dashboard.get("templating", {}).get("list", [])


def variable_names(dashboard):
    """Return the names of all variables, in order."""
    return [variable["name"] for variable in variables_of(dashboard)]


def annotations_of(dashboard):
    """Return the marks, without the one that Grafana itself adds."""
    return [mark for mark in dashboard.get("annotations", {}).get("list", []) if not mark.get("builtIn")]


def defaults_of(panel):
    """Return how all fields of a panel look."""
    return panel.get("fieldConfig", {}).get("defaults", {})


def overrides_of(panel):
    """Return the exceptions of a panel: (kind of matcher, what it matches, properties by their id)."""
    return [
        (
            override["matcher"]["id"],
            override["matcher"]["options"],
            {each["id"]: each["value"] for each in override["properties"]},
        )
        for override in panel.get("fieldConfig", {}).get("overrides", [])
    ]


def transformations_of(panel, kind=None):
    """Return the options of all transformations of a kind, or the ids of all."""
    found = panel.get("transformations", [])
    if kind is None:
        return [each["id"] for each in found]
    return [each.get("options", {}) for each in found if each["id"] == kind]


def things_in(value):
    """Yield every object below a value, itself included."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from things_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from things_in(each)


def texts_in(value):
    """Yield every text below a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


def links_in(value):
    """Yield every link that has an address."""
    return (thing for thing in things_in(value) if thing.get("url"))


def variables_used(text):
    """Return the names of variables in a text, Grafana's own included; ``$1`` of a regular expression is none."""
    names = (next(filter(None, match)) for match in _USE.findall(text))
    return {name for name in names if not name.isdigit()}


def with_variables(text, values):
    """Return a text in which each variable is replaced by what ``values`` gives for its name."""

    def value(match):
        name = next(filter(None, match.groups()))
        return match[0] if name.isdigit() else values(name)

    return _USE.sub(value, text)
