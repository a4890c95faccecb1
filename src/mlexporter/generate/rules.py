"""The two kinds of rules, as records that know how to become an entry of a rule file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mlexporter.generate.annotations import changed, dashboard_url, labels_in
from mlexporter.generate.options import RuleOptions

Severity = Literal["critical", "warning", "info"]
Component = Literal["slo", "traffic", "data", "drift", "quality", "reference", "exporter", "resources"]

MODEL_PHRASE = "{{ $labels.model_name }} {{ $labels.model_version }} ({{ $labels.variant }})"
"""How a description names the model."""

INSTANCE_PHRASE = "{{ $labels.instance }} (job {{ $labels.job }})"
"""How a description names a target."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A series that Prometheus computes: ``level:metric:operation and window``."""

    name: str
    expression: str

    def entry(self, options: RuleOptions) -> dict[str, Any]:
        """Return the entry of a rule file."""
        del options
        return {"record": self.name, "expr": self.expression}


@dataclass(frozen=True, slots=True)
class Alert:
    """A condition that a person is told about.

    Attributes:
        name: ``ML<Subject><Problem>``; the runbook page has the same name.
        expression: True (present) while something is wrong; grouped by model where it has one.
        for_seconds: Nominal time that it must hold.
        severity: ``critical`` pages, ``warning`` is a ticket, ``info`` is read when there is time.
        component: What is wrong, for routing.
        summary: One line for the head of a notification.
        description: What is wrong, with the value, in words that help at three in the morning. It reads
            every label of the alert that a dashboard has a variable for, and so says which link it has.
        keep_firing_seconds: Nominal time that it keeps firing after the condition ended.
        labels: Labels beside severity and component.
        needs: What has to be there before the alert makes sense, such as ``labels``; empty for one that is
            on by default.
    """

    name: str
    expression: str
    for_seconds: float
    severity: Severity
    component: Component
    summary: str
    description: str
    keep_firing_seconds: float = 0.0
    labels: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""

    def entry(self, options: RuleOptions) -> dict[str, Any]:
        """Return the entry of a rule file."""
        entry: dict[str, Any] = {"alert": self.name, "expr": self.expression}
        if self.for_seconds:
            entry["for"] = options.hold(self.for_seconds)
        if self.keep_firing_seconds:
            entry["keep_firing_for"] = options.hold(self.keep_firing_seconds)
        entry["labels"] = {"severity": self.severity, "component": self.component, **self.labels}
        entry["annotations"] = {
            "summary": self.summary,
            "description": self.description,
            **self._links(options),
        }
        return entry

    def _links(self, options: RuleOptions) -> dict[str, str]:
        words = self.summary + self.description
        links = {"runbook_url": f"{options.runbook_base}{self.name}.md"}
        if options.dashboard_base:
            links["dashboard_url"] = dashboard_url(words, self.component, options)
        return links | ({"changed": changed(options)} if "model_name" in labels_in(words) else {})


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated one after the other; ``interval_seconds`` 0 takes the server's own."""

    name: str
    rules: tuple[Recording | Alert, ...]
    interval_seconds: float = 0.0

    def entry(self, options: RuleOptions) -> dict[str, Any]:
        """Return the entry of a rule file."""
        entry: dict[str, Any] = {"name": self.name}
        if self.interval_seconds:
            entry["interval"] = options.range(self.interval_seconds)
        entry["rules"] = [rule.entry(options) for rule in self.rules]
        return entry
