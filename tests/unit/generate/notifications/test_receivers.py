"""Who is told by which channel, and that no secret is in the file."""

import re

import pytest
import yaml

from mlexporter.generate.alertmanager import alertmanager_configuration, alertmanager_files
from mlexporter.generate.notifications.notification_options import CHANNELS, NotificationOptions


def channels_of(options):
    """Return receiver to the kind of configuration that it has."""
    receivers = alertmanager_configuration(options)["receivers"]
    return {each["name"]: next(iter(each.keys() - {"name"}), None) for each in receivers}


def test_all_channels():
    """The pager pages, chats chat, the digest is mail; copies and signs of life are webhooks."""
    assert channels_of(NotificationOptions()) == {
        "ml-pager": "pagerduty_configs",
        "ml-platform": "slack_configs",
        "ml-data-science": "slack_configs",
        "ml-digest": "email_configs",
        "ml-copy": "webhook_configs",
        "ml-dead-man": "webhook_configs",
    }


def test_without_a_webhook_nobody_hears_the_watchdog():
    """There is no copy then, and the watchdog goes nowhere instead of to people."""
    assert channels_of(NotificationOptions(channels=("slack",))) == {
        "ml-pager": "slack_configs",
        "ml-platform": "slack_configs",
        "ml-data-science": "slack_configs",
        "ml-digest": "slack_configs",
        "ml-dead-man": None,
    }


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_route_has_its_receiver(channel):
    """Whatever channels there are, no route names a receiver that does not exist, and none is left over."""
    configuration = alertmanager_configuration(NotificationOptions(channels=(channel,)))
    branches = configuration["route"]["routes"][0]["routes"]
    named = {branch["receiver"] for branch in branches} | {configuration["route"]["receiver"]}

    assert named == {receiver["name"] for receiver in configuration["receivers"]}


def test_everybody_is_told_of_the_end():
    """Only the dead-man receiver has no use for it."""
    for receiver in alertmanager_configuration()["receivers"]:
        for kind in receiver.keys() - {"name"}:
            assert receiver[kind][0]["send_resolved"] is (receiver["name"] != "ml-dead-man")


def test_secrets_are_only_in_files():
    """Each field for a key, password or token is the one that reads a file, below one folder."""
    text = alertmanager_files(NotificationOptions(secrets="/run/secrets"))["alertmanager.yaml"]
    fields = re.findall(
        r"^[ -]*(\w*(?:key|password|secret|token|credentials|api_url)\w*): (.*)$", text, re.MULTILINE
    )

    assert len(fields) == 6
    for name, value in fields:
        assert name.endswith("_file")
        assert value.startswith("/run/secrets/")


def test_every_template_that_is_named_exists():
    """A misspelled template would lose the notification when it is sent, not when it is loaded."""
    files = alertmanager_files()
    named = set(re.findall(r'template "(mlexporter\.[\w.]+)"', "".join(files.values())))
    defined = re.findall(r'define "(mlexporter\.[\w.]+)"', files["templates/mlexporter.tmpl"])

    assert named <= set(defined)
    assert len(defined) == len(set(defined))
    assert set(defined) - named <= {"mlexporter.email.text"}


def test_folders_and_labels_of_a_user():
    """Templates and secrets may lie elsewhere; another cluster is grouped and silenced apart."""
    options = NotificationOptions(templates="/etc/templates", equal_labels=("cluster",))
    files = alertmanager_files(options)
    configuration = yaml.safe_load(files["alertmanager.yaml"])

    assert configuration["templates"] == ["/etc/templates/mlexporter.tmpl"]
    assert configuration["route"]["routes"][0]["group_by"] == ["model_name", "component", "cluster"]
    assert all(rule["equal"][-1] == "cluster" for rule in configuration["inhibit_rules"])
