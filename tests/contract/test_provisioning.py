"""grafana/provisioning: keys are Grafana's, and paths and addresses are those of docker-compose.yml."""

import copy
import json
import re

import pytest
import yaml

from compose_stack import mounts, read, services_of

PROVIDER_KEYS = {
    "name", "orgId", "type", "folder", "folderUid", "disableDeletion", "editable", "updateIntervalSeconds",
    "allowUiUpdates", "options",
}  # fmt: skip
"""Of `providers`: https://grafana.com/docs/grafana/v12.4/administration/provisioning/#dashboards, the same in 10.4."""
DATA_SOURCE_KEYS = {
    "name", "type", "access", "orgId", "uid", "url", "user", "basicAuth", "basicAuthUser", "withCredentials",
    "isDefault", "jsonData", "secureJsonData", "version", "editable",
}  # fmt: skip
"""Of `datasources`: likewise, #data-sources."""
PROMETHEUS_KEYS = {
    "httpMethod", "timeInterval", "queryTimeout", "manageAlerts", "prometheusType", "prometheusVersion",
    "cacheLevel", "disableRecordingRules", "incrementalQueryOverlapWindow", "exemplarTraceIdDestinations",
}  # fmt: skip
"""Of its `jsonData`: https://grafana.com/docs/grafana/v12.4/datasources/prometheus/configure/#provision-the-prometheus-data-source."""
GRAFANA_CONFIGURATION = "/etc/grafana/provisioning"


@pytest.fixture(scope="module")
def services(root):
    """The services of docker-compose.yml."""
    return services_of(root)


@pytest.fixture(scope="module")
def provider(root):
    """The one provider of dashboards."""
    (only,) = read(root / "grafana/provisioning/dashboards/mlexporter.yaml")["providers"]
    return only


@pytest.fixture(scope="module")
def data_source(root):
    """The one data source."""
    (only,) = read(root / "grafana/provisioning/datasources/mlexporter.yaml")["datasources"]
    return only


class TestProvisioning:
    """grafana/provisioning: keys are Grafana's, paths are those of the stack."""

    def test_keys_are_known(self, root, provider, data_source):
        """An unknown key is passed over silently."""
        for path in (*(root / "grafana/provisioning").glob("*/*.yaml"), *(root / "docker").glob("*.yaml")):
            assert read(path)["apiVersion"] == 1
        assert set(provider) <= PROVIDER_KEYS
        assert set(data_source) <= DATA_SOURCE_KEYS
        assert set(data_source["jsonData"]) <= PROMETHEUS_KEYS

    def test_files_are_where_grafana_looks(self, root, services):
        """Each file of provisioning is mounted in Grafana's folder of that name."""
        files = {str(path.relative_to(root)) for path in (root / "grafana/provisioning").glob("*/*.yaml")}
        provisioned = {
            source.removeprefix("./"): target
            for target, source in mounts(services["grafana"]).items()
            if target.startswith(GRAFANA_CONFIGURATION)
        }
        # Dashboards of the stack are those of the history, by a provider of its own.
        assert {source for source in provisioned if source.startswith("grafana/")} == {
            file for file in files if "/datasources/" in file
        }
        for source, target in provisioned.items():
            (kind,) = set(read(root / source)) - {"apiVersion"}
            assert target.split("/")[-2] == {"providers": "dashboards"}.get(kind, kind)

    def test_the_dashboards_are_where_the_provider_looks(self, root, provider, services):
        """Those that the history has written, and Grafana opens with one of them."""
        from mlexporter.demo.history.folder import DASHBOARDS

        (own,) = read(root / "docker/dashboards.yaml")["providers"]
        assert set(own) == set(provider)
        assert own["type"] == provider["type"] == "file"
        assert "history:/history:ro" in services["grafana"]["volumes"]
        assert own["options"]["path"] == f"{services['history']['command'][1]}/demo/{DASHBOARDS}"
        dashboards = [
            json.loads(path.read_bytes()) for path in sorted((root / "grafana/dashboards").glob("*.json"))
        ]
        assert services["grafana"]["environment"]["GF_USERS_HOME_PAGE"] in {
            f"/d/{each['uid']}" for each in dashboards
        }

    def test_the_data_source_is_the_prometheus_of_the_stack(self, data_source, services):
        """Its address is a service, and its port that service's."""
        name, _, port = data_source["url"].removeprefix("http://").partition(":")
        assert data_source["type"] == "prometheus"
        assert services[name]["image"].startswith("prom/prometheus:")
        assert [each.split(":")[2] for each in services[name]["ports"]] == [port]

    def test_the_scrape_intervals_are_those_that_the_history_tells(self, root, data_source):
        """Four of them are the shortest range of a rate; the second data source is for months."""
        from mlexporter.demo.history.telling import DAY_INTERVAL, MONTHS_INTERVAL

        (months,) = read(root / "docker/months.yaml")["datasources"]
        intervals = [each["jsonData"].pop("timeInterval") for each in (copy.deepcopy(data_source), months)]
        assert intervals == [DAY_INTERVAL, MONTHS_INTERVAL]
        differing = {key for key in data_source if data_source[key] != months[key]}
        assert differing == {"name", "uid", "isDefault", "jsonData"}

    def test_what_is_explained_about_exemplars_works(self, root):
        """The commented lines are YAML when the marks are taken away, with keys of Grafana's."""
        text = (root / "grafana/provisioning/datasources/mlexporter.yaml").read_text(encoding="utf-8")
        whole = re.sub(r"^      # (exemplarTraceIdDestinations:|  )", r"      \1", text, flags=re.MULTILINE)
        (changed,) = yaml.safe_load(whole)["datasources"]
        destinations = changed["jsonData"]["exemplarTraceIdDestinations"]
        assert [each["name"] for each in destinations] == ["trace_id", "trace_id"]
        assert set().union(*destinations) <= {"name", "datasourceUid", "url", "urlDisplayLabel"}
