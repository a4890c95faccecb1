"""Lint of what a dashboard asks Prometheus: that it exists, is of the chosen model, and comes once whatever the pods."""

import re

import promql_parser as promql

from dashboard_parts import data_panels, name_of, variable_names
from dashboard_queries import (
    SCRAPED,
    alert_names,
    is_aggregate,
    kept_labels,
    known_series,
    labels_chosen,
    labels_of,
    nodes_in,
    selectors_in,
)
from mlexporter.catalogue import CATALOGUE
from promql_inference import ANYTHING, FOREIGN, Inference

INFERRED = (
    "syntax", "nameless", "unknown series", "unknown label", "impossible selector", "short range", "rate of a gauge",
    "absent", "never match", "many to many", "needless group_left", "fixed threshold",
)  # fmt: skip
"""Checks of ``Inference``; counters as they stand have a check of their own here."""

OF_EXPORTERS = "mlexporter-exporter"
OF_ALL_MODELS = ("mlexporter-fleet", OF_EXPORTERS)
"""Beginnings of the uids of dashboards that are about no single model; alerts on exporters know none."""

MODEL = ("model_name", "model_version", "variant")
TARGETS = ("job", "instance")
RANGES = frozenset(
    {"$__rate_interval", "$__range", "$window", "${__rate_interval}", "${__range}", "${window}"}
)
COUNTERS_IN = frozenset(
    {"rate", "increase", "irate", "resets", "changes", "absent_over_time", "present_over_time"}
)
ABSENCE = frozenset({"absent", "absent_over_time"})
NEVER_ADDED = re.compile(
    r"_(ratio|severity|effect|bound|threshold|seconds|info|distance|psi|value|location|spread|variation|statistic"
    r"|factor|features|reference_observations)$"
)
"""Gauges of which each pod says the same, or speaks of its own rows: a sum over pods means nothing."""

_RATE = re.compile(r"\b(rate|irate|increase|delta|idelta|deriv|resets)\s*\(\s*[^()\[\]]*\[([^\]]*)\]")


def inferred(queries):
    """Yield what the inference says, each with the name of its check: (check, where, what)."""
    for query in queries:
        for check, what in query.problems:
            if check in INFERRED:
                yield check, query.where, f"{query.ref}: {what}"


def rate_windows(queries, dashboard):
    """Yield rates over a range that follows neither the step nor the reader."""
    for query in queries:
        for function, window in _RATE.findall(re.sub(r'"(?:[^"\\]|\\.)*"', '""', query.text)):
            if window not in RANGES:
                yield query.where, f"{query.ref}: {function} over [{window}]"


def raw_counters(queries, dashboard):
    """Yield counters as they stand, which only grow until a restart."""
    for query, selector, above in _selectors(queries):
        if SCRAPED.get(selector.name, ("", ""))[1] != "counter" or query.kind == "variable":
            continue
        calls = [node.func.name for node in above if type(node).__name__ == "Call"]
        has_range = any(type(node).__name__ == "MatrixSelector" for node in above)
        is_counted = any(is_aggregate(node, "count", "group") for node in above)
        if not (calls and calls[-1] in COUNTERS_IN if has_range else is_counted or ABSENCE & set(calls)):
            yield query.where, f"{query.ref}: {selector.name} stands outside of rate and increase"


def scope(queries, dashboard):
    """Yield queries that are not of what the reader has chosen."""
    if not dashboard.get("uid", "").startswith(OF_ALL_MODELS):
        missing = [name for name in MODEL if name not in variable_names(dashboard)]
        if missing:
            yield "", f"no variable {missing}"
    for query, selector, _ in _selectors(queries):
        wanted = _wanted(query, selector, dashboard)
        has = {matcher.name for matcher in selector.matchers.matchers if matcher.value == ANYTHING}
        if wanted - has:
            yield query.where, f"{query.ref}: {selector.name} of any {sorted(wanted - has)}"


def _wanted(query, selector, dashboard):
    """Return the labels by which a selector has to be narrowed down."""
    defined, labels = variable_names(dashboard), labels_of(selector.name)
    is_one_alert = any(
        matcher.name == "alertname" and matcher.op == promql.MatchOp.Equal
        for matcher in selector.matchers.matchers
    )
    if is_one_alert or (
        selector.name.startswith("ALERTS") and dashboard.get("uid", "").startswith(OF_EXPORTERS)
    ):
        return set()
    if query.kind == "variable":
        name = query.part["name"]
        defined = ["model_name"] if name in MODEL[1:] else defined[: defined.index(name)]
    if query.kind == "annotation":
        # What is loaded, and what fires, is marked for every version of the model.
        return {"model_name"} & labels & set(defined)
    of_model = labels & set(MODEL) & set(defined)
    if selector.name.startswith("ALERTS"):
        return of_model & {"model_name"}
    return of_model or labels & set(TARGETS) & set(defined)


def windows(queries, dashboard):
    """Yield series of all windows at once; where nobody chooses one, the worst of all may be taken."""
    has_choice = "window" in variable_names(dashboard)
    for query, selector, above in _selectors(queries):
        if "window" not in labels_of(selector.name) or query.kind == "variable":
            continue
        is_matched = any(matcher.name == "window" for matcher in selector.matchers.matchers)
        grouped = any(is_aggregate(node) and "window" in kept_labels(node, {"window"}) for node in above)
        nearest = [node for node in above if is_aggregate(node)][-1:]
        is_worst = not has_choice and any(
            is_aggregate(node, "max", "min", "count", "group") for node in nearest
        )
        is_absence = any(type(node).__name__ == "Call" and node.func.name in ABSENCE for node in above)
        if not (is_matched or grouped or is_worst or is_absence or selector.name.startswith("ALERTS")):
            yield query.where, f"{query.ref}: {selector.name} of any window"


def pods(queries, dashboard):
    """Yield series that come once for each pod."""
    for query, selector, above in _selectors(queries):
        calls = {node.func.name for node in above if type(node).__name__ == "Call"}
        is_merged = any(is_aggregate(node) and not is_aggregate(node, "topk", "bottomk") for node in above)
        if selector.name in SCRAPED and query.kind != "variable" and not is_merged and not calls & ABSENCE:
            yield query.where, f"{query.ref}: {selector.name} is not aggregated"


def added_gauges(queries, dashboard):
    """Yield sums and averages over pods of what does not add up."""
    for query in queries:
        for node in nodes_in(query.tree) if query.tree is not None else ():
            if not is_aggregate(node, "sum", "avg"):
                continue
            inner = node.expr
            while type(inner).__name__ == "ParenExpr":
                inner = inner.expr
            name = inner.name if type(inner).__name__ == "VectorSelector" else ""
            kind = SCRAPED.get(name, ("", ""))[1]
            if kind == "gauge" and (NEVER_ADDED.search(name) or is_aggregate(node, "avg")):
                yield query.where, f"{query.ref}: {node.op} of {name}"


def mixed_profiles(queries, dashboard):
    """Yield bins of two profiles that are put together: the same number is another interval."""
    for query, selector, above in _selectors(queries):
        labels = labels_of(selector.name)
        aggregates = [node for node in above if is_aggregate(node)]
        pinned = {matcher.name for matcher in selector.matchers.matchers}
        if not {"bin", "profile"} <= labels or "profile" in pinned or not aggregates:
            continue
        kept = kept_labels(aggregates[-1], labels)
        counts = "observations_total" in selector.name or ":increase" in selector.name
        if "profile" not in kept and ("bin" in kept or not counts):
            yield query.where, f"{query.ref}: {selector.name} of any profile"


def dear_denominators(queries, dashboard):
    """Yield shares of rows that are divided by a sum over bins: ml_predictions_total is ten times cheaper."""
    for query in queries:
        for node in nodes_in(query.tree) if query.tree is not None else ():
            if type(node).__name__ != "BinaryExpr" or str(node.op) != "/":
                continue
            above, below = (
                {selector.name for selector, _ in selectors_in(side)} for side in (node.lhs, node.rhs)
            )
            binned = sorted(name for name in below if "bin" in labels_of(name) and "reference" not in name)
            if above and binned and not any("bin" in labels_of(name) for name in above):
                yield query.where, f"{query.ref}: divides by the bins of {binned}"


def buckets(queries, dashboard):
    """Yield quantiles of what has lost its buckets."""
    for query in queries:
        for node in nodes_in(query.tree) if query.tree is not None else ():
            if type(node).__name__ == "Call" and node.func.name == "histogram_quantile":
                gives = Inference(known_series()).of(node.args[1])
                if gives is not None and gives.is_known and "le" not in gives.labels:
                    yield query.where, f"{query.ref}: histogram_quantile without le"


def pending(queries, dashboard):
    """Yield alerts that do not fire yet, counted with those that do."""
    for query, selector, _ in _selectors(queries):
        states = [matcher.value for matcher in selector.matchers.matchers if matcher.name == "alertstate"]
        if selector.name == "ALERTS" and not states:
            yield query.where, f"{query.ref}: ALERTS of any alertstate"


def choices(queries, dashboard):
    """Yield variables whose query does not give what they read."""
    for query in queries:
        if query.kind != "variable":
            continue
        read = labels_chosen(query.part)
        if read is None:
            yield (
                query.where,
                f"neither label_values(series, label) nor query_result with a regex: {query.text}",
            )
        elif query.gives is not None and query.gives.is_known and read - query.gives.labels:
            yield query.where, f"its query has no label {sorted(read - query.gives.labels)}"


def recorded(queries, dashboard):
    """Yield panels that are empty without recording rules, and do not say so."""
    for query, selector, _ in _selectors(queries):
        if query.kind == "panel" and ":" in selector.name:
            _, _, needs = query.panel.get("description", "").partition("**Needs.**")
            if "alerts/" not in needs:
                yield query.where, f"reads {selector.name} and does not say that it needs the rules"


def told(queries, dashboard):
    """Yield descriptions that speak of metrics or alerts that do not exist."""
    names = {metric.name for metric in CATALOGUE} | set(SCRAPED) | set(known_series())
    for panel in data_panels(dashboard):
        text = panel.get("description", "")
        for name in re.findall(r"\bml(?:exporter)?_\w+", text):
            if name not in names:
                yield name_of(panel), f"there is no {name}"
        for name in re.findall(r"\bML[A-Z][a-z]\w+", text):
            if name not in alert_names():
                yield name_of(panel), f"there is no alert {name}"


def _selectors(queries):
    """Yield each selector of queries that parse: query, selector, what is around it."""
    for query in queries:
        if query.tree is not None:
            for selector, above in selectors_in(query.tree):
                if selector.name in SCRAPED or selector.name in known_series() or selector.name in FOREIGN:
                    yield query, selector, above


CHECKS = {
    "rate window": rate_windows,
    "raw counter": raw_counters,
    "scope": scope,
    "window": windows,
    "pods": pods,
    "added gauges": added_gauges,
    "mixed profiles": mixed_profiles,
    "dear denominator": dear_denominators,
    "buckets": buckets,
    "pending alert": pending,
    "variable query": choices,
    "needs rules": recorded,
    "told": told,
}
