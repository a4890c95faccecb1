import promql_parser
import pytest

from mlexporter import catalogue
from mlexporter.errors import ConfigurationError
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.reading import (
    CHOSEN_FEATURE,
    CHOSEN_WINDOW,
    at_end,
    greatest,
    increase,
    of_every_model,
    of_model,
    of_targets,
    per_second,
    recorded,
    summed,
    unless_any,
)

CHOSEN = 'model_name="$model_name", model_version=~"$model_version", variant=~"$variant"'
OPTIONS = DashboardOptions()


def test_series_of_a_model_are_those_that_the_reader_chose():
    selector = of_model(catalogue.FEATURE_DRIFT_SEVERITY, OPTIONS, CHOSEN_FEATURE, CHOSEN_WINDOW)
    assert selector == f'ml_feature_drift_severity{{{CHOSEN}, feature="$feature", window="$window"}}'


def test_the_selector_of_the_user_narrows_what_is_scraped_and_not_what_is_recorded():
    """Recorded sums no longer have the labels that it asks for."""
    options = DashboardOptions(selector='namespace="ml"')
    assert of_model(catalogue.PREDICTIONS, options) == f'ml_predictions_total{{{CHOSEN}, namespace="ml"}}'
    assert of_every_model(catalogue.PREDICTIONS, options) == 'ml_predictions_total{namespace="ml"}'
    assert of_targets(catalogue.WORKERS, options).endswith('instance=~"$instance", namespace="ml"}')
    assert recorded("model:x:rate5m") == f"model:x:rate5m{{{CHOSEN}}}"


def test_fitted_to_a_model_even_the_fleet_is_that_model():
    options = DashboardOptions(model="late_arrival")
    assert of_every_model(catalogue.PREDICTIONS, options) == 'ml_predictions_total{model_name="$model_name"}'


def test_a_label_that_a_metric_lacks_is_refused():
    with pytest.raises(ConfigurationError, match="ml_predictions_total has no label 'feature'"):
        of_model(catalogue.PREDICTIONS, OPTIONS, CHOSEN_FEATURE)


def test_pieces_make_expressions_that_prometheus_reads():
    """As Grafana sends them, with the variables filled in."""
    selector = of_model(catalogue.PREDICTIONS, OPTIONS)
    for expression in (
        summed(("model_version",), per_second(selector)), greatest("", at_end(selector)),
        f"{greatest('variant', increase(selector, '$window'))} or {unless_any(selector, 'feature', 'no rows')}",
    ):  # fmt: skip
        filled = (
            expression.replace("$__rate_interval", "5m").replace("$__range", "1d").replace("$window", "1h")
        )
        promql_parser.parse(filled)
