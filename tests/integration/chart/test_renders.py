"""What ``helm template`` makes of every values file is valid for every version of Kubernetes, with both Helms."""

import pytest

from chart_renders import CHART, NEWEST, VALUES
from helm_programs import PROGRAMS, HelmFailed, named, objects_of
from kubernetes_schemas import VERSIONS, custom_problems, problems


@pytest.fixture(scope="module")
def every(renders):
    """Every render that these tests look at, made at once."""
    renders.prepare([("helm-4", values, version) for values in VALUES for version in VERSIONS])
    renders.prepare([("helm-3", values, version) for values in VALUES for version in (VERSIONS[0], NEWEST)])
    return renders


@pytest.mark.parametrize("name", PROGRAMS)
def test_lint_has_nothing_to_say(helms, name):
    """Strictly: a warning counts."""
    for values in VALUES.values():
        helms[name].run("lint", "--strict", CHART, *values)


@pytest.mark.parametrize("values", VALUES)
def test_every_object_is_valid_in_every_version(every, definitions, values):
    """Kinds of Kubernetes by its strict schemas, the others by their definitions, closed."""
    wrong, seen = {}, set()
    for version in VERSIONS:
        text = every.text(values, version=version)
        for name, each in named(objects_of(text)).items():
            if each["kind"] in definitions:
                found = [] if text in seen else custom_problems(each, definitions[each["kind"]])
            else:
                found = problems(each, version)
            if found:
                wrong[f"{version} {name}"] = found
        seen.add(text)

    assert wrong == {}


@pytest.mark.parametrize("version", [VERSIONS[0], NEWEST])
@pytest.mark.parametrize("values", VALUES)
def test_both_versions_of_helm_say_the_same(every, values, version):
    """So what is tested with one holds for the other."""
    assert every.objects(values, helm="helm-3", version=version) == every.objects(values, version=version)


@pytest.mark.parametrize("values", VALUES)
def test_nothing_belongs_to_the_whole_cluster(renders, cluster, values):
    """Whoever may install into a namespace may install the chart: no ClusterRole, no definition, no other namespace."""
    kinds = cluster.namespaced_kinds()

    for each in renders.objects(values):
        assert each["kind"] in kinds, each["kind"]
        assert each["metadata"].get("namespace", "models") == "models", each["metadata"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_version_of_kubernetes_that_is_too_old_is_told(helms, name):
    """Sidecars that start first and end last came with 1.29."""
    with pytest.raises(HelmFailed, match=r"incompatible with Kubernetes v1\.28\.0"):
        helms[name].render(CHART, "--kube-version", "1.28.0")


def test_a_planted_fault_is_found(definitions):
    """A field of another type, one that does not exist, of Kubernetes' own kinds and of the others."""
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "x"},
        "spec": {"ports": [{"port": "9469"}]},
    }
    monitor = {
        "apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": {"name": "x"},
        "spec": {"selector": {}, "endpoints": [{"port": "metrics", "intervall": "30s"}], "sampleLimit": "5"},
    }  # fmt: skip

    assert len(problems(service, NEWEST)) == 1
    assert len(problems(service | {"specs": {}}, NEWEST)) == 2
    assert len(custom_problems(monitor, definitions["ServiceMonitor"])) == 2
    assert custom_problems(
        monitor | {"apiVersion": "monitoring.coreos.com/v2"}, definitions["ServiceMonitor"]
    )
