"""Values that do not go together are refused before anything is installed, each with the value and the way out."""

import json
import re

import pytest

from chart_renders import CHART
from helm_programs import PROGRAMS, HelmFailed
from mlexporter.generate.chart.chart_value import values_below
from mlexporter.generate.chart.values.table import chart_values

MODEL = {"name": "model", "image": "fares:3"}
SIDECAR = {"mode": "sidecar", "model": {"containers": [MODEL]}}


def _model(**more):
    return {"mode": "sidecar", "model": {"containers": [MODEL | more]}}


COMBINATIONS = {
    "model.containers: mode sidecar needs": {"mode": "sidecar"},
    "model.containers: mode standalone deploys no model": {"model": {"containers": [MODEL]}},
    "two over one claim would count everything twice": {"model": {"replicas": 2}},
    "model.replicas, model.autoscaling: mode standalone": {"model": {"autoscaling": {"enabled": True}}},
    "model.service: mode none deploys no model": {"mode": "none", "model": {"service": {"enabled": True}}},
    "model.service.ports: a Service needs a port": {**SIDECAR, "model": {"containers": [MODEL], "service": {"enabled": True}}},
    "webConfig.existingSecret": {"webConfig": {"tls": True}},
    "webConfig.clientCertificates: certificates of clients need TLS": {"webConfig": {"clientCertificates": True}},
    "webConfig.certificateSecret: certificates are used where": {"webConfig": {"certificateSecret": "flights-tls"}},
    "scrape.timeout: 1m30s is more than scrape.interval, 1m": {"scrape": {"interval": "1m", "timeout": "1m30s"}},
    "scrape.tlsConfig: it is used where webConfig.tls is true only": {"scrape": {"tlsConfig": {"insecureSkipVerify": True}}},
    "Prometheus takes one of them": {"scrape": {"basicAuth": {"username": {}}, "authorization": {"type": "Bearer"}}},
    "both would scrape each pod": {"serviceMonitor": {"enabled": True}, "podMonitor": {"enabled": True}},
    "a ServiceMonitor needs the Service": {"serviceMonitor": {"enabled": True}, "service": {"enabled": False}},
    "attach.podLabels: in mode none": {"mode": "none", "podMonitor": {"enabled": True}},
    "attach.containers: the patch needs": {"mode": "none", "attach": {"name": "fares"}},
    "service.nodePort: a Service of type ClusterIP takes none": {"service": {"nodePort": 30000}},
    "service.headless: only a Service of type ClusterIP": {"service": {"headless": True, "type": "NodePort"}},
    "profiles: they come from one place": {"profiles": {"secrets": ["a"], "existingClaim": "b"}},
    "extraVolumes: mlexporter-counts begins like": {"extraVolumes": [{"name": "mlexporter-counts", "emptyDir": {}}]},
    "extraVolumes: a is there twice": {"extraVolumes": [{"name": "a"}, {"name": "a"}]},
    "model.containers[0].env: MLEXPORTER_DIR is where": _model(env=[{"name": "MLEXPORTER_DIR", "value": "/x"}]),
    "model.containers[0].env: A is there twice": _model(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]),
    "exporter.extraEnv: A is there twice": {"exporter": {"extraEnv": [{"name": "A"}, {"name": "A"}]}},
    "exporter.extraEnv: MLEXPORTER_DIR": {"exporter": {"extraEnv": [{"name": "MLEXPORTER_DIR"}]}},
    "securityContext.runAsUser: it is 1000, and the exporter runs as 65532": _model(securityContext={"runAsUser": 1000}),
    "model.containers[0].ports: 9469 is the port of the exporter": _model(ports=[{"containerPort": 9469}]),
    "mlexporter is the name of two containers": {"mode": "sidecar", "model": {"containers": [MODEL | {"name": "mlexporter"}]}},
    "minReplicas: 9 is more than maxReplicas": {
        "mode": "sidecar", "model": {"containers": [MODEL], "autoscaling": {"enabled": True, "minReplicas": 9}},
    },
    "windows.enabled: the windows of one service": {
        "mode": "sidecar", "model": {"containers": [MODEL], "replicas": 2}, "windows": {"enabled": True},
    },
    "windows.enabled: in mode standalone windows are on the claim": {
        "windows": {"enabled": True}, "counts": {"persistence": {"enabled": False}},
    },
    "windows.enabled: in mode none": {"mode": "none", "windows": {"enabled": True}},
    "networkPolicy.extraIngress: the policy holds for the model too": {**SIDECAR, "networkPolicy": {"enabled": True}},
    "minAvailable and maxUnavailable exclude each other": {
        "mode": "sidecar", "model": {"containers": [MODEL], "podDisruptionBudget": {"minAvailable": 1}},
    },
    "configuration.existingConfigMap: the file comes from there": {
        "configuration": {"existingConfigMap": "x", "models": {"fares": {"traffic_drop": 0.2}}},
    },
}  # fmt: skip
"""What is said of each."""

MISTAKES = {
    "/mode": {"mode": "gateway"},
    "'nonsense' not allowed": {"nonsense": 1},
    "'intervall' not allowed": {"scrape": {"intervall": "30s"}},
    "/scrape/interval": {"scrape": {"interval": "thirty"}},
    "/scrape/sampleLimit": {"scrape": {"sampleLimit": "5"}},
    "/image/digest": {"image": {"digest": "abc"}},
    "/image/registry": {"image": {"registry": "https://registry.example.org"}},
    "/image/repository": {"image": {"repository": "ml/mlexporter:0.1.0"}},
    "/exporter/extraEnv/0/value": {"exporter": {"extraEnv": [{"name": "A", "value": 1}]}},
    "/exporter/resources": {"exporter": {"resources": {"limit": {"memory": "1Gi"}}}},
    "/podSecurityContext/runAsUser": {"podSecurityContext": {"runAsUser": "1000"}},
    "/model/containers/0/env": {
        "mode": "sidecar",
        "model": {"containers": [MODEL | {"env": [{"name": "A", "value": True}]}]},
    },
    "/fullnameOverride": {"fullnameOverride": "Capital"},
    "/settings": {"settings": {"requred_observations": 5}},
    "/settings/required_observations": {"settings": {"required_observations": 0}},
    "/configuration/models/fares/error_objective": {
        "configuration": {"models": {"fares": {"error_objective": 2}}}
    },
    "/configuration/models/fares": {"configuration": {"models": {"fares": {"eror_objective": 0.9}}}},
    "/model/containers/0": {"mode": "sidecar", "model": {"containers": [{"name": "model"}]}},
    "missing property 'exporter'": {"exporter": None},
    "missing property 'liveness'": {"exporter": {"probes": {"liveness": None}}},
    "/counts/persistence/accessModes/0": {"counts": {"persistence": {"accessModes": ["ReadWriteMany"]}}},
}
"""The place or the word that each message names."""


EMPTY = [
    path for part in chart_values() for path, value in values_below(part)
    if value.default in ("", None) or isinstance(value.default, list | dict)
]  # fmt: skip
"""Values that somebody may set to null, with which Helm takes a default away."""
EVERYTHING = {
    "mode": "sidecar", "podMonitor": {"enabled": True}, "prometheusRule": {"enabled": True}, "alertmanagerConfig": {"enabled": True},
    "dashboards": {"enabled": True, "only": ["fleet"]}, "networkPolicy": {"enabled": True, "extraIngress": [{}]},
    "model": {"containers": [MODEL], "replicas": 2, "service": {"enabled": True, "ports": [{"port": 80}]}},
}  # fmt: skip


def _said(helm, tmp_path, values):
    path = tmp_path / "values.yaml"
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(HelmFailed) as failed:
        helm.render(CHART, "--values", path)
    return str(failed.value)


@pytest.mark.parametrize("said", COMBINATIONS)
def test_what_does_not_go_together_is_told(helms, tmp_path, said):
    """What no schema can say is said by the chart."""
    assert said in _said(helms["helm-4"], tmp_path, COMBINATIONS[said])


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("said", MISTAKES)
def test_a_mistake_in_a_value_is_told_with_its_place(helms, tmp_path, said, name):
    """The schema speaks before any template runs, in both versions of Helm."""
    assert said in _said(helms[name], tmp_path, MISTAKES[said])


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in EMPTY
        if path not in {"model.containers", "model.service.ports", "networkPolicy.extraIngress"}
    ],
)
def test_null_is_nothing(helms, tmp_path, path):
    """It renders as if the value were empty, and no null arrives in an object that would be refused for it."""
    values = json.loads(json.dumps(EVERYTHING))
    *above, name = path.split(".")
    place = values
    for key in above:
        place = place.setdefault(key, {})
    place[name] = None
    file = tmp_path / "values.yaml"
    file.write_text(json.dumps(values), encoding="utf-8")

    text = helms["helm-4"].render(CHART, "--values", file)
    assert not re.search(r"(?::|-) (?:null|<nil>)$|<no value>|%!s", text, re.MULTILINE)
