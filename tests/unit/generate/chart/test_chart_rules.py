"""The rule files of the chart hold tokens where a value comes at install, and every alert."""

import re

import yaml

from mlexporter.generate.chart.chart_rules import (
    DASHBOARDS,
    FLEET_ALERTS_FILE,
    MEMORY_RATIO,
    RUNBOOKS,
    SELECTOR,
    chart_rule_files,
)
from mlexporter.generate.chart.facts import chart_facts
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import ALERTS
from mlexporter.generate.selector import check_selector

FILES = chart_rule_files()
EVERY = [alert for alerts in ALERTS.values() for alert in alerts(RuleOptions())]


def _rules(name):
    return [rule for group in yaml.safe_load(FILES[name])["groups"] for rule in group["rules"]]


def test_every_alert_is_there_whatever_it_needs():
    """Which of them is on is said at install."""
    assert [rule["alert"] for rule in _rules("rules.yaml")] == [alert.name for alert in EVERY]


def test_the_selector_stands_on_every_series_and_tells_where_it_is():
    """In expressions as it is, in the queries of annotations with a doubled percent sign, and nowhere else."""
    check_selector(SELECTOR)
    doubled = SELECTOR.replace("%", "%%")
    for rule in _rules("rules.yaml"):
        assert doubled not in rule["expr"]
        for text in rule["annotations"].values():
            assert SELECTOR not in text.replace(doubled, "")
    assert any(doubled in text for rule in _rules("rules.yaml") for text in rule["annotations"].values())
    for name in FILES:
        for found in re.finditer(re.escape(SELECTOR), FILES[name]):
            before, after = FILES[name][found.start() - 2 : found.start()], FILES[name][found.end()]
            assert before == ", " or before.endswith("{"), "the template looks for these alone"
            assert after == "}"


def test_addresses_and_the_ratio_are_tokens():
    """Each alert has both addresses; one has the ratio."""
    rules = _rules("rules.yaml")
    assert all(rule["annotations"]["runbook_url"] == f"{RUNBOOKS}{rule['alert']}.md" for rule in rules)
    assert all(rule["annotations"]["dashboard_url"].startswith(DASHBOARDS) for rule in rules)
    assert [rule["alert"] for rule in rules if f"{MEMORY_RATIO:g}" in rule["expr"]] == [
        "MLServingMemoryNearLimit"
    ]


def test_no_duration_is_below_the_floor():
    """So a factor on what is written equals a factor on what was meant."""
    for alert in EVERY:
        for seconds in (alert.for_seconds, alert.keep_firing_seconds):
            assert seconds == 0 or seconds >= RuleOptions().minimum_range_seconds, alert.name


def test_only_what_reads_a_fleet_otherwise_is_there_twice():
    """And no such alert shares its name with another one, for the template finds them by name."""
    single = {rule["alert"]: rule for rule in _rules("rules.yaml")}
    names = [rule["alert"] for rule in _rules("rules.yaml")]
    for rule in _rules(FLEET_ALERTS_FILE):
        assert single[rule["alert"]] != rule
        assert names.count(rule["alert"]) == 1


def test_the_facts_are_those_of_the_code():
    """What is optional, in which group an alert is, and the settings that YAML misreads."""
    facts = yaml.safe_load(chart_facts())

    assert set(facts["optional"]) == {alert.name for alert in EVERY if alert.needs}
    assert list(facts["groups"]) == list(ALERTS)
    assert {"model_name", "feature", "le"} <= set(facts["ownLabels"])
    assert facts["onOrOff"] == ["baseline", "spans", "push"]
