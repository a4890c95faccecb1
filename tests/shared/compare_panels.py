"""Lint of panels of the plugin on dashboards: options that the panel has, and answers that it can read."""

from dashboard_parts import Finding, data_panels, name_of, variable_names
from mlexporter.generate.plugin.compare_panel import COMPARE_PANEL, OPTIONS

VALUES = {
    "measure": {"auto", "density", "share"},
    "axis": {"auto", "linear", "log", "symlog", "equal"},
    "order": {"severity", "name", "importance"},
    "facet": {"none", "version"},
}
"""Of options that are one of some words; the panel and this file agree on them by contract."""

COUNTS = frozenset({"reference", "current"})
ROLES = COUNTS | {
    "expected", "severity", "effect", "threshold", "psi", "absent", "rows", "required", "importance", "excluded",
}  # fmt: skip
"""Roles of answers, by which queries are called."""


def lint_panels(dashboard):
    """Return what is wrong with the panels of the plugin in a dashboard."""
    return [
        Finding(check, name_of(panel), what)
        for panel in data_panels(dashboard)
        if panel["type"] == COMPARE_PANEL
        for check, look in CHECKS.items()
        for what in look(panel, dashboard)
    ]


def options(panel, dashboard):
    """Yield options that the panel has not, or values that they can not have."""
    found = panel.get("options", {})
    if set(found) != set(OPTIONS):
        yield f"options are {sorted(found)}, not {sorted(OPTIONS)}"
    for name, values in VALUES.items():
        if found.get(name, "") not in values | ({""} if name not in found else set()):
            yield f"{name} is {found[name]!r}, none of {sorted(values)}"
    columns = found.get("columns")
    if columns != "auto" and not (type(columns) is int and columns >= 1):
        yield f"columns is {columns!r}"
    if type(found.get("showSearch")) is not bool or not isinstance(found.get("roles"), dict):
        yield "showSearch is true or false, and roles name queries"


def variable(panel, dashboard):
    """Yield a click that chooses nothing; an empty one is meant."""
    found = panel.get("options", {}).get("variable", "")
    if found and found not in variable_names(dashboard):
        yield f"a click sets {found}, which is no variable"


def roles(panel, dashboard):
    """Yield queries whose role nobody knows, and panels without anything to draw."""
    given = panel.get("options", {}).get("roles", {})
    names = {given.get(target["refId"], target["refId"]) for target in panel["targets"]}
    if names - ROLES:
        yield f"no such roles: {sorted(names - ROLES)}"
    elif COUNTS - names:
        yield f"nothing asks for {sorted(COUNTS - names)}"


def queries(panel, dashboard):
    """Yield queries whose answer is no table of one moment."""
    for target in panel["targets"]:
        if target.get("format") != "table" or not target.get("instant") or target.get("range"):
            yield f"{target['refId']}: format {target.get('format')}, instant {target.get('instant')}"


CHECKS = {
    "compare option": options, "compare variable": variable, "compare role": roles, "compare query": queries,
}  # fmt: skip
