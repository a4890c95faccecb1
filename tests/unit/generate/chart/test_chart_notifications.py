"""Routes and inhibitions in the words of the operator are those of Alertmanager's own file."""

import yaml

from mlexporter.generate.alertmanager import alertmanager_configuration
from mlexporter.generate.chart.chart_notifications import notification_parts

PARTS = yaml.safe_load(notification_parts())
FILE = alertmanager_configuration()
OWN = FILE["route"]["routes"][0]


def _texts(matchers):
    return [f'{each["name"]}{each["matchType"]}"{each["value"]}"' for each in matchers]


def test_routes_are_the_same():
    """Matcher by matcher, time by time, in the same order."""
    assert _texts(PARTS["route"]["matchers"]) == OWN["matchers"]
    assert len(PARTS["route"]["routes"]) == len(OWN["routes"])
    for ours, plain in zip(PARTS["route"]["routes"], OWN["routes"], strict=True):
        assert _texts(ours.get("matchers", [])) == plain.get("matchers", [])
        for name, key in (
            ("receiver", "receiver"), ("groupWait", "group_wait"), ("groupInterval", "group_interval"), ("continue", "continue"),
            ("repeatInterval", "repeat_interval"), ("groupBy", "group_by"), ("activeTimeIntervals", "active_time_intervals"),
        ):  # fmt: skip
            assert ours.get(name) == plain.get(key), (plain, key)
        assert len(ours) == len(plain)


def test_inhibitions_are_the_same():
    """What silences what, and which labels have to agree."""
    found = [
        (_texts(rule["sourceMatch"]), _texts(rule["targetMatch"]), rule.get("equal"))
        for rule in PARTS["inhibitRules"]
    ]
    assert found == [
        (rule["source_matchers"], rule["target_matchers"], rule.get("equal"))
        for rule in FILE["inhibit_rules"]
    ]


def test_every_receiver_of_a_route_has_a_value():
    """Or the operator would refuse the whole."""
    named = {PARTS["route"]["receiver"], *(route["receiver"] for route in PARTS["route"]["routes"])}
    assert named <= set(PARTS["receivers"].values())
    assert PARTS["workingHours"] in {
        name for route in PARTS["route"]["routes"] for name in route.get("activeTimeIntervals", ())
    }
