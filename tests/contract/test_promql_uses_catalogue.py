"""Every expression in rules, annotations and runbooks parses, uses names and labels that exist, and can match.

The lint infers which labels each part of an expression has. So it also finds what Prometheus only shows
by silence: two sides that can never match because their labels differ, or because both are many.
"""

import re
from pathlib import Path

import pytest

from mlexporter.catalogue import CATALOGUE
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import (
    ALERTING_FILE,
    RECORDING_FILE,
    engine_rule_files,
    fleet_rule_files,
    optional_rule_files,
    rule_files,
)
from mlexporter.generate.serving_engines import FOREIGN_SERIES
from promql_inference import Inference
from rule_lint import lint, recorded_labels

ROOT = Path(__file__).resolve().parents[2]
RECORDED, _ = recorded_labels([rule_files()[RECORDING_FILE]])
FLEET, _ = recorded_labels([rule_files()[RECORDING_FILE], *fleet_rule_files().values()])
ENGINES, ENGINE_FINDINGS = recorded_labels(engine_rule_files().values(), metrics=FOREIGN_SERIES)
QUERIES = [
    (page.stem, query)
    for page in sorted((ROOT / "docs" / "runbooks").glob("*.md"))
    for query in re.findall(r"```promql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
]
DEMO = {"time_factor": 3600, "minimum_range_seconds": 0.8}
WAYS = {
    "default": (RuleOptions(), {}),
    "fleet": (RuleOptions(is_fleet=True), {}),
    "patient": (RuleOptions(for_factor=3), {}),
    "hasty": (RuleOptions(for_factor=0.1), {}),
    "demo": (RuleOptions(**DEMO), {"least_range_seconds": 0.8}),
    "fleet of the demo": (RuleOptions(is_fleet=True, **DEMO), {"least_range_seconds": 0.8}),
    "one namespace": (
        RuleOptions(selector='namespace="ml"', job="models"), {"target_labels": frozenset({"namespace"})}
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_the_lint_has_nothing_to_say(way):
    """All rules, recorded and alerts, on and off, and the queries of their annotations, are sound."""
    options, given = WAYS[way]
    files = rule_files(options)
    texts = [
        files[RECORDING_FILE], *fleet_rule_files(options).values(),
        files[ALERTING_FILE], *optional_rule_files(options).values(),
    ]  # fmt: skip
    assert lint(texts, **given) == []


def test_alerts_need_the_rules_of_the_fleet_only_where_they_are_asked_to():
    """Who loads no fleet.yaml has alerts that do without it."""
    files = rule_files()
    assert lint([files[RECORDING_FILE], files[ALERTING_FILE], *optional_rule_files().values()]) == []
    fleet = rule_files(RuleOptions(is_fleet=True))
    found = {(rule, check) for rule, check, _ in lint([fleet[RECORDING_FILE], fleet[ALERTING_FILE]])}
    assert ("MLFeatureDrift", "unknown series") in found


def test_rules_of_engines_are_sound():
    """They read series of others, and are held to the same."""
    assert ENGINE_FINDINGS == []


@pytest.mark.parametrize(("page", "query"), QUERIES, ids=[page for page, _ in QUERIES])
def test_runbooks_use_what_exists(page, query):
    """Each query of a runbook parses and uses catalogued or recorded series, with their labels."""
    inference = Inference(FLEET)
    inference.infer(query)
    assert [problem for problem in inference.problems if problem.check != "fixed threshold"] == []


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
    inference = Inference(ENGINES, ())
    inference.infer(query)
    assert inference.problems == []
