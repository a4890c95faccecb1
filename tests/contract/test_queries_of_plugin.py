"""Queries of the plugin are held by the lint that holds those of dashboards: they exist, and come once whatever the pods."""

import re

import pytest

import dashboard_promql
from dashboard_queries import asked as inferred_queries
from mlexporter.catalogue import CATALOGUE
from plugin_queries import OVER_TIME, as_dashboards, asked

DASHBOARDS = as_dashboards()
NOT_SAID = {
    (
        "scope",
        "model.alerts",
    ): "alerts have no version where they are about a whole model; joined to the chosen ones",
    ("scope", "variable version_a"): "any version can be compared with any",
    ("scope", "variable version_b"): "any version can be compared with any",
    ("scope", "model.marks.deploys"): "marks are of all versions, as on the dashboards",
    ("scope", "model.marks.profiles"): "marks are of all versions, as on the dashboards",
    ("scope", "feature.marks.deploys"): "marks are of all versions, as on the dashboards",
    ("scope", "feature.marks.profiles"): "marks are of all versions, as on the dashboards",
    ("rate window", "setup.facts.internalErrors"): "of the last hour, whatever the time range is",
    ("unknown series", "setup.facts.exemplarStorage"): "Prometheus has it of itself",
    ("unknown series", "setup.facts.prometheusVersion"): "Prometheus has it of itself",
    ("pods", "setup.facts.exemplarSource"): "a selector, which is not evaluated",
    ("raw counter", "setup.facts.exemplarSource"): "a selector, which is not evaluated",
}
"""What the lint says of a place, with the reason why it may stay."""


@pytest.mark.parametrize("page", DASHBOARDS)
def test_every_query_is_sound(page):
    """Names, labels, matching, rates, windows and pods are right by inference, on every page."""
    found = inferred_queries(DASHBOARDS[page])
    said = list(dashboard_promql.inferred(found))
    for name, look in dashboard_promql.CHECKS.items():
        said += [(name, where, what) for where, what in look(found, DASHBOARDS[page])]
    assert found
    assert [each for each in said if each[:2] not in NOT_SAID] == []
    allowed = {each for each in NOT_SAID if each[1].split()[-1].split(".")[0] == page}
    assert allowed - {each[:2] for each in said} == set()


def test_no_variable_is_left_without_a_query():
    """Each variable that a query uses is one of ``variables``, or Grafana's own."""
    from dashboard_parts import variables_used
    from mlexporter.generate.plugin.queries_module import queries

    known = {*queries()["variables"], "__rate_interval", "__range", "__range_s", "__interval"}
    lost = {place: sorted(variables_used(text) - known) for place, text in asked()}
    assert {place: names for place, names in lost.items() if names} == {}


def test_what_is_drawn_over_time_exists():
    """A name outlives its query otherwise."""
    places = {tuple(place.split(".")[:2]) for place, _ in asked()}
    wanted = {(page, name) for page, names in OVER_TIME.items() for name in names}
    assert wanted - places == set()


def test_queries_have_names_of_the_catalogue_only():
    """Sure by how they are made; here for queries that somebody adds by hand."""
    known = {metric.name for metric in CATALOGUE}
    for place, text in asked():
        for name in re.findall(r"(?<![:\w])ml(?:exporter)?_[a-z_0-9]+(?=[{\[)\s])", text):
            base = re.sub(r"_(bucket|sum|count)$", "", name)
            assert {name, base} & known, (place, name)
