"""All dashboards as files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mlexporter.generate.dashboards.dashboard import Dashboard
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.data_quality import data_quality_dashboard
from mlexporter.generate.dashboards.exporter_health import exporter_health_dashboard
from mlexporter.generate.dashboards.feature import feature_dashboard
from mlexporter.generate.dashboards.fleet import fleet_dashboard
from mlexporter.generate.dashboards.model import model_dashboard
from mlexporter.generate.dashboards.serving import serving_dashboard
from mlexporter.generate.dashboards.versions import versions_dashboard

DASHBOARDS: Final[tuple[Callable[[DashboardOptions], Dashboard], ...]] = (
    fleet_dashboard,
    model_dashboard,
    feature_dashboard,
    data_quality_dashboard,
    serving_dashboard,
    versions_dashboard,
    exporter_health_dashboard,
)
"""Every dashboard, from the general to the specific."""


def dashboard_files(options: DashboardOptions | None = None) -> dict[str, str]:
    """Return the name of each file, such as ``fleet.json``, to its content.

    Args:
        options: The defaults if None.
    """
    chosen = options or DashboardOptions()
    made = [make(chosen) for make in DASHBOARDS]
    return {f"{dashboard.kind}.json": dashboard.text(chosen) for dashboard in made}
