"""What the examples say of Kubernetes, against the chart: the values of the service, the claim of the job."""

from pathlib import Path

import pytest
import yaml

from example_pages import EXAMPLES
from helm_programs import PROGRAMS, Helm, helm_program, objects_of
from kubernetes_schemas import VERSIONS, problems

pytestmark = pytest.mark.integration

CHART = EXAMPLES.parent / "helm" / "mlexporter"


@pytest.fixture(params=sorted(PROGRAMS.values()))
def helm(request, tmp_path):
    """Each version of Helm in turn."""
    return Helm(helm_program(request.param), tmp_path)


def of_kind(objects, kind):
    """Return the only object of a kind."""
    (found,) = [each for each in objects if each["kind"] == kind]
    return found


def test_the_service_and_its_exporter_are_one_pod(helm):
    """Values and schema fit; both count in one volume, and the file of the example is their configuration."""
    values = EXAMPLES / "fastapi" / "values.yaml"
    objects = objects_of(helm.render(CHART, "--values", values))
    pod = of_kind(objects, "Deployment")["spec"]["template"]["spec"]
    (model,) = [each for each in pod["containers"] if each["name"] == "model"]
    exporters = [each for each in pod["initContainers"] if each.get("restartPolicy") == "Always"]
    mounted = [
        {mount["mountPath"]: mount["name"] for mount in each["volumeMounts"]} for each in (model, *exporters)
    ]
    (directory,) = [each["value"] for each in model["env"] if each["name"] == "MLEXPORTER_DIR"]
    assert len(mounted) == 2
    assert len({each[directory] for each in mounted}) == 1
    assert model["image"].partition(":")[0] == "flights-fastapi"
    assert model["readinessProbe"]["httpGet"]["path"] == "/health"
    kept = of_kind(objects, "ConfigMap")["data"]
    assert "[models.flight_delay" in "".join(kept.values())
    assert {"ServiceMonitor", "PrometheusRule"} & {each["kind"] for each in objects} == {
        "ServiceMonitor", "PrometheusRule",
    }  # fmt: skip
    for each in objects:
        if "coreos.com" not in each["apiVersion"]:
            assert problems(each, VERSIONS[-1]) == []


def test_the_claim_of_the_job_is_that_of_the_exporter(helm):
    """With the release and the flags that cronjob.yaml names, as the same user and on the same node."""
    path = EXAMPLES / "batch" / "cronjob.yaml"
    text = path.read_text(encoding="utf-8")
    (install,) = [line.lstrip("# ") for line in text.splitlines() if "helm install" in line]
    _, _, release, chart, *flags = install.split()
    assert Path(chart) == CHART.relative_to(EXAMPLES.parent)
    objects = objects_of(helm.run("template", release, CHART, *flags))
    pod = yaml.safe_load(text)["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (claim,) = [each["persistentVolumeClaim"] for each in pod["volumes"] if each["name"] == "counts"]
    assert claim["claimName"] == of_kind(objects, "PersistentVolumeClaim")["metadata"]["name"]
    theirs = of_kind(objects, "Deployment")["spec"]["template"]["spec"]
    for key in ("runAsUser", "runAsGroup", "fsGroup"):
        assert pod["securityContext"][key] == theirs["securityContext"][key]
    (beside,) = pod["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    labels = of_kind(objects, "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert beside["labelSelector"]["matchLabels"].items() <= labels.items()
