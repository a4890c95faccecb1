"""Metric names stand in the catalogue and nowhere else in the code."""

import ast
import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "mlexporter"
METRIC_NAME = re.compile(r"\b(?:ml|mlexporter)_[a-z][a-z0-9_]+\b")
MODULE_NAMES = {"mlexporter_logger"}


def stray_names(text):
    """Return the metric names in string literals of ``text``; docstrings are for people and do not count."""
    tree = ast.parse(text)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    return [
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
        for name in METRIC_NAME.findall(node.value)
        if name not in MODULE_NAMES
    ]


def test_no_metric_name_outside_the_catalogue():
    """A name is written once, so that code, rules and documentation cannot disagree."""
    stray = {
        str(path.relative_to(SOURCE)): names
        for path in sorted(SOURCE.rglob("*.py"))
        if path != SOURCE / "catalogue.py" and (names := stray_names(path.read_text(encoding="utf-8")))
    }
    assert stray == {}


def test_a_planted_name_is_found():
    """Literals and pieces of formatted text count; docstrings do not."""
    planted = 'def f(x):\n    """Says ml_predictions_total."""\n    return f"ml_feature_drift_psi{x}" + "mlexporter_series"\n'
    assert sorted(stray_names(planted)) == ["ml_feature_drift_psi", "mlexporter_series"]
