"""Values about names, the mode and the image."""

from __future__ import annotations

from typing import Final

from mlexporter.generate.chart.chart_value import (
    LABELS,
    NAME,
    OBJECT,
    OBJECTS,
    POD_SECURITY,
    TEXT,
    Section,
    Value,
    one_of,
)

MODES: Final = ("standalone", "sidecar", "none")
"""Where the exporter runs: on a claim, beside a model, or nowhere by this chart."""

# A scheme before the registry and a tag after the repository are what people paste.
_REGISTRY: Final = {
    "type": "string",
    "pattern": r"^((\[[0-9a-fA-F:]+\]|[^:/\s\[\]]+)(:[0-9]+)?(/[^:\s]*)?)?$",
}
_REPOSITORY: Final = {"type": "string", "pattern": r"^([^:/\s]+:[0-9]+/)?[^:@\s]+$"}
_LABEL_NAME: Final = {"type": "string", "maxLength": 63, "pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$"}

NAMING: Final[tuple[Value | Section, ...]] = (
    Value("mode", "standalone", one_of(*MODES),
          "Where the exporter runs. `standalone`: one exporter over a claim in which batch jobs and other pods of its node count. "
          "`sidecar`: a Deployment of your model, the exporter beside it in each pod. `none`: no workload, for rules and "
          "dashboards alone, or for pods that you deploy yourself (`attach`)."),
    Value("nameOverride", "", _LABEL_NAME, "Takes the place of the chart's name in names and in `app.kubernetes.io/name`."),
    Value("fullnameOverride", "", _LABEL_NAME, "What all names begin with, instead of release and chart."),
    Value("namespaceOverride", "", NAME, "Namespace of everything, instead of that of the release."),
    Value("commonLabels", {}, LABELS, "Labels on every object; not part of any selector."),
    Value("commonAnnotations", {}, LABELS, "Annotations on every object."),
    Section("image", "The exporter's image. No registry has it: build it with docker/exporter/Dockerfile and push it to yours.", (
        Value("registry", "", _REGISTRY, "Registry, such as `registry.example.org`; nothing is put before the repository if empty."),
        Value("repository", "mlexporter", _REPOSITORY, "Name of the image."),
        Value("tag", "", {**TEXT, "pattern": "^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})?$"}, "Tag; that of the chart's appVersion if empty."),
        Value("digest", "", {**TEXT, "pattern": "^(sha256:[0-9a-f]{64})?$"}, "Digest, which wins over the tag."),
        Value("pullPolicy", "IfNotPresent", one_of("Always", "IfNotPresent", "Never"), "When the image is pulled."),
    )),
    Value("imagePullSecrets", [], OBJECTS, "Secrets of the registry: `[{name: my-registry}]`."),
)  # fmt: skip

PLACING: Final[tuple[Value | Section, ...]] = (
    Section("serviceAccount", "The account of the pods. They ask nothing of the API server, so it has no token and no rights.", (
        Value("create", True, {"type": "boolean"}, "Whether the chart makes one."),
        Value("name", "", NAME, "Its name; if empty that of the release, or `default` where none is made."),
        Value("annotations", {}, LABELS, "Its annotations."),
    )),
    Value("podSecurityContext", {
        "runAsNonRoot": True, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
        "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": {"type": "RuntimeDefault"},
    }, POD_SECURITY, "Security context of the pods. Model and exporter count together only as the same user: set `runAsUser` to the "
       "user of your model's image, and to null on OpenShift, which chooses one."),
    Value("securityContext", {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }, OBJECT, "Security context of the exporter's container."),
    Value("podAnnotations", {}, LABELS, "Annotations of the pods."),
    Value("podLabels", {}, LABELS, "Labels of the pods beside the chart's own."),
    Value("nodeSelector", {}, LABELS, "Labels that a node has to have."),
    Value("tolerations", [], OBJECTS, "Taints that the pods bear."),
    Value("affinity", {}, OBJECT, "Affinity of the pods."),
    Value("topologySpreadConstraints", [], OBJECTS, "How pods spread; one without a labelSelector gets that of the chart."),
    Value("priorityClassName", "", NAME, "Priority class of the pods."),
    Value("initContainers", [], OBJECTS, "Init containers, after the exporter in mode sidecar; such as one that writes profiles."),
    Value("extraContainers", [], OBJECTS, "Containers beside, as they are: nothing of the chart is put into them."),
    Value("extraVolumes", [], OBJECTS, "Volumes of the pods beside the chart's own."),
    Value("extraObjects", [], {"type": "array", "items": {"type": ["object", "string"]}},
          "Objects of your own, each as an object or as text. Templates in them are run."),
    Section("tests", "What `helm test` runs.", (
        Value("enabled", True, {"type": "boolean"}, "Whether there is a test: a pod that asks the exporter whether it is healthy and ready. None where clients need certificates."),
    )),
)  # fmt: skip
