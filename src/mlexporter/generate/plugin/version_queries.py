"""What the page asks that sets two versions side by side."""

from __future__ import annotations

from typing import Final

from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.reading import CHOSEN_MODEL
from mlexporter.generate.dashboards.standing import (
    Scope,
    error_share,
    latency,
    rows_per_minute,
    worst_severity,
)
from mlexporter.generate.dashboards.version_tables import side_by_side
from mlexporter.generate.dashboards.versions import version_tiles
from mlexporter.generate.plugin.asked import by_ref, in_order, titled
from mlexporter.generate.plugin.compare_queries import FEATURES, OUTPUTS, comparison
from mlexporter.generate.plugin.typescript import Value
from mlexporter.generate.promql import Matcher

_VERSION: Final = ("model_version",)


def version_queries(options: DashboardOptions) -> dict[str, Value]:
    """Return what is asked of two versions, ``$version_a`` and ``$version_b``, and of every one of the model."""
    model, _, variant = CHOSEN_MODEL
    scope = Scope(options)
    asked: dict[str, Value] = {}
    outputs: dict[str, Value] = {}
    for side in ("a", "b"):
        chosen = (model, Matcher("model_version", "=", f"$version_{side}"), variant)
        asked |= {f"{role}_{side}": query for role, query in comparison(FEATURES, options, chosen).items()}
        outputs |= {f"{role}_{side}": query for role, query in comparison(OUTPUTS, options, chosen).items()}
    return {
        **asked,
        "outputs": outputs,
        "numbers": by_ref(side_by_side(options).queries),
        "rowsOverTime": rows_per_minute(scope, _VERSION),
        "errorsOverTime": error_share(scope, _VERSION),
        "latencyOverTime": latency(scope, 0.95, _VERSION),
        "worstOverTime": worst_severity(Scope(options, is_recorded=True), _VERSION),
        **{
            name: in_order(titled(version_tiles(options), title), "value")["value"]
            for name, title in (
                ("serving", "Versions serving"), ("notPrimary", "Not primary"), ("errorGap", "Error gap"),
                ("latencyFactor", "Slowest by fastest"), ("driftGap", "Drift gap"), ("mixedProfiles", "Mixed profiles"),
            )
        },
    }  # fmt: skip
