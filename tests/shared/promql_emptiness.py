"""Which expressions of PromQL can give nothing, because series that they need are not there."""

import promql_parser as promql

ALWAYS = frozenset({"vector", "scalar", "time", "absent", "absent_over_time"})
"""Functions that give something whatever they are given."""


def needs_one_of(node, gone):
    """Return the names of ``gone`` for the lack of which an expression gives nothing; empty where it can give some.

    Args:
        node: Parsed.
        gone: Names of series that are not there.
    """
    if isinstance(node, promql.VectorSelector):
        return {node.name} & gone
    if isinstance(node, promql.BinaryExpr):
        left, right = needs_one_of(node.lhs, gone), needs_one_of(node.rhs, gone)
        if str(node.op) == "or":
            return left | right if left and right else set()
        return left if str(node.op) == "unless" else left | right
    if isinstance(node, promql.Call):
        is_sure = node.func.name in ALWAYS
        return set() if is_sure else set().union(*(needs_one_of(each, gone) for each in node.args))
    inner = getattr(node, "vector_selector", None) or getattr(node, "expr", None)
    return set() if inner is None else needs_one_of(inner, gone)


def names_in(node):
    """Return the names of all series of an expression."""
    if isinstance(node, promql.VectorSelector):
        return {node.name} - {None}
    parts = [getattr(node, name, None) for name in ("vector_selector", "lhs", "rhs", "expr", "param")]
    return set().union(*(names_in(each) for each in [*parts, *getattr(node, "args", [])] if each is not None))
