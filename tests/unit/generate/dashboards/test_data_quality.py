"""The dashboard about data quality: shares of one moment, judged exactly as the alerts do."""

import re

import pytest

from mlexporter import catalogue
from mlexporter.generate.alerting.data import SKEW_RATIO, data_alerts
from mlexporter.generate.dashboards.bad_values import KINDS, examined, skewed, stuck, times_limit
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.data_quality import data_quality_dashboard
from mlexporter.generate.dashboards.standing import Scope
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.recording import recording_groups
from mlexporter.statistics.repeated_values import STUCK_RATIO, STUCK_RISE

OPTIONS = DashboardOptions()
PANELS = {panel.face.title: panel for row in data_quality_dashboard(OPTIONS).rows for panel in row.panels}
EXPRESSIONS = {
    f"{title}: {query.ref or query.legend}": query.expression
    for title, panel in PANELS.items()
    for query in panel.queries
}
ALERTS = {alert.name: alert.expression for alert in data_alerts(RuleOptions())}


def recorded_in(expression):
    """Return the recorded series that a query reads."""
    return set(re.findall(r"\bmodel_?\w*:\w+:\w+", expression))


@pytest.mark.parametrize("place", [place for place, text in EXPRESSIONS.items() if recorded_in(text)])
def test_both_sides_of_a_recorded_share_come_from_one_group(place):
    """Groups are evaluated at their own moments: traffic that grows between them would be a share above 1."""
    numerators = [
        name
        for group in recording_groups(RuleOptions())
        for name in {rule.name for rule in group.rules} & recorded_in(EXPRESSIONS[place])
        if "examined" not in name and "reference" not in name
    ]
    groups = [
        {rule.name for rule in group.rules}
        for group in recording_groups(RuleOptions())
        if {rule.name for rule in group.rules} & set(numerators)
    ]
    denominators = {name for name in recorded_in(EXPRESSIONS[place]) if "examined" in name}
    assert all(denominators <= group for group in groups)


def test_shares_are_divided_by_rows_and_not_by_bins():
    """The sum over bins costs ten times as much, and knows nothing of rows that were dropped."""
    rows = examined(OPTIONS, "$__rate_interval")
    assert catalogue.PREDICTIONS.name in rows
    assert catalogue.DROPPED_ROWS.name in rows
    assert "bin" not in rows


@pytest.mark.parametrize(("name", "bound"), [(name, bound) for name, _, bound, _ in KINDS])
def test_features_are_judged_as_by_the_alerts(name, bound):
    """A cell is orange where the alert holds: the same bound, limit and exclusions."""
    [alert] = [text for text in ALERTS.values() if f"{bound.name})" in text]
    judged = times_limit(Scope(OPTIONS), bound)
    read = set(re.findall(r"\bml_\w+", alert))
    assert set(re.findall(r"\bml_\w+", judged)) == read, name
    assert "unless on" in judged
    assert "$window" not in judged


def test_stuck_and_skewed_are_those_of_the_alerts():
    """Their limits are not series but constants of the statistics."""
    assert f"> {STUCK_RATIO:g} and" in ALERTS["MLFeatureStuck"]
    assert f"> {STUCK_RATIO:g} and" in stuck(Scope(OPTIONS))
    assert f"> {STUCK_RISE:g}" in stuck(Scope(OPTIONS))
    assert f"> {SKEW_RATIO:g}" in ALERTS["MLFeatureSkew"]
    assert catalogue.FEATURE_SKEW.name in skewed(Scope(OPTIONS))
    assert (
        f"{skewed(Scope(OPTIONS))} > {SKEW_RATIO:g}" in EXPRESSIONS["Features above their limit: {{problem}}"]
    )


def test_limits_of_rows_are_the_series_that_alerts_read():
    """The limit moves with the configuration."""
    limits = {
        "Rows that break the schema": catalogue.SCHEMA_VIOLATION_THRESHOLD,
        "Schema violations": catalogue.SCHEMA_VIOLATION_THRESHOLD,
        "Duplicate rows": catalogue.DATA_QUALITY_THRESHOLD,
    }
    for title, metric in limits.items():
        assert any(metric.name in query.expression for query in PANELS[title].queries), title


def test_which_pod_sends_it_is_told_by_pod():
    """Both sides keep the target."""
    [query] = PANELS["Missing values of $feature by pod"].queries
    assert query.expression.count("sum by (job, instance)") >= 2
