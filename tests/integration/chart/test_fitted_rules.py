"""The rules that the chart installs are those that ``mlexporter generate alerts`` writes for the same wishes."""

import json

import pytest
import yaml

from chart_renders import CHART
from helm_programs import PROGRAMS, HelmFailed, objects_of
from mlexporter.generate.fitted import fitted_rule_files
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import ALERTS, engine_rule_files

OPTIONAL = frozenset(
    alert.name for alerts in ALERTS.values() for alert in alerts(RuleOptions()) if alert.needs
)
DEFAULTS = {"dashboard_base": ""}
"""What the chart's own defaults are where they differ from those of the command."""
AWKWARD = r'''namespace="a%b", path=~"C:\\\\x|\"q\"", zone!~'y z', note="{x}, {y}"'''
WISHES = {
    "defaults": ({}, {}),
    "selector": ({"selector": 'namespace="ml"'}, {"selector": 'namespace="ml"'}),
    "awkward selector": ({"selector": AWKWARD}, {"selector": AWKWARD}),
    "groups": ({"groups": ["drift", "exporter"]}, {"groups": frozenset({"drift", "exporter"})}),
    "with": ({"with": sorted(OPTIONAL)}, {"with_alerts": OPTIONAL}),
    "without": (
        {"without": ["MLWatchdog", "MLWorkersLost", "MLFeatureDrift"]},
        {"without": frozenset({"MLWatchdog", "MLWorkersLost", "MLFeatureDrift"})},
    ),
    "slower": ({"forFactor": 2}, {"for_factor": 2.0}),
    "a third slower": ({"forFactor": 1.3333}, {"for_factor": 1.3333}),
    "faster": ({"forFactor": 0.01}, {"for_factor": 0.01}),
    "much slower": ({"forFactor": 333.3}, {"for_factor": 333.3}),
    "memory": ({"memoryRatio": 0.8}, {"memory_ratio": 0.8}),
    "fine memory": ({"memoryRatio": 0.98765432}, {"memory_ratio": 0.98765432}),
    "all memory": ({"memoryRatio": 1}, {"memory_ratio": 1.0}),
    "runbooks": ({"runbookBase": "https://x.example.org/$1/"}, {"runbook_base": "https://x.example.org/$1/"}),
    "dashboards": (
        {"dashboardBase": "https://g.example.org/d/{dashboard}"},
        {"dashboard_base": "https://g.example.org/d/{dashboard}"},
    ),
    "dashboards of an organisation": (
        {"dashboardBase": "https://g.example.org/d/{dashboard}?orgId=1"},
        {"dashboard_base": "https://g.example.org/d/{dashboard}?orgId=1"},
    ),
    "fleet": ({"fleet": True, "with": sorted(OPTIONAL)}, {"is_fleet": True, "with_alerts": OPTIONAL}),
    "everything": (
        {
            "fleet": True, "with": ["MLJointDrift"], "without": ["MLPredictionDrift"], "groups": ["drift", "prediction"],
            "selector": AWKWARD, "forFactor": 0.5, "memoryRatio": 0.5, "runbookBase": "r/", "dashboardBase": "d",
        },
        {
            "is_fleet": True, "with_alerts": frozenset({"MLJointDrift"}), "without": frozenset({"MLPredictionDrift"}),
            "groups": frozenset({"drift", "prediction"}), "selector": AWKWARD, "for_factor": 0.5, "memory_ratio": 0.5,
            "runbook_base": "r/", "dashboard_base": "d",
        },
    ),
}  # fmt: skip
"""What the chart is told, and the options of the command that say the same."""


def _groups(files):
    return {group["name"]: group for content in files.values() for group in yaml.safe_load(content)["groups"]}


def _rendered(helm, tmp_path, told, **other):
    values = tmp_path / "values.yaml"
    values.write_text(
        json.dumps({"mode": "none", "prometheusRule": {"enabled": True, **told}, **other}), encoding="utf-8"
    )
    return objects_of(helm.render(CHART, "--values", values))


def _rules(objects):
    groups = [
        group for each in objects if each["kind"] == "PrometheusRule" for group in each["spec"]["groups"]
    ]
    found = {group["name"]: group for group in groups}
    assert len(found) == len(groups)
    return found


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("wish", WISHES)
def test_the_chart_and_the_command_agree(helms, tmp_path, wish, name):
    """Group by group, rule by rule, in the same order, letter by letter."""
    told, options = WISHES[wish]

    found = _rules(_rendered(helms[name], tmp_path, told))

    assert found == _groups(fitted_rule_files(RuleOptions(**(DEFAULTS | options))))


def test_a_wish_of_the_other_side_only_is_seen(helms, tmp_path):
    """The comparison can fail."""
    found = _rules(_rendered(helms["helm-4"], tmp_path, {"forFactor": 2}))

    assert found != _groups(fitted_rule_files(RuleOptions(**DEFAULTS)))


def test_engines_are_recorded_where_wanted(helms, tmp_path):
    """The groups of the file for vLLM and Triton come to the others."""
    found = _rules(_rendered(helms["helm-4"], tmp_path, {"servingEngines": True, "selector": 'job="x"'}))
    engines = _groups(engine_rule_files(RuleOptions(selector='job="x"')))

    assert {name: found[name] for name in engines} == engines


def test_labels_go_on_every_alert_and_on_no_recording(helms, tmp_path):
    """They win over the alert's own of the same name, as somebody who renames severities wants."""
    told = {"alertLabels": {"team": "ml", "severity": "page"}}

    for group in _rules(_rendered(helms["helm-4"], tmp_path, told)).values():
        for rule in group["rules"]:
            labels = rule.get("labels", {})
            assert (labels.get("team"), labels.get("severity")) == (
                ("ml", "page") if "alert" in rule else (None, None)
            )


def test_objects_are_small(helms, tmp_path):
    """What kubectl applies it keeps in an annotation, of 256 KiB at most."""
    told = {"fleet": True, "with": sorted(OPTIONAL), "servingEngines": True}
    objects = _rendered(helms["helm-4"], tmp_path, told, dashboards={"enabled": True})

    assert max(len(json.dumps(each)) for each in objects) < 200_000
    assert len(objects) > 20


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"selector": 'model_name="x"'}, "model_name is a label of metrics of mlexporter"),
        ({"selector": 'job="model_name=", window = "1h"'}, "window is a label of metrics of mlexporter"),
        ({"selector": '__name__="x"'}, "__name__ would change which metric"),
        ({"selector": 'job="`"'}, "backtick"),
        ({"selector": '{job="x"}'}, "/prometheusRule/selector"),
        ({"selector": "job=x"}, "/prometheusRule/selector"),
        (
            {"with": ["MLJointDrift"], "without": ["MLJointDrift"]},
            "asked for in prometheusRule.with and left out",
        ),
        (
            {"with": ["MLJointDrift"], "groups": ["data"]},
            "in the group drift, which prometheusRule.groups leaves out",
        ),
        ({"with": ["MLWatchdog"]}, "/prometheusRule/with/0"),
        ({"without": ["MLNonsense"]}, "/prometheusRule/without/0"),
        ({"groups": ["nonsense"]}, "/prometheusRule/groups/0"),
        ({"forFactor": 0}, "/prometheusRule/forFactor"),
        ({"memoryRatio": 1.5}, "/prometheusRule/memoryRatio"),
        ({"runbookBase": "https://x/{{ y }}"}, "/prometheusRule/runbookBase"),
        ({"dashboardBase": "https://x/{uid}"}, "/prometheusRule/dashboardBase"),
    ],
)
def test_what_could_not_work_is_refused(helms, tmp_path, told, said):
    """With the value and why, before anything is installed."""
    with pytest.raises(HelmFailed) as failed:
        _rendered(helms["helm-4"], tmp_path, told)

    assert said in str(failed.value)


def test_a_label_within_a_value_is_no_label(helms, tmp_path):
    """What stands in quotes is not read as a matcher."""
    told = {"selector": 'job="x, model_name=", instance=~"window=.*"'}

    assert _rules(_rendered(helms["helm-4"], tmp_path, told))
