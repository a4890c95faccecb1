"""Model: is it OK, and if not, what?"""

from __future__ import annotations

from typing import Final

from mlexporter.generate.dashboards import annotations as marks
from mlexporter.generate.dashboards import variables
from mlexporter.generate.dashboards.dashboard import Dashboard
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.layout import Row
from mlexporter.generate.dashboards.model_drift import features_table, matrix
from mlexporter.generate.dashboards.model_predictions import (
    data_table,
    distribution,
    drifted_share,
    joint_drift,
    output_drift,
)
from mlexporter.generate.dashboards.model_quality import changes_table, quality_over_time, quality_table
from mlexporter.generate.dashboards.model_service import error_burn, latency_burn, latency_over_time
from mlexporter.generate.dashboards.model_stats import stats

REVISION: Final = 5


def model_dashboard(options: DashboardOptions) -> Dashboard:
    """Return the dashboard of one model."""
    return Dashboard(
        "model",
        "Is this model OK, and if not, what is wrong? Traffic, errors, latency, drift, data, answers, quality, changes.",
        REVISION,
        [
            variables.datasource(options),
            variables.model_name(options),
            variables.model_version(options),
            variables.variant(options),
            variables.output(options),
            variables.output_class(options),
            variables.window(options),
        ],
        marks.of_model(options),
        [
            Row("", [*stats(options), matrix(options), features_table(options)]),
            Row("Predictions", [distribution(options), output_drift(options), joint_drift(options)]),
            Row("Data", [data_table(options), drifted_share(options)]),
            Row("Service", [latency_over_time(options), error_burn(options), latency_burn(options)]),
            Row("Quality, estimated without labels", [quality_over_time(options), quality_table(options)]),
            Row("What changed", [changes_table(options)]),
        ],
    )
