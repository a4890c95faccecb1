"""Words are tested with a real promtool in ``tests/contract/test_changed.py``."""

import pytest

from mlexporter.generate.annotations import changed, dashboard_for, dashboard_url, labels_in, queries_in
from mlexporter.generate.options import RuleOptions

MODEL = "{{ $labels.model_name }} {{ if $labels.class }}x{{ end }}"


def test_labels_are_those_that_a_template_reads():
    """Once each, wherever they stand."""
    assert labels_in(MODEL + "{{ $labels.model_name }}") == {"model_name", "class"}


def test_the_link_has_a_variable_for_each_label():
    """In a fixed order, and encoded where the template is filled in; without labels it is the dashboard."""
    options = RuleOptions(dashboard_base="https://grafana.example/d/ml")
    assert dashboard_url(MODEL, "drift", options) == (
        "https://grafana.example/d/ml?var-model_name={{ $labels.model_name | urlquery }}"
        "&var-class={{ $labels.class | urlquery }}"
    )
    assert dashboard_url("nothing", "drift", options) == "https://grafana.example/d/ml"


def test_the_link_goes_on_where_the_base_has_variables():
    """One question mark only."""
    options = RuleOptions(dashboard_base="https://grafana.example/d/ml?orgId=2")
    assert "orgId=2&var-model_name=" in dashboard_url(MODEL, "drift", options)


@pytest.mark.parametrize(
    ("component", "labels", "kind"),
    [
        ("drift", {"model_name", "feature", "window"}, "feature"),
        ("data", {"model_name", "feature"}, "feature"),
        ("data", {"model_name"}, "data-quality"),
        ("slo", {"model_name"}, "serving"),
        ("resources", {"job", "instance"}, "serving"),
        ("exporter", {"job", "instance"}, "exporter"),
        ("exporter", set(), "exporter"),
        ("quality", {"model_name"}, "model"),
        ("traffic", {"model_name"}, "model"),
        ("traffic", set(), "fleet"),
    ],
)
def test_the_link_leads_to_what_the_alert_is_about(component, labels, kind):
    """Whoever is woken by a feature opens the page of that feature."""
    uid = dashboard_for(component, labels)
    assert uid == f"mlexporter-{kind}"
    words = "".join(f"{{{{ $labels.{label} }}}}" for label in sorted(labels))
    assert dashboard_url(words, component, RuleOptions()).startswith(f"http://localhost:3000/d/{uid}")


def test_queries_restrict_what_is_scraped_by_the_selector_of_the_user():
    """A percent sign of his is none of printf; what is recorded no longer has his labels."""
    queries = queries_in(changed(RuleOptions(selector='cluster=~"a%b"')))
    assert [query for query in queries if 'cluster=~"a%b"' in query] == [
        query for query in queries if "_timestamp_seconds" in query
    ]
    assert all('model_name="x"' in query for query in queries)


def test_times_are_those_of_a_faster_clock():
    """24 seconds of the demo are a day, an hour ago is a second ago, and a call a second is one an hour."""
    queries = queries_in(changed(RuleOptions(time_factor=3600, minimum_range_seconds=0.8)))
    assert sum(") * 3600 < 86400" in query for query in queries) == 2
    (hour,) = [query for query in queries if "offset 1s" in query]
    assert hour.endswith("offset 1s) * 1")
    assert sum(query.endswith(") * 3600") for query in queries_in(changed(RuleOptions()))) == 3
