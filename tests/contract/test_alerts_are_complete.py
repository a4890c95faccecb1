"""Each alert has labels, words, a runbook page, and promtool tests in which it fires and stays silent."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import rule_files

ROOT = Path(__file__).resolve().parents[2]
RULES = [rule for group in yaml.safe_load(rule_files()["rules.yaml"])["groups"] for rule in group["rules"]]
NAMES = sorted({rule["alert"] for rule in RULES})
TEST_FILES = sorted((ROOT / "alerts" / "tests").glob("*.yaml"))
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
COMPONENTS = {"slo", "traffic", "data", "drift", "quality", "reference", "exporter", "resources"}


def run(promtool, *arguments, cwd=ROOT):
    """Run promtool and return its exit status and everything it said."""
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False, cwd=cwd)
    return done.returncode, done.stdout + done.stderr


def cases():
    """Return the cases of all promtool test files."""
    return [case for path in TEST_FILES for case in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_labels_and_words(rule):
    """Severity and component are of the closed lists; summary and description are sentences."""
    assert re.fullmatch(r"ML[A-Z][A-Za-z]+", rule["alert"])
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert rule["labels"]["component"] in COMPONENTS
    summary, description = rule["annotations"]["summary"], rule["annotations"]["description"]
    assert summary.endswith(".")
    assert len(summary) <= 90
    assert description.endswith(".")
    assert "$labels" not in summary
    assert rule["annotations"]["runbook_url"] == f"docs/runbooks/{rule['alert']}.md"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_waits_before_it_fires(rule):
    """No alert fires on a single evaluation."""
    assert re.fullmatch(r"\d+[mh]", rule["for"])


@pytest.mark.parametrize("name", NAMES)
def test_runbook_has_the_four_headings(name):
    """The page says what it means, what it costs, how to look, what to do, in this order."""
    text = (ROOT / "docs" / "runbooks" / f"{name}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == HEADINGS
    sections = re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]
    assert all(len(section.strip()) >= 40 for section in sections)
    assert "```promql" in sections[2]


def test_no_runbook_without_its_alert():
    """A page of an alert that is gone is gone, too."""
    assert sorted(path.stem for path in (ROOT / "docs" / "runbooks").glob("*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_has_a_firing_and_a_silent_case_with_two_pods(name):
    """An alert that never fires and one that always does are both found by its own cases."""
    own = [case for case in cases() if case["name"].startswith(f"{name} ")]
    firing = [case for case in own if case["promql_expr_test"][0]["exp_samples"]]
    assert firing
    assert len(own) > len(firing)
    for case in own:
        assert f'alertname="{name}"' in case["promql_expr_test"][0]["expr"]
        series = " ".join(entry["series"] for entry in case["input_series"])
        assert 'instance="pod-1"' in series
        assert 'instance="pod-2"' in series


@pytest.mark.parametrize("options", [None, RuleOptions(time_factor=3600, minimum_range_seconds=0.8, job="x")])
def test_promtool_accepts_the_rules(promtool, tmp_path, options):
    """Names, durations and templates are valid for the oldest Prometheus that is supported."""
    for name, content in rule_files(options).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    status, said = run(promtool, "check", "rules", *(str(path) for path in tmp_path.iterdir()))
    assert status == 0, said


@pytest.mark.parametrize(
    ("fault", "repair"),
    [
        (") > 1\n", ") > 100\n"),
        (") > 1\n", ") > 0\n"),
        ("max by (model_name, model_version, variant, feature) (ml_feature_excluded) == 1", "vector(0) == 1"),
    ],
    ids=["never fires", "always fires", "excluded features fire"],
)
def test_promtool_finds_planted_faults(promtool, tmp_path, fault, repair):
    """A threshold that is wrong in either direction makes a case fail."""
    shutil.copytree(ROOT / "alerts", tmp_path / "alerts")
    rules = tmp_path / "alerts" / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    assert fault in text
    rules.write_text(text.replace(fault, repair), encoding="utf-8")
    status, said = run(promtool, "test", "rules", str(tmp_path / "alerts" / "tests" / "drift.yaml"))
    assert status != 0, said
