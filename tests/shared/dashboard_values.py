"""Lint of how values look: units, decimals, colours, and that nothing never looks like "all is well"."""

import re

from dashboard_parts import data_panels, defaults_of, name_of, overrides_of, things_in

UNITS = frozenset({
    "Bps", "bool", "bool_yes_no", "bytes", "celsius", "cpm", "cps", "currencyEUR", "currencyUSD", "d",
    "dateTimeAsIso", "dateTimeAsLocal", "dateTimeFromNow", "decbytes", "dtdhms", "dtdurations", "eps", "h", "locale",
    "m", "ms", "none", "ops", "opm", "percentunit", "reqpm", "reqps", "rowspm", "rowsps", "s", "sci",
    "string", "watt",
})  # fmt: skip
"""Units of Grafana 10.4 to 13.2 that we have a use for. ``short`` is none: it is what nobody has chosen.

Our ratios are from 0 to 1, so that ``percent`` is none either."""

OWN_UNIT = re.compile(r"(suffix|prefix|time|si|count):.+")
WITHOUT_VALUES = frozenset({"alertlist", "annolist", "dashlist"})
WITH_AXES = frozenset({"timeseries", "barchart", "heatmap", "trend", "xychart", "histogram"})
SAYS_NOTHING = frozenset({"stat", "timeseries", "barchart", "bargauge", "table", "trend", "xychart"})
"""Kinds that show ``noValue``."""

IN_BASE_COLOUR = frozenset({"stat", "bargauge", "table"})
"""Kinds that give the base colour to what is absent, unless a mapping has another one."""

STATES = frozenset({"state-timeline", "status-history"})
NEUTRAL = frozenset({"text", "transparent", "#7F7F7F"})
COLOURED_CELLS = frozenset({"color-background", "color-text", "gauge"})
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}|rgba?\([\d., ]+\)|text|transparent")


def units(dashboard):
    """Yield fields without a unit that somebody chose."""
    for panel in data_panels(dashboard):
        if panel["type"] in WITHOUT_VALUES:
            continue
        found = [("all fields", defaults_of(panel).get("unit"))]
        found += [
            (name, properties["unit"]) for _, name, properties in overrides_of(panel) if "unit" in properties
        ]
        for name, unit in found:
            if not unit or not (unit in UNITS or OWN_UNIT.fullmatch(unit)):
                yield name_of(panel), f"{name}: unit is {unit!r}"


def decimals(dashboard):
    """Yield axes on which 0.2 s, or 20 %, is written as 0."""
    for panel in data_panels(dashboard):
        if panel["type"] not in WITH_AXES:
            continue
        base = defaults_of(panel)
        looks = [base, *({**base, **properties} for *_, properties in overrides_of(panel))]
        looks.append(panel.get("options", {}).get("yAxis", {}))
        if any(look.get("decimals") == 0 and look.get("unit") in {"s", "percentunit"} for look in looks):
            yield name_of(panel), "no decimals on an axis of seconds or shares"


def no_value(dashboard):
    """Yield panels that say "No data" and not why."""
    for panel in data_panels(dashboard):
        if panel["type"] in SAYS_NOTHING and not defaults_of(panel).get("noValue", "").strip():
            yield name_of(panel), "no noValue"


def absence(dashboard):
    """Yield places where nothing takes the colour of the lowest values."""
    for panel in data_panels(dashboard):
        base = defaults_of(panel)
        if panel["type"] in STATES and _base_colour(base) not in NEUTRAL:
            yield name_of(panel), f"what is below the first step is {_base_colour(base)}"
        if panel["type"] not in IN_BASE_COLOUR:
            continue
        looks = [] if panel["type"] == "table" else [("all fields", base)]
        looks += [(name, {**base, **properties}) for _, name, properties in overrides_of(panel)]
        for name, look in looks:
            if _is_coloured(panel, look) and _base_colour(look) not in NEUTRAL and not _names_nothing(look):
                yield name_of(panel), f"{name}: what is absent is {_base_colour(look)}"


def steps(dashboard):
    """Yield steps of colours that do not begin at the bottom, or do not rise."""
    for panel in data_panels(dashboard):
        looks = [defaults_of(panel), *(properties for *_, properties in overrides_of(panel))]
        for look in looks:
            found = look.get("thresholds", {}).get("steps", [])
            values = [step.get("value") for step in found]
            if not all(step.get("color") for step in found):
                yield name_of(panel), f"steps {found} without a colour"
            if values and (
                values[0] is not None or None in values[1:] or values[1:] != sorted(set(values[1:]))
            ):
                yield name_of(panel), f"steps begin at {values}"


def colours(dashboard):
    """Yield colours by name, which no palette for colour-blind people has."""
    for panel in data_panels(dashboard):
        for thing in things_in(panel.get("fieldConfig", {})):
            for key in ("color", "fixedColor"):
                found = thing.get(key)
                if isinstance(found, str) and not _COLOUR.fullmatch(found):
                    yield name_of(panel), f"{key} is {found!r}"


def _is_coloured(panel, look):
    if panel["type"] == "table":
        cell = look.get("custom.cellOptions") or look.get("custom", {}).get("cellOptions", {})
        return cell.get("type") in COLOURED_CELLS and "thresholds" in look
    is_shown = panel["type"] != "stat" or panel.get("options", {}).get("colorMode") != "none"
    return is_shown and look.get("color", {}).get("mode") == "thresholds"


def _base_colour(look):
    steps = look.get("thresholds", {}).get("steps", [])
    return steps[0].get("color") if steps else None


def _names_nothing(look):
    """Return whether a mapping gives what is absent a colour of its own."""
    return any(
        mapping.get("type") == "special"
        and mapping["options"].get("match") == "null+nan"
        and mapping["options"].get("result", {}).get("color")
        for mapping in look.get("mappings", [])
    )


CHECKS = {
    "unit": units,
    "axis decimals": decimals,
    "no value": no_value,
    "absence colour": absence,
    "step": steps,
    "colour": colours,
}
