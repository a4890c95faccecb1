"""All generated files of the plugin."""

from __future__ import annotations

from mlexporter.generate.dashboards.dashboard_options import COMPARE, DashboardOptions
from mlexporter.generate.plugin.catalogue_module import catalogue_module
from mlexporter.generate.plugin.compare_dashboard import compare_dashboard
from mlexporter.generate.plugin.levels_module import levels_module
from mlexporter.generate.plugin.queries_module import queries_module


def plugin_files() -> dict[str, str]:
    """Return the path of each file below the plugin's ``src/`` to its content."""
    options = DashboardOptions()
    return {
        "catalogue.gen.ts": catalogue_module(),
        f"dashboards/{COMPARE}.json": compare_dashboard(options).text(options),
        "levels.gen.ts": levels_module(),
        "queries.gen.ts": queries_module(),
    }
