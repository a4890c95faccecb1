"""Each mistake that a rule can have is planted into our real rules, and found by exactly the check for it."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from mlexporter.generate.rule_files import (
    ALERTING_FILE,
    OPTIONAL_FILE,
    RECORDING_FILE,
    optional_rule_files,
    rule_files,
)
from rule_completeness import cases_of, incomplete
from rule_lint import alert_problems, lint, recorded_labels, rules_of

ROOT = Path(__file__).resolve().parents[2]
RUNBOOKS = ROOT / "docs" / "runbooks"
CASES = cases_of(ROOT / "alerts" / "tests")
FILES = rule_files() | optional_rule_files()
MODEL = "model_name, model_version, variant"
THRESHOLD = f"> on ({MODEL}) group_left () max by ({MODEL}) (ml_data_quality_threshold)"


RECORDED, _ = recorded_labels([FILES[RECORDING_FILE]])
ALERTS = {
    rule["alert"]: rule for file in (OPTIONAL_FILE, ALERTING_FILE) for rule in reversed(rules_of(FILES[file]))
}  # fmt: skip
"""The first rule of each alert."""


def checks(rule, cases=CASES):
    """Return which checks have something to say of an alert."""
    found = (*alert_problems(rule, RECORDED), *incomplete(rule, RUNBOOKS, cases))
    return {problem.check for problem in found}


def planted(rule, plant):
    """Return a copy of a rule, changed by ``plant`` in place."""
    copy = deepcopy(rule)
    plant(copy)
    assert copy != rule, "nothing was planted"
    return copy


def replaced(old, new, *, field="expr"):
    """Return what replaces text in the condition of a rule, or in one of its annotations."""

    def plant(rule):
        place = rule if field in rule else rule["annotations"]
        assert old in place[field], (old, place[field])
        place[field] = place[field].replace(old, new, 1)

    return plant


def without(*path):
    """Return what takes an entry out of a rule."""

    def plant(rule):
        for key in path[:-1]:
            rule = rule[key]
        del rule[path[-1]]

    return plant


FAULTS = {
    "a metric that the catalogue lacks": (
        "MLFeatureMissingHigh", replaced("missing_excess_lower_bound", "missing_surplus"), "unknown series",
    ),
    "a threshold that the catalogue lacks": (
        "MLFeatureMissingHigh", replaced("ml_data_quality_threshold", "ml_data_quality_limit"), "unknown series",
    ),
    "a matcher on a label that the metric lacks": (
        "MLFeatureMissingHigh", replaced("(ml_data_quality_threshold)", '(ml_data_quality_threshold{feature="x"})'),
        "unknown label",
    ),
    "a by that the metric lacks": (
        "MLFeatureMissingHigh", replaced("variant, feature)", "variant, features)"), "unknown label",
    ),
    "an on that one side lacks": (
        "MLFeatureMissingHigh", replaced(f"> on ({MODEL})", f"> on ({MODEL}, feature)"), "unknown label",
    ),
    "a threshold of every pod": (
        "MLFeatureMissingHigh", replaced(f"max by ({MODEL}) (ml_data_quality_threshold)", "ml_data_quality_threshold"),
        "many to many",
    ),
    "a join without group_left": (
        "MLFeatureMissingHigh", replaced("group_left () ", ""), "many to many",
    ),
    "sides that never match": (
        "MLFeatureMissingHigh", replaced(f"on ({MODEL}) group_left () ", ""), "never match",
    ),
    "a label from nowhere": (
        "MLFeatureMissingHigh", replaced("group_left ()", "group_left (window)"), "needless group_left",
    ),
    "no comparison": (
        "MLFeatureMissingHigh", replaced(THRESHOLD, ""), "no comparison",
    ),
    "a comparison that gives 0 or 1": (
        "MLExporterRowsDropped", replaced("> 0", "> bool 0"), "no comparison",
    ),
    "a level that is no series": (
        "MLFeatureMissingHigh", replaced(THRESHOLD, "> 0.2"), "fixed threshold",
    ),
    "rate of a gauge": (
        "MLUnexpectedModelVersion",
        replaced('ml_prediction_requests_total{variant!="shadow"}', 'ml_predictions_in_progress{variant!="shadow"}'),
        "rate of a gauge",
    ),
    "increase of a gauge": (
        "MLExporterCardinalityLimit", replaced("mlexporter_cardinality_overflow_total", "mlexporter_workers"),
        "rate of a gauge",
    ),
    "a counter as it stands": (
        "MLExporterRowsDropped", lambda rule: rule.update(
            expr=rule["expr"].replace("increase(", "(").replace("[15m]", "")), "raw counter",
    ),
    "a range of two scrapes": (
        "MLExporterRowsDropped", replaced("[15m]", "[30s]"), "short range",
    ),
    "a status that nothing has": (
        "MLPredictionErrorBudgetBurnFast", replaced('status="error"', 'status="failed"'), "impossible selector",
    ),
    "an expression that matches no value": (
        "MLProfileMissing", lambda rule: rule.update(expr=rule["expr"].replace("profile_", "profil_")),
        "impossible selector",
    ),
    "an exception of what does not exist": (
        "MLExporterRowsDropped", replaced('reason!="sampled"', 'reason!="sample"'), "impossible selector",
    ),
    "a dropped label in the description": (
        "MLFeatureMissingHigh", replaced("{{ $labels.feature }}", "{{ $labels.window }}", field="description"),
        "annotation label",
    ),
    "a dropped label in what changed": (
        "MLFeatureMissingHigh",
        replaced("max by (model_name, model_version) (ml_model_loaded", "max by (model_name) (ml_model_loaded", field="changed"),
        "annotation label",
    ),
    "a misspelt series in what changed": (
        "MLFeatureMissingHigh", replaced("ml_model_loaded_timestamp", "ml_model_load_timestamp", field="changed"),
        "unknown series",
    ),
    "a place that nothing fills": (
        "MLFeatureMissingHigh", replaced("%[1]q", "%[2]q", field="changed"), "template query",
    ),
    "absent of an expression": (
        "MLExporterAbsent", replaced("mlexporter_build_info", "sum(mlexporter_build_info)"), "absent",
    ),
    "what is no PromQL": ("MLFeatureDrift", replaced("max by", "max max by"), "syntax"),
    "no for": ("MLFeatureDrift", without("for"), "no for"),
    "no severity": ("MLFeatureDrift", without("labels", "severity"), "severity"),
    "no component": ("MLFeatureDrift", without("labels", "component"), "component"),
    "no runbook": ("MLFeatureDrift", without("annotations", "runbook_url"), "runbook"),
    "the runbook of another one": (
        "MLFeatureDrift", replaced("MLFeatureDrift.md", "MLFeatureGone.md", field="runbook_url"), "runbook",
    ),
    "no summary": ("MLFeatureDrift", without("annotations", "summary"), "words"),
    "a link without its variable": (
        "MLFeatureDrift", replaced("&var-feature={{ $labels.feature | urlquery }}", "", field="dashboard_url"), "link",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_by_its_check(fault):
    """The check names the fault, and no other one cries with it."""
    name, plant, check = FAULTS[fault]
    assert checks(ALERTS[name]) == set()
    assert checks(planted(ALERTS[name], plant)) == {check}


def test_an_alert_that_nobody_tests_is_found():
    """Without cases that fire and are silent, or with one pod, it is not proven."""
    name = "MLFeatureDrift"
    own = [(file, case) for file, case in CASES if case["name"].startswith(f"{name} ")]
    others = [(file, case) for file, case in CASES if not case["name"].startswith(f"{name} ")]
    firing = [
        (
            file,
            case
            | {"promql_expr_test": [check for check in case["promql_expr_test"] if check["exp_samples"]]},
        )
        for file, case in own
    ]
    alone = [
        (file, case | {"input_series": [s for s in case["input_series"] if "pod-2" not in s["series"]]})
        for file, case in own
    ]
    for cases in (others, others + firing, others + alone):
        assert checks(ALERTS[name], cases) == {"test"}


@pytest.mark.parametrize(
    ("name", "plant", "check"),
    [
        ("model:ml_predictions:rate5m", replaced("ml_predictions_total", "ml_prediction_total"), "unknown series"),
        ("model:ml_predictions:rate5m", replaced("variant)", "variants)"), "unknown label"),
        ("model:ml_predictions:rate5m", replaced("ml_predictions_total", "ml_predictions_in_progress"), "rate of a gauge"),
        (
            "model:ml_prediction_requests:error_ratio_rate5m",
            lambda rule: rule.update(expr="rate(ml_prediction_requests_total[5m]) / on (model_name) " + rule["expr"]),
            "many to many",
        ),
    ],
    ids=["series", "by", "gauge", "many to many"],
)  # fmt: skip
def test_faults_in_recorded_series_are_found(name, plant, check):
    """What alerts read is held to the same, and what follows from a fault is not told again."""
    content = yaml.safe_load(FILES[RECORDING_FILE])
    (group, place) = next(
        (group, place)
        for group in content["groups"]
        for place, rule in enumerate(group["rules"])
        if rule["record"] == name
    )
    group["rules"][place] = planted(group["rules"][place], plant)
    found = lint([yaml.safe_dump(content), FILES[ALERTING_FILE], FILES[OPTIONAL_FILE]])
    assert {(finding.rule, finding.check) for finding in found} == {(name, check)}


def test_a_share_of_two_moments_is_found():
    """Where numerator and denominator are recorded in two groups, traffic that grows is a share that falls."""
    content = yaml.safe_load(FILES[RECORDING_FILE])
    name = "model:ml_predictions:examined_rate5m"
    features = next(group for group in content["groups"] if group["name"] == "mlexporter-features")
    rule = next(rule for rule in features["rules"] if rule["record"] == name)
    features["rules"].remove(rule)
    content["groups"][0]["rules"].append(rule)
    found = lint([yaml.safe_dump(content), FILES[ALERTING_FILE], FILES[OPTIONAL_FILE]])
    assert {(finding.rule, finding.check) for finding in found} == {("MLFeatureGone", "moments")}
