"""The dashboard that ships in the plugin is as sound as the others, and its panels are asked as they understand it."""

import copy
import json
from pathlib import Path

import pytest

from compare_panels import CHECKS, lint_panels
from dashboard_lint import lint, lint_all
from dashboard_parts import data_panels
from mlexporter.generate.dashboards.dashboard_files import dashboard_files
from mlexporter.generate.plugin.compare_panel import COMPARE_PANEL
from mlexporter.generate.plugin.plugin_files import plugin_files

ROOT = Path(__file__).resolve().parents[2]
FILE = "dashboards/compare.json"
GENERATED = json.loads(plugin_files()[FILE])
OTHERS = {name: json.loads(text) for name, text in dashboard_files().items()}


def compare_panels(dashboard):
    """Return the panels of the plugin in a dashboard."""
    return [panel for panel in data_panels(dashboard) if panel["type"] == COMPARE_PANEL]


def test_the_lint_has_nothing_to_say():
    """Neither that of all dashboards nor that of the plugin's own panels; of what is committed, too."""
    committed = json.loads((ROOT / "grafana/plugin/src" / FILE).read_text(encoding="utf-8"))
    for dashboard in (GENERATED, committed):
        assert lint(dashboard) == []
        assert lint_panels(dashboard) == []


def test_it_leads_to_the_others_and_they_do_without_it():
    """Who has no plugin misses nothing: no link leads to it."""
    assert lint_all({**OTHERS, "compare.json": GENERATED}) == []
    assert all(GENERATED["uid"] not in json.dumps(each) for each in OTHERS.values())


def test_it_has_a_panel_of_features_and_one_of_outputs():
    """So that the tests of this file look at something."""
    kinds = [
        next(target["expr"] for target in panel["targets"] if target["refId"] == "reference")
        for panel in compare_panels(GENERATED)
    ]
    assert [("feature" in kind, "output" in kind) for kind in kinds] == [(True, False), (False, True)]


@pytest.mark.parametrize("file", OTHERS)
def test_a_panel_of_the_plugin_is_unknown_elsewhere(file):
    """On a server without the plugin it would be an error in place of a panel."""
    dashboard = copy.deepcopy(OTHERS[file])
    data_panels(dashboard)[0]["type"] = COMPARE_PANEL
    assert "panel kind" in {finding.check for finding in lint(dashboard)}


FAULTS = {
    "an option that the panel has not": (lambda panel: panel["options"].update(colour="red"), "compare option"),
    "an option that is left out": (lambda panel: panel["options"].pop("measure"), "compare option"),
    "a measure that it has not": (lambda panel: panel["options"].update(measure="counts"), "compare option"),
    "no number of columns": (lambda panel: panel["options"].update(columns=0), "compare option"),
    "a variable that is not there": (lambda panel: panel["options"].update(variable="features"), "compare variable"),
    "a role that it has not": (lambda panel: panel["targets"][0].update(refId="training"), "compare role"),
    "no counts at all": (lambda panel: panel.update(targets=panel["targets"][3:]), "compare role"),
    "a course over time": (
        lambda panel: panel["targets"][2].update(instant=False, range=True), "compare query",
    ),
    "a format without columns": (lambda panel: panel["targets"][0].update(format="time_series"), "compare query"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_by_its_check(fault):
    """In either of its panels, and no other check of panels cries with it."""
    plant, check = FAULTS[fault]
    for number in range(2):
        dashboard = copy.deepcopy(GENERATED)
        plant(compare_panels(dashboard)[number])
        assert {finding.check for finding in lint_panels(dashboard)} == {check}


def test_every_check_has_a_planted_fault():
    """No check is there that nobody has seen to find anything."""
    assert {check for _, check in FAULTS.values()} == set(CHECKS)


ANSWERED = {
    "reference": {"bin", "range", "profile"}, "expected": {"bin", "profile"}, "current": {"bin", "profile"},
    "absent": {"reason"},
}  # fmt: skip
"""By which labels the panel knows the role of an answer that comes under another name."""


def test_answers_have_the_labels_by_which_they_are_joined():
    """Version and variant always, the subject but for rows that are needed, and what tells the role."""
    from dashboard_queries import asked

    for query in asked(GENERATED):
        if query.kind != "panel" or query.panel["type"] != COMPARE_PANEL:
            continue
        subject = {"output", "class"} if "output" in query.text else {"feature"}
        wanted = {"model_version", "variant"} | ANSWERED.get(query.ref, set())
        wanted |= set() if query.ref == "required" else subject
        assert query.gives.labels == wanted, query.ref
