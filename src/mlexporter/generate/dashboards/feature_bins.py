"""Panels of the feature dashboard about its distribution: now against reference, and over time."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards.colours import AMBER, BLUE, MORE, REFERENCE, SKY
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.feature_shares import (
    current,
    expected,
    of_feature,
    reference,
    training,
)
from mlexporter.generate.dashboards.fields import RATIO, THRESHOLD_COLOUR, Fields, Override, colour
from mlexporter.generate.dashboards.panel import Face, Panel, Transformation
from mlexporter.generate.dashboards.panel_kinds import bars, heat_map
from mlexporter.generate.dashboards.queries import Query, rows
from mlexporter.generate.dashboards.reading import RATE, unless_any
from mlexporter.generate.dashboards.words import Words

_PER_SECOND: Final = f"rate(%s[{RATE}])"
_NO_ROWS: Final = "No rows in this window"
_ONE_PROFILE: Final = (
    "Missing and invalid values are left out. All pods are added up; of several versions or profiles the one with "
    "most rows in the window is drawn, as their intervals differ."
)
_SEASONS: Final = "Where the profile knows seasons or segments, it is compared with what the reference has of those that came."


def distribution_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return the distribution of the window beside the reference, and what differs."""
    return (_both(options), _difference(options))


def course_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return shares by bin over time, and how they compare with the reference."""
    return (_shares(options), _lift(options))


def _both(options: DashboardOptions) -> Panel:
    return bars(
        Face("Distribution now and in the reference", Words(
            "Which share of the rows has which values: in training (grey), as expected of the seasons and "
            "segments that came (light blue, where the profile tells them apart), and in the window that ends "
            "with the time range (blue).",
            f"Rows of the bin divided by rows of all bins; each distribution adds up to 100 %. {_ONE_PROFILE}",
            "Blue that differs from the reference beside it: light blue where it is drawn, else grey. How much "
            "is too much is told by the severity above: above 1 MLFeatureDrift opens a ticket.",
            "Look where the rows went: all bins to one side is a shift or another unit, one bin alone a "
            "default value or a broken source, everything in a new category a changed encoding.",
        ), 12, 10),
        [
            rows(training(options), "training"),
            rows(expected(options), "expected"),
            rows(current(options), "current"),
        ],
        Fields(RATIO, decimals=1, minimum=0, absent=_NO_ROWS, overrides=[
            Override("range", {"unit": "string"}),
            Override("Training", {"color": colour(REFERENCE)}),
            Override("Expected now", {"color": colour(SKY)}),
            Override("Current", {"color": colour(BLUE)}),
        ]),
        x="range", transformations=_columns(("training", "Training"), ("expected", "Expected now"), ("current", "Current")),
    )  # fmt: skip


def _difference(options: DashboardOptions) -> Panel:
    return bars(
        Face("Current minus reference", Words(
            "How many more (blue, upwards) or fewer (amber, downwards) rows of the window have these values, "
            "in points of the share of all rows.",
            f"The share now less the share in the reference, bin by bin; all bars add up to zero. {_SEASONS} "
            f"{_ONE_PROFILE}",
            "Bars on one side of one sign and on the other side of the other: the values moved. There is no "
            "limit of its own; MLFeatureDrift looks at the severity.",
            "Bins have unequal shares, so read here what changed and on the left how much of it there was.",
        ), 12, 10),
        [rows(f"{current(options)} - on (bin, range) {reference(options)}", "difference")],
        Fields(
            RATIO, decimals=1, tint=THRESHOLD_COLOUR, steps=((None, AMBER), (0, MORE)), absent=_NO_ROWS,
            custom={"axisSoftMin": -0.05, "axisSoftMax": 0.05}, overrides=[Override("range", {"unit": "string"})],
        ),
        x="range", transformations=_columns(("difference", "Current minus reference")), has_legend=False,
    )  # fmt: skip


def _columns(*names: tuple[str, str]) -> list[Transformation]:
    """Return what makes columns of queries: by bin, whose text order is that of the values."""
    # A single table has the column ``Value``, several have ``Value #name``.
    fields = {f"Value #{ref}": name for ref, name in names} | (
        {"Value": names[0][1]} if len(names) == 1 else {}
    )
    order = {name: place for place, name in enumerate(["range", *fields])}
    return [
        ("merge", {}),
        ("sortBy", {"fields": {}, "sort": [{"field": "bin", "desc": False}]}),
        ("organize", {
            "excludeByName": {"Time": True, "bin": True}, "indexByName": order, "renameByName": fields,
        }),
    ]  # fmt: skip


def _shares(options: DashboardOptions) -> Panel:
    return heat_map(
        Face("Share of the rows by value", Words(
            "Each column is a moment, each line a bin with its values: the more it stands out from the "
            "background, the more of the rows were there.",
            f"Rows a second of the bin divided by those of all bins. {_ONE_PROFILE}",
            "A band that moves, splits or breaks off. There is no limit of its own; MLFeatureDrift looks at the "
            "severity.",
            "Find the moment at which it changed and compare it with the marks of deploys and profiles above "
            "the map.",
        ), 12, 14),
        Query(_or_nothing(current(options, _PER_SECOND), options), "{{range}}"),
        Fields(RATIO, absent="No rows"),
        colours={"scheme": "Blues", "steps": 64, "scale": "exponential", "exponent": 0.5, "min": 0},
        hidden_up_to=-0.5,
    )  # fmt: skip


def _lift(options: DashboardOptions) -> Panel:
    lift = f"clamp(log2({current(options, _PER_SECOND)} / on (bin, range) {reference(options, _PER_SECOND)}), -2, 2) / 2"
    return heat_map(
        Face("More (orange) or fewer (violet) rows than the reference", Words(
            "Each column is a moment, each line a bin: orange where more rows came than the reference has, "
            "violet where fewer, white where as many. 1 is four times as many or more, 0.5 twice, -0.5 half, "
            "-1 a quarter or less.",
            "Half the logarithm (base 2) of the share of the rows at the moment divided by that of the reference. "
            f"{_SEASONS} {_ONE_PROFILE}",
            "Colours that stay, and are orange on one side and violet on the other: the distribution moved. Single "
            "coloured cells are chance where few rows come. MLFeatureDrift looks at the severity.",
            "The first column of the change is when it began: compare it with deploys and with other features.",
        ), 12, 14),
        Query(_or_nothing(lift, options), "{{range}}"),
        Fields("none", decimals=2, absent="No rows"),
        colours={"scheme": "PuOr", "steps": 64, "scale": "linear", "reverse": True, "min": -1, "max": 1},
        hidden_up_to=-9,
    )  # fmt: skip


def _or_nothing(expression: str, options: DashboardOptions) -> str:
    every = of_feature(catalogue.FEATURE_OBSERVATIONS, options)
    return f"{expression} or {unless_any(every, 'range', 'no rows yet')}"
