"""The rules that the chart renders are those that ``mlexporter generate alerts`` writes for the same wishes."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chart_renders import CHART, ROOT
from helm_programs import objects_of
from mlexporter.demo.prometheus import NAMES
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import (
    ALERTS,
    alerting_groups,
    fleet_rule_files,
    optional_groups,
    rule_files,
)
from real_programs import program_of

ON = {"enabled": True}
AS_COMMITTED = ON | {"dashboardBase": RuleOptions().dashboard_base}
EVERY = sorted({rule.name for group in alerting_groups(RuleOptions()) for rule in group.rules})
OPTIONAL = sorted({rule.name for group in optional_groups(RuleOptions()) for rule in group.rules})
WISHES = {
    "as committed": {},
    "every alert": {"with": OPTIONAL, "forFactor": 0.01, "memoryRatio": 0.75},
    "signs": {"selector": "cluster=~\"eu-.*|us\", pod!='a%sb', zone!~\"\\\\d\"", "with": OPTIONAL, "fleet": True},
    "engines": {"servingEngines": True, "selector": 'cluster="eu"', "dashboardBase": ""},
}  # fmt: skip


def groups_of(helm, wishes):
    """Return the rule groups of all PrometheusRules of a release that has ``wishes`` of ``prometheusRule``."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as values:
        yaml.safe_dump({"prometheusRule": AS_COMMITTED | wishes}, values)
        text = helm.render(CHART, "--values", values.name, "--show-only", "templates/prometheusrule.yaml")
    return [group for each in objects_of(text) for group in each["spec"]["groups"]]


def generated(wishes):
    """Return the rule groups that the command line writes for the same."""
    wishes = AS_COMMITTED | wishes
    options = RuleOptions(
        for_factor=wishes.get("forFactor", 1.0),
        selector=wishes.get("selector", ""),
        groups=frozenset(wishes.get("groups", ())),
        with_alerts=frozenset(wishes.get("with", ())),
        without=frozenset(wishes.get("without", ())),
        is_fleet=wishes.get("fleet", False),
        memory_ratio=wishes.get("memoryRatio", 0.9),
        runbook_base=wishes.get("runbookBase", "docs/runbooks/"),
        dashboard_base=wishes["dashboardBase"],
    )
    files = rule_files(options)
    files |= fleet_rule_files(options) if wishes.get("fleet") else {}
    return [group for text in files.values() for group in yaml.safe_load(text)["groups"]]


@pytest.fixture(scope="session")
def promtools():
    """Debian's promtool, of 2.42, and that of Prometheus 3."""
    found = []
    for script in ("install-prometheus", "install-prometheus-3"):
        folder = os.path.dirname(program_of(script, *NAMES))  # noqa: PTH120 - a text is looked up in
        found.append(shutil.which("promtool", path=folder))
    assert all(found), found
    return found


def test_the_rules_are_the_committed_ones(helms):
    """Those of alerts/, with nothing changed; every alert that is off by default is there when it is asked for."""
    committed = [
        group
        for file in ("recording.yaml", "rules.yaml")
        for group in yaml.safe_load((ROOT / "alerts" / file).read_text(encoding="utf-8"))["groups"]
    ]
    names = {
        rule["alert"]
        for group in groups_of(helms["helm-4"], {"with": OPTIONAL})
        for rule in group["rules"]
        if "alert" in rule
    }

    assert groups_of(helms["helm-4"], {}) == committed
    assert names == {*EVERY, *OPTIONAL}


# A render takes a moment: a smaller case that fails too is not looked for.
@settings(max_examples=15, deadline=None, derandomize=True, phases=(Phase.generate,))
@given(data=st.data())
def test_any_wishes_give_what_is_generated(helms, data):
    """Whatever goes together: groups, alerts, factors, matchers."""
    chosen = data.draw(st.sets(st.sampled_from(sorted(ALERTS))))
    reachable = [
        rule.name for group in optional_groups(RuleOptions(groups=frozenset(chosen))) for rule in group.rules
    ]
    asked = data.draw(st.sets(st.sampled_from(sorted(set(reachable))))) if reachable else set()
    wishes = {
        "groups": sorted(chosen),
        "with": sorted(asked),
        "without": sorted(data.draw(st.sets(st.sampled_from(EVERY), max_size=4)) - asked),
        "forFactor": data.draw(st.floats(0.001, 1000)),
        "memoryRatio": data.draw(st.floats(0.01, 1)),
        "fleet": data.draw(st.booleans()),
        "selector": data.draw(
            st.sampled_from(["", 'namespace="ml"', "a!='%v', b=~\"x{2}|y\"", 'team="{a}, b"'])
        ),
    }

    assert groups_of(helms["helm-4"], wishes) == generated(wishes), wishes


@pytest.mark.parametrize("wish", WISHES)
def test_promtool_accepts_the_rules(helms, promtools, wish, tmp_path):
    """Of both versions; and the rules go with labels of the user's own."""
    groups = groups_of(helms["helm-4"], WISHES[wish] | {"alertLabels": {"team": "ml"}})
    rules = Path(tmp_path, "rules.yaml")
    rules.write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")

    assert {rule["labels"]["team"] for group in groups for rule in group["rules"] if "alert" in rule} == {
        "ml"
    }
    for promtool in promtools:
        done = subprocess.run(
            [promtool, "check", "rules", rules], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
