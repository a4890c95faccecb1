"""Lint of what a reader chooses and where links lead: variables, data sources, annotations, links."""

import re

from dashboard_parts import (
    annotations_of,
    data_panels,
    links_in,
    name_of,
    panels_of,
    texts_in,
    things_in,
    variable_names,
    variables_of,
    variables_used,
)
from dashboard_settings import TAG

ORDER = (
    "datasource", "model_name", "model_version", "variant", "feature", "output", "class", "window", "counts", "job", "instance",
)  # fmt: skip
"""Every variable, each filtered by those before it; they are called as the labels, because alerts fill them."""

BUILT_IN = frozenset({
    "__all_variables", "__data", "__dashboard", "__field", "__from", "__interval", "__interval_ms", "__name",
    "__org", "__range", "__range_ms", "__range_s", "__rate_interval", "__series", "__timezone", "__to",
    "__url_time_range", "__user", "__value",
})  # fmt: skip
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
ON_TIME_RANGE = 2


def undefined(dashboard):
    """Yield variables that a text uses and the dashboard has not."""
    known = {*variable_names(dashboard), *BUILT_IN}
    for name, part in _parts(dashboard):
        used = set().union(*map(variables_used, texts_in(part)))
        used |= {part["repeat"]} if isinstance(part, dict) and part.get("repeat") else set()
        for variable in sorted(used - known):
            yield name, f"no variable {variable}"


def unused(dashboard):
    """Yield variables that change nothing."""
    used = {panel["repeat"] for panel in panels_of(dashboard) if panel.get("repeat")}
    for name, part in _parts(dashboard):
        own = {part["name"]} if name.startswith("variable ") else set()
        used |= set().union(*map(variables_used, texts_in(part))) - own
    for variable in variable_names(dashboard):
        if variable not in used:
            yield "", f"nothing uses the variable {variable}"


def order(dashboard):
    """Yield variables that are unknown, or come before what filters them."""
    names = variable_names(dashboard)
    unknown = [name for name in names if name not in ORDER]
    if unknown:
        yield "", f"variables {unknown} are none of {ORDER}"
    known = [name for name in names if name in ORDER]
    if known != sorted(set(known), key=ORDER.index):
        yield "", f"variables come in the order {names}"


def choices(dashboard):
    """Yield variables that are empty, or old, until somebody clicks."""
    for variable in variables_of(dashboard):
        name = f"variable {variable['name']}"
        if not variable.get("label"):
            yield name, "no label"
        if variable["type"] == "query":
            yield from ((name, what) for what in _asked_choice(variable))
        elif variable["type"] == "custom":
            values = [option.get("value") for option in variable.get("options", [])]
            if not values or variable.get("current", {}).get("value") not in values:
                yield name, f"none of its options {values} is chosen"
        elif variable["type"] != "datasource":
            yield name, f"no such kind: {variable['type']}"


def _asked_choice(variable):
    query = variable.get("query")
    if (
        not isinstance(query, dict)
        or not query.get("refId")
        or query.get("query") != variable.get("definition")
    ):
        yield "query is not {query, refId}, with the same definition"
    if variable.get("refresh") != ON_TIME_RANGE:
        yield f"refresh is {variable.get('refresh')}: it stays behind the time range"
    is_by_value = "sort_desc(" in variable.get("definition", "")
    if (variable.get("sort", 0) == 0) != is_by_value:
        yield f"sort is {variable.get('sort', 0)}"
    is_all = variable.get("includeAll", False)
    if is_all != variable.get("multi", False) or (variable.get("allValue") == ".*") != is_all:
        yield "who may choose all may choose several, and all is .*"


def several(dashboard):
    """Yield matchers that find nothing once a reader chooses two values, or all."""
    of_many = {variable["name"] for variable in variables_of(dashboard) if variable.get("multi")}
    for name, part in _parts(dashboard):
        for text in texts_in(part):
            for operator, variable in re.findall(r'(=~|!~|!=|=)\s*"\$\{?(\w+)\}?"', text):
                if variable in of_many and operator in {"=", "!="}:
                    yield name, f'{operator} "${variable}", of which there can be several'


def repeats(dashboard):
    """Yield panels that are repeated for one value, or without saying which."""
    of_many = {variable["name"] for variable in variables_of(dashboard) if variable.get("multi")}
    for panel in panels_of(dashboard):
        repeated = panel.get("repeat")
        if repeated in variable_names(dashboard) and (
            repeated not in of_many or repeated not in variables_used(panel.get("title", ""))
        ):
            yield name_of(panel), f"repeated for {repeated}: several values, and the title says which"


def datasources(dashboard):
    """Yield a dashboard on which a reader cannot choose a Prometheus, or parts that have another one."""
    variables = variables_of(dashboard)
    first = variables[0] if variables else {}
    if (first.get("name"), first.get("type"), first.get("query")) != (
        "datasource",
        "datasource",
        "prometheus",
    ):
        yield "", "the first variable is no choice of a Prometheus"
    asking = [(f"variable {each['name']}", each) for each in variables if each["type"] == "query"]
    asking += [(f"annotation {each.get('name')}", each) for each in annotations_of(dashboard)]
    for panel in data_panels(dashboard):
        asking += [(name_of(panel), part) for part in (panel, *panel.get("targets", []))]
    for name, part in asking:
        if part.get("datasource") != DATASOURCE:
            yield name, f"datasource is {part.get('datasource')}"


def annotations(dashboard):
    """Yield marks that cannot be told apart, or switched off by name."""
    for mark in annotations_of(dashboard):
        name = mark.get("name")
        is_told = (
            name and mark.get("titleFormat") and mark.get("expr") and isinstance(mark.get("enable"), bool)
        )
        if not is_told or not re.fullmatch(r"#[0-9A-Fa-f]{6}", mark.get("iconColor", "")):
            yield f"annotation {name}", "needs a name, an expression, a title, a colour and whether it is on"


def dashboard_list(dashboard):
    """Yield a dashboard from which no other one can be reached as it is."""
    wanted = {"type": "dashboards", "tags": [TAG], "asDropdown": True, "keepTime": True, "includeVars": True}
    if not any(_holds(link, wanted) for link in dashboard.get("links", [])):
        yield "", f"no list of dashboards with {wanted}"


def _holds(link, wanted):
    of_family = {tag for tag in link.get("tags", []) if tag.startswith(TAG)}
    return bool(of_family and link.get("title")) and all(
        link.get(key) == value for key, value in wanted.items() if key != "tags"
    )


def kept(dashboard):
    """Yield links to dashboards that lose the time range or the data source."""
    for name, link in _dashboard_links(dashboard):
        for part in ("${__url_time_range}", "${datasource:queryparam}"):
            if part not in link["url"]:
                yield name, f"{link['title']!r} loses {part}"


def encoded(dashboard):
    """Yield links in which a name with a space or an ampersand breaks the address."""
    for name, link in _dashboard_links(dashboard):
        for value in re.findall(r"var-\w+=([^&]*)", link["url"]):
            if "$" in value and not value.endswith(":percentencode}"):
                yield name, f"{link['title']!r}: {value} is not :percentencode"


def link_words(dashboard):
    """Yield links without words, and ones out of Grafana that take the dashboard away."""
    for thing in links_in(dashboard):
        is_outside = re.match(r"\w+://", thing["url"])
        if not thing.get("title") or (is_outside and thing.get("targetBlank") is not True):
            yield "", f"link to {thing['url']}: no title, or it opens in the same tab"


def _dashboard_links(dashboard):
    for panel in panels_of(dashboard):
        own = {key: value for key, value in panel.items() if key != "panels"}
        yield from ((name_of(panel), link) for link in links_in(own) if link["url"].startswith("/d/"))


def _parts(dashboard):
    """Yield what can use variables: (what a finding calls it, the part)."""
    for panel in panels_of(dashboard):
        yield name_of(panel), {key: value for key, value in panel.items() if key != "panels"}
    for variable in variables_of(dashboard):
        yield f"variable {variable['name']}", variable
    for mark in annotations_of(dashboard):
        yield f"annotation {mark.get('name')}", mark
    yield "", [dashboard.get("title", ""), dashboard.get("links", [])]


def too_new(dashboard):
    """Yield settings that Grafana 10.4 does not have."""
    for thing in things_in(
        [dashboard.get("templating"), dashboard.get("annotations"), dashboard.get("links")]
    ):
        for key in sorted({"placement", "allowCustomValue", "staticOptions"} & set(thing)):
            yield "", f"{thing.get('name') or thing.get('title')}: {key}"


CHECKS = {
    "undefined variable": undefined,
    "unused variable": unused,
    "variable order": order,
    "variable": choices,
    "several": several,
    "repeat": repeats,
    "datasource": datasources,
    "annotation": annotations,
    "dashboard list": dashboard_list,
    "link keeps": kept,
    "link encoding": encoded,
    "link words": link_words,
    "too new": too_new,
}
