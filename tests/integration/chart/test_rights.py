"""Who may install the chart, and what its pods may do: as little as there is."""

import json

import pytest
import yaml

from chart_renders import CHART, VALUES, pods_of
from helm_programs import PROGRAMS, RELEASE, Helm, HelmFailed
from kubernetes_actor import acted

ROLE = yaml.safe_load((CHART / "files" / "installer-role.yaml").read_text(encoding="utf-8"))
INSTALLER = "installer"
CONTENTS = {
    "prometheusRule": {"enabled": True, "groups": ["exporter"]},
    "networkPolicy": {"enabled": True, "extraIngress": [{"from": [{"namespaceSelector": {}}], "ports": [{"port": 8000}]}]},
}  # fmt: skip
ALONE = CONTENTS | {
    "counts": {"persistence": {"keep": False}},
    "serviceMonitor": {"enabled": True},
    "alertmanagerConfig": {"enabled": True},
    "dashboards": {"enabled": True, "kind": "grafanaDashboard", "only": ["model"]},
}
BESIDE = CONTENTS | {
    "mode": "sidecar",
    "podMonitor": {"enabled": True},
    "dashboards": {"enabled": True, "only": ["model"]},
    "model": {"replicas": 2, "autoscaling": {"enabled": True}, "containers": [{"name": "model", "image": "model:1"}]},
}  # fmt: skip
"""Between them every kind of object that the chart has."""
WAITING = ("--wait", "--timeout", "20s")


def rights_of(role):
    """Return ``(group, resource, verb)`` of everything that a Role allows."""
    return {
        (group, resource, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def role_of(rights):
    """Return the rules that allow nothing but these rights."""
    return [
        {"apiGroups": [group], "resources": [resource], "verbs": [verb]}
        for group, resource, verb in sorted(rights)
    ]


def allow(cluster, namespace, user, rights):
    """Give somebody rights in a namespace."""
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}"
    cluster.ask("POST", f"{path}/roles", {"metadata": {"name": user}, "rules": role_of(rights)})
    who = [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]
    what = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": user}
    cluster.ask(
        "POST", f"{path}/rolebindings", {"metadata": {"name": user}, "subjects": who, "roleRef": what}
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return the paths of the two files of values."""
    folder = tmp_path_factory.mktemp("values")
    paths = []
    for name, values in (("alone", ALONE), ("beside", BESIDE)):
        paths.append(folder / f"{name}.yaml")
        paths[-1].write_text(yaml.safe_dump(values), encoding="utf-8")
    return paths


def live(helm, namespace, files):
    """Do with a release whatever a person does with one."""
    alone, beside = files
    where = ("--namespace", namespace)
    helm.run("install", RELEASE, CHART, "--values", alone, *where, *WAITING)
    # Helm 3 removes the pod before it reads what that said.
    logs = () if helm.is_3 else ("--logs",)
    helm.run("test", RELEASE, *logs, *where, "--timeout", "20s")
    helm.run("upgrade", RELEASE, CHART, "--values", beside, "--reset-values", *where, *WAITING)
    helm.run("rollback", RELEASE, "2", *where)
    helm.run("list", *where)
    helm.run("status", RELEASE, *where)
    helm.run("get", "manifest", RELEASE, *where)
    helm.run("upgrade", RELEASE, CHART, "--values", alone, "--reset-values", *where)
    helm.run("uninstall", RELEASE, *where, *WAITING)


@pytest.fixture(scope="module")
def asked(helms, cluster, files):
    """Return what each version of Helm has asked the server for; the Role was enough for it."""
    found = {}
    for name in PROGRAMS:
        namespace, user = cluster.namespace(), f"{INSTALLER}-{name}"
        allow(cluster, namespace, user, rights_of(ROLE))
        helm = Helm(helms[name].program, helms[name].home, cluster.kubeconfig(user))
        with acted(cluster, namespace):
            live(helm, namespace, files)
        found[name] = cluster.requests(user)
    return found


def test_the_role_of_an_installer_is_enough_and_has_no_right_that_nobody_uses(asked):
    """Of a release that has every kind of object, through its whole life, waited for, with both versions of Helm."""
    assert set().union(*asked.values()) == rights_of(ROLE)


@pytest.mark.parametrize(
    ("name", "lack"),
    [
        ("helm-4", ("", "secrets", "create")),
        ("helm-4", ("apps", "deployments", "patch")),
        ("helm-4", ("monitoring.coreos.com", "servicemonitors", "create")),
        ("helm-4", ("", "configmaps", "get")),
        ("helm-4", ("", "pods/log", "get")),
        ("helm-4", ("", "services", "delete")),
        ("helm-3", ("apps", "replicasets", "list")),
        ("helm-3", ("", "secrets", "update")),
    ],
)
def test_without_one_right_it_fails(helms, cluster, files, name, lack):
    """With a message that names it: the comparison above is of what Helm needs, and not of what it tries."""
    group, resource, verb = lack
    namespace, user = cluster.namespace(), f"without-{verb}-{resource.replace('/', '-')}"
    allow(cluster, namespace, user, rights_of(ROLE) - {lack})
    helm = Helm(helms[name].program, helms[name].home, cluster.kubeconfig(user))

    with acted(cluster, namespace), pytest.raises(HelmFailed) as failed:
        live(helm, namespace, files)

    told = f'cannot {verb} resource "{resource}" in API group "{group}"'
    assert ("failed to delete release" if verb == "delete" else told) in str(failed.value)


def rights_of_account(cluster, namespace, account):
    """Return what a pod with this account may do."""
    asked = {"spec": {"namespace": namespace}}
    path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
    review = cluster.ask("POST", path, asked, user=f"system:serviceaccount:{namespace}:{account}")
    return rights_of({"rules": review["status"]["resourceRules"]})


@pytest.mark.parametrize("values", ["standalone", "sidecar"])
def test_the_pods_may_do_nothing(helms, cluster, renders, values):
    """The account of an installed release has the rights of any account that nobody gave one; no token is mounted."""
    namespace = cluster.namespace()
    helm = Helm(helms["helm-4"].program, helms["helm-4"].home, cluster.kubeconfig())
    helm.run("install", RELEASE, CHART, "--namespace", namespace, *VALUES[values])
    accounts = {each["metadata"]["name"] for each in cluster.read(namespace, "ServiceAccount")["items"]}

    assert len(accounts) > 1
    for account in accounts:
        assert rights_of_account(cluster, namespace, account) == rights_of_account(
            cluster, namespace, "nobody"
        )
    for pod in pods_of(renders.objects(values)).values():
        cluster.provide_priority(pod["spec"].get("priorityClassName"))
        admitted = cluster.admits_soon(namespace, pod, but_not="no PriorityClass with name")
        volumes = admitted["spec"].get("volumes", ())
        assert "serviceAccountToken" not in json.dumps(volumes)
