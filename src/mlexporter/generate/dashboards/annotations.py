"""Marks over time: what was deployed, which profile came into use, which alerts fired."""

from __future__ import annotations

import re
from typing import Any

from mlexporter import catalogue
from mlexporter.generate import annotations as alert_annotations
from mlexporter.generate.dashboards.colours import BAD, PINK, REFERENCE, SKY, WORSE
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.queries import DATASOURCE
from mlexporter.generate.dashboards.reading import greatest, of_every_model
from mlexporter.generate.promql import Matcher, select

_ONE_MODEL = Matcher("model_name", "=", "$model_name")
_VERSION = ("model_version", "variant")


def of_model(options: DashboardOptions, *conditions: str) -> list[dict[str, Any]]:
    """Return the marks of a dashboard about one model; ``conditions`` narrow down the alerts."""
    loaded = greatest(_VERSION, select(catalogue.MODEL_LOADED, options.rules, _ONE_MODEL))
    profiles = greatest((*_VERSION, "profile_id"), f"{alert_annotations.PROFILE_BEGAN}{{{_ONE_MODEL}}}")
    return [
        _marks("Deploys", f"{loaded} * 1000", SKY, "Workers started", "{{model_version}} ({{variant}})", is_time=True),
        _marks(
            "Profiles", f"{profiles} * 1000", PINK, "Profile in use", "{{profile_id}} of {{model_version}}", is_time=True
        ),
        _alerts("Pages", WORSE, 'severity="critical"', *conditions),
        # Tickets can be open for days: over every panel they would be all that one sees. Of one subject they are few.
        {**_alerts("Tickets", BAD, 'severity="warning"', *conditions), "enable": bool(conditions)},
        *_own(options),
    ]  # fmt: skip


def _alerts(name: str, tint: str, *conditions: str) -> dict[str, Any]:
    chosen = ", ".join(('alertstate="firing"', str(_ONE_MODEL), *conditions))
    firing = greatest(("alertname", "severity", "feature"), f"ALERTS{{{chosen}}}")
    return _marks(name, firing, tint, "{{alertname}}", "{{severity}} {{feature}}")


def of_exporters(options: DashboardOptions) -> list[dict[str, Any]]:
    """Return the marks of a dashboard about exporters themselves."""

    def marks(name: str, tint: str, severity: str) -> dict[str, Any]:
        firing = (
            f'ALERTS{{alertstate="firing", alertname=~"ML.+", component="exporter", severity="{severity}"}}'
        )
        return _marks(
            name, greatest(("alertname", "instance"), firing), tint, "{{alertname}}", "{{instance}}"
        )

    return [
        marks("Pages", WORSE, "critical"),
        {**marks("Tickets", BAD, "warning"), "enable": False},
        *_own(options),
    ]


def of_fleet(options: DashboardOptions) -> list[dict[str, Any]]:
    """Return the marks of a dashboard about all models."""
    loaded = greatest(("model_name", *_VERSION), of_every_model(catalogue.MODEL_LOADED, options))
    return [
        _marks(
            "Deploys", f"{loaded} * 1000", SKY, "{{model_name}}: workers started", "{{model_version}} ({{variant}})",
            is_time=True,
        ),
        *_own(options),
    ]  # fmt: skip


def _own(options: DashboardOptions) -> list[dict[str, Any]]:
    return [_marks(name, query, REFERENCE, name, _labels_shown(query)) for name, query in options.annotations]


def _labels_shown(query: str) -> str:
    """Return the text of a mark: the labels that a query is aggregated by on the outside, none where it is not."""
    found = re.match(r"\s*\w+\s+by\s*\(([\w\s,]*)\)", query)
    return " ".join(f"{{{{{name.strip()}}}}}" for name in found[1].split(",")) if found else ""


def _marks(
    name: str, query: str, tint: str, title: str, text: str, *, is_time: bool = False
) -> dict[str, Any]:
    """Return one kind of marks; with ``is_time`` a value is when it was, in milliseconds, else where it has samples."""
    return {
        "name": name, "datasource": DATASOURCE, "enable": True, "hide": False, "iconColor": tint, "expr": query,
        "titleFormat": title, "textFormat": text, "step": "60s", "useValueForTime": is_time,
    }  # fmt: skip
