"""The dashboard of serving: its own selectors, its levels, and what stands for the present."""

import pytest

from mlexporter import catalogue
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.serving import serving_dashboard
from mlexporter.generate.dashboards.targets import (
    of_served,
    or_none,
    part_of,
    quantile,
    up_where_served,
    where_served,
)
from mlexporter.generate.promql import Matcher
from mlexporter.generate.rule_files import rule_files

OPTIONS = DashboardOptions()
CHOSEN = (
    'model_name="$model_name", model_version=~"$model_version", variant=~"$variant", job=~"$job", '
    'instance=~"$instance"'
)


def panels(options=OPTIONS):
    """Return the panels of the dashboard by title, those of closed rows included."""
    found = serving_dashboard(options).as_json(options)["panels"]
    found = [each for panel in found for each in (panel, *panel.get("panels", []))]
    return {panel["title"]: panel for panel in found if panel["type"] != "row"}


def test_calls_are_those_of_the_chosen_model_on_the_chosen_servers():
    """Both choices narrow down, beside the user's own selector."""
    options = DashboardOptions(selector='cluster="eu"')
    assert of_served(catalogue.PREDICTIONS, OPTIONS) == f"ml_predictions_total{{{CHOSEN}}}"
    assert of_served(catalogue.PREDICTIONS, options) == f'ml_predictions_total{{{CHOSEN}, cluster="eu"}}'


def test_a_quantile_adds_up_pods_by_bucket():
    """A quantile of quantiles would be none."""
    selector = of_served(catalogue.PREDICTION_BATCH_ROWS, OPTIONS)
    assert quantile(0.95, catalogue.PREDICTION_BATCH_ROWS, selector, ("instance",)) == (
        "histogram_quantile(0.95, sum by (instance, le) "
        f"(rate(ml_prediction_batch_rows_bucket{{{CHOSEN}}}[$__rate_interval])))"
    )
    assert part_of(catalogue.PREDICTIONS, "_sum", "ml_predictions_total") == "ml_predictions_total_sum"


def test_servers_are_those_that_serve_the_model():
    """A process has no label of a model: it is met by its target; for `up` also after the server died."""
    served = f"max by (job, instance) (ml_model_info{{{CHOSEN}}})"
    assert where_served("x", OPTIONS) == f"x and on (job, instance) {served}"
    assert up_where_served(OPTIONS) == (
        'up{job=~"$job", instance=~"$instance"} and on (job, instance) max by (job, instance) '
        f"(count_over_time(ml_model_info{{{CHOSEN}}}[$__range] @ end()))"
    )


def test_none_and_nobody_counts_do_not_look_alike():
    """A line at 0 is called none; without any series there is nothing."""
    assert or_none("(x > 0)", "reason", "sum(x)") == (
        '(x > 0) or on () label_replace(sum(x) == 0, "reason", "none", "", "")'
    )


def test_numbers_on_top_end_with_the_series_they_are_of():
    """The last value of a line that has ended would stand for a server that is gone."""
    top = [panel for panel in panels().values() if panel["type"] == "stat"]
    assert len(top) == 6
    for panel in top:
        assert panel["options"]["reduceOptions"]["calcs"] == ["last"]
        assert panel["targets"][0]["expr"].endswith(" or vector(NaN)")


def test_one_query_has_exemplars():
    """Grafana asks for them once a query."""
    asked = [target for target in panels()["Duration of calls"]["targets"] if target["exemplar"]]
    assert [target["legendFormat"] for target in asked] == ["p99"]


@pytest.mark.parametrize(
    ("alert", "panel", "level"), [("MLServingCPUThrottled", "Waiting for the machine", 0.25)]
)
def test_a_drawn_level_is_that_of_the_alert(alert, panel, level):
    """The level ends the expression of the alert."""
    rules = "".join(rule_files().values())
    expression = rules.partition(f"- alert: {alert}\n")[2].partition(" for:")[0]
    assert expression.rstrip().endswith(f"> {level:g}")
    assert panels()[panel]["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"] == level


def test_traffic_is_compared_with_the_thresholds_of_the_alerts():
    """They are series: a configuration file sets them by model."""
    expressions = [target["expr"] for target in panels()["Rows beside those of a week ago"]["targets"]]
    chosen = CHOSEN.partition(", job")[0]
    rows = f"sum(rate(ml_predictions_total{{{chosen}, {Matcher('variant', '!=', 'shadow')}}}[$__rate_interval] offset 1w))"
    assert expressions[1:] == [
        rows,
        f"{rows} * max(ml_traffic_drop_threshold_ratio{{{chosen}}})",
        f"{rows} * max(ml_traffic_spike_threshold_ratio{{{chosen}}})",
    ]
