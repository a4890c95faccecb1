"""Distributions beside training, a panel for each version: each has bins of its own."""

from __future__ import annotations

from dataclasses import replace

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import RATIO, Fields
from mlexporter.generate.dashboards.model_predictions import (
    BESIDE_REFERENCE,
    SHAPE,
    SHARE_FIELDS,
    output_shares,
)
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import bars
from mlexporter.generate.dashboards.queries import rows
from mlexporter.generate.dashboards.reading import (
    CHOSEN_FEATURE,
    WINDOW,
    greatest,
    increase,
    of_model,
    summed,
)
from mlexporter.generate.dashboards.words import Words

_EACH = "model_version"


def output_bins(options: DashboardOptions) -> Panel:
    """Return the predictions of each version beside those on its training rows."""
    return _beside(
        "Predictions of $model_version",
        Words(
            "Which predictions this version makes now (blue), beside those on its training rows (grey).",
            "Share of each bin among the valid predictions of the window, over all pods of this version; where they have "
            "more than one profile, the one with most predictions.",
            "No level by itself: `MLPredictionDrift` tests each version. Two versions with blue bars of one shape answer "
            "alike; bins differ, as each was learned on its own.",
            "One version answers otherwise on the same rows: look at its decision threshold and at what it was trained "
            "on.",
            needs="A profile with predictions, and bins within the series budget.",
        ),
        output_shares(options),
    )


def feature_bins(options: DashboardOptions) -> Panel:
    """Return the chosen feature as each version sees it, beside its training rows."""
    return _beside(
        "$feature of $model_version",
        Words(
            "How the feature chosen above is distributed in the rows of this version (blue), beside its training rows "
            "(grey).",
            "Share of each bin among the valid rows of the window, over all pods of this version; where they have more "
            "than one profile, the one with most rows.",
            "No level by itself: `MLFeatureDrift` tests it. Grey that differs between versions: they were trained on "
            "other data. Blue that differs: they are sent other rows.",
            "Open the feature for its missing values, units and course.",
            needs="A profile, and bins within the series budget.",
        ),
        _feature_shares(options),
    )


def _beside(title: str, words: Words, shares: tuple[str, str]) -> Panel:
    reference, now = shares
    made = bars(
        Face(title, words, 24, 9),
        [rows(reference, "reference"), rows(now, "now")],
        Fields(RATIO, absent="No rows in this window", decimals=1, minimum=0, overrides=SHARE_FIELDS),
        x="range", transformations=BESIDE_REFERENCE,
    )  # fmt: skip
    return replace(made, repeat=_EACH)


def _feature_shares(options: DashboardOptions) -> tuple[str, str]:
    """Return the shares of the chosen feature by bin: of training (also by ``range``), and of the window."""

    def chosen(metric: Metric) -> str:
        return of_model(metric, options, CHOSEN_FEATURE, SHAPE)

    seen = increase(chosen(catalogue.FEATURE_OBSERVATIONS), WINDOW)
    most = f"(topk(1, {summed('profile', seen)}) > 0)"
    now = f"{summed(('bin', 'profile'), seen)} / on (profile) group_left () {most}"
    training = chosen(catalogue.FEATURE_REFERENCE)
    whole = summed("profile", greatest(("bin", "profile"), training))
    share = (
        f"{greatest(('bin', 'range', 'profile'), training)} / on (profile) group_left () {whole} "
        f"and on (profile) {most}"
    )
    return greatest(("bin", "range"), share), greatest(("bin",), now)
