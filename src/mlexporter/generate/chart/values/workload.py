"""Values about the model, the exporter beside it and where they count."""

from __future__ import annotations

from typing import Any, Final

from mlexporter.generate.chart.chart_value import (
    BOOLEAN,
    LABELS,
    NAME,
    NUMBER_OR_SHARE,
    OBJECT,
    OBJECTS,
    PORT,
    QUANTITY,
    RESOURCES,
    TEXT,
    TEXTS,
    VARIABLES,
    Section,
    Value,
    from_zero,
    one_of,
)
from mlexporter.settings import SETTINGS

_CONTAINER: Final = {
    "type": "object",
    "required": ["name", "image"],
    "patternProperties": {"^(name|image)$": TEXT, "^env$": {"anyOf": [VARIABLES, {"type": "null"}]}},
}
_COUNT: Final = {"type": "integer", "minimum": 1}


def _probe(name: str, meaning: str, *, enabled: bool, failures: int) -> Section:
    return Section(name, meaning, (
        Value("enabled", enabled, BOOLEAN, "Whether there is one."),
        Value("initialDelaySeconds", 0, from_zero(), "Seconds before the first."),
        Value("periodSeconds", 10, _COUNT, "Seconds between two."),
        Value("timeoutSeconds", 5, _COUNT, "Seconds that an answer may take."),
        Value("failureThreshold", failures, _COUNT, "How many in a row have to fail."),
    ))  # fmt: skip


def _claim(what: str, size: str) -> tuple[Value, ...]:
    return (
        Value("existingClaim", "", NAME, f"A claim of yours for {what}, instead of one that the chart makes."),
        Value("storageClass", "", NAME, "Storage class; that of the cluster if empty. A local file system: no NFS. It is for ever."),
        Value("accessModes", ["ReadWriteOnce"], {"type": "array", "minItems": 1, "items": {"enum": ["ReadWriteOnce", "ReadWriteOncePod"]}},
              "Access modes. What counts together runs on one node, so none is for several."),
        Value("size", size, QUANTITY, "Size of the claim. Later it can grow at most, where the class allows it."),
        Value("labels", {}, LABELS, "Labels of the claim."),
        Value("annotations", {}, LABELS, "Annotations of the claim."),
        Value("keep", True, BOOLEAN, "Whether the claim stays when the release is uninstalled."),
    )  # fmt: skip


MODEL: Final = Section("model", "Your model, in mode sidecar only.", (
    Value("containers", [], {"type": "array", "items": _CONTAINER},
          "Containers of your model, as in any pod. Each gets the folder in which it counts, the configuration, the profiles, "
          "`MLEXPORTER_DIR`, the settings, and the restricted security context where it has none of its own.",
          example="- name: model\n  image: registry.example.org/fares:3\n  ports: [{name: http, containerPort: 8000}]\n"
                  "  resources: {requests: {cpu: 500m, memory: 512Mi}, limits: {memory: 512Mi}}"),
    Value("replicas", 1, from_zero(), "Pods; not rendered where `autoscaling` is on."),
    Value("strategy", {}, OBJECT, "Strategy of the Deployment; a quarter of the pods at a time if empty, Recreate where `windows` are on."),
    Value("terminationGracePeriodSeconds", 30, from_zero(), "Seconds that the pod has to end; the exporter ends after the model."),
    Section("service", "A Service for callers of your model.", (
        Value("enabled", False, BOOLEAN, "Whether there is one; it is called like the release with `-model`."),
        Value("type", "ClusterIP", one_of("ClusterIP", "NodePort", "LoadBalancer"), "Its type."),
        Value("ports", [], OBJECTS, "Its ports, as in any Service.", example="- {name: http, port: 80, targetPort: 8000}"),
        Value("labels", {}, LABELS, "Its labels."),
        Value("annotations", {}, LABELS, "Its annotations."),
    )),
    Section("autoscaling", "A HorizontalPodAutoscaler.", (
        Value("enabled", False, BOOLEAN, "Whether there is one."),
        Value("minReplicas", 2, from_zero(), "Fewest pods."),
        Value("maxReplicas", 5, _COUNT, "Most pods."),
        Value("metrics", [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}],
              OBJECTS, "What it scales by. A share of CPU needs requests in every container."),
        Value("behavior", {}, OBJECT, "How fast."),
    )),
    Section("podDisruptionBudget", "A PodDisruptionBudget; only where there is more than one pod, else a node could not be drained.", (
        Value("enabled", True, BOOLEAN, "Whether there is one."),
        Value("maxUnavailable", 1, NUMBER_OR_SHARE, "Pods that may be missing; null where `minAvailable` is set."),
        Value("minAvailable", None, NUMBER_OR_SHARE, "Pods that have to be there."),
    )),
))  # fmt: skip

ATTACH: Final = Section("attach", "In mode none: the pods that you deploy yourself.", (
    Value("kind", "Deployment", one_of("Deployment", "StatefulSet", "DaemonSet"), "Kind of your workload."),
    Value("name", "", NAME, "Name of your workload. With it and `containers` a ConfigMap holds a patch that puts the exporter into it."),
    Value("containers", [], TEXTS, "Names of the containers that count."),
    Value("podLabels", {}, LABELS, "Labels of your pods, by which Service, monitor and NetworkPolicy find them."),
))  # fmt: skip

EXPORTER: Final = Section("exporter", "The exporter's container.", (
    Value("resources", {"requests": {"cpu": "20m", "memory": "144Mi"}, "limits": {"memory": "288Mi"}}, RESOURCES,
          "Requests and limits; `mlexporter capacity --output values` computes them for your model."),
    Value("host", "0.0.0.0", {**TEXT, "minLength": 1}, "Address that it listens on; `::` where the cluster has only IPv6."),  # noqa: S104 - a container listens for others
    Value("port", 9469, PORT, "Port that it listens on."),
    Value("logFormat", "json", one_of("text", "logfmt", "json"), "How it writes its log."),
    Value("logLevel", "info", one_of("debug", "info", "warning", "error"), "What it writes into its log."),
    Value("extraArgs", [], TEXTS, "More arguments of `mlexporter serve`."),
    Value("extraEnv", [], VARIABLES, "More variables; one of a name that the chart sets takes its place."),
    Value("extraEnvFrom", [], OBJECTS, "Secrets and ConfigMaps of variables."),
    Value("extraVolumeMounts", [], OBJECTS, "More mounts."),
    Section("probes", "Probes; none asks for a password.", (
        _probe("liveness", "Whether it answers at all (`/-/healthy`).", enabled=True, failures=6),
        _probe("readiness", "Whether it can say something (`/-/ready`). In mode sidecar only with `inSidecar`.", enabled=True, failures=3),
        _probe("startup", "Whether it has started. A model does not start before it in mode sidecar.", enabled=False, failures=30),
        Value("inSidecar", False, BOOLEAN,
              "Whether readiness counts in mode sidecar too. Then an exporter that is not ready takes the model out of its Service."),
    )),
))  # fmt: skip

COUNTS: Final = Section("counts", "Where models count.", (
    Value("sizeLimit", "32Mi", QUANTITY, "Mode sidecar: limit of the folder in memory; `mlexporter capacity` computes it."),
    Section("persistence", "Mode standalone: the claim in which jobs and pods of the node count.", (
        Value("enabled", True, BOOLEAN, "Whether there is a claim; without one counts end with the pod and nobody else can count."),
        *_claim("counts", "1Gi"),
    )),
))  # fmt: skip

WINDOWS: Final = Section("windows", "The windows of drift on a disk, so that they outlive the pod.", (
    Value("enabled", False, BOOLEAN,
          "Whether they are kept. In mode standalone they are on the claim of the counts. In mode sidecar only with one replica, for each service has "
          "windows of its own."),
    Section("persistence", "Mode sidecar: the claim of the windows.", _claim("windows", "1Gi")),
))  # fmt: skip

PROFILES: Final = Section("profiles", "Reference profiles, read-only in `/profiles`; from claims, or from ConfigMaps and Secrets.", (
    Value("configMaps", [], TEXTS, "Names of ConfigMaps; each key is a file. A ConfigMap holds 1 MiB at most."),
    Value("secrets", [], TEXTS, "Names of Secrets; each key is a file."),
    Value("existingClaim", "", NAME, "A claim that holds them."),
    Value("emptyDir", False, BOOLEAN, "An empty volume called `mlexporter-profiles`, into which one of `initContainers` writes them."),
))  # fmt: skip

OWN_SETTINGS: Final = frozenset({"config", "dir", "host", "port", "snapshot_dir", "web_config", "log_format", "log_level"})  # fmt: skip
"""Settings that other values of the chart set."""

SETTING_NAMES: Final = tuple(setting.name for setting in SETTINGS if setting.name not in OWN_SETTINGS)
"""Keys of ``settings``."""


def configuration(
    models: dict[str, Any], alerts: dict[str, Any], settings: dict[str, Any]
) -> tuple[Value | Section, ...]:
    """Return the values that become the configuration file and environment variables; their schemas are the file's."""
    return (
        Section("configuration", "The configuration file. A change arrives within about a minute and needs no restart.", (
            Value("models", {}, models,
                  "Objectives and thresholds of models, as in docs/reference/configuration.md; they arrive as series, so that "
                  "no alert changes with them.",
                  example='"*": {error_objective: 0.999}\nfares:\n  latency_threshold_seconds: 0.25\n  features: {distance: {threshold: 0.2}}'),
            Value("alerts", {}, alerts,
                  "The table `[alerts]`, for `mlexporter generate alerts`. The chart's own rules are fitted by `prometheusRule`."),
            Value("existingConfigMap", "", NAME, "A ConfigMap of yours with the file, instead of `models` and `alerts`."),
            Value("key", "mlexporter.toml", {**TEXT, "pattern": "^[-._a-zA-Z0-9]+$"}, "Its key."),
        )),
        Value("settings", {}, {"type": "object", "properties": settings, "additionalProperties": False},
              "Settings of docs/reference/settings.md by their names in small letters; they become `MLEXPORTER_…` of model and exporter. "
              "A change restarts the pods.",
              example="required_observations: 200\nwindows: [1h, 24h]"),
        Section("webConfig", "TLS and authentication of what the exporter serves, by a web configuration file of Prometheus exporters.", (
            Value("existingSecret", "", NAME, "Secret that holds the file, and keys and certificates that it names beside it."),
            Value("key", "web.yml", {**TEXT, "pattern": "^[-._a-zA-Z0-9]+$"}, "Its key."),
            Value("certificateSecret", "", NAME, "Another Secret of certificates, in `/etc/mlexporter/certificates`; such as one of cert-manager."),
            Value("tls", False, BOOLEAN, "Whether the file switches TLS on: probes, monitors and the test then ask by HTTPS."),
            Value("clientCertificates", False, BOOLEAN, "Whether it demands certificates of clients: the kubelet has none, so probes only connect."),
        )),
    )  # fmt: skip
