"""The chart, the values files that its tests try, and what each version of Helm makes of them, once each."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

from helm_programs import objects_of
from kubernetes_schemas import VERSIONS

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "mlexporter"
VALUES = {
    "default": (),
    **{
        path.name.removesuffix("-values.yaml"): ("--values", path)
        for path in sorted((CHART / "ci").glob("*-values.yaml"))
    },
}
"""What ``helm install`` is told for each name; names are those of the files in ``ci``."""
NEWEST = VERSIONS[-1]
_AT_ONCE = 2
_POD_TEMPLATES = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job")


class Renders:
    """What ``helm template`` prints, by Helm, values and version of Kubernetes; asked for once."""

    def __init__(self, helms):
        """Take each version of Helm by its name."""
        self._helms = helms
        self._texts = {}

    def text(self, values, *, helm="helm-4", version=NEWEST):
        """Return the YAML of a release with the values of a name in ``VALUES``."""
        key = (helm, values, version)
        if key not in self._texts:
            asked = (*VALUES[values], "--kube-version", f"{version}.0")
            self._texts[key] = self._helms[helm].render(CHART, *asked)
        return self._texts[key]

    def objects(self, values, **where):
        """Return the objects of a release; the same arguments as ``text``."""
        return objects_of(self.text(values, **where))

    def prepare(self, asked):
        """Ask for many at once: ``(helm, values, version)`` each."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda key: self.text(key[1], helm=key[0], version=key[2]), asked))


def values_of(name):
    """Return the values of a name in ``VALUES`` as a dictionary."""
    return yaml.safe_load(VALUES[name][1].read_text(encoding="utf-8")) if VALUES[name] else {}


def pods_of(objects):
    """Return the pods that the workloads of a release would make, by ``Kind/name`` of the workload."""
    pods = {}
    for each in objects:
        name = f"{each['kind']}/{each['metadata']['name']}"
        if each["kind"] == "Pod":
            pods[name] = each
        elif each["kind"] == "CronJob":
            pods[name] = _pod(each, each["spec"]["jobTemplate"]["spec"]["template"])
        elif each["kind"] in _POD_TEMPLATES:
            pods[name] = _pod(each, each["spec"]["template"])
    return pods


def _pod(workload, template):
    metadata = template.get("metadata", {}) | {"name": f"{workload['metadata']['name']}-pod"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def hooks_of(objects):
    """Return the names of objects that are made for a moment only: they are no part of a release."""
    return {
        f"{each['kind']}/{each['metadata']['name']}"
        for each in objects
        if "helm.sh/hook" in (each["metadata"].get("annotations") or {})
    }
