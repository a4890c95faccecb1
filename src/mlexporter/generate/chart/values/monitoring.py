"""Values about who scrapes, and who may."""

from __future__ import annotations

from typing import Final

from mlexporter.generate.chart.chart_value import (
    BOOLEAN,
    DURATION,
    LABELS,
    NAME,
    OBJECT,
    OBJECTS,
    PORT,
    PORTS,
    SIZE,
    TEXT,
    TEXTS,
    Section,
    Value,
    from_zero,
    one_of,
)


def _about(name: str, what: str) -> tuple[Value, ...]:
    return (
        Value("enabled", False, BOOLEAN, f"Whether there is one; needs the CRD {what} of prometheus-operator."),
        Value("namespace", "", NAME, "Its namespace; that of the release if empty."),
        Value("additionalLabels", {}, LABELS, "Labels by which your Prometheus selects it, such as `release: kube-prometheus-stack`."),
        Value("annotations", {}, LABELS, "Its annotations."),
        Value("jobLabel", "", TEXT, f"Label of the {name} that becomes `job`."),
    )  # fmt: skip


MONITORING: Final[tuple[Value | Section, ...]] = (
    Section("service", "The Service of the metrics.", (
        Value("enabled", True, BOOLEAN, "Whether there is one. In mode none only with `attach.podLabels`."),
        Value("type", "ClusterIP", one_of("ClusterIP", "NodePort", "LoadBalancer"), "Its type."),
        Value("headless", False, BOOLEAN, "Whether it has no address of its own, so that its name is that of all pods."),
        Value("port", 9469, PORT, "Its port."),
        Value("nodePort", None, {"type": ["integer", "null"], "minimum": 1, "maximum": 65535}, "Port of the nodes, with type NodePort."),
        Value("ipFamilyPolicy", "", one_of("", "SingleStack", "PreferDualStack", "RequireDualStack"), "IPv4, IPv6 or both; the cluster's own if empty."),
        Value("labels", {}, LABELS, "Its labels."),
        Value("annotations", {}, LABELS, 'Its annotations, such as `prometheus.io/scrape: "true"` for a Prometheus without the operator.'),
    )),
    Section("serviceMonitor", "A ServiceMonitor: Prometheus finds the pods behind the Service. This one or the PodMonitor, in any mode.", (
        *_about("Service", "servicemonitors.monitoring.coreos.com"),
        Value("targetLabels", [], TEXTS, "Labels of the Service that go on every series."),
    )),
    Section("podMonitor", "A PodMonitor: Prometheus finds the pods by their labels; the choice for pods of your own in mode none.", (
        *_about("pod", "podmonitors.monitoring.coreos.com"),
        Value("podTargetLabels", [], TEXTS, "Labels of the pods that go on every series."),
    )),
    Section("scrape", "How both monitors scrape. A limit of 0 is none.", (
        Value("interval", "", DURATION, "Time between two scrapes; Prometheus' own if empty."),
        Value("timeout", "", DURATION, "Time that a scrape may take; not above the interval."),
        Value("sampleLimit", 27000, from_zero(), "Series of one target at most; above it the whole scrape fails. `mlexporter capacity` computes it."),
        Value("bodySizeLimit", "5MB", SIZE, "Bytes of one scrape at most; likewise."),
        Value("labelLimit", 20, from_zero(), "Labels of one series at most, with those that Prometheus adds."),
        Value("labelNameLengthLimit", 60, from_zero(), "Bytes of the name of a label at most."),
        Value("labelValueLengthLimit", 200, from_zero(), "Bytes of the value of a label at most; the exporter cuts at 128."),
        Value("honorLabels", False, BOOLEAN, "Whether labels of the series win over those of the target."),
        Value("scrapeClass", "", TEXT, "Scrape class of your Prometheus."),
        Value("tlsConfig", {}, OBJECT, "How the certificate is checked, where `webConfig.tls` is on.",
              example="ca: {secret: {name: fares-tls, key: ca.crt}}\nserverName: fares-mlexporter"),
        Value("basicAuth", {}, OBJECT, "Name and password, from a Secret in the monitor's namespace.",
              example="username: {name: fares-scrape, key: username}\npassword: {name: fares-scrape, key: password}"),
        Value("authorization", {}, OBJECT, "A token, from a Secret in the monitor's namespace.",
              example="type: Bearer\ncredentials: {name: fares-scrape, key: token}"),
        Value("relabelings", [], OBJECTS, "Relabelings of the target."),
        Value("metricRelabelings", [], OBJECTS, "Relabelings of the series."),
    )),
    Section("networkPolicy", "A NetworkPolicy for the pods.", (
        Value("enabled", False, BOOLEAN, "Whether there is one; the cluster's network has to enforce it."),
        Value("metricsFrom", [{"namespaceSelector": {}}], OBJECTS,
              "Who may reach the metrics; by default every pod of the cluster. The kubelet always may.",
              example="- namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}"),
        Value("extraIngress", [], OBJECTS, "More rules for what comes in. In mode sidecar the policy holds for the model too: say who may call it.",
              example="- from: [{namespaceSelector: {}}]\n  ports: [{port: 8000}]"),
        Value("extraEgress", [], OBJECTS,
              "Rules for what goes out. In mode standalone nothing else may; in the other modes everything may as long as there are none."),
        Section("otlp", 'Where pushes go, with `settings.push: "on"`: name service and Collector are allowed then.', (
            Value("to", [], OBJECTS, "The Collector; anywhere if empty."),
            Value("ports", [4317, 4318], PORTS, "Its ports."),
        )),
    )),
)  # fmt: skip
