"""The dashboard that answers: what happened to this feature?"""

from __future__ import annotations

from typing import Final

from mlexporter.generate.dashboards import annotations as marks
from mlexporter.generate.dashboards import variables
from mlexporter.generate.dashboards.dashboard import Dashboard
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.feature_bins import course_panels, distribution_panels
from mlexporter.generate.dashboards.feature_scores import score_panels, window_table
from mlexporter.generate.dashboards.feature_stats import matter_panels, stats
from mlexporter.generate.dashboards.feature_values import value_panels
from mlexporter.generate.dashboards.layout import Row

REVISION: Final = 4


def feature_dashboard(options: DashboardOptions) -> Dashboard:
    """Return the dashboard about one feature of one model."""
    return Dashboard(
        kind="feature",
        description="What happened to this feature? Its values now and in training, how far and since when it has drifted.",
        revision=REVISION,
        variables=[
            make(options)
            for make in (
                variables.datasource, variables.model_name, variables.model_version, variables.variant,
                variables.feature, variables.window,
            )
        ],
        annotations=marks.of_model(options, 'feature="$feature"'),
        rows=[
            Row("", stats(options)),
            Row("What values it has", distribution_panels(options)),
            Row("How far it has drifted", (*score_panels(options), window_table(options))),
            Row("Its values over time", course_panels(options)),
            Row("Missing and wrong values over time", value_panels(options)),
            Row(
                "What it does to predictions, and training beside a baseline",
                matter_panels(options),
                is_collapsed=True,
            ),
        ],
    )  # fmt: skip
