"""The queries of a dashboard with what they give: of panels, of variables, of annotations."""

import re
from dataclasses import dataclass
from functools import cache

import promql_parser as promql

from dashboard_parts import annotations_of, data_panels, name_of, variables_of, with_variables
from mlexporter.catalogue import CATALOGUE
from mlexporter.generate.rule_files import (
    ALERTING_FILE,
    RECORDING_FILE,
    optional_rule_files,
    rule_files,
)
from promql_inference import ANYTHING, TARGET, UNKNOWN, Inference, Problem, exposed
from rule_lint import recorded_labels, rules_of

FILLED = {
    "__rate_interval": "5m",
    "__interval": "5m",
    "__interval_ms": "300000",
    "__range": "1d",
    "__range_s": "86400",
    "__range_ms": "86400000",
    "window": "6h",
}
"""Variables that stand where a range does."""

OF_TARGETS = ("scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added")
"""Series that Prometheus has of every target, beside those of the lint of rules."""

SCRAPED = exposed(CATALOGUE)
"""Series that an exporter exposes: labels, kind."""

_LABEL_VALUES = re.compile(r"label_values\((.+),\s*(\w+)\s*\)", re.DOTALL)
_RESULT = re.compile(r"query_result\((.+)\)", re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """One query.

    Attributes:
        where: What a finding calls its place: the title of a panel, ``variable feature``, ``annotation Alerts``.
        kind: ``panel``, ``variable`` or ``annotation``.
        text: As it is written, with variables.
        part: The target, variable or annotation that it is of.
        panel: Its panel; None for others.
        tree: The parsed expression; None where it does not parse.
        gives: What it gives, a ``Vector``; None for a number.
        problems: What the inference says of it.
    """

    where: str
    kind: str
    text: str
    part: dict
    panel: dict | None
    tree: object
    gives: object
    problems: list

    @property
    def ref(self):
        """How it is called among the queries of its panel."""
        return self.part.get("refId", self.part.get("name", ""))


@cache
def known_series():
    """Return the labels of what Prometheus itself holds: recorded series, alerts, samples of targets."""
    files = rule_files() | optional_rule_files()
    recorded, _ = recorded_labels([files[RECORDING_FILE]])
    of_alerts = {"alertname", "alertstate"}
    for rule in (rule for name in files if name != RECORDING_FILE for rule in rules_of(files[name])):
        of_alerts |= Inference(recorded).infer(rule["expr"]).labels | set(rule["labels"])
    return {
        **recorded,
        "ALERTS": frozenset(of_alerts),
        "ALERTS_FOR_STATE": frozenset(of_alerts - {"alertstate"}),
        **dict.fromkeys(OF_TARGETS, TARGET),
    }


@cache
def alert_names():
    """Return the names of all alerts."""
    files = rule_files() | optional_rule_files()
    return {rule["alert"] for rule in rules_of(files[ALERTING_FILE])} | {
        rule["alert"] for name in optional_rule_files() for rule in rules_of(files[name])
    }


def asked(dashboard, **given):
    """Return every query of a dashboard, inferred.

    Args:
        dashboard: Classic JSON.
        given: More for ``Inference``.
    """
    found = []
    for panel in data_panels(dashboard):
        for target in panel.get("targets", []):
            place = (name_of(panel), "panel", target.get("expr", ""), target, panel)
            found.append(_inferred(place, target.get("expr", ""), given))
    for variable in variables_of(dashboard):
        if variable["type"] != "query":
            continue
        text = variable.get("definition", "")
        match = _LABEL_VALUES.fullmatch(text) or _RESULT.fullmatch(text)
        place = (f"variable {variable['name']}", "variable", text, variable, None)
        found.append(_inferred(place, match[1] if match else "", given))
    for mark in annotations_of(dashboard):
        place = (f"annotation {mark.get('name')}", "annotation", mark.get("expr", ""), mark, None)
        found.append(_inferred(place, mark.get("expr", ""), given))
    return found


def _inferred(place, text, given):
    if not text:
        return Asked(
            *place, None, UNKNOWN, [] if place[1] == "variable" else [Problem("syntax", "asks nothing")]
        )
    inference = Inference(known_series(), **given)
    whole = with_variables(text, lambda name: FILLED.get(name, ANYTHING))
    gives = inference.infer(whole)
    try:
        tree = promql.parse(whole)
    except ValueError:
        tree = None
    return Asked(*place, tree, gives, inference.problems)


def labels_chosen(variable):
    """Return the labels that a variable reads from its query; None where it reads none."""
    text = variable.get("definition", "")
    match = _LABEL_VALUES.fullmatch(text)
    if match:
        return {match[2]}
    if _RESULT.fullmatch(text):
        return set(re.findall(r"(\w+)=\\?\"", variable.get("regex", ""))) or None
    return None


def children(node):
    """Return the parts of a parsed expression that are expressions."""
    kind = type(node).__name__
    if kind == "BinaryExpr":
        return [node.lhs, node.rhs]
    if kind == "Call":
        return list(node.args)
    if kind == "AggregateExpr":
        return [node.expr] if node.param is None else [node.expr, node.param]
    return [node.expr] if hasattr(node, "expr") else []


def nodes_in(node):
    """Yield a parsed expression and every expression inside of it."""
    yield node
    for child in children(node):
        yield from nodes_in(child)


def selectors_in(node, above=()):
    """Yield every selector with what is around it, the outermost first."""
    kind = type(node).__name__
    if kind == "VectorSelector":
        yield node, above
    elif kind == "MatrixSelector":
        yield node.vector_selector, (*above, node)
    else:
        for child in children(node):
            yield from selectors_in(child, (*above, node))


def is_aggregate(node, *operators):
    """Return whether an expression aggregates, by one of the operators if any are named."""
    return type(node).__name__ == "AggregateExpr" and (not operators or str(node.op) in operators)


def kept_labels(aggregate, labels):
    """Return which of ``labels`` an aggregation keeps."""
    modifier = aggregate.modifier
    if modifier is None:
        return set()
    named = set(modifier.labels)
    return labels & named if modifier.type == promql.AggModifierType.By else labels - named


def labels_of(name):
    """Return the labels of a series; none where it is unknown."""
    if name in SCRAPED:
        return set(SCRAPED[name][0])
    return set(known_series().get(name) or ())
