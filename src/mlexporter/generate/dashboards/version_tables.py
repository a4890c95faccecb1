"""The tables of Versions: everything about each version in a row, and the drift of each feature by version."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards.cells import coloured_column, name_column, number_column
from mlexporter.generate.dashboards.colours import ANY_IS_BAD, SEVERITY
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import (
    PLAIN_NUMBER,
    RATIO,
    SECONDS,
    THRESHOLD_COLOUR,
    Fields,
    Override,
    absent_as,
)
from mlexporter.generate.dashboards.links import column, link
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.queries import rows
from mlexporter.generate.dashboards.reading import greatest, per_second, summed
from mlexporter.generate.dashboards.standing import (
    BY_MODEL,
    LOCAL_NUMBER,
    Scope,
    data_problems,
    drifted_features,
    error_share,
    feature_severity,
    latency,
    quality_loss,
    rows_per_minute,
    worst_severity,
)
from mlexporter.generate.dashboards.tables import Columns, table
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import MODEL

CORNER: Final = "feature\\shown"
"""How ``groupingToMatrix`` calls the column of its rows."""


def named_versions(expression: str) -> str:
    """Return series with a label ``shown`` that names version and variant."""
    return f'label_join({expression}, "shown", " ", "model_version", "variant")'


def side_by_side(options: DashboardOptions) -> Panel:
    """Return one row a version and variant, with all that tells whether it is as good as the others."""
    scope = Scope(options)
    rate = per_second(scope.of(catalogue.PREDICTIONS))
    share = f"{summed(MODEL, rate)} / on (model_name) group_left () ({summed('model_name', rate)} > 0)"
    profile = greatest((*MODEL, "profile", "profile_version"), scope.of(catalogue.PROFILE_INFO))
    opened = link(
        "Open this version", "model", options, "model_name", model_version=column("Version"),
        variant=column("Variant"),
    )  # fmt: skip
    return table(
        Face(
            "Side by side",
            Words(
                "One row a version and variant that serves: traffic, errors, latency, drift, data, quality and the "
                "profile it is measured against.",
                "Over all pods of each. Worst drift, Drifted and Bad data leave excluded features out and take the worst "
                "window; Quality loss is in units of the tolerance. Profile of is the version that the profile was "
                "learned for, Bins the fingerprint of its bins.",
                "A canary that is worse in Errors or p95 (`MLCanaryWorse`), drift or loss from 1 on. Profile of another "
                "version than its own: it is compared with rows it was not trained on.",
                "Two rows that are both red point to the data, one alone to the version. Click a version to see all of "
                "it.",
            ),
            24, 6,
        ),
        [
            rows(share, "share"),
            rows(rows_per_minute(scope, MODEL), "rows"),
            rows(error_share(scope, MODEL), "errors"),
            rows(latency(scope, 0.95, MODEL), "latency"),
            rows(worst_severity(scope, MODEL), "worst"),
            rows(drifted_features(scope, MODEL), "drifted"),
            rows(data_problems(scope, MODEL), "data"),
            rows(quality_loss(scope, MODEL), "quality"),
            rows(profile, "profile"),
            rows(f"count by ({BY_MODEL}) ({scope.of(catalogue.MODEL_INFO)})", "pods"),
            rows(f"time() - {greatest(MODEL, scope.of(catalogue.MODEL_LOADED))}", "loaded"),
        ],
        Fields(
            PLAIN_NUMBER, absent="–",
            overrides=(
                name_column("Version", 120, link=opened),
                name_column("Variant", 90),
                number_column("Traffic", 80, unit=RATIO, decimals=1),
                number_column("Rows/min", 85, unit=LOCAL_NUMBER, decimals=1),
                number_column("Errors", 80, unit=RATIO, decimals=2),
                number_column("p95", 85, unit=SECONDS),
                coloured_column("Worst drift", 95, SEVERITY, decimals=1),
                coloured_column("Drifted", 80, ANY_IS_BAD, decimals=0),
                coloured_column("Bad data", 85, ANY_IS_BAD, decimals=0),
                coloured_column("Quality loss", 105, SEVERITY, decimals=1),
                name_column("Profile of", 90),
                name_column("Bins", 90),
                number_column("Exporters", 90, decimals=0),
                number_column("Newest start", 110, unit=SECONDS, decimals=1),
            ),
        ),
        Columns(
            [
                ("model_version", "Version"), ("variant", "Variant"), ("Value #share", "Traffic"),
                ("Value #rows", "Rows/min"), ("Value #errors", "Errors"), ("Value #latency", "p95"),
                ("Value #worst", "Worst drift"), ("Value #drifted", "Drifted"), ("Value #data", "Bad data"),
                ("Value #quality", "Quality loss"), ("profile_version", "Profile of"), ("profile", "Bins"),
                ("Value #pods", "Exporters"), ("Value #loaded", "Newest start"),
            ],
            sort_by="Traffic", dropped=("Time", "model_name", "Value #profile"),
        ),
    )  # fmt: skip


def severity_table(options: DashboardOptions) -> Panel:
    """Return the severity of each feature, a column a version and variant, the worst on top."""
    scope = Scope(options)
    opened = link(
        "Open the feature", "feature", options, "model_name", "window", feature=column("Feature")
    )  # fmt: skip
    made = table(
        Face(
            "Drift severity, feature by version",
            Words(
                "How far each feature has drifted, a column a version and variant; the features that drift most in any "
                "of them are on top.",
                f"The largest `{catalogue.FEATURE_DRIFT_SEVERITY.name}` of all windows and pods, each version against its own profile. "
                "Excluded features are left out.",
                "From 1 on: `MLFeatureDrift`. Red in all columns: the data changed. Red in one: this version sees other "
                "rows, or was trained on others.",
                "Click the feature, or choose it above to see its distribution by version below.",
                needs="Profiles, and rows enough in a window.",
            ),
            10, 11,
        ),
        [rows(named_versions(f"sort_desc({feature_severity(scope)})"), "severity")],
        Fields(
            PLAIN_NUMBER, SEVERITY, tint=THRESHOLD_COLOUR, absent="–", decimals=1,
            overrides=(
                Override("/.*/", {"custom.cellOptions": {"type": "color-background", "mode": "basic"},
                                  "mappings": [absent_as("–", "transparent")]}),
                Override("Feature", {"custom.cellOptions": {"type": "auto"}, "custom.width": 170,
                                  "links": [opened]}),
            ),
        ),
        Columns([], sort_by=""),
    )  # fmt: skip
    matrix = ("groupingToMatrix", {
        "rowField": "feature", "columnField": "shown", "valueField": "Value", "emptyValue": "null",
    })  # fmt: skip
    return replace(
        made,
        transformations=[matrix, ("organize", {"renameByName": {CORNER: "Feature"}})],
        options={**made.options, "sortBy": []},
    )
