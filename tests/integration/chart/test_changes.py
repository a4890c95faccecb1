"""What people change about a release that runs: modes, windows, numbers of pods, and workloads of their own."""

import json
import subprocess

import pytest
import yaml

from chart_renders import CHART, VALUES
from helm_programs import RELEASE, helm_program, named

MODEL = {"name": "model", "image": "model:1"}
SIDECAR = {"mode": "sidecar", "model": {"containers": [MODEL], "replicas": 3}}
SCALED = {"mode": "sidecar", "model": {"containers": [MODEL], "autoscaling": {"enabled": True}}}
ONE = {"mode": "sidecar", "model": {"containers": [MODEL]}}
DIFFERENT = {
    "windows": {"enabled": True},
    "service": {"type": "NodePort"},
    "webConfig": {"existingSecret": "web", "tls": True},
}
RECREATED = {
    "mode": "sidecar",
    "model": {"containers": [MODEL], "replicas": 3, "strategy": {"type": "Recreate"}},
}
CHANGES = {
    "modes": [{}, SIDECAR, {"mode": "none"}, SIDECAR, {}],
    "alone": [{}, DIFFERENT, {}],
    "beside": [SIDECAR, SCALED, SIDECAR, RECREATED, SIDECAR, ONE | {"windows": {"enabled": True}}, ONE],
}
"""Values of a release, one after the other."""
DEPLOYMENT = f"{RELEASE}-mlexporter"


@pytest.fixture
def change(helm, cluster, tmp_path):
    """Return what installs a release with values, or changes it to them, in a namespace of its own."""
    namespace = cluster.namespace()

    def change(values):
        path = tmp_path / "values.yaml"
        path.write_text(yaml.safe_dump(values), encoding="utf-8")
        where = ("--namespace", namespace, "--values", path)
        helm.run("upgrade", "--install", "--reset-values", RELEASE, CHART, *where)

    change.namespace = namespace
    return change


@pytest.mark.parametrize("name", CHANGES)
def test_values_can_be_changed_and_changed_back(change, name):
    """Nothing that the server forbids to change, or has filled in itself, is in the way."""
    for values in CHANGES[name]:
        change(values)


def test_a_number_of_pods_that_an_autoscaler_has_chosen_stays(change, cluster):
    """The chart names no number beside an autoscaler: an upgrade takes nothing from it, and nobody is in conflict."""
    change(SCALED)
    path = f"/apis/apps/v1/namespaces/{change.namespace}/deployments/{DEPLOYMENT}/scale"
    scale = cluster.ask("GET", path)
    cluster.ask("PUT", path, scale | {"spec": {"replicas": 4}})

    change(SCALED | {"podLabels": {"changed": "yes"}})

    spec = cluster.read(change.namespace, "Deployment", DEPLOYMENT)["spec"]
    assert (spec["template"]["metadata"]["labels"]["changed"], spec["replicas"]) == ("yes", 4)


def test_a_change_of_the_configuration_starts_no_pod_anew(change, cluster):
    """The server sees no change of the Deployment, whatever Helm sends."""
    change(ONE)
    before = cluster.read(change.namespace, "Deployment", DEPLOYMENT)["metadata"]["generation"]

    change(ONE | {"configuration": {"models": {"fares": {"error_objective": 0.99}}}})

    assert cluster.read(change.namespace, "Deployment", DEPLOYMENT)["metadata"]["generation"] == before


def test_a_workload_of_their_own_takes_the_patch(helms, cluster, renders, tmp_path):
    """With kubectl, as NOTES.txt says; twice is once, and its pods are admitted as restricted."""
    del helms
    namespace = cluster.namespace()
    values = yaml.safe_load(VALUES["attach"][1].read_text(encoding="utf-8"))["attach"]
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    restricted = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    containers = [
        {"name": name, "image": "model:1", "securityContext": restricted} for name in values["containers"]
    ]
    labels = {"app": "fares"}
    person = {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": containers, "securityContext": person}}
    spec = {"selector": {"matchLabels": labels}, "template": pod}
    cluster.ask("POST", path, {"metadata": {"name": values["name"]}, "spec": spec})
    (patch,) = named(renders.objects("attach"))[f"ConfigMap/{DEPLOYMENT}-patch"]["data"].values()
    file = tmp_path / "patch.yaml"
    file.write_text(patch, encoding="utf-8")
    kubectl = [helm_program("kubectl"), "--kubeconfig", cluster.kubeconfig(), "--namespace", namespace]

    for _ in range(2):
        command = [*kubectl, "patch", "deployment", values["name"], "--patch-file", file]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    patched = cluster.read(namespace, "Deployment", values["name"])["spec"]["template"]
    cluster.admit(
        namespace, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": patched["spec"]}
    )

    assert [each["name"] for each in patched["spec"]["initContainers"]] == ["mlexporter"]
    assert all("MLEXPORTER_DIR" in json.dumps(each["env"]) for each in patched["spec"]["containers"])
