"""What controllers and kubelet of a cluster would report, so that Helm's ``--wait`` and ``helm test`` come to an end."""

import contextlib
import threading

from kubernetes_cluster import Refused

_PAUSE_SECONDS = 0.1


@contextlib.contextmanager
def acted(cluster, namespace):
    """While in it, every workload of a namespace is reported as running, every claim as bound, every pod as done."""
    ended = threading.Event()

    def act():
        while not ended.wait(_PAUSE_SECONDS):
            # What is removed while it is looked at, or changed by somebody else, is looked at again.
            with contextlib.suppress(Refused):
                _report(cluster, namespace)

    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _report(cluster, namespace):
    for claim in cluster.read(namespace, "PersistentVolumeClaim")["items"]:
        if claim["status"].get("phase") != "Bound":
            _say(cluster, namespace, "persistentvolumeclaims", claim, {"phase": "Bound"})
    for pod in cluster.read(namespace, "Pod")["items"]:
        if pod["status"].get("phase") != "Succeeded":
            _say(cluster, namespace, "pods", pod, {"phase": "Succeeded"})
    for deployment in cluster.read(namespace, "Deployment")["items"]:
        if deployment["status"].get("observedGeneration") != deployment["metadata"]["generation"]:
            _run(cluster, namespace, deployment)


def _run(cluster, namespace, deployment):
    metadata, spec = deployment["metadata"], deployment["spec"]
    name = f"{metadata['name']}-{metadata['generation']}"
    owner = {
        "apiVersion": "apps/v1", "kind": "Deployment", "name": metadata["name"], "uid": metadata["uid"], "controller": True,
    }  # fmt: skip
    running = {
        "metadata": {
            "name": name,
            "labels": spec["template"]["metadata"]["labels"],
            "ownerReferences": [owner],
        },
        "spec": {key: spec[key] for key in ("replicas", "selector", "template")},
    }
    with contextlib.suppress(Refused):
        cluster.ask("POST", f"/apis/apps/v1/namespaces/{namespace}/replicasets", running)
    count = dict.fromkeys(("replicas", "readyReplicas", "availableReplicas"), spec["replicas"])
    made = cluster.read(namespace, "ReplicaSet", name)
    _say(cluster, namespace, "replicasets", made, count | {"observedGeneration": 1})
    conditions = [
        {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "message": "as asked"},
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable", "message": "as asked"},
    ]
    count |= {"updatedReplicas": spec["replicas"], "observedGeneration": metadata["generation"]}
    _say(cluster, namespace, "deployments", deployment, count | {"conditions": conditions})


def _say(cluster, namespace, resource, thing, status):
    group = "/api/v1" if resource in {"pods", "persistentvolumeclaims"} else "/apis/apps/v1"
    path = f"{group}/namespaces/{namespace}/{resource}/{thing['metadata']['name']}/status"
    cluster.ask("PUT", path, thing | {"status": status})
