"""The dashboard about one feature: bins of one profile only, and everything judged as its alert does."""

import re

import pytest

from mlexporter import catalogue
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.feature import feature_dashboard
from mlexporter.generate.dashboards.feature_shares import (
    current,
    expected,
    reference,
    training,
    training_share,
)

OPTIONS = DashboardOptions()
DASHBOARD = feature_dashboard(OPTIONS)
PANELS = {panel.face.title: panel for row in DASHBOARD.rows for panel in row.panels}
MANY = f"rate(%s[{'$__rate_interval'}])"


def asked(title):
    """Return the queries of a panel as one text."""
    return "\n".join(query.expression for query in PANELS[title].queries)


@pytest.mark.parametrize(
    "shares",
    [training(OPTIONS), current(OPTIONS), expected(OPTIONS), current(OPTIONS, MANY), training_share(OPTIONS, "missing")],
)  # fmt: skip
def test_bins_are_of_one_profile(shares):
    """Of two profiles the same bin is another interval: only the one with most rows at the end is shown."""
    assert re.search(
        r"and on \(model_version, variant, profile\) topk\(1, sum by \(model_version, variant, profile\) "
        r"\(increase\([^)]*\[\$window\] @ end\(\)\)\)\)",
        shares,
    )
    by = re.findall(r"(?:sum|max) by \(([^)]*bin[^)]*)\) \((?:increase|rate|ml_)", shares)
    assert by
    assert all("profile" in each for each in by)


@pytest.mark.parametrize("shares", [training(OPTIONS), current(OPTIONS), reference(OPTIONS, MANY)])
def test_shapes_are_without_missing_and_invalid(shares):
    """What is missing has no place in a distribution, on neither side of the division."""
    selectors = re.findall(r"ml_feature_\w*observations\w*\{([^}]*)\}", shares)
    assert selectors
    assert all('bin!~"missing|invalid"' in each for each in selectors)


def test_both_sides_of_a_current_share_look_at_the_same_time():
    """A share of two times could be above 1."""
    ranges = re.findall(r"\[(\$\w+)\]", current(OPTIONS, MANY).replace("[$window] @ end()", ""))
    assert ranges == ["$__rate_interval", "$__rate_interval"]


def test_current_is_compared_with_the_seasons_that_came():
    """Else every night would be a drift of what comes by day; without seasons it is training."""
    compared = reference(OPTIONS)
    assert compared == f"({expected(OPTIONS)} or {training(OPTIONS)})"
    assert catalogue.FEATURE_EXPECTED.name in asked("Current minus reference")
    assert catalogue.FEATURE_EXPECTED.name in asked("More (orange) or fewer (violet) rows than the reference")


@pytest.mark.parametrize("title", ["Worst severity", "Drifted for", "Drift severity in all windows"])
def test_severity_is_that_of_all_windows(title):
    """The alert looks at all of them: the chosen one may be fine while it fires."""
    assert catalogue.FEATURE_DRIFT_SEVERITY.name in asked(title)
    assert "$window" not in asked(title)


def test_levels_are_the_series_that_alerts_read():
    """A level that was written into the dashboard would be wrong after a change of the configuration."""
    assert catalogue.FEATURE_DRIFT_THRESHOLD.name in asked("Effect in standard deviations")
    assert catalogue.DATA_QUALITY_THRESHOLD.name in asked("Rise of bad values, as alerts judge it")
    assert catalogue.EXPECTED_EFFECT_THRESHOLD.name in asked("Expected effect on predictions")


def test_marks_are_of_alerts_on_this_feature():
    """Else every alert of the model would shade the panels."""
    alerts = [mark for mark in DASHBOARD.annotations if mark["name"] in {"Pages", "Tickets"}]
    assert len(alerts) == 2
    assert all('feature="$feature"' in each["expr"] and each["enable"] for each in alerts)
