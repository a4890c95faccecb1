"""What the chart hands to others: dashboards, routes of alerts, the configuration file. Each is read by who reads it."""

import json
import re
import subprocess
import tomllib

import pytest
import yaml

from chart_renders import CHART, ROOT, VALUES, values_of
from dashboard_lint import lint
from helm_programs import named, objects_of
from mlexporter.configuration.files import read_configuration
from real_programs import program_of

COMMITTED = {path.stem: path for path in sorted((ROOT / "grafana" / "dashboards").glob("*.json"))}
DASHBOARDS = [name for name in VALUES if values_of(name).get("dashboards", {}).get("enabled")]


def dashboards_of(objects):
    """Return the text of each dashboard of a release, by its kind."""
    found = {}
    for each in objects:
        if each["kind"] == "GrafanaDashboard":
            found[each["metadata"]["name"].rpartition("-dashboard-")[2]] = each["spec"]["json"]
        elif each["kind"] == "ConfigMap" and "-dashboard-" in each["metadata"]["name"]:
            found |= {
                name.removesuffix(".json").removeprefix("mlexporter-"): text
                for name, text in each["data"].items()
            }
    return found


@pytest.mark.parametrize("values", DASHBOARDS)
def test_dashboards_are_the_committed_ones(renders, values):
    """For Grafana's sidecar and for grafana-operator; the lint has nothing to say of them."""
    found = dashboards_of(renders.objects(values))
    wanted = values_of(values)["dashboards"].get("only") or list(COMMITTED)

    assert set(found) == set(wanted)
    for name, text in found.items():
        assert json.loads(text) == json.loads(COMMITTED[name].read_text(encoding="utf-8"))
        assert lint(json.loads(text)) == []


ARRIVING = (
    {"alertname": "MLWatchdog", "severity": "info", "component": "exporter"},
    {"alertname": "MLExporterDown", "severity": "critical", "component": "exporter"},
    {"alertname": "MLImportantFeatureDrift", "severity": "critical", "component": "drift"},
    {"alertname": "MLFeatureDrift", "severity": "warning", "component": "drift"},
    {"alertname": "MLServingCPUThrottled", "severity": "warning", "component": "resources"},
    {"alertname": "MLProfileStale", "severity": "info", "component": "reference"},
)
"""Alerts that take every way."""
PLACES = [name for name in VALUES if values_of(name).get("alertmanagerConfig", {}).get("enabled")]
_COMMITTED = yaml.safe_load((ROOT / "alerts" / "alertmanager.yaml").read_text(encoding="utf-8"))


def as_file(config):
    """Return what prometheus-operator writes for Alertmanager, but for names and secrets of namespaces."""
    spec = _snake(config["spec"])
    intervals = [
        {"name": each["name"], "time_intervals": each["time_intervals"]}
        for each in spec["mute_time_intervals"]
    ]
    return {
        "route": {"receiver": "nobody", "routes": [spec["route"]]},
        "inhibit_rules": [
            {key.replace("_match", "_matchers"): part for key, part in rule.items()} for rule in spec["inhibit_rules"]
        ],
        "time_intervals": intervals,
        "receivers": [{"name": "nobody"}, *({"name": each["name"]} for each in spec["receivers"])],
    }  # fmt: skip


def _snake(part):
    if isinstance(part, list):
        return [_snake(each) for each in part]
    if not isinstance(part, dict):
        return part
    if "matchType" in part:
        return f"{part['name']}{part['matchType']}{json.dumps(part['value'])}"
    return {
        re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", key): _snake(each)
        for key, each in part.items()
    }


@pytest.fixture(params=["install-prometheus", "install-alertmanager"])
def amtool(request):
    """That of Alertmanager 0.25, and a newer one."""
    return program_of(request.param, "amtool")


@pytest.mark.parametrize("values", PLACES)
def test_alerts_go_where_the_committed_routes_send_them(renders, amtool, tmp_path, values):
    """Alertmanager reads the same tree out of both, and inhibits the same."""
    (config,) = (each for each in renders.objects(values) if each["kind"] == "AlertmanagerConfig")
    made = as_file(config)
    file = tmp_path / "alertmanager.yaml"
    file.write_text(yaml.safe_dump(made), encoding="utf-8")

    def sent(path, labels):
        asked = [f"{name}={value}" for name, value in labels.items()]
        command = [amtool, "config", "routes", "test", f"--config.file={path}", *asked]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    subprocess.run([amtool, "check-config", file], capture_output=True, check=True)
    for labels in ARRIVING:
        assert sent(file, labels) == sent(ROOT / "alerts" / "alertmanager.yaml", labels), labels
    assert made["route"]["routes"][0]["routes"] == _COMMITTED["route"]["routes"][0]["routes"]
    assert made["inhibit_rules"] == _COMMITTED["inhibit_rules"]


def test_the_example_of_a_configuration_file_is_the_same_through_the_chart(helms, tmp_path):
    """As values of ``configuration``, all that is in docs/examples/mlexporter.toml arrives."""
    example = ROOT / "docs" / "examples" / "mlexporter.toml"
    tables = tomllib.loads(example.read_text(encoding="utf-8"))
    values, file = tmp_path / "values.yaml", tmp_path / "mlexporter.toml"
    wanted = {key: tables[key] for key in ("models", "alerts") if key in tables}
    values.write_text(
        yaml.safe_dump({"configuration": wanted, "settings": tables.get("settings", {})}), encoding="utf-8"
    )
    rendered = named(objects_of(helms["helm-4"].render(CHART, "--values", values)))

    file.write_text(
        rendered["ConfigMap/ml-mlexporter-configuration"]["data"]["mlexporter.toml"], encoding="utf-8"
    )

    assert read_configuration(str(file)).models == read_configuration(str(example)).models
    assert tomllib.loads(file.read_text(encoding="utf-8")).get("alerts", {}) == tables["alerts"]
