"""The chart's cluster, which all tests of this folder share, and both versions of Helm."""

from pathlib import Path

import pytest

from chart_renders import ROOT, Renders
from helm_programs import PROGRAMS, Helm, helm_program
from kubernetes_cluster import Cluster, definition_of
from real_programs import folder_of, missing

GRAFANA = ROOT / "tests" / "data" / "chart" / "grafana-dashboard-definition.yaml"


@pytest.fixture(scope="session")
def helms(tmp_path_factory):
    """Each version of Helm by its name; they know no cluster."""
    return {name: Helm(helm_program(file), tmp_path_factory.mktemp(name)) for name, file in PROGRAMS.items()}


@pytest.fixture(scope="session")
def renders(helms):
    """What Helm makes of the chart, once for all tests."""
    return Renders(helms)


@pytest.fixture(scope="session")
def kubernetes():
    """The folder of the API server, etcd and the definitions; skips without, fails in CI."""
    found = folder_of("install-kubernetes")
    return (
        Path(found)
        if found
        else missing("kube-apiserver is not there; scripts/install-kubernetes provides it")
    )


@pytest.fixture(scope="session")
def cluster(kubernetes, tmp_path_factory):
    """A running API server."""
    running = Cluster(tmp_path_factory.mktemp("cluster"), kubernetes)
    try:
        running.define(definition_of(GRAFANA.read_text(encoding="utf-8")))
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def definitions(kubernetes):
    """The CustomResourceDefinitions by the kind that they define."""
    files = [*sorted((kubernetes / "crds").glob("*.yaml")), GRAFANA]
    read = [definition_of(path.read_text(encoding="utf-8")) for path in files]
    return {each["spec"]["names"]["kind"]: each for each in read}


@pytest.fixture(scope="session", params=PROGRAMS)
def helm(request, helms, cluster):
    """A version of Helm that acts as the administrator of the cluster."""
    plain = helms[request.param]
    return Helm(plain.program, plain.home, cluster.kubeconfig())
