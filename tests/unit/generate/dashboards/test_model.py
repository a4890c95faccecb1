"""Model: it asks about what the reader chose, judges as the alerts do, and shows the worst first."""

import re

import pytest

from dashboard_parts import (
    data_panels,
    defaults_of,
    links_in,
    overrides_of,
    transformations_of,
    variable_names,
)
from mlexporter import catalogue
from mlexporter.generate.alerting import quality
from mlexporter.generate.alerting.service import service_alerts
from mlexporter.generate.dashboards.dashboard_options import KINDS, DashboardOptions
from mlexporter.generate.dashboards.model import model_dashboard
from mlexporter.generate.dashboards.model_quality import quality_table
from mlexporter.generate.dashboards.model_service import LIMITS
from mlexporter.generate.dashboards.standing import HIGHER_IS_BETTER, LOWER_IS_BETTER, Scope, profile_age
from mlexporter.generate.options import RuleOptions

OPTIONS = DashboardOptions(selector='cluster="eu"')
MODEL = model_dashboard(OPTIONS).as_json(OPTIONS)
PANELS = {panel["title"]: panel for panel in data_panels(MODEL)}
CHOSEN = ('model_name="$model_name"', 'model_version=~"$model_version"', 'variant=~"$variant"')


def test_every_selector_is_of_the_chosen_model_version_and_variant():
    """And has the user's own selector, but for recorded series, which have lost its labels."""
    for panel in PANELS.values():
        for target in panel["targets"]:
            found = re.findall(r"([\w:]+)\{([^}]*)\}", target["expr"])
            assert found, panel["title"]
            for name, inside in found:
                assert all(matcher in inside for matcher in CHOSEN), f"{panel['title']}: {name}"
                assert ('cluster="eu"' in inside) == (":" not in name)


@pytest.mark.parametrize("title", ["Drift by feature, worst now on top", "Worst drift", "Quality loss"])
def test_one_is_where_the_alert_is(title):
    """A severity of 1 begins the colour that says so, everywhere the same."""
    steps = {step["value"]: step["color"] for step in defaults_of(PANELS[title])["thresholds"]["steps"]}
    assert steps[1] == "#E8871E"
    assert steps[2] == "#D7263D"


def test_rows_of_the_matrix_come_worst_first_and_every_severity_is_in_one():
    """Rows stand in the order of the queries: their bands go down without a hole, what is excluded comes last."""
    targets = PANELS["Drift by feature, worst now on top"]["targets"]
    *bands, excluded = [target["expr"] for target in targets]
    levels = [re.findall(r"\) (>=|<) ([\d.]+)(?: < ([\d.]+))?\)", band)[-1] for band in bands]
    assert levels == [
        (">=", "4", ""),
        (">=", "2", "4"),
        (">=", "1", "2"),
        (">=", "0.5", "1"),
        ("<", "0.5", ""),
    ]
    assert "and on (feature) (max by (feature) (ml_feature_excluded{" in excluded
    assert "absent_over_time(" in bands[0]


def test_levels_of_the_burn_rates_are_those_of_the_alerts():
    """Each long window with the factor from which an alert fires on it."""
    rates = {float(alert.labels["burn_rate"]) for alert in service_alerts(RuleOptions()) if alert.labels}
    assert {factor for _, factor, _ in LIMITS} == rates
    for title in ("Error budget burn", "Latency budget burn"):
        assert len(PANELS[title]["targets"]) == 2 * len(LIMITS)


def test_both_ends_of_a_band_are_those_of_the_pod_whose_loss_is_told():
    """The lowest of what should be high, the highest of what should be low: never the best pod beside the worst loss."""
    by_ref = {query.ref: query.expression for query in quality_table(DashboardOptions()).queries}
    for end in ("lower", "upper"):
        high, _, low = by_ref[end].partition(" or ")
        assert high.startswith("min by (metric)")
        assert low.startswith("max by (metric)")
        assert all(metric.name in high and metric.name not in low for metric in HIGHER_IS_BETTER)
        assert all(metric.name in low and metric.name not in high for metric in LOWER_IS_BETTER)


def test_qualities_are_good_in_the_direction_that_alerts_take():
    """What has no band yet may be missing here, but nothing is on the other side."""
    assert set(HIGHER_IS_BETTER) == set(quality._HIGHER_IS_BETTER)
    assert set(LOWER_IS_BETTER) <= set(quality._LOWER_IS_BETTER)


def test_the_sparkline_comes_first_and_every_ref_has_a_column():
    """Else a table shows a column called after a query."""
    table = PANELS["Features, worst first"]
    assert transformations_of(table) == ["timeSeriesTable", "merge", "organize"]
    (organised,) = transformations_of(table, "organize")
    known = organised["renameByName"].keys() | organised["excludeByName"].keys()
    for target in table["targets"]:
        kind = "Trend" if target["range"] else "Value"
        assert f"{kind} #{target['refId']}" in known


def test_only_one_query_asks_for_exemplars():
    """They are the same for each quantile."""
    assert [target["legendFormat"] for target in PANELS["Latency"]["targets"] if target["exemplar"]] == [
        "p99"
    ]


def test_links_lead_to_our_dashboards_and_keep_what_was_chosen():
    """Model, version, variant and time stay."""
    links = list(links_in(MODEL["panels"]))
    assert {re.match(r"/d/([\w-]+)\?", link["url"])[1] for link in links} <= {
        OPTIONS.uid(kind) for kind in KINDS
    }
    for link in links:
        assert "${model_name:queryparam}" in link["url"]
        assert link["url"].endswith("${__url_time_range}")


def test_a_dashboard_is_no_longer_than_twenty_panels():
    """And has the variables that it uses, in the order of all dashboards."""
    assert len(PANELS) <= 20
    assert variable_names(MODEL) == [
        "datasource", "model_name", "model_version", "variant", "output", "class", "window",
    ]  # fmt: skip


def test_no_profile_is_no_age():
    """It is -1, which a column maps to words: an absent age would look like a retired version."""
    assert profile_age(Scope(DashboardOptions(), is_every_model=True), ("model_name",)) == (
        f"(time() - max by (model_name) ({catalogue.PROFILE_CREATED.name})) "
        f"or (max by (model_name) ({catalogue.PROFILE_LOADED.name}) - 1 < 0)"
    )


def test_columns_that_are_named_exist():
    """An exception for a column that was renamed would do nothing, and nobody would see it."""
    for panel in PANELS.values():
        if panel["type"] != "table":
            continue
        (organised,) = transformations_of(panel, "organize")
        shown = set(organised["renameByName"].values())
        assert {name for _, name, _ in overrides_of(panel)} <= shown
