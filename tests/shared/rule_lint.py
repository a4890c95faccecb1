"""A lint of our rule files, in the spirit of pint: what promtool accepts, and still never fires, or always.

Every mistake is found by one check, which names it: ``tests/contract/test_planted_faults.py`` plants them.
"""

import re
from typing import NamedTuple

import promql_parser as promql
import yaml

from promql_inference import ANYTHING, COMPARISONS, UNKNOWN, Inference, Problem
from rule_facts import EXCLUSIONS
from rule_moments import groups_of, moments_apart

WATCHDOG = "MLWatchdog"
LINKED = ("model_name", "model_version", "variant", "feature", "output", "class", "window", "instance")
"""Labels by which a dashboard is narrowed down."""

_ACTION = re.compile(r'\{\{-?((?:`[^`]*`|"(?:[^"\\]|\\.)*"|[^`"}]|\}(?!\}))*?)-?\}\}')
_QUERY = re.compile(r"printf `([^`]*)`((?: \$labels\.\w+)*) \| query\b")


class Finding(NamedTuple):
    """A problem of a rule."""

    rule: str
    check: str
    what: str


def rules_of(text):
    """Return the rules of a rule file, in order."""
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def recorded_labels(texts, **given):
    """Return name to labels (None: wrong) of the series that files record, and what is wrong with them, in order."""
    recorded, findings = {}, []
    for text in texts:
        for rule in rules_of(text):
            if "record" not in rule:
                continue
            inference = Inference(recorded, **given)
            found = inference.infer(rule["expr"])
            recorded[rule["record"]] = found.labels if found.is_known else None
            findings += [Finding(rule["record"], *problem) for problem in inference.problems]
    return recorded, findings


def lint(texts, **given):
    """Return what is wrong with rule files that are loaded together; ``given`` is of ``Inference``.

    Files that record have to come before those that read.
    """
    recorded, findings = recorded_labels(texts, **given)
    groups = groups_of(texts)
    for text in texts:
        for rule in rules_of(text):
            findings += [
                Finding(rule.get("alert", rule.get("record")), "moments", f"{left} against {right}")
                for left, right in moments_apart(rule["expr"], groups)
            ]
            if "alert" in rule:
                findings += [
                    Finding(rule["alert"], *problem) for problem in alert_problems(rule, recorded, **given)
                ]
    return findings


def alert_problems(rule, recorded, **given):
    """Return what is wrong with one alert."""
    inference = Inference(recorded, **given)
    found = inference.infer(rule["expr"])
    if not found.is_known:
        return inference.problems
    problems = inference.problems
    if rule["alert"] != WATCHDOG:
        if not can_end(promql.parse(rule["expr"])):
            problems.append(Problem("no comparison", "it fires for as long as its series are there"))
        if not rule.get("for"):
            problems.append(Problem("no for", "one evaluation is enough to fire"))
    sure = found.sure | set(rule["labels"])
    for name, text in rule.get("annotations", {}).items():
        problems += [
            Problem(check, f"{name}: {what}")
            for check, what in template_problems(text, sure, recorded, given)
        ]
    link = rule.get("annotations", {}).get("dashboard_url", "")
    missing = [label for label in LINKED if label in found.varying and f"var-{label}=" not in link]
    if missing:
        problems.append(Problem("link", f"dashboard_url does not name {missing}"))
    return problems


def can_end(node):
    """Return whether an alert has a condition, so that it can be silent while its series are there."""
    kind = type(node).__name__
    if kind == "BinaryExpr":
        operator = str(node.op)
        if operator in COMPARISONS:
            return node.modifier is None or not node.modifier.return_bool
        if operator == "or":
            return can_end(node.lhs) and can_end(node.rhs)
        if operator == "unless":
            return can_end(node.lhs) or _is_absence(node.rhs)
        return can_end(node.lhs) or can_end(node.rhs)
    if kind == "Call":
        return node.func.name.startswith("absent") or any(can_end(argument) for argument in node.args)
    return can_end(node.expr) if hasattr(node, "expr") else False


def _is_absence(node):
    """Return whether ``unless`` this asks for something that should be there; not for an exception."""
    names = set(series_in(node))
    return not can_end(node) and not names <= EXCLUSIONS


def series_in(node):
    """Yield the names of all series that an expression reads."""
    kind = type(node).__name__
    if kind == "VectorSelector":
        yield node.name
    elif kind == "MatrixSelector":
        yield node.vector_selector.name
    elif kind == "BinaryExpr":
        yield from series_in(node.lhs)
        yield from series_in(node.rhs)
    elif kind == "Call":
        for argument in node.args:
            yield from series_in(argument)
    elif hasattr(node, "expr"):
        yield from series_in(node.expr)


def template_problems(text, sure, recorded, given):
    """Yield what is wrong with an annotation of an alert that has the labels ``sure``."""
    blocks = []
    for action in _ACTION.findall(text):
        words = action.split()
        first = words[0] if words else ""
        vector, problems = _asked(action, sure, recorded, given)
        yield from problems
        yield from _labels_read(action, sure, blocks)
        if first in {"range", "with", "if"}:
            variable = re.match(r"\s*range\s+(?:\$\w+\s*,\s*)?(\$\w+)\s*:=", action)
            blocks.append((first, variable[1] if variable else "", vector))
        elif first == "end":
            blocks.pop()


def _labels_read(action, sure, blocks):
    for label in re.findall(r"\$labels\.(\w+)", action):
        if label not in sure:
            yield Problem("annotation label", f"the alert has no label {label}")
    for variable, label in re.findall(r"(\$\w+)?\.Labels\.(\w+)", action):
        asked = [
            vector for kind, name, vector in blocks
            if kind == "range" and vector is not None and name == variable
        ]  # fmt: skip
        if not asked or (asked[-1].is_known and label not in asked[-1].sure):
            yield Problem("annotation label", f"the query around it has no label {label}")


def _asked(action, sure, recorded, given):
    """Return what the query of an action gives, or None where it has none, and what is wrong with it."""
    if not re.search(r"\bquery\b", re.sub(r"`[^`]*`", "", action)):
        return None, []
    match = _QUERY.search(action)
    if match is None:
        return UNKNOWN, [
            Problem("template query", f"not of the form printf `...` $labels.x | query: {action}")
        ]
    names = re.findall(r"\$labels\.(\w+)", match[2])
    text = match[1].replace("%%", "%")
    places = {int(place) for place in re.findall(r"%\[(\d+)\]q", text)}
    if places != set(range(1, len(names) + 1)) or "%q" in text:
        return UNKNOWN, [
            Problem("template query", f"{len(names)} labels for the places {sorted(places)}: {text}")
        ]
    inference = Inference(recorded, **given)
    vector = inference.infer(re.sub(r"%\[\d+\]q", f'"{ANYTHING}"', text))
    # What changed within a day, or an hour, is no level that anybody sets.
    return vector, [problem for problem in inference.problems if problem.check != "fixed threshold"]


def query_texts(text):
    """Return the queries of a template, with ``x`` for what it fills in."""
    return [re.sub(r"%\[\d+\]q", '"x"', query).replace("%%", "%") for query, _ in _QUERY.findall(text)]
