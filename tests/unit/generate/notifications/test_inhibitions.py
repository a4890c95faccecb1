"""Properties that every inhibition must have, and that its labels are those of the alerts it names."""

import re

import pytest

from mlexporter.generate.annotations import labels_in
from mlexporter.generate.notifications.inhibitions import INHIBITIONS, OURS
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import alerting_groups, optional_groups


def every_alert():
    groups = (*alerting_groups(RuleOptions()), *optional_groups(RuleOptions()))
    return [alert for group in groups for alert in group.rules]


ALERTS = every_alert()


def matches(matchers, labels):
    """Return whether all matchers hold, as Alertmanager reads them: a missing label is empty."""
    return all(
        {
            "=": lambda value, wanted: value == wanted,
            "!=": lambda value, wanted: value != wanted,
            "=~": lambda value, wanted: re.fullmatch(wanted, value) is not None,
            "!~": lambda value, wanted: re.fullmatch(wanted, value) is None,
        }[matcher.operator](labels.get(matcher.label, ""), matcher.value)
        for matcher in matchers
    )


def labels_of(alert):
    return {"alertname": alert.name, "severity": alert.severity, "component": alert.component}


@pytest.mark.parametrize("severity", ["critical", "warning", "info", "none", ""])
def test_the_watchdog_is_never_silenced(severity):
    """Whatever its severity is: otherwise the dead-man receiver would cry wolf in the middle of an incident."""
    watchdog = {"alertname": "MLWatchdog", "severity": severity, "component": "exporter"}

    assert not [rule.why for rule in INHIBITIONS if matches(rule.target, watchdog)]


def test_no_rule_without_equal_but_one():
    """Only the absence of all exporters silences whatever else there is."""
    assert [str(rule.source[0]) for rule in INHIBITIONS if not rule.equal] == ['alertname="MLExporterAbsent"']


def test_a_label_that_both_lack_makes_nothing_equal():
    """Two alerts without model and target never silence each other, unless they are named."""
    loud = {"alertname": "MLOne", "severity": "critical", "component": "exporter"}
    quiet = {"alertname": "MLTwo", "severity": "warning", "component": "exporter"}

    assert not [
        rule.why for rule in INHIBITIONS if matches(rule.source, loud) and matches(rule.target, quiet)
    ]


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_no_alert_silences_itself(alert):
    """What is source and target of one rule is excluded by Alertmanager only there: so no rule has such."""
    every_label = labels_of(alert) | dict.fromkeys(
        ("model_name", "variant", "feature", "job", "instance"), "x"
    )

    assert not [
        rule.why
        for rule in INHIBITIONS
        if matches(rule.source, every_label) and matches(rule.target, every_label)
    ]


def test_named_alerts_exist_and_have_the_labels():
    """A rule that compares a label which its alert never has would silence nothing, or too much."""
    by_name = {alert.name: alert for alert in ALERTS}
    for rule in INHIBITIONS:
        for matcher in (*rule.source, *rule.target):
            names = matcher.value.split("|") if matcher.label == "alertname" and matcher != OURS else ()
            assert set(names) <= by_name.keys()
            if matcher.operator.startswith("="):
                # A description reads every label of its alert.
                lacks = [set(rule.equal) - labels_in(by_name[name].description) for name in names]
                assert not any(lacks), names
