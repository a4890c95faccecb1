"""What the chart puts into pods: variables once each, one user, one folder; and what it leaves alone."""

import json
import shutil
import subprocess
import tomllib

import pytest
import yaml

from chart_renders import CHART, NEWEST, ROOT
from helm_programs import helm_program, named, objects_of
from kubernetes_schemas import problems
from mlexporter.configuration.documents import read_document
from mlexporter.settings import read_settings

MODEL = {"name": "model", "image": "fares:3"}


@pytest.fixture
def render(helms, tmp_path):
    """Renders values, and returns the objects by ``Kind/name``."""

    def rendered(values, chart=CHART):
        path = tmp_path / "values.yaml"
        path.write_text(json.dumps(values), encoding="utf-8")
        return named(objects_of(helms["helm-4"].render(chart, "--values", path)))

    return rendered


def _sidecar(container=None, **more):
    return {"mode": "sidecar", "model": {"containers": [MODEL | (container or {})]}, **more}


def _pod(objects, name="ml-mlexporter"):
    return objects[f"Deployment/{name}"]["spec"]["template"]["spec"]


def _environment(container):
    names = [each["name"] for each in container["env"]]
    assert len(names) == len(set(names)), "server-side apply refuses a name that is there twice"
    return {each["name"]: each.get("value") for each in container["env"]}


def test_settings_become_variables_that_are_read_again(render):
    """Large numbers have no exponent, lists are joined, true is 1: what comes out is what was meant."""
    settings = {
        "series_budget": 10_000_000, "events_ratio": 0.0001, "windows": ["1h", "24h"], "fleet": True, "spans": "off",
        "required_observations": 200, "events_redact": ["email*"], "latency_objective": 0.25, "strict": False,
    }  # fmt: skip
    pod = _pod(render(_sidecar(settings=settings)))

    for container in (*pod["containers"], *pod["initContainers"]):
        found = read_settings(_environment(container))
        assert (found.series_budget, found.events_ratio, found.windows) == (10_000_000, 0.0001, ("1h", "24h"))
        assert (found.fleet, found.spans, found.strict, found.latency_objective) == (True, "off", False, 0.25)
        assert (found.dir, found.events_redact, found.required_observations) == ("/counts", ("email*",), 200)


def test_on_and_off_need_no_quotes(render):
    """YAML makes true and false of them; what arrives is the word."""
    pod = _pod(render(_sidecar(settings={"push": True, "baseline": False, "spans": False, "strict": True})))

    found = _environment(pod["initContainers"][0])
    assert {name: found[f"MLEXPORTER_{name}"] for name in ("PUSH", "BASELINE", "SPANS", "STRICT")} == {
        "PUSH": "on", "BASELINE": "off", "SPANS": "off", "STRICT": "1",
    }  # fmt: skip


def test_what_a_container_says_itself_wins_and_stands_once(render):
    """Over settings, and over what the chart sets of its own."""
    own = [{"name": "MLEXPORTER_STRICT", "value": "0"}, {"name": "MLEXPORTER_CONFIG", "value": "/own.toml"}]
    values = _sidecar({"env": own}, settings={"strict": True})
    values["exporter"] = {"extraEnv": [{"name": "MLEXPORTER_LOG_LEVEL", "value": "error"}]}
    pod = _pod(render(values))

    model, exporter = _environment(pod["containers"][0]), _environment(pod["initContainers"][0])
    assert (model["MLEXPORTER_STRICT"], model["MLEXPORTER_CONFIG"]) == ("0", "/own.toml")
    assert (exporter["MLEXPORTER_STRICT"], exporter["MLEXPORTER_LOG_LEVEL"]) == ("1", "error")


def test_one_pushes_and_the_exporter_is_never_disabled(render):
    """The exporter pushes for all; a model that is disabled leaves an exporter that serves nothing of it."""
    pod = _pod(render(_sidecar(settings={"push": "on", "disabled": True})))

    model, exporter = _environment(pod["containers"][0]), _environment(pod["initContainers"][0])
    assert ("MLEXPORTER_PUSH" in model, exporter["MLEXPORTER_PUSH"]) == (False, "on")
    assert (model["MLEXPORTER_DISABLED"], "MLEXPORTER_DISABLED" in exporter) == ("1", False)


def test_a_container_of_a_model_gets_what_it_lacks_and_keeps_what_it_has(render):
    """Mounts and the restricted context are added; a context, a mount or anything else of its own stays as it is."""
    own = {
        "securityContext": {"readOnlyRootFilesystem": True}, "workingDir": "/srv",
        "volumeMounts": [{"name": "mine", "mountPath": "/profiles"}],
    }  # fmt: skip
    values = _sidecar(
        own, profiles={"configMaps": ["profile"]}, extraVolumes=[{"name": "mine", "emptyDir": {}}]
    )
    values["model"]["containers"].append({"name": "plain", "image": "x"})
    first, plain = _pod(render(values))["containers"]

    assert {mount["mountPath"]: mount["name"] for mount in first["volumeMounts"]} == {
        "/profiles": "mine", "/counts": "mlexporter-counts", "/etc/mlexporter/configuration": "mlexporter-configuration",
    }  # fmt: skip
    assert (first["securityContext"], first["workingDir"]) == ({"readOnlyRootFilesystem": True}, "/srv")
    assert plain["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert "mlexporter-profiles" in {mount["name"] for mount in plain["volumeMounts"]}


def test_no_mount_is_a_single_file(render):
    """What is mounted by subPath never changes again, and a change of the configuration has to arrive."""
    values = _sidecar(webConfig={"existingSecret": "web", "certificateSecret": "tls", "tls": True})
    pod = _pod(render(values))

    mounts = [
        mount for each in (*pod["containers"], *pod["initContainers"]) for mount in each["volumeMounts"]
    ]
    assert mounts
    assert not any("subPath" in mount or "subPathExpr" in mount for mount in mounts)


def test_a_model_is_never_out_of_service_for_its_exporter(render):
    """Beside a model no readiness counts, unless it is asked for; alone it does."""
    beside = _pod(render(_sidecar()))["initContainers"][0]
    asked = _pod(render(_sidecar(exporter={"probes": {"inSidecar": True}})))["initContainers"][0]
    alone = _pod(render({}))["containers"][0]

    assert ["readinessProbe" in each for each in (beside, asked, alone)] == [False, True, True]
    assert (beside["restartPolicy"], "restartPolicy" in alone) == ("Always", False)


@pytest.mark.parametrize(
    "models",
    [
        {"*": {"error_objective": 0.999, "minimum_requests": 20}},
        {'a "b" [c]\n# d': {"traffic_spike": 5}, "1": {"traffic_drop": 0}},
        {"fares": {"label_delay": "7d", "quality_tolerance": {"accuracy": 0.02, "mean_absolute_error": 1e7}}},
        {"fares": {"features": {"ärger.über": {"alert": False, "threshold": 1}, "": {"statistic": "psi"}}}},
    ],
)
def test_the_configuration_arrives_as_it_was_meant(render, models):
    """Helm writes each number with a point; names may be anything."""
    alerts = {"without": ["MLWatchdog"], "for_factor": 2}
    objects = render({"configuration": {"models": models, "alerts": alerts}})

    text = objects["ConfigMap/ml-mlexporter-configuration"]["data"]["mlexporter.toml"]
    assert read_document(tomllib.loads(text), "chart") == read_document(
        {"models": models, "alerts": alerts}, "chart"
    )


def test_a_change_of_the_configuration_changes_no_pod(render):
    """So nothing restarts: the file is read again where it is."""
    before = render(_sidecar())
    after = render(_sidecar(configuration={"models": {"fares": {"traffic_drop": 0.2}}}))

    assert _pod(before) == _pod(after)
    assert before["Deployment/ml-mlexporter"] == after["Deployment/ml-mlexporter"]
    assert before != after


def test_dashboards_are_put_in_as_they_are(render):
    """Their braces are Grafana's and no template's."""
    objects = render({"mode": "none", "dashboards": {"enabled": True, "namespace": "grafana"}})

    for path in sorted((ROOT / "grafana/dashboards").glob("*.json")):
        found = objects[f"ConfigMap/ml-mlexporter-dashboard-{path.stem}"]
        (content,) = found["data"].values()
        assert json.loads(content) == json.loads(path.read_text(encoding="utf-8"))
        assert found["metadata"]["namespace"] == "grafana"
        assert found["metadata"]["annotations"] == {"grafana_folder": "ML"}


def test_objects_go_where_they_are_sent(render):
    """Each kind that others look for has a namespace of its own; everything else has that of the chart."""
    values = {
        "namespaceOverride": "ml", "serviceMonitor": {"enabled": True, "namespace": "a"},
        "prometheusRule": {"enabled": True, "namespace": "b"}, "alertmanagerConfig": {"enabled": True, "namespace": "c"},
    }  # fmt: skip
    wanted = {"ServiceMonitor": "a", "PrometheusRule": "b", "AlertmanagerConfig": "c"}

    for each in render(values).values():
        assert each["metadata"]["namespace"] == wanted.get(each["kind"], "ml")
        if each["kind"] == "ServiceMonitor":
            assert each["spec"]["namespaceSelector"] == {"matchNames": ["ml"]}


def _example(helms, tmp_path):
    """Return the chart that is an example of a parent, with its dependency in it."""
    copied = tmp_path / "charts"
    shutil.copytree(ROOT / "helm", copied, ignore=shutil.ignore_patterns("charts", "Chart.lock"))
    helms["helm-4"].run("dependency", "build", copied / "parent-example", "--skip-refresh")
    return copied / "parent-example"


def test_a_parent_chart_takes_the_exporter_beside_its_own_model(helms, render, tmp_path):
    """The example of docs/tutorials/kubernetes.md: valid, one user, one folder, and a monitor that finds its pods."""
    parent = _example(helms, tmp_path)
    objects = render({}, parent)
    pod = _pod(objects, "fares")

    assert [problem for each in objects.values() if "/" not in each["apiVersion"] or each["kind"] == "Deployment"
            for problem in problems(each, NEWEST)] == []  # fmt: skip
    exporter, model = pod["initContainers"][0], pod["containers"][0]
    assert exporter["securityContext"]["runAsUser"] == pod["securityContext"]["runAsUser"]
    assert _environment(model)["MLEXPORTER_DIR"] == _environment(exporter)["MLEXPORTER_DIR"]
    volumes = {volume["name"] for volume in pod["volumes"]}
    assert {mount["name"] for each in (exporter, model) for mount in each["volumeMounts"]} <= volumes
    labels = objects["Deployment/fares"]["spec"]["template"]["metadata"]["labels"]
    assert objects["PodMonitor/ml-mlexporter"]["spec"]["selector"]["matchLabels"].items() <= labels.items()

    without = render({"mlexporter": {"enabled": False}}, parent)
    assert list(without) == ["Deployment/fares"]
    assert "initContainers" not in _pod(without, "fares")


@pytest.mark.parametrize(("given", "rendered"), [(0, 0), (2, 2), ("25%", "25%"), (None, 1)])
def test_a_disruption_budget_of_zero_is_zero(render, given, rendered):
    """Somebody whose pods may never be evicted has said so; only nothing is the default."""
    model = {"containers": [MODEL], "replicas": 2, "podDisruptionBudget": {"maxUnavailable": given}}
    budget = render({"mode": "sidecar", "model": model})["PodDisruptionBudget/ml-mlexporter"]

    assert budget["spec"]["maxUnavailable"] == rendered


def test_the_patch_puts_the_exporter_into_a_workload_of_others(render, tmp_path):
    """When kustomize merges it, what the containers had stays, what they need comes."""
    patch = render(yaml.safe_load((CHART / "ci/attach-values.yaml").read_text(encoding="utf-8")))
    (tmp_path / "patch.yaml").write_text(
        patch["ConfigMap/ml-mlexporter-patch"]["data"]["patch.yaml"], encoding="utf-8"
    )
    containers = [
        {"name": "model", "image": "fares:3", "env": [{"name": "A", "value": "1"}], "volumeMounts": [{"name": "own", "mountPath": "/own"}]},
        {"name": "shadow", "image": "fares:4"},
        {"name": "proxy", "image": "proxy:1"},
    ]  # fmt: skip
    theirs = {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "fares"},
        "spec": {
            "selector": {"matchLabels": {"app": "fares"}},
            "template": {
                "metadata": {"labels": {"app": "fares"}},
                "spec": {"containers": containers, "volumes": [{"name": "own", "emptyDir": {}}]},
            },
        },
    }  # fmt: skip
    (tmp_path / "deployment.yaml").write_text(yaml.safe_dump(theirs), encoding="utf-8")
    kustomization = {"resources": ["deployment.yaml"], "patches": [{"path": "patch.yaml"}]}
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(kustomization), encoding="utf-8")
    printed = subprocess.run(
        [helm_program("kubectl"), "kustomize", tmp_path],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    (merged,) = objects_of(printed.stdout)

    assert problems(merged, NEWEST) == []
    pod = merged["spec"]["template"]["spec"]
    by_name = {each["name"]: each for each in pod["containers"]}
    assert _environment(by_name["model"]) == {
        "A": "1", "MLEXPORTER_DIR": "/counts", "MLEXPORTER_CONFIG": "/etc/mlexporter/configuration/mlexporter.toml",
    }  # fmt: skip
    assert by_name["proxy"] == {"name": "proxy", "image": "proxy:1"}
    assert {mount["name"] for mount in by_name["model"]["volumeMounts"]} > {"own", "mlexporter-counts"}
    assert [each["name"] for each in pod["initContainers"]] == ["mlexporter"]
    assert pod["shareProcessNamespace"] is True
