import pytest

from mlexporter import catalogue
from mlexporter.catalogue import FEATURE_DRIFT_SEVERITY, PREDICTION_REQUESTS
from mlexporter.errors import ConfigurationError
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import (
    MODEL,
    Matcher,
    above,
    compared,
    largest,
    rate,
    select,
    select_name,
    total,
)

PLAIN = RuleOptions()


def test_a_selector_is_the_name_alone_where_nothing_is_asked():
    """No empty braces."""
    assert select(PREDICTION_REQUESTS, PLAIN) == PREDICTION_REQUESTS.name


def test_the_users_selector_comes_after_the_matchers():
    """Both restrict what is seen."""
    options = RuleOptions(selector='cluster="eu"')
    chosen = select(PREDICTION_REQUESTS, options, Matcher("status", "=", "error"))
    assert chosen == PREDICTION_REQUESTS.name + '{status="error", cluster="eu"}'
    assert select_name("up", options) == 'up{cluster="eu"}'


def test_a_label_that_the_metric_lacks_is_refused():
    """A matcher on it would silently select nothing."""
    with pytest.raises(ConfigurationError, match="no label 'feature'"):
        select(PREDICTION_REQUESTS, PLAIN, Matcher("feature", "=", "x"))


def test_a_label_of_the_target_is_accepted():
    """Prometheus adds job and instance to every series."""
    assert select(PREDICTION_REQUESTS, PLAIN, Matcher("job", "=", "x")).endswith('{job="x"}')


def test_values_of_matchers_are_escaped():
    """A quote or a backslash in a value does not end it."""
    assert str(Matcher("job", "=", 'a"b\\c')) == 'job="a\\"b\\\\c"'


def test_sums_and_maxima_group_by_labels():
    """Pods are added up, or the largest of them is taken."""
    assert total(MODEL, "x") == "sum by (model_name, model_version, variant) (x)"
    assert largest(("job",), "x") == "max by (job) (x)"


def test_rates_have_a_range_and_an_offset():
    """Both follow the factor of time."""
    options = RuleOptions(time_factor=60, minimum_range_seconds=1)
    text = rate(PREDICTION_REQUESTS, options, 300, function="increase", offset_seconds=86_400)
    assert text == f"increase({PREDICTION_REQUESTS.name}[5s] offset 24m)"


def test_there_is_no_rate_of_a_gauge():
    """It would be a number without a meaning."""
    with pytest.raises(ConfigurationError, match="is a gauge"):
        rate(FEATURE_DRIFT_SEVERITY, PLAIN, 300)


def test_a_threshold_is_one_for_all_pods_and_meets_by_model():
    """Both sides would be many otherwise; the left keeps what labels it has more."""
    assert above("x", catalogue.DATA_QUALITY_THRESHOLD, PLAIN) == (
        "x\n  > on (model_name, model_version, variant) group_left () "
        "max by (model_name, model_version, variant) (ml_data_quality_threshold)"
    )


def test_a_threshold_may_be_of_fewer_labels_of_a_kind_and_times_a_factor():
    """Such as a fifth of the calls that a model needs, by its name only."""
    limit = above(
        "x", catalogue.SLO_OBJECTIVE, RuleOptions(selector='c="d"'), Matcher("metric", "=", "errors"),
        operator=">=", on=("model_name",), factor=0.2,
    )  # fmt: skip
    assert limit == (
        "x\n  >= on (model_name) group_left () "
        '0.2 * max by (model_name) (ml_slo_objective_ratio{metric="errors", c="d"})'
    )
    assert compared("a", "/", "b", on=("x",)) == "a\n  / on (x) group_left () b"
