"""What every alert has beside its condition: labels, words, links, a runbook page, cases that fire and do not."""

import re

import yaml

from promql_inference import Problem
from rule_lint import WATCHDOG

SEVERITIES = {"critical", "warning", "info"}
COMPONENTS = {"slo", "traffic", "data", "drift", "quality", "reference", "exporter", "resources"}
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
SHORTEST_SECTION = 40
LONGEST_SUMMARY = 90


def cases_of(folder):
    """Return the cases of all promtool test files of a folder: (file, case)."""
    return [
        (path.name, case)
        for path in sorted(folder.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
    ]


def incomplete(rule, runbooks, cases):
    """Return what an alert lacks.

    Args:
        rule: Its entry of a rule file.
        runbooks: The folder of their pages.
        cases: The cases of all promtool test files.
    """
    return [*_labels(rule), *_words(rule), *_runbook(rule, runbooks), *_tests(rule["alert"], cases)]


def _labels(rule):
    labels = rule.get("labels", {})
    if labels.get("severity") not in SEVERITIES:
        yield Problem("severity", f"severity is {labels.get('severity')}")
    if labels.get("component") not in COMPONENTS:
        yield Problem("component", f"component is {labels.get('component')}")


def _words(rule):
    annotations = rule.get("annotations", {})
    summary, description = annotations.get("summary", ""), annotations.get("description", "")
    if not re.fullmatch(r"ML[A-Z][A-Za-z]+", rule["alert"]):
        yield Problem("words", "its name is not ML<Subject><Problem>")
    if not summary.endswith(".") or len(summary) > LONGEST_SUMMARY or "{{" in summary:
        yield Problem("words", f"summary: {summary!r}")
    if not re.search(r"[.?}]$", description):
        yield Problem("words", f"description: {description!r}")
    if not annotations.get("dashboard_url", "").startswith("http"):
        yield Problem("link", "no dashboard_url")
    if "$labels.model_name" in description and "changed" not in annotations:
        yield Problem("words", "it is about a model and does not say what changed")


def _runbook(rule, runbooks):
    name = rule["alert"]
    path = runbooks / f"{name}.md"
    if (
        rule.get("annotations", {}).get("runbook_url", "").rpartition("/")[2] != f"{name}.md"
        or not path.is_file()
    ):
        yield Problem("runbook", "no page, or no link to it")
        return
    text = path.read_text(encoding="utf-8")
    sections = re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]
    if not text.startswith(f"# {name}\n") or re.findall(r"^## (.*)$", text, re.MULTILINE) != HEADINGS:
        yield Problem("runbook", f"headings are not the name and {HEADINGS}")
    elif (
        any(len(section.strip()) < SHORTEST_SECTION for section in sections) or "```promql" not in sections[2]
    ):
        yield Problem("runbook", "a section is empty, or the diagnosis has no query")


def _tests(name, cases):
    own = [case for _, case in cases if case["name"].startswith(f"{name} ")]
    checks = [
        check for case in own for check in case["promql_expr_test"] if f'alertname="{name}"' in check["expr"]
    ]
    if not any(check["exp_samples"] for check in checks):
        yield Problem("test", "no case in which it fires")
    if name != WATCHDOG and all(check["exp_samples"] for check in checks):
        yield Problem("test", "no case in which it stays silent")
    for case in own:
        series = " ".join(entry["series"] for entry in case["input_series"])
        if series.count('instance="pod-1"') < 1 or series.count('instance="pod-2"') < 1:
            yield Problem("test", f"a case without two pods: {case['name']}")
