import re

import pytest

from mlexporter import catalogue
from mlexporter.generate.dashboards import variables
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.reading import CHOSEN_MODEL

OPTIONS = DashboardOptions()


@pytest.mark.parametrize("name", ["model_version", "variant"])
def test_all_are_chosen_without_a_click(name):
    """Every version and variant, also those without the label: ``.*``."""
    variable = getattr(variables, name)(OPTIONS)
    assert (variable["includeAll"], variable["multi"], variable["allValue"]) == (True, True, ".*")
    assert variable["name"] == name


@pytest.mark.parametrize(
    ("name", "answer", "found"),
    [
        ("model_name", '{model_name="late_arrival"} 6.3 1763799660000', "late_arrival"),
        ("window", '{window="6h"} 120 1763799660000', "6h"),
        ("model_version", '{model_version="1.4.0"} 1.7e+09 1763799660000', "1.4.0"),
        ("feature", '{feature="distance (km)"} 2.5 1763799660000', "distance (km)"),
        ("output", '{output="prediction"} 0 1763799660000', "prediction"),
        ("counts", '{counts=".*"} 1 1763799660000', ".*"),
    ],
)
def test_the_value_is_read_from_what_prometheus_answers(name, answer, found):
    """Grafana writes each series of the answer as text; the expression finds the value in it."""
    variable = getattr(variables, name)(OPTIONS)
    assert re.search(variable["regex"].strip("/"), answer)[1] == found
    assert variable["sort"] == {"window": 3, "counts": 1}.get(name, 0), (
        "else the order of the answer, worst first, is kept"
    )


def test_features_without_a_score_are_there_and_come_last():
    query = variables.feature(OPTIONS)["query"]["query"]
    assert "sort_desc((max by (feature) (ml_feature_drift_severity" in query
    assert "unless on (feature) max by (feature) (ml_feature_excluded" in query
    assert "or 0 * max by (feature) (ml_feature_drift_threshold" in query


def test_the_window_is_never_empty():
    """A range without a number is an error in every panel of a model that has no profile."""
    assert 'label_replace(vector(0), "window", "24h", "", "")' in variables.window(OPTIONS)["query"]["query"]


def test_fitted_to_a_model_there_is_no_other():
    """Commas separate choices and are escaped."""
    variable = variables.model_name(DashboardOptions(model="a,b"))
    assert variable["type"] == "custom"
    assert variable["query"] == "a\\,b"
    assert [each["value"] for each in variable["options"]] == ["a,b"]
    assert variable["current"]["value"] == "a,b"


def test_a_data_source_and_a_window_can_be_given():
    options = DashboardOptions(datasource="prod", window="6h")
    assert variables.datasource(options)["current"]["value"] == "prod"
    assert "current" not in variables.datasource(OPTIONS)
    assert variables.window(options)["current"]["value"] == "6h"


def test_counters_are_read_only_where_nothing_is_recorded():
    """The choice hangs on the model and the window that are looked at, and on nothing that a user can select by."""
    made = variables.counts(DashboardOptions(selector='cluster="eu"'))
    query = made["query"]["query"]
    recorded = variables.recorded_counts(catalogue.FEATURE_OBSERVATIONS, *CHOSEN_MODEL)
    assert f"and on () count({recorded})" in query
    assert "cluster" not in query
    assert query.index(f'"{variables.NO_COUNTER}"') < query.index('".*"')


def test_two_versions_are_chosen_without_a_click():
    """The one that serves longest, and the newest; one at a time."""
    old = variables.version_to_compare(DashboardOptions(), "version_a", "Version A", is_newest=False)
    new = variables.version_to_compare(DashboardOptions(), "version_b", "Version B", is_newest=True)
    assert old["query"]["query"].startswith("query_result(sort(")
    assert new["query"]["query"].startswith("query_result(sort_desc(")
    assert {each["multi"] or each["includeAll"] for each in (old, new)} == {False}
