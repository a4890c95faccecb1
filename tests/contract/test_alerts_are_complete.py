"""Each alert has labels, words, a runbook page, and promtool tests in which it fires and stays silent.

All cases run with both versions of Prometheus in ``tests/integration/test_alert_cases.py``.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import (
    ALERTING_FILE,
    OPTIONAL_FILE,
    fleet_rule_files,
    optional_rule_files,
    rule_files,
)
from rule_completeness import cases_of, incomplete
from rule_lint import WATCHDOG, rules_of

ROOT = Path(__file__).resolve().parents[2]
RUNBOOKS = ROOT / "docs" / "runbooks"
CASES = cases_of(ROOT / "alerts" / "tests")
ON = rules_of(rule_files()[ALERTING_FILE])
OFF = rules_of(optional_rule_files()[OPTIONAL_FILE])
NAMES = sorted({rule["alert"] for rule in (*ON, *OFF)})

BURNS = ("Fast", "Medium", "Slow")
PROMISED_ON = {
    *(f"MLPredictionErrorBudgetBurn{speed}" for speed in BURNS),
    *(f"MLPredictionLatencyBudgetBurn{speed}" for speed in BURNS),
    "MLExporterDown", "MLExporterAbsent", "MLModelNoPredictions", "MLModelDisappeared",
    "MLPredictionVolumeDrop", "MLPredictionVolumeSpike", "MLUnexpectedModelVersion",
    "MLFeatureMissingHigh", "MLFeatureGone", "MLFeatureOutOfRangeHigh", "MLFeatureUnseenCategories",
    "MLFeatureStuck", "MLSchemaViolation", "MLFeatureDrift", "MLDatasetDrift", "MLPredictionDrift",
    "MLPositiveRateShift", "MLPredictionConstant", "MLProfileMissing", "MLProfileStale", "MLProfileMismatch",
    "MLEvaluationStalled", "MLExporterRowsDropped", "MLExporterInternalErrors", "MLExporterCardinalityLimit",
    "MLExporterScrapeSlow", "MLExporterReloadFailed", "MLWorkersLost", "MLServingMemoryNearLimit",
    "MLServingCPUThrottled", "MLUnauthorisedAccess", WATCHDOG,
}  # fmt: skip
PROMISED_OFF = {
    "MLCanaryWorse", "MLImportantFeatureDrift", "MLJointDrift", "MLConfidenceLow", "MLEmbeddingDrift",
    "MLQualityDegraded", "MLEstimatedQualityDegraded", "MLSliceWorse", "MLFairnessGap", "MLLabelsDelayed",
    "MLLabelCoverageLow", "MLCalibrationOff", "MLGPUMemoryNearLimit", "MLGPUIdle", "MLQueueSaturated",
    "MLTimeToFirstTokenSlow", "MLTokenBudgetBurn", "MLRefusalRateHigh", "MLFeedbackNegative",
}  # fmt: skip
SITUATIONS = {
    "one pod missing": ("data", "drift", "predictions", "quality", "reference"),
    "restart": ("data", "drift", "error_budget", "latency", "traffic", "predictions"),
    "without a profile": ("data", "drift", "predictions", "reference"),
    "10 rows an hour": ("error_budget", "latency", "traffic", "data", "drift", "predictions"),
}
"""What alerts have to get right, and the subjects of which one file at least has to have a case of it."""

POD_MISSING = ("pod missing", "one pod", "a pod", "other pod")

OPTIONS = {
    "default": None,
    "demo": RuleOptions(time_factor=3600, minimum_range_seconds=0.8, job="x"),
    "fleet": RuleOptions(is_fleet=True, for_factor=2, selector='namespace="ml"'),
}


def run(promtool, *arguments):
    """Run promtool and return its exit status and everything it said."""
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_promised_alert_is_there():
    """Those that need nothing are on, the others are in a file of their own; the list only grows."""
    assert {rule["alert"] for rule in ON} >= PROMISED_ON
    assert {rule["alert"] for rule in OFF} >= PROMISED_OFF
    assert not {rule["alert"] for rule in ON} & {rule["alert"] for rule in OFF}


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_is_complete(name):
    """Labels of the closed lists, sentences, links, a page, cases with two pods that fire and that do not."""
    rules = [rule for rule in (*ON, *OFF) if rule["alert"] == name]
    assert [problem for rule in rules for problem in incomplete(rule, RUNBOOKS, CASES)] == []


def test_no_runbook_and_no_case_without_its_alert():
    """A page of an alert that is gone is gone, too, and so are its cases."""
    assert sorted(path.stem for path in RUNBOOKS.glob("ML*.md")) == NAMES
    others = [case["name"] for file, case in CASES if file != "serving-engines.yaml"]
    assert [name for name in others if name.split()[0] not in NAMES] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != WATCHDOG])
def test_a_pod_may_be_missing(name):
    """Each alert has a case in which one of two pods is gone, silent or not there yet."""
    own = [case["name"].lower() for _, case in CASES if case["name"].split()[0] == name]
    assert [case for case in own if any(words in case for words in POD_MISSING)]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_hard_situations_have_cases(situation):
    """One pod missing, a restart, a model without a profile or with 10 rows an hour: where it matters, it is tried."""
    having = {file for file, case in CASES if situation in case["name"]}
    assert having
    if situation != "10 rows an hour":
        assert {f"{subject}.yaml" for subject in SITUATIONS[situation]} <= having
        return
    tried = {case["name"].split()[0] for _, case in CASES if situation in case["name"]}
    assert tried & {"MLFeatureDrift", "MLFeatureMissingHigh"}
    assert any(name.startswith(("MLPrediction", "MLModel")) for name in tried)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_promtool_accepts_the_rules(promtool, tmp_path, options):
    """Names, durations and templates are valid for the oldest Prometheus that is supported."""
    for files in (rule_files(options), optional_rule_files(options), fleet_rule_files(options)):
        for name, content in files.items():
            (tmp_path / name).write_text(content, encoding="utf-8")
    status, said = run(promtool, "check", "rules", *(str(path) for path in tmp_path.iterdir()))
    assert status == 0, said


@pytest.fixture(scope="module")
def drift_only(tmp_path_factory):
    """A folder with the rules and cases of one alert, which take no time."""
    folder = tmp_path_factory.mktemp("alerts")
    shutil.copy(ROOT / "alerts" / "recording.yaml", folder)
    content = yaml.safe_load(rule_files()[ALERTING_FILE])
    content["groups"] = [
        {"name": "drift", "rules": [rule for rule in ON if rule["alert"] == "MLFeatureDrift"]}
    ]
    (folder / "rules.yaml").write_text(yaml.safe_dump(content, width=10_000), encoding="utf-8")
    tests = yaml.safe_load((ROOT / "alerts" / "tests" / "drift.yaml").read_text(encoding="utf-8"))
    own = [case for case in tests["tests"] if case["name"].startswith("MLFeatureDrift ")]
    for case in own:
        case.pop("alert_rule_test", None)
    (folder / "tests.yaml").write_text(
        yaml.safe_dump({"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": own}),
        encoding="utf-8",
    )
    return folder


@pytest.mark.parametrize(
    ("fault", "repair"),
    [
        (") > 1", ") > 1"),
        (") > 1", ") > 1000"),
        (") > 1", ") > 0"),
        ("(ml_feature_excluded) == 1", "(ml_feature_excluded) == 2"),
    ],
    ids=["none", "never fires", "always fires", "excluded features fire"],
)
def test_promtool_finds_planted_faults(promtool, drift_only, tmp_path, fault, repair):
    """A threshold that is wrong in either direction makes a case fail."""
    rules = yaml.safe_load((drift_only / "rules.yaml").read_text(encoding="utf-8"))
    (rule,) = rules["groups"][0]["rules"]
    assert fault in rule["expr"]
    rule["expr"] = rule["expr"].replace(fault, repair)
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    shutil.copy(drift_only / "tests.yaml", tmp_path)
    status, said = run(promtool, "test", "rules", str(tmp_path / "tests.yaml"))
    assert (status == 0) == (fault == repair), said
