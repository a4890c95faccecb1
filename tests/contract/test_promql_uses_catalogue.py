"""Every expression in rules and runbooks parses, and uses names and labels that exist.

The checker infers which labels each part of an expression has. So it also finds what Prometheus only
shows by silence: two sides that can never match because their labels differ.
"""

import re
from pathlib import Path

import promql_parser as promql
import pytest
import yaml

from mlexporter.catalogue import CATALOGUE
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import engine_rule_files, rule_files
from mlexporter.generate.serving_engines import FOREIGN_SERIES

ROOT = Path(__file__).resolve().parents[2]
TARGET = frozenset({"job", "instance"})
FOREIGN = {"up": TARGET, "scrape_duration_seconds": TARGET}
COUNTERS_ONLY = {"rate", "increase", "irate"}
SETS = {"and", "unless", "or"}


def _exposed(metrics):
    """Return the labels and the kind of each series that a scrape of ``metrics`` can hold."""
    series = {}
    for metric in metrics:
        labels = TARGET | set(metric.labels)
        if metric.kind == "histogram":
            series[f"{metric.name}_bucket"] = (labels | {"le"}, "counter")
            series[f"{metric.name}_sum"] = (labels, "counter")
            series[f"{metric.name}_count"] = (labels, "counter")
        else:
            series[metric.name] = (labels, metric.kind)
    return series


class Checker:
    """Finds what is wrong with an expression; ``recorded`` are the labels of recorded series."""

    def __init__(self, recorded=(), metrics=CATALOGUE):
        self.series = {name: (labels, "gauge") for name, labels in {**FOREIGN, **dict(recorded)}.items()}
        self.series |= _exposed(metrics)
        self.problems = []

    def check(self, text):
        """Return the labels of the result; problems are appended to ``problems``."""
        try:
            return self.labels(promql.parse(text))
        except ValueError as error:
            self.problems.append(f"does not parse: {error}")
            return frozenset()

    def labels(self, node):
        """Return the labels that the result of ``node`` can have, or None for a number."""
        name = type(node).__name__
        if name in {"NumberLiteral", "StringLiteral"}:
            return None
        if name in {"ParenExpr", "UnaryExpr", "SubqueryExpr"}:
            return self.labels(node.expr)
        visit = {
            "VectorSelector": self._selector,
            "MatrixSelector": lambda matrix: self._selector(matrix.vector_selector),
            "AggregateExpr": self._aggregate,
            "Call": self._call,
            "BinaryExpr": self._binary,
        }
        return visit[name](node)

    def _selector(self, node):
        if not node.name:
            self.problems.append("a selector without a literal name")
            return frozenset()
        if node.name not in self.series:
            self.problems.append(f"no such series: {node.name}")
            return frozenset()
        labels = self.series[node.name][0]
        self._known({matcher.name for matcher in node.matchers.matchers}, labels, node.name)
        return labels

    def _aggregate(self, node):
        inner = self.labels(node.expr)
        if str(node.op) in {"topk", "bottomk"}:
            return inner
        if node.modifier is None:
            return frozenset()
        named = frozenset(node.modifier.labels)
        self._known(named, inner, f"what {node.op} sees")
        return named if node.modifier.type == promql.AggModifierType.By else inner - named

    def _call(self, node):
        function = node.func.name
        arguments = [self.labels(argument) for argument in node.args]
        if function in COUNTERS_ONLY:
            (selector,) = node.args
            kind = self.series.get(selector.vector_selector.name, (None, "unknown"))[1]
            if kind == "gauge":
                self.problems.append(f"{function}() of {selector.vector_selector.name}, which is no counter")
        if function == "absent":
            return frozenset()
        if function == "label_replace":
            return arguments[0] | {node.args[1].val}
        vectors = [labels for labels in arguments if labels is not None]
        return vectors[-1] - ({"le"} if function == "histogram_quantile" else set()) if vectors else None

    def _binary(self, node):
        left, right = self.labels(node.lhs), self.labels(node.rhs)
        if left is None or right is None:
            return left if right is None else right
        operator, modifier = str(node.op), node.modifier
        if modifier is None or modifier.matching is None:
            if left != right and operator != "or":
                self.problems.append(f"two sides of {operator} never match: {sorted(left ^ right)}")
            return left
        named = frozenset(modifier.matching.labels)
        self._known(named, left, f"the left of {operator}")
        self._known(named, right, f"the right of {operator}")
        if operator in SETS or modifier.card == promql.VectorMatchCardinality.ManyToOne:
            return left
        return named

    def _known(self, used, known, where):
        self.problems.extend(f"{where} has no label {label}" for label in sorted(used - set(known)))


def recorded_labels(text, metrics=CATALOGUE):
    """Return name and labels of every recorded series of a rule file that reads ``metrics``, in order."""
    recorded = {}
    for group in yaml.safe_load(text)["groups"]:
        for rule in group["rules"]:
            checker = Checker(recorded, metrics)
            recorded[rule["record"]] = checker.check(rule["expr"])
            assert not checker.problems, (rule["record"], checker.problems)
    return recorded


FILES = rule_files()
RECORDED = recorded_labels(FILES["recording.yaml"])
ENGINES = recorded_labels(engine_rule_files()["serving-engines.yaml"], FOREIGN_SERIES)
ALERTS = [rule for group in yaml.safe_load(FILES["rules.yaml"])["groups"] for rule in group["rules"]]
QUERIES = [
    (page.stem, query)
    for page in sorted((ROOT / "docs" / "runbooks").glob("*.md"))
    for query in re.findall(r"```promql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
]


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_alerts_use_what_exists(rule):
    """Each alert parses and uses catalogued or recorded series, with their labels."""
    checker = Checker(RECORDED)
    checker.check(rule["expr"])
    assert checker.problems == []


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_annotations_name_labels_that_the_alert_has(rule):
    """A description mentions no label that the result of its expression lacks."""
    has = Checker(RECORDED).check(rule["expr"])
    mentioned = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))
    assert mentioned <= has


@pytest.mark.parametrize(("page", "query"), QUERIES, ids=[page for page, _ in QUERIES])
def test_runbooks_use_what_exists(page, query):
    """Each query of a runbook parses and uses catalogued or recorded series, with their labels."""
    checker = Checker(RECORDED)
    checker.check(query)
    assert checker.problems == []


def test_options_keep_the_rules_sound():
    """The rules of the demo, faster and with a selector, use what exists, too."""
    files = rule_files(RuleOptions(time_factor=3600, minimum_range_seconds=0.8, selector='job="x"', job="x"))
    recorded = recorded_labels(files["recording.yaml"])
    for group in yaml.safe_load(files["rules.yaml"])["groups"]:
        for rule in group["rules"]:
            checker = Checker(recorded)
            checker.check(rule["expr"])
            assert checker.problems == []


def test_recorded_names_say_level_and_operation():
    """A recorded series is named level:metric:operation, after a metric that exists."""
    stems = {metric.name.removesuffix("_total") for metric in CATALOGUE}
    for name, labels in RECORDED.items():
        level, stem, operation = name.split(":")
        assert stem in stems
        assert operation
        assert ("feature" in labels) == level.startswith("model_feature")
        assert ("bin" in labels) == level.endswith("_bin")


ENGINE_LABELS = {"model_name", "model_version", "status", "gen_ai_token_type", "le", "hw_id"}
ENGINE_ONLY = {"kv_cache_usage_ratio", "prefix_cache_hit_ratio"}


@pytest.mark.parametrize("name", ENGINES)
def test_what_is_recorded_of_engines_has_our_names_and_labels(name):
    """The metric is of the catalogue, with its unit, and no label of the engine is left."""
    level, stem, operation = name.split(":")
    known = {
        metric.name.removesuffix("_total") + part
        for metric in CATALOGUE
        for part in (("", "_bucket", "_sum") if metric.kind == "histogram" else ("",))
    }
    assert level == ("engine_card" if stem.startswith("hw_") else "engine")
    assert stem in known | ENGINE_ONLY
    assert operation
    assert ENGINES[name] <= ENGINE_LABELS
    assert ("le" in ENGINES[name]) == stem.endswith("_bucket")
    assert name not in RECORDED


@pytest.mark.parametrize(
    "query",
    re.findall(
        r"```promql\n(.*?)```", (ROOT / "docs/tutorials/serving-engines.md").read_text("utf-8"), re.DOTALL
    ),
)
def test_the_page_of_engines_uses_what_exists(query):
    """Each query of the page parses and uses recorded series, with their labels."""
    checker = Checker(ENGINES, ())
    checker.check(query)
    assert checker.problems == []


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("sum(", "does not parse"),
        ("rate(ml_prediction_total[5m])", "no such series"),
        ("model:ml_predictions:rate9m", "no such series"),
        ('{model_name="x"}', "without a literal name"),
        ('ml_predictions_total{feature="x"}', "has no label feature"),
        ("sum by (features) (ml_feature_drift_severity)", "has no label features"),
        ("rate(ml_feature_drift_severity[5m])", "no counter"),
        (
            "ml_feature_missing_total / on (feature) ml_predictions_total",
            "the right of / has no label feature",
        ),
        (
            "max by (feature) (ml_feature_drift_severity) > max by (window) (ml_feature_drift_severity)",
            "never",
        ),
        ("ml_feature_drift_severity unless ml_feature_excluded == 1", "never match"),
        (
            'sum by (card) (label_replace(ml_predictions_total, "cards", "$1", "job", "(.+)"))',
            "no label card",
        ),
    ],
)
def test_the_checker_finds_planted_faults(fault, message):
    """Each kind of mistake is reported: otherwise the tests above could not fail."""
    checker = Checker(RECORDED)
    checker.check(fault)
    assert any(message in problem for problem in checker.problems), checker.problems
