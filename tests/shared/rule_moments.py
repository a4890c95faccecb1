"""Recorded series that are set against each other are of one moment: a group is evaluated at one, two are not.

Half a minute apart is nothing for a threshold, and all of it for a share that has to be above 99 %.
"""

import promql_parser as promql
import yaml

MOMENTOUS = {"/", "-"}
SETS = {"and", "unless"}
"""Operators whose right side only says which series stay."""


def groups_of(texts):
    """Return the group of each series that rule files record."""
    return {
        rule["record"]: group["name"]
        for text in texts
        for group in yaml.safe_load(text)["groups"]
        for rule in group["rules"]
        if "record" in rule
    }


def moments_apart(expression, groups):
    """Return the pairs of sets of groups that an expression divides by, or takes from, each other.

    The same groups on both sides may be windows that match each other by a label.
    """
    return list(_apart(promql.parse(expression), groups))


def _apart(node, groups):
    kind = type(node).__name__
    if kind == "BinaryExpr":
        left, right = _groups_read(node.lhs, groups), _groups_read(node.rhs, groups)
        if str(node.op) in MOMENTOUS and left and right and left != right:
            yield left, right
        yield from _apart(node.lhs, groups)
        yield from _apart(node.rhs, groups)
    elif kind == "Call":
        for argument in node.args:
            yield from _apart(argument, groups)
    elif hasattr(node, "expr"):
        yield from _apart(node.expr, groups)


def _groups_read(node, groups):
    """Return the groups whose values are in the value of an expression."""
    kind = type(node).__name__
    if kind == "VectorSelector":
        return {groups[node.name]} if node.name in groups else set()
    if kind == "MatrixSelector":
        return _groups_read(node.vector_selector, groups)
    if kind == "BinaryExpr":
        right = set() if str(node.op) in SETS else _groups_read(node.rhs, groups)
        return _groups_read(node.lhs, groups) | right
    if kind == "Call":
        return set().union(*(_groups_read(argument, groups) for argument in node.args))
    return _groups_read(node.expr, groups) if hasattr(node, "expr") else set()
