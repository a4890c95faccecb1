"""Panels of the feature dashboard about values that are missing or wrong."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards.bad_values import KINDS, share_now
from mlexporter.generate.dashboards.colours import AMBER, BLUE, PINK, REFERENCE, SKY, VERMILION
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.feature_shares import of_feature, training_share
from mlexporter.generate.dashboards.fields import PLAIN_NUMBER, RATIO, Fields, Override, colour, dashed
from mlexporter.generate.dashboards.links import label, link
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import RATE, greatest, of_model
from mlexporter.generate.dashboards.words import Words

TINTS: Final = {
    "Missing": BLUE, "Invalid": AMBER, "Out of range": VERMILION, "Unseen": SKY, "Other type": PINK,
}  # fmt: skip
_LIMIT: Final = "Limit of the alerts"


def value_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return shares of bad values, their rise as alerts judge it, and which pod gets them."""
    return (_shares(options), _rises(options), by_pod(options, 8, 10))


def _shares(options: DashboardOptions) -> Panel:
    now = [Query(share_now(counter, options, RATE, bins), name) for name, counter, _, bins in KINDS]
    before = [
        Query(training_share(options, name.lower()), f"{name} in training") for name in ("Missing", "Invalid")
    ]
    return time_series(
        Face("Missing and wrong values", Words(
            "Share of the rows in which the feature is missing, invalid (infinite, unreadable), outside the "
            "range of training, a category that training did not have, or of another type; dashed is the share "
            "in training.",
            "Rows counted so divided by the rows that were looked at, all pods added up. Numbers have no "
            "unseen categories, and categories no range.",
            "A line that leaves its own past or the dashed one. Alerts judge the rise, drawn beside this.",
            "Missing: ask the sender, a join, a caller. Out of range: a unit. Unseen: a new spelling or a new "
            "category. Other type or invalid: the newest rows of the caller.",
        ), 8, 10),
        [*now, *before],
        Fields(RATIO, minimum=0, absent="No rows", custom={"axisSoftMax": 0.05}, overrides=[
            *(Override(name, {"color": colour(tint)}) for name, tint in TINTS.items()),
            Override("Missing in training", dashed(REFERENCE)),
            Override("Invalid in training", dashed(AMBER, dash=(2, 6))),
        ]),
        calcs=("lastNotNull", "max"),
    )  # fmt: skip


def _rises(options: DashboardOptions) -> Panel:
    limit = greatest((), of_model(catalogue.DATA_QUALITY_THRESHOLD, options))
    lines = [
        Query(greatest((), greatest("window", of_feature(bound, options))), name)
        for name, _, bound, _ in KINDS
    ]
    return time_series(
        Face("Rise of bad values, as alerts judge it", Words(
            "By how much each share has risen beyond that of training, for sure; dashed is the limit. 0.2 is "
            "from nothing to 1 %, or from 10 % to 17 %.",
            "Lower confidence bound of Cohen's h (twice the difference of the arcsines of the roots of both "
            f"shares), of the worst window and pod. The limit is {catalogue.DATA_QUALITY_THRESHOLD.name}, the series that the "
            "alerts read.",
            "Above the dashed line: MLFeatureMissingHigh, MLFeatureInvalidHigh, MLFeatureOutOfRangeHigh, "
            "MLFeatureUnseenCategories or MLFeatureTypeMismatch. Features that people excluded stay quiet.",
            "See beside this how many rows that are, and which pod gets them.",
        ), 8, 10),
        [*lines, Query(limit, _LIMIT)],
        Fields(PLAIN_NUMBER, decimals=2, minimum=0, absent="Not enough rows yet", overrides=[
            *(Override(name, {"color": colour(tint)}) for name, tint in TINTS.items()),
            Override(_LIMIT, dashed(VERMILION)),
        ]),
    )  # fmt: skip


def by_pod(options: DashboardOptions, width: int, height: int) -> Panel:
    """Return the share of missing values of the chosen feature, by pod."""
    return time_series(
        Face("Missing values of $feature by pod", Words(
            "Share of the rows of each pod in which the chosen feature is missing.",
            "Missing rows of the pod divided by the rows that it looked at. A pod without rows has no line.",
            "One pod far from the others: its callers, or its deployment, differ. All alike: what feeds all of "
            "them changed. MLFeatureMissingHigh watches each pod by itself.",
            "Click on a line to see that server. Compare versions, configuration and callers of the pods that "
            "differ.",
        ), width, height, data_links=(
            link(
                "Server of this pod", "serving", options, "model_name", "model_version", "variant",
                job=label("job"), instance=label("instance"),
            ),
        )),
        [Query(share_now(catalogue.FEATURE_MISSING, options, RATE, labels=("job", "instance")), "{{instance}} ({{job}})")],
        Fields(RATIO, minimum=0, absent="No rows", custom={"axisSoftMax": 0.05}),
    )  # fmt: skip
