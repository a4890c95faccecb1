"""Values about rules, notifications and dashboards."""

from __future__ import annotations

from typing import Final

from mlexporter.generate.chart.chart_value import (
    BOOLEAN,
    LABELS,
    NAME,
    OBJECT,
    TEXT,
    TEXTS,
    Section,
    Value,
    one_of,
    some_of,
)
from mlexporter.generate.dashboards.dashboard_options import KINDS
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import ALERTS

_DEFAULT: Final = RuleOptions()
_EVERY: Final = {alert.name: alert for alerts in ALERTS.values() for alert in alerts(_DEFAULT)}
_MATCHER: Final = r"""\s*[a-zA-Z_][a-zA-Z0-9_]*\s*(=~|!~|!=|=)\s*("([^"\\]|\\.)*"|'([^'\\]|\\.)*')\s*"""
_MATCHERS: Final = {"type": "string", "pattern": f"^({_MATCHER}(,{_MATCHER})*)?$"}
_ADDRESS: Final = {"type": "string", "pattern": "^[^{]*$"}
_DASHBOARD_ADDRESS: Final = {"type": "string", "pattern": r"^([^{]|\{dashboard\})*$"}

ALERTING: Final[tuple[Value | Section, ...]] = (
    Section("prometheusRule", "Recording rules and alerts, one PrometheusRule for each group. One release for each Prometheus: loaded twice, "
            "each alert comes twice.", (
        Value("enabled", False, BOOLEAN, "Whether there are any; needs the CRD prometheusrules.monitoring.coreos.com of prometheus-operator."),
        Value("namespace", "", NAME, "Their namespace; that of the release if empty."),
        Value("additionalLabels", {}, LABELS, "Labels by which your Prometheus selects them, such as `release: kube-prometheus-stack`."),
        Value("annotations", {}, LABELS, "Their annotations."),
        Value("groups", [], some_of(tuple(ALERTS)), "Groups of alerts that are wanted; all if none is named. Recording rules are always there."),
        Value("with", [], some_of(tuple(name for name, alert in _EVERY.items() if alert.needs)),
              "Alerts that are off by default, because they need more than every model has."),
        Value("without", [], some_of(tuple(_EVERY)), "Alerts that are not wanted."),
        Value("forFactor", 1, {"type": "number", "exclusiveMinimum": 0, "maximum": 1000}, "Multiplies `for` and `keep_firing_for`: 2 waits twice as long."),
        Value("memoryRatio", _DEFAULT.memory_ratio, {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
              "Part of its memory limit from which a server is near it."),
        Value("selector", "", _MATCHERS, "Matchers put on every scraped series, such as `namespace=\"ml\"`; not of labels of mlexporter's own."),
        Value("runbookBase", _DEFAULT.runbook_base, _ADDRESS, "What `runbook_url` begins with; the name of the alert and `.md` follow."),
        Value("dashboardBase", "", _DASHBOARD_ADDRESS,
              "What `dashboard_url` begins with, such as `https://grafana.example.org/d/{dashboard}`; no link if empty."),
        Value("alertLabels", {}, LABELS, "Labels on every alert, such as `team: ml`."),
        Value("fleet", False, BOOLEAN,
              "Whether drift is judged of all pods of a model together, for a model in several pods; loads the rules of a fleet and "
              "sets `MLEXPORTER_FLEET` in this release's pods."),
        Value("servingEngines", False, BOOLEAN, "Whether the recording rules for vLLM and NVIDIA Triton are loaded."),
    )),
    Section("alertmanagerConfig", "Routes and inhibitions of the alerts, for the Alertmanager of prometheus-operator.", (
        Value("enabled", False, BOOLEAN, "Whether there is one; needs the CRD alertmanagerconfigs.monitoring.coreos.com."),
        Value("namespace", "", NAME, "Its namespace; that of the release if empty."),
        Value("additionalLabels", {}, LABELS, "Labels by which your Alertmanager selects it."),
        Value("annotations", {}, LABELS, "Its annotations."),
        Section("receivers", "Who is told, each as a receiver of an AlertmanagerConfig without its name; one that is empty tells nobody.", (
            Value("pager", {}, OBJECT, "Whoever is on call: critical alerts.",
                  example="pagerdutyConfigs: [{routingKey: {name: ml-notifications, key: pagerduty}}]"),
            Value("platform", {}, OBJECT, "Who runs the serving.",
                  example='slackConfigs: [{apiURL: {name: ml-notifications, key: chat}, channel: "#ml-platform"}]'),
            Value("dataScience", {}, OBJECT, "Who knows data and model."),
            Value("digest", {}, OBJECT, "What is read when there is time."),
            Value("copy", {}, OBJECT, "A copy of everything; no route if empty."),
            Value("deadMan", {}, OBJECT, "Expects to hear of the watchdog, and tells somebody if not."),
        )),
        Section("workingHours", "When causes are told that can wait; in UTC.", (
            Value("days", ["monday:friday"], TEXTS, "Days."),
            Value("begin", "08:00", {**TEXT, "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}, "First minute."),
            Value("end", "18:00", {**TEXT, "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}, "Last minute."),
        )),
    )),
    Section("dashboards", "The dashboards for Grafana 10.4 and newer. One release for each Grafana: their uids are the same everywhere.", (
        Value("enabled", False, BOOLEAN, "Whether they are installed."),
        Value("kind", "configMap", one_of("configMap", "grafanaDashboard"),
              "`configMap`: for the sidecar of Grafana's chart and kube-prometheus-stack. `grafanaDashboard`: needs the CRD "
              "grafanadashboards.grafana.integreatly.org of grafana-operator."),
        Value("only", [], some_of(KINDS), "Which of them; all if none is named."),
        Value("namespace", "", NAME, "Their namespace; that of the release if empty. Grafana's sidecar may look in its own only."),
        Value("labels", {"grafana_dashboard": "1"}, LABELS, "Labels by which Grafana's sidecar finds ConfigMaps."),
        Value("annotations", {}, LABELS, "Their annotations."),
        Value("folder", "ML", TEXT, "Folder in Grafana; none if empty."),
        Value("folderAnnotation", "grafana_folder", {**TEXT, "minLength": 1}, "Annotation in which Grafana's sidecar reads the folder of a ConfigMap."),
        Section("grafanaOperator", "Of kind grafanaDashboard.", (
            Value("instanceSelector", {"matchLabels": {"dashboards": "grafana"}}, OBJECT, "Which Grafana of grafana-operator gets them."),
            Value("allowCrossNamespaceImport", False, BOOLEAN, "Whether a Grafana of another namespace may."),
            Value("resyncPeriod", "", {"type": "string", "pattern": "^([0-9]+(ms|s|m|h))*$"}, "How often grafana-operator looks; its own if empty."),
        )),
    )),
)  # fmt: skip
