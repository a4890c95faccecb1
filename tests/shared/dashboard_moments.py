"""Lint of what differs between one moment and a time range, and between seconds and Grafana's milliseconds."""

from dashboard_parts import data_panels, defaults_of, name_of, overrides_of
from dashboard_queries import is_aggregate, nodes_in, selectors_in

_SORTS = frozenset({"sort", "sort_desc", "sort_by_label", "sort_by_label_desc"})


def over_time(queries, dashboard):
    """Yield what means something at one moment only: an order, and the first of it."""
    for query in queries:
        if query.kind != "panel" or not query.part.get("range") or query.tree is None:
            continue
        for node in nodes_in(query.tree):
            if type(node).__name__ == "Call" and node.func.name in _SORTS:
                yield query.where, f"{query.ref}: {node.func.name} orders nothing over time"
            if is_aggregate(node, "topk", "bottomk") and any(
                # A range of a subquery ends where the subquery says.
                str(selector.at) != "@ end()"
                and all(str(getattr(each, "at", "")) != "@ end()" for each in above)
                for selector, above in selectors_in(node.expr)
            ):
                yield query.where, f"{query.ref}: {node.op} is of other series at every step; take it @ end()"


def moments(queries, dashboard):
    """Yield seconds where Grafana wants milliseconds: in units of dates, and in marks at the time of a value."""
    for panel in data_panels(dashboard):
        looks = [defaults_of(panel), *(properties for *_, properties in overrides_of(panel))]
        is_dated = any(str(look.get("unit", "")).startswith("dateTime") for look in looks)
        own = [query for query in queries if query.panel is panel] if is_dated else []
        for query in own:
            if _is_in_seconds(query):
                yield name_of(panel), f"{query.ref}: a date needs milliseconds: * 1000"
    for query in queries:
        if query.kind == "annotation" and query.part.get("useValueForTime") and _is_in_seconds(query):
            yield query.where, "a mark at the time of its value needs milliseconds: * 1000"


def _is_in_seconds(query):
    """Return whether an expression gives a Unix time as Prometheus has it."""
    if query.tree is None or "time()" in query.text or "* 1000" in query.text:
        return False
    names = {selector.name for selector, _ in selectors_in(query.tree)}
    return any("_timestamp_seconds" in name or "_info:" in name or ":began" in name for name in names)


CHECKS = {"over time": over_time, "moment": moments}
