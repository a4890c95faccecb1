"""Each mistake that a dashboard can have is planted into a sound one, and found by exactly the check for it."""

import json
from copy import deepcopy

import pytest

from dashboard_faults import PANEL_FAULTS
from dashboard_lint import CHECKS, OF_FOLDER, REVISION, lint, lint_all, revision_problem
from dashboard_parts import name_of, panels_of
from dashboard_planting import (
    at,
    replaced,
)
from dashboard_query_faults import QUERY_FAULTS
from dashboard_specimen import folder, specimen
from mlexporter.generate.dashboards.dashboard_files import dashboard_files

GENERATED = {name: json.loads(text) for name, text in dashboard_files().items()}
FAULTS = PANEL_FAULTS | QUERY_FAULTS


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_by_its_check(fault):
    """The check names the fault, and no other one cries with it."""
    plant, check = FAULTS[fault]
    dashboard = specimen()
    plant(dashboard)
    assert dashboard != specimen(), "nothing was planted"
    assert {finding.check for finding in lint(dashboard)} == {check}


def test_nothing_is_wrong_without_a_fault():
    """What is planted into is sound, by itself and together."""
    assert lint(specimen()) == []
    assert lint_all(folder()) == []


BETWEEN = {
    "two dashboards with one uid": (at("feature.json", "uid", to="mlexporter-model"), {"same uid", "dead link"}),
    "two dashboards with one title": (at("feature.json", "title", to="ML / Model"), {"same uid"}),
    "a dashboard that is gone": (at("feature.json", "uid", to="mlexporter-features"), {"dead link"}),
    "a choice that the other one has not": (replaced("var-feature=", "var-features="), {"lost choice"}),
    "a kept choice that the other one has not": (
        replaced("${model_name:queryparam}", "${model:queryparam}"), {"lost choice"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", BETWEEN)
def test_a_fault_between_dashboards_is_found(fault):
    """Links lead to dashboards that exist, and fill what these have."""
    plant, checks = BETWEEN[fault]
    dashboards = folder()
    plant(dashboards)
    assert {finding.check for finding in lint_all(dashboards)} == checks


@pytest.mark.parametrize(
    ("old", "changes", "is_found"),
    [
        (True, {"title": "ML / Other"}, True),
        (True, {"title": "ML / Other", "revision": 2}, True),
        (True, {"title": "ML / Other", "revision": 4}, False),
        (True, {"revision": 2}, True),
        (True, {"revision": 4}, False),
        (True, {}, False),
        (False, {"revision": 1}, False),
    ],
    ids=["changed", "lowered", "raised", "only lowered", "only raised", "the same", "new"],
)
def test_a_revision_that_is_not_raised_is_found(old, changes, is_found):
    """Who changes a dashboard raises its revision, and nobody lowers it."""
    problem = revision_problem(specimen() if old else None, specimen() | changes)
    assert (problem is not None and problem.check == REVISION) == is_found


def test_every_check_has_a_planted_fault():
    """No check is there that nobody has seen to find anything."""
    planted = {check for _, check in FAULTS.values()} | {
        check for _, found in BETWEEN.values() for check in found
    }
    assert set(CHECKS) - planted == {REVISION}
    assert planted <= set(CHECKS)
    assert set(OF_FOLDER) <= set(CHECKS)
    assert len(CHECKS) == len(set(CHECKS))


EVERYWHERE = {
    "no description": (lambda panel: panel.pop("description"), "description"),
    "no unit": (lambda panel: panel["fieldConfig"]["defaults"].pop("unit"), "unit"),
    "another data source": (lambda panel: panel.update(datasource=None), "datasource"),
    "a misspelt series": (
        lambda panel: panel["targets"][-1].update(expr="max(ml_feature_drift_score)"), "unknown series",
    ),
    "a broken query": (lambda panel: panel["targets"][0].update(expr="max max (up)"), "syntax"),
    "a panel beside the grid": (lambda panel: panel["gridPos"].update(x=20, w=5), "grid overflow"),
}  # fmt: skip


@pytest.mark.parametrize("file", GENERATED)
@pytest.mark.parametrize("fault", EVERYWHERE)
def test_a_fault_in_any_generated_panel_is_found(file, fault):
    """The lint sees every panel of what is shipped, those in closed rows included."""
    plant, check = EVERYWHERE[fault]
    dashboard = deepcopy(GENERATED[file])
    asking = [panel for panel in panels_of(dashboard) if panel.get("targets")]
    for panel in asking:
        plant(panel)
    assert asking
    assert {name_of(panel) for panel in asking} <= {
        where for name, where, _ in lint(dashboard) if name == check
    }
