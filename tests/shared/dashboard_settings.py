"""Lint of what a dashboard says of itself: identity, version, time, title, rows, ids."""

import re
from collections import Counter

from dashboard_parts import name_of, panels_of, things_in

SCHEMA_VERSION = 39
"""What Grafana 10.4 to 13.2 read without a migration that matters."""

LONGEST_UID = 40
MOST_PANELS = 20
TAG = "mlexporter"
SHARED_CROSSHAIR = 1
LEFTOVERS = ("__inputs", "__requires", "__elements", "pluginVersion", "gnetId", "iteration")
"""What an export of Grafana leaves behind, which binds a file to one installation."""


def uid(dashboard):
    """Yield a uid that links cannot rely on."""
    found = dashboard.get("uid", "")
    if not re.fullmatch(rf"{TAG}-[a-z0-9-]*[a-z0-9]", found) or len(found) > LONGEST_UID:
        yield "", f"uid is {found!r}: {TAG}-..., at most {LONGEST_UID} characters"


def number(dashboard):
    """Yield an id, which each Grafana gives itself."""
    if "id" in dashboard:
        yield "", f"id is {dashboard['id']}"


def revision(dashboard):
    """Yield a revision by which an app cannot tell what is newer, or a version that is no number."""
    for key in ("revision", "version"):
        found = dashboard.get(key)
        if type(found) is not int or found < 1:
            yield "", f"{key} is {found!r}, which is no whole number from 1 on"


def schema_version(dashboard):
    """Yield another version of the format."""
    if dashboard.get("schemaVersion") != SCHEMA_VERSION:
        yield "", f"schemaVersion is {dashboard.get('schemaVersion')}, not {SCHEMA_VERSION}"


def tags(dashboard):
    """Yield tags by which dashboards do not find each other."""
    found = dashboard.get("tags", [])
    if TAG not in found or len(set(found)) < len(found):
        yield "", f"tags are {found}"


def time(dashboard):
    """Yield a time range that is not of the form from some time ago until now."""
    found = dashboard.get("time", {})
    if found.get("to") != "now" or not re.fullmatch(r"now-\d+[mhdwMy]", found.get("from", "")):
        yield "", f"time is {found}"


def refresh(dashboard):
    """Yield a refresh that is no text, or quicker than half a minute."""
    found = dashboard.get("refresh")
    match = re.fullmatch(r"(\d+)([smh])", found) if isinstance(found, str) else None
    if match is None or int(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]] < 30:
        yield "", f"refresh is {found!r}"


def timezone(dashboard):
    """Yield another time zone than that of who looks, or UTC."""
    if dashboard.get("timezone") not in {"browser", "utc"}:
        yield "", f"timezone is {dashboard.get('timezone')!r}"


def editable(dashboard):
    """Yield a dashboard that leaves open whether it can be edited."""
    if not isinstance(dashboard.get("editable"), bool):
        yield "", f"editable is {dashboard.get('editable')!r}"


def crosshair(dashboard):
    """Yield panels that do not share the moment below the pointer."""
    if dashboard.get("graphTooltip") != SHARED_CROSSHAIR:
        yield "", f"graphTooltip is {dashboard.get('graphTooltip')!r}"


def words(dashboard):
    """Yield a title of another family, or no question that the dashboard answers."""
    if not re.match(r"ML / \S", dashboard.get("title", "")):
        yield "", f"title is {dashboard.get('title')!r}"
    if not dashboard.get("description", "").strip():
        yield "", "no description"


def leftovers(dashboard):
    """Yield what only an export has."""
    for key in sorted({key for thing in things_in(dashboard) for key in thing} & set(LEFTOVERS)):
        yield "", f"{key} is of an export"


def panel_count(dashboard):
    """Yield a dashboard with more than anybody looks at."""
    count = sum(panel["type"] != "row" for panel in panels_of(dashboard))
    if not 1 <= count <= MOST_PANELS:
        yield "", f"{count} panels, not 1 to {MOST_PANELS}"


def panel_ids(dashboard):
    """Yield panels that no link can name."""
    panels = panels_of(dashboard)
    counts = Counter(panel.get("id") for panel in panels)
    for panel in panels:
        found = panel.get("id")
        if type(found) is not int or found < 1 or counts[found] > 1:
            yield name_of(panel), f"id is {found!r}, {counts[found]} times"


def rows(dashboard):
    """Yield headings that are no line of their own, or stand above nothing."""
    panels = dashboard.get("panels", [])
    for place, row in enumerate(panels):
        if row["type"] != "row":
            continue
        position = row.get("gridPos", {})
        if not row.get("title") or (position.get("x"), position.get("w"), position.get("h")) != (0, 24, 1):
            yield name_of(row), "a row has a title and a line of its own"
        following = panels[place + 1]["type"] if place + 1 < len(panels) else "row"
        is_closed = row.get("collapsed")
        if bool(row.get("panels")) != bool(is_closed) or (not is_closed and following == "row"):
            yield name_of(row), "a closed row holds its panels, an open one stands above them"


CHECKS = {
    "uid": uid,
    "dashboard id": number,
    "revision": revision,
    "schema version": schema_version,
    "tags": tags,
    "time": time,
    "refresh": refresh,
    "timezone": timezone,
    "editable": editable,
    "crosshair": crosshair,
    "dashboard words": words,
    "export leftovers": leftovers,
    "panel count": panel_count,
    "panel id": panel_ids,
    "row": rows,
}
