"""Versions: each version by itself, against its own profile, and side by side with the others."""

import re

from dashboard_parts import data_panels, defaults_of, links_in, transformations_of, variable_names
from mlexporter.generate.dashboards.dashboard_options import KINDS, DashboardOptions
from mlexporter.generate.dashboards.versions import versions_dashboard

OPTIONS = DashboardOptions()
VERSIONS = versions_dashboard(OPTIONS).as_json(OPTIONS)
PANELS = {panel["title"]: panel for panel in data_panels(VERSIONS)}
CHOSEN = ('model_name="$model_name"', 'model_version=~"$model_version"', 'variant=~"$variant"')


def test_every_selector_is_of_the_chosen_model_version_and_variant():
    """One version can be left out, and the rest is compared."""
    for panel in PANELS.values():
        for target in panel["targets"]:
            for name, inside in re.findall(r"([\w:]+)\{([^}]*)\}", target["expr"]):
                assert all(matcher in inside for matcher in CHOSEN), f"{panel['title']}: {name}"


def test_distributions_are_repeated_by_version_and_never_mix_profiles():
    """Each version has bins of its own: shares are taken within one profile."""
    repeated = [panel for panel in PANELS.values() if panel.get("repeat")]
    assert [panel["title"] for panel in repeated] == [
        "Predictions of $model_version",
        "$feature of $model_version",
    ]
    for panel in repeated:
        assert panel["repeat"] == "model_version"
        for target in panel["targets"]:
            assert re.search(r"/ on \(profile[^)]*\) group_left \(\)", target["expr"])


def test_the_matrix_has_a_column_a_version_and_leaves_holes_empty():
    """A version that does not know a feature has no drift in it, which is not 0."""
    table = PANELS["Drift severity, feature by version"]
    (matrix,) = transformations_of(table, "groupingToMatrix")
    assert matrix == {
        "rowField": "feature",
        "columnField": "shown",
        "valueField": "Value",
        "emptyValue": "null",
    }
    (target,) = table["targets"]
    assert target["expr"].startswith("label_join(sort_desc(")
    assert target["expr"].endswith('"shown", " ", "model_version", "variant")')
    assert [step["value"] for step in defaults_of(table)["thresholds"]["steps"]] == [None, 0.5, 1, 2]


def test_every_line_is_of_one_version_and_variant():
    """A canary that shares its version with the primary has a line of its own."""
    for title in (
        "Traffic share",
        "Errors",
        "p95 latency",
        "Drift of $feature",
        "Estimated quality",
        "Quality loss",
    ):
        first = PANELS[title]["targets"][0]
        assert first["legendFormat"] == "{{model_version}} {{variant}}"
        assert re.search(r"by \([^)]*model_version, variant", first["expr"])


def test_links_lead_to_our_dashboards_and_keep_the_model():
    """A version opens Model, a feature opens Feature."""
    links = list(links_in(VERSIONS["panels"]))
    uids = {re.match(r"/d/([\w-]+)\?", link["url"])[1] for link in links}
    assert uids == {OPTIONS.uid("model"), OPTIONS.uid("feature")} <= {OPTIONS.uid(kind) for kind in KINDS}
    assert all("${model_name:queryparam}" in link["url"] for link in links)


def test_it_has_the_variables_that_it_uses_in_the_order_of_all_dashboards():
    """And no more than twenty panels."""
    assert len(PANELS) <= 20
    assert variable_names(VERSIONS) == [
        "datasource", "model_name", "model_version", "variant", "feature", "output", "class", "window",
    ]  # fmt: skip
