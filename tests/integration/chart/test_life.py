"""A release on a real API server: installed, changed, taken back and removed, by both versions of Helm."""

import pytest

from chart_renders import CHART, VALUES, hooks_of, pods_of
from helm_programs import RELEASE, named
from kubernetes_cluster import Refused

OTHER_ACCOUNT = "somebody"
"""One of the namespace that the chart has not made; values name it."""
OTHERS = {"ServiceAccount/default", f"ServiceAccount/{OTHER_ACCOUNT}"}


def living(cluster, namespace):
    """Return what the release has made: what is there without Helm's own records and what was there before."""
    records = f"Secret/sh.helm.release.v1.{RELEASE}."
    return {each for each in cluster.contents(namespace) if not each.startswith(records)} - OTHERS


def expected(objects):
    """Return the names of what a release holds."""
    return set(named(objects)) - hooks_of(objects)


def kept(objects):
    """Return the names of what Helm leaves where it is, since it was told so."""
    return {
        name
        for name, each in named(objects).items()
        if (each["metadata"].get("annotations") or {}).get("helm.sh/resource-policy") == "keep"
    }


def can_become(objects, others):
    """Return whether a release may become another one: a claim is for ever what it was made as."""
    claims = {name: each for name, each in named(objects).items() if each["kind"] == "PersistentVolumeClaim"}
    later = named(others)
    return all(name not in later or each["spec"] == later[name]["spec"] for name, each in claims.items())


def refused(cluster, namespace, objects):
    """Return what the server has against the pods of a release, by workload."""
    found = {}
    for workload, pod in pods_of(objects).items():
        cluster.provide_priority(pod["spec"].get("priorityClassName"))
        try:
            cluster.admits_soon(namespace, pod, but_not="no PriorityClass with name")
        except Refused as error:
            found[workload] = str(error)
    return found


def go_back(helm, namespace, first, current):
    """Return to the first revision as one does with this version of Helm."""
    if helm.is_3 and kept(first) - set(named(current)):
        # Helm 3 does not roll back to a revision with a claim that a later one has left behind: its own mistake.
        helm.run("upgrade", RELEASE, CHART, "--reset-values", "--namespace", namespace, *VALUES["default"])
    else:
        helm.run("rollback", RELEASE, "1", "--namespace", namespace)


@pytest.mark.parametrize("values", VALUES)
def test_a_release_is_installed_changed_taken_back_and_removed(helm, cluster, renders, values):
    """After each step exactly what was rendered is there; at last nothing is but claims, which hold people's counts.

    Its pods are admitted to a namespace of restricted pods.
    """
    namespace = cluster.namespace()
    cluster.provide_account(namespace, OTHER_ACCOUNT)
    objects = renders.objects(values)
    first = "default" if can_become(renders.objects("default"), objects) else values
    before = renders.objects(first)
    claims = kept(before)

    helm.run("install", RELEASE, CHART, "--namespace", namespace, *VALUES[first])
    assert living(cluster, namespace) == expected(before)
    assert refused(cluster, namespace, before) == {}

    helm.run("upgrade", RELEASE, CHART, "--reset-values", "--namespace", namespace, *VALUES[values])
    assert living(cluster, namespace) == expected(objects) | claims
    assert refused(cluster, namespace, objects) == {}

    claims |= kept(objects)
    go_back(helm, namespace, before, objects)
    assert living(cluster, namespace) == expected(before) | claims

    helm.run("uninstall", RELEASE, "--namespace", namespace)
    assert cluster.contents(namespace) == OTHERS | claims


def test_a_release_of_the_same_name_takes_its_claim_again(helm, cluster):
    """So counts go on where somebody has uninstalled it and installs it again."""
    namespace = cluster.namespace()
    helm.run("install", RELEASE, CHART, "--namespace", namespace)
    (claim,) = cluster.read(namespace, "PersistentVolumeClaim")["items"]
    helm.run("uninstall", RELEASE, "--namespace", namespace)
    helm.run("install", RELEASE, CHART, "--namespace", namespace)
    (same,) = cluster.read(namespace, "PersistentVolumeClaim")["items"]

    assert same["metadata"]["uid"] == claim["metadata"]["uid"]


@pytest.mark.parametrize("values", VALUES)
def test_every_object_has_no_field_that_the_server_does_not_know(cluster, renders, values):
    """The server itself is asked, strictly, also for the objects of prometheus-operator."""
    namespace = cluster.namespace()
    told = {}
    for each in renders.objects(values):
        try:
            cluster.admit(namespace, each)
        except Refused as error:
            told[f"{each['kind']}/{each['metadata']['name']}"] = str(error)

    assert told == {}


def test_a_pod_that_is_not_restricted_is_refused(cluster, renders):
    """The check above can fail: a pod with one right too many is not admitted."""
    namespace = cluster.namespace()
    objects = renders.objects("default")
    for workload in objects:
        if workload["kind"] == "Deployment":
            workload["spec"]["template"]["spec"]["serviceAccountName"] = "default"
            workload["spec"]["template"]["spec"]["hostNetwork"] = True

    assert "violates PodSecurity" in "".join(refused(cluster, namespace, objects).values())
