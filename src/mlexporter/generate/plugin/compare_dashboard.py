"""The dashboard that ships inside the plugin only: every feature of a model, now and in training, at one look."""

from __future__ import annotations

from typing import Final

from mlexporter.generate.dashboards import annotations as marks
from mlexporter.generate.dashboards import variables
from mlexporter.generate.dashboards.dashboard import Dashboard
from mlexporter.generate.dashboards.dashboard_options import COMPARE, DashboardOptions
from mlexporter.generate.dashboards.feature_scores import score_panels
from mlexporter.generate.dashboards.layout import Row
from mlexporter.generate.dashboards.model_stats import stats
from mlexporter.generate.dashboards.panel import COLUMNS, Face, Panel
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.plugin.compare_panel import compare_panel
from mlexporter.generate.plugin.compare_queries import FEATURES, OUTPUTS, comparison

REVISION: Final = 1


def compare_dashboard(options: DashboardOptions) -> Dashboard:
    """Return the dashboard of all distributions of one model."""
    return Dashboard(
        kind=COMPARE,
        description="Which features look other than in training, and how? Every feature and output of one model; click one.",
        revision=REVISION,
        variables=[
            make(options)
            for make in (
                variables.datasource, variables.model_name, variables.model_version, variables.variant,
                variables.feature, variables.window, variables.counts,
            )
        ],
        annotations=marks.of_model(options),
        rows=[
            Row("", stats(options)),
            Row("Features", [_features(options)]),
            Row("Predictions", [_outputs(options)]),
            Row("$feature", score_panels(options)),
        ],
    )  # fmt: skip


def _features(options: DashboardOptions) -> Panel:
    return compare_panel(
        Face("Features now and in training, worst first", Words(
            "Each feature in a plot of its own: the rows of the chosen window (blue) over those of training (grey), "
            "and as expected of the seasons and segments that came (light blue, where the profile tells them apart). The "
            "badge is the drift severity.",
            "Shares of the rows by bin, over all pods. Of several versions or profiles the one with most rows is drawn, as "
            "their bins differ, and the others are named. Where the recording rules are loaded their counts are read, else "
            "the counters.",
            "A badge from 1 on: MLFeatureDrift opens a ticket after 15 minutes. The bin that adds most is marked.",
            "Point at a bin, or walk the bins with the arrow keys, to read its shares. Click a plot to choose the feature: its "
            "scores are drawn below, and the list of dashboards leads to Feature.",
            needs="A profile, and rows in the window. Where features are many, the recording rules of `alerts/recording.yaml`, "
            "too: without them every look reads all counters of the window.",
        ), COLUMNS, 22),
        comparison(FEATURES, options), "No profile, or no rows in this window",
    )  # fmt: skip


def _outputs(options: DashboardOptions) -> Panel:
    return compare_panel(
        Face("Predictions now and in training", Words(
            "Each output, and each class of it, in a plot of its own: the predictions of the chosen window (blue) over "
            "those on the training rows (grey). The badge is the drift severity.",
            "Shares of the valid predictions by bin, over all pods; of several versions or profiles those of the one with "
            "most predictions.",
            "A badge from 1 on: MLPredictionDrift opens a ticket after 15 minutes.",
            "See above which features drifted at that time. If none did, suspect the model file.",
            needs="A profile with predictions.",
        ), COLUMNS, 10),
        comparison(OUTPUTS, options), "No profile with predictions, or no rows in this window",
        variable="", showSearch=False,
    )  # fmt: skip
