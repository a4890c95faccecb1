"""The dashboard that answers: do the rows look like training?"""

from __future__ import annotations

from typing import Final

from mlexporter.generate.dashboards import annotations as marks
from mlexporter.generate.dashboards import variables
from mlexporter.generate.dashboards.dashboard import Dashboard
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.data_quality_lines import row_panels, share_panels, skew_panel
from mlexporter.generate.dashboards.data_quality_stats import stats
from mlexporter.generate.dashboards.data_quality_tables import tables, unit_table
from mlexporter.generate.dashboards.feature_values import by_pod
from mlexporter.generate.dashboards.layout import Row

REVISION: Final = 4


def data_quality_dashboard(options: DashboardOptions) -> Dashboard:
    """Return the dashboard about the rows that reach a model."""
    return Dashboard(
        kind="data-quality",
        description="Do the rows look like training? What is missing or wrong, in which feature, since when, from which pod.",
        revision=REVISION,
        variables=[
            make(options)
            for make in (
                variables.datasource, variables.model_name, variables.model_version, variables.variant, variables.feature,
            )
        ],
        annotations=marks.of_model(options, 'component="data"'),
        rows=[
            Row("", stats(options)),
            Row("Which features", tables(options)),
            Row("Missing and wrong values over time", share_panels(options)),
            Row("Rows as a whole", row_panels(options)),
            Row("One feature by pod", (by_pod(options, 24, 9),)),
            Row("Units and derived features", (unit_table(options), skew_panel(options))),
        ],
    )  # fmt: skip
