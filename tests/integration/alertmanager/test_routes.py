"""The configuration as amtool understands it: it is valid, and each alert goes where it should."""

import re
from pathlib import Path

import pytest
import yaml

from mlexporter.generate.alertmanager import alertmanager_files
from mlexporter.generate.notifications.notification_options import CHANNELS, NotificationOptions
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import alerting_groups, optional_groups

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
MODEL_SIDE = {"data", "drift", "quality", "reference"}


def every_alert():
    """Return name, severity and component of every alert that is generated, on or off by default."""
    groups = (*alerting_groups(RuleOptions()), *optional_groups(RuleOptions()))
    return sorted(
        {(alert.name, alert.severity, alert.component) for group in groups for alert in group.rules}
    )


def expected(name, severity, component):
    """Return who has to be told, as the tutorial says it."""
    if name == "MLWatchdog":
        return "ml-dead-man"
    chat = "ml-data-science" if component in MODEL_SIDE else "ml-platform"
    told = {"critical": f"ml-pager,{chat}", "warning": chat, "info": "ml-digest"}[severity]
    return f"ml-copy,{told}"


def test_the_committed_file_is_valid(pair):
    """What is in the repository loads, with its templates."""
    said = pair.check("check-config", str(ROOT / "alerts" / "alertmanager.yaml"))

    assert re.search(r"\b1 templates", said)


@pytest.mark.parametrize(
    "options",
    [
        *(NotificationOptions(channels=(channel,)) for channel in CHANNELS),
        NotificationOptions(
            channels=("slack", "email"), time_zone="Europe/Berlin", equal_labels=("cluster",)
        ),
        NotificationOptions(time_factor=3600),
    ],
    ids=[*CHANNELS, "slack and email", "fast"],
)
def test_what_users_choose_is_valid(pair, tmp_path, options):
    """Any one channel is enough, and the zone, the labels and the speed are understood."""
    for name, content in alertmanager_files(options).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")

    pair.check("check-config", str(tmp_path / "alertmanager.yaml"))


def test_every_alert_goes_where_it_should(pair):
    """Severity and component of each generated alert decide who is told."""
    configuration = ROOT / "alerts" / "alertmanager.yaml"
    went = {}
    for name, severity, component in every_alert():
        labels = (f"alertname={name}", f"severity={severity}", f"component={component}", "model_name=fares")
        said = pair.check("config", "routes", "test", f"--config.file={configuration}", *labels)
        went[name, severity, component] = said.strip()

    assert went == {each: expected(*each) for each in went}
    assert len(went) >= 20


def test_other_peoples_alerts_take_the_root(pair):
    """An alert that is not ours pages nobody of ours, whatever its severity."""
    configuration = ROOT / "alerts" / "alertmanager.yaml"
    said = pair.check(
        "config",
        "routes",
        "test",
        f"--config.file={configuration}",
        "alertname=DiskFull",
        "severity=critical",
    )

    assert said.strip() == "ml-platform"


def test_a_planted_fault_is_found(pair, tmp_path):
    """Without the route of critical alerts nobody is paged, and the check sees it."""
    configuration = yaml.safe_load((ROOT / "alerts" / "alertmanager.yaml").read_text(encoding="utf-8"))
    branches = configuration["route"]["routes"][0]["routes"]
    branches[:] = [branch for branch in branches if branch["receiver"] != "ml-pager"]
    path = tmp_path / "alertmanager.yaml"
    path.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    labels = ("alertname=MLModelNoPredictions", "severity=critical", "component=traffic")

    said = pair.check("config", "routes", "test", f"--config.file={path}", *labels)

    assert said.strip() != expected("MLModelNoPredictions", "critical", "traffic")
