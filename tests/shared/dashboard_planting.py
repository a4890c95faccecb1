"""Ways to plant a fault into a dashboard: each returns what changes classic JSON in place."""

import json
import re
from copy import deepcopy

from dashboard_parts import annotations_of, panels_of, variables_of


def first(dashboard, kind):
    """Return the first panel of a kind, or of a title."""
    return next(panel for panel in panels_of(dashboard) if kind in (panel["type"], panel.get("title")))


def column(panel, name):
    """Return the exception of a column, its properties by id."""
    return next(each for each in panel["fieldConfig"]["overrides"] if each["matcher"]["options"] == name)


def at(*path, to):
    """Return what sets one entry of a dashboard; a number is a place, a word a key."""

    def plant(dashboard):
        for key in path[:-1]:
            dashboard = dashboard[key]
        dashboard[path[-1]] = to

    return plant


def without(*path):
    """Return what takes an entry out of a dashboard."""

    def plant(dashboard):
        for key in path[:-1]:
            dashboard = dashboard[key]
        del dashboard[path[-1]]

    return plant


def on(kind, *path, to):
    """Return what sets an entry of the first panel of a kind."""
    return lambda dashboard: at(*path, to=to)(first(dashboard, kind))


def off(kind, *path):
    """Return what takes an entry out of the first panel of a kind."""
    return lambda dashboard: without(*path)(first(dashboard, kind))


def asking(kind, old, new, *, place=0):
    """Return what replaces text in a query of the first panel of a kind."""

    def plant(dashboard):
        target = first(dashboard, kind)["targets"][place]
        assert old in target["expr"], (old, target["expr"])
        target["expr"] = target["expr"].replace(old, new, 1)

    return plant


def asked(kind, text, *, place=0):
    """Return what gives a query of the first panel of a kind another expression."""
    return on(kind, "targets", place, "expr", to=text)


def formatted(name, **properties):
    """Return what adds properties to a column of the table."""

    def plant(dashboard):
        found = column(first(dashboard, "table"), name)["properties"]
        for key, value in properties.items():
            wanted = key.replace("__", ".")
            found[:] = [each for each in found if each["id"] != wanted] + [{"id": wanted, "value": value}]

    return plant


def variable(name, /, **changes):
    """Return what changes a variable."""

    def plant(dashboard):
        next(each for each in variables_of(dashboard) if each["name"] == name).update(changes)

    return plant


def question(name, query):
    """Return what lets a variable ask something else."""
    return variable(name, definition=query, query={"query": query, "refId": "variable"})


def link(kind, old, new):
    """Return what replaces text in the addresses of the first panel of a kind."""

    def plant(dashboard):
        panel = first(dashboard, kind)
        text = json.dumps(panel)
        assert old in text, (old, text)
        panel.update(json.loads(text.replace(old, new)))

    return plant


def mark(**changes):
    """Return what changes the first annotation."""
    return lambda dashboard: annotations_of(dashboard)[0].update(changes)


def both(*plants):
    """Return what plants several things, of which one alone is no such fault."""

    def plant(dashboard):
        for each in plants:
            each(dashboard)

    return plant


def replaced(old, new):
    """Return what replaces text in the whole dashboard."""

    def plant(dashboard):
        text = json.dumps(dashboard)
        assert old in text, old
        dashboard.update(json.loads(text.replace(old, new)))

    return plant


def described(kind, pattern, words):
    """Return what replaces a pattern in the description of the first panel of a kind."""

    def plant(dashboard):
        panel = first(dashboard, kind)
        panel["description"] = re.sub(pattern, words, panel["description"], flags=re.DOTALL)

    return plant


def taken(kind, *path):
    """Return what takes the last entry off a list of the first panel of a kind."""

    def plant(dashboard):
        found = first(dashboard, kind)
        for key in path:
            found = found[key]
        found.pop()

    return plant


def added(kind, *path, entry):
    """Return what adds an entry to a list of the first panel of a kind."""

    def plant(dashboard):
        found = first(dashboard, kind)
        for key in path:
            found = found[key]
        found.append(entry)

    return plant


def moved(before, after):
    """Return what moves a variable to another place."""
    return lambda dashboard: variables_of(dashboard).insert(after, variables_of(dashboard).pop(before))


def empty_row(dashboard):
    """Plant a heading with nothing below it."""
    row = deepcopy(first(dashboard, "Features"))
    dashboard["panels"].append(
        {**row, "id": 99, "title": "Empty", "gridPos": {"x": 0, "y": 23, "w": 24, "h": 1}}
    )


def second_query(dashboard):
    """Plant a second query on the heatmap."""
    targets = first(dashboard, "heatmap")["targets"]
    targets.append({**targets[0], "refId": "B", "legendFormat": "{{profile}} {{bin}}"})


def unused_variable(dashboard):
    """Plant a variable that nothing uses."""
    chosen = {"text": "a", "value": "a"}
    variables_of(dashboard).append(
        {"type": "custom", "name": "instance", "label": "Instance", "options": [chosen], "current": chosen}
    )


def many_panels(dashboard):
    """Plant more panels than anybody looks at, below each other."""
    below = max(panel["gridPos"]["y"] for panel in dashboard["panels"]) + 1
    for place in range(20):
        text = {"type": "text", "id": 100 + place, "title": f"Text {place}"}
        dashboard["panels"].append(text | {"gridPos": {"x": 0, "y": below + 3 * place, "w": 24, "h": 3}})
