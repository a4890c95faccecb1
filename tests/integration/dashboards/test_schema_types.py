"""The dashboards against the types that Grafana 10.4, 11.6, 12.4 and 13.2 publish, by TypeScript's compiler."""

import copy
import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from grafana_types import DEVIATIONS, UNTYPED_PANELS, VERSIONS, Types, pieces_of
from real_programs import folder_of, missing

PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}
CORRECT = {
    "title": "ML / Correct",
    "uid": "mlexporter-correct",
    "schemaVersion": 39,
    "refresh": "1m",
    "time": {"from": "now-24h", "to": "now"},
    "links": [
        {
            "type": "dashboards", "title": "ML", "tags": ["mlexporter"], "asDropdown": True, "icon": "external link",
            "includeVars": True, "keepTime": True, "targetBlank": False, "tooltip": "",
        },
    ],
    "annotations": {
        "list": [
            {
                "name": "Deploys", "enable": True, "iconColor": "#56B4E9", "datasource": PROMETHEUS,
                "expr": "up * 1000", "useValueForTime": True, "titleFormat": "Loaded", "textFormat": "", "step": "1m",
            },
        ],
    },
    "templating": {
        "list": [
            {
                "type": "query", "name": "job", "datasource": PROMETHEUS, "refresh": 2, "sort": 1,
                "definition": "label_values(up, job)", "query": {"query": "label_values(up, job)", "refId": "V"},
            },
        ],
    },
    "panels": [
        {
            "id": 1, "type": "timeseries", "title": "Up", "datasource": PROMETHEUS,
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
            "targets": [{"refId": "A", "datasource": PROMETHEUS, "expr": "up", "format": "time_series", "interval": "1m"}],
            "options": {"legend": {"displayMode": "table", "placement": "bottom", "calcs": ["max"]}},
            "fieldConfig": {
                "defaults": {
                    "unit": "percentunit",
                    "color": {"mode": "palette-classic"},
                    "thresholds": {"mode": "absolute", "steps": [{"color": "#4C78A8", "value": None}]},
                    "mappings": [
                        {"type": "special", "options": {"match": "null+nan", "result": {"text": "None", "color": "#7F7F7F"}}},
                    ],
                    "custom": {"lineWidth": 2, "lineInterpolation": "stepAfter"},
                },
                "overrides": [
                    {
                        "matcher": {"id": "byName", "options": "Now"},
                        "properties": [
                            {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [6, 6]}},
                            {"id": "displayName", "value": "This moment"},
                        ],
                    },
                ],
            },
        },
        {
            "id": 2, "type": "row", "title": "More", "collapsed": True, "gridPos": {"h": 1, "w": 24, "x": 0, "y": 8},
            "panels": [
                {
                    "id": 3, "type": "stat", "title": "Now", "gridPos": {"h": 4, "w": 4, "x": 0, "y": 9},
                    "options": {"graphMode": "area", "reduceOptions": {"calcs": ["lastNotNull"], "values": False}},
                },
                {
                    "id": 4, "type": "table", "title": "All", "gridPos": {"h": 4, "w": 4, "x": 4, "y": 9},
                    "options": {"showHeader": True, "cellHeight": "sm"},
                    "fieldConfig": {"defaults": {"custom": {"align": "left"}}, "overrides": []},
                },
                {
                    "id": 5, "type": "state-timeline", "title": "Then", "gridPos": {"h": 4, "w": 4, "x": 8, "y": 9},
                    "options": {"mergeValues": True, "showValue": "never", "rowHeight": 0.85},
                    "fieldConfig": {"defaults": {"custom": {"fillOpacity": 90, "spanNulls": False, "axisWidth": 330}}, "overrides": []},
                },
            ],
        },
    ],
}  # fmt: skip


class Fault(NamedTuple):
    """A mistake in ``CORRECT``: where, what stands there then, of which piece it is told, and who has to find it."""

    name: str
    path: tuple
    value: object
    piece: str
    versions: tuple[str, ...] = VERSIONS


REMOVED = object()
UP = ("panels", 0)
STAT, TABLE = ("panels", 1, "panels", 0), ("panels", 1, "panels", 1)
PROPERTIES = (*UP, "fieldConfig", "overrides", 0, "properties")
FAULTS = (
    Fault("an unknown key", ("timezones",), "utc", "dashboard"),
    Fault("a new key of links", ("links", 0, "placement"), "inControlsMenu", "dashboard", ("10.4", "11.6")),
    Fault("a link without a tooltip", ("links", 0, "tooltip"), REMOVED, "dashboard"),
    Fault("a wrong kind of variable", ("templating", "list", 0, "type"), "queries", "variable job"),
    Fault("a wrong refresh", ("templating", "list", 0, "refresh"), 7, "variable job"),
    Fault("a new key of variables", ("templating", "list", 0, "allowCustomValue"), True, "variable job", ("10.4",)),
    Fault("a wrong key of annotations", ("annotations", "list", 0, "query"), "up", "annotation Deploys"),
    Fault("a width in words", (*UP, "gridPos", "w"), "wide", "panel 1 (Up)"),
    Fault("a wrong enum", (*UP, "fieldConfig", "defaults", "color", "mode"), "threshold", "panel 1 (Up)"),
    Fault("a wrong mapping", (*UP, "fieldConfig", "defaults", "mappings", 0, "type"), "none", "panel 1 (Up)"),
    Fault("a row that says not whether it is open", ("panels", 1, "collapsed"), REMOVED, "panel 2 (More)"),
    Fault("an empty place", (*UP, "options", "legend", "placement"), "top", "panel 1 (Up): options"),
    Fault("an unknown option", (*TABLE, "options", "colour"), "red", "panel 4 (All): options"),
    Fault("an inherited unknown option", (*STAT, "options", "reduceOptions", "calc"), "max", "panel 3 (Now): options"),
    Fault("an option that is gone", (*TABLE, "options", "footer"), {"show": True}, "panel 4 (All): options", ("12.4", "13.2")),
    Fault("a wrong custom enum", (*UP, "fieldConfig", "defaults", "custom", "lineInterpolation"), "wavy", "panel 1 (Up): custom"),
    Fault("an unknown custom key", (*UP, "fieldConfig", "defaults", "custom", "width"), 7, "panel 1 (Up): custom"),
    Fault("custom where there is none", (*STAT, "fieldConfig"), {"defaults": {"custom": {"lineWidth": 1}}, "overrides": []}, "panel 3 (Now): custom"),
    Fault("a wrong custom override", (*PROPERTIES, 0, "value", "fill"), "dashed", "panel 1 (Up): override Now: custom.lineStyle"),
    Fault("an unknown custom override", (*PROPERTIES, 0, "id"), "custom.lineStyles", "panel 1 (Up): override Now: custom.lineStyles"),
    Fault("an unknown override", (*PROPERTIES, 1, "id"), "displayNames", "panel 1 (Up): override Now: displayNames"),
    Fault("a wrong form of an answer", (*UP, "targets", 0, "format"), "tabel", "panel 1 (Up): query A", ("10.4",)),
    Fault("a query without a query", (*UP, "targets", 0, "expr"), REMOVED, "panel 1 (Up): query A", ("10.4",)),
)  # fmt: skip


def with_fault(fault):
    """Return a copy of ``CORRECT`` with a fault in it."""
    dashboard = copy.deepcopy(CORRECT)
    *path, last = fault.path
    place = dashboard
    for step in path:
        place = place[step]
    if fault.value is REMOVED:
        del place[last]
    else:
        place[last] = fault.value
    return dashboard


PLANTED = {f"planted{number}": with_fault(fault) for number, fault in enumerate(FAULTS)}


@pytest.fixture(scope="session")
def schema():
    """The folder that has the types and the compiler; skips where it is not, but fails in CI."""
    if shutil.which("node") is None:
        missing("node is not there, which runs TypeScript's compiler")
    return Path(
        folder_of("install-grafana-schema") or missing("scripts/install-grafana-schema has not been run")
    )


@pytest.fixture(scope="module")
def dashboards():
    """The dashboards that ship, by themselves and in the plugin."""
    grafana = Path(__file__).resolve().parents[3] / "grafana"
    paths = [*grafana.glob("dashboards/*.json"), *grafana.glob("plugin/src/dashboards/*.json")]
    return {path.stem: json.loads(path.read_bytes()) for path in sorted(paths)}


@pytest.fixture(scope="module", params=VERSIONS)
def faults(request, schema, dashboards, tmp_path_factory):
    """What the types of a version of Grafana say against the dashboards and against the planted faults."""
    found = Types(schema, request.param).faults(
        tmp_path_factory.mktemp("types"), {**dashboards, **PLANTED, "correct": CORRECT}
    )
    return request.param, found


def test_the_dashboards_have_the_types_of_this_grafana(faults, dashboards):
    """Every key, option, field, override and query is one that this version knows."""
    _, found = faults
    assert {"fleet", "compare"} <= set(dashboards)
    assert {name: found[name] for name in dashboards if found[name]} == {}


def test_a_correct_dashboard_has_nothing_against_it(faults):
    """What is planted below is all that is wrong there."""
    assert faults[1]["correct"] == []


def test_a_planted_fault_is_told_where_it_is(faults):
    """Of this version's own types, of those that they inherit, and only by versions in which it is one."""
    version, found = faults
    wrong = {}
    for number, fault in enumerate(FAULTS):
        messages = found[f"planted{number}"]
        is_told = bool(messages) and all(each.startswith(f"{fault.piece}: TS") for each in messages)
        if messages if version not in fault.versions else not is_told:
            wrong[fault.name] = messages
    assert wrong == {}


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_let_through_that_need_not_be(schema, tmp_path, version):
    """Each deviation that is allowed is one of this version, and has a reason."""
    found = Types(schema, version, deviations=()).faults(tmp_path, {"correct": CORRECT})["correct"]
    kinds = {piece.name: piece.kind for piece in pieces_of(CORRECT, version)}
    told = {
        (kinds[each.partition(": TS")[0]], key) for each in found for key in re.findall(r"'\"(\w+)\"'", each)
    }
    for deviation in DEVIATIONS:
        is_needed = any((deviation.kind, key) in told for key in deviation.keys)
        assert is_needed == (version in deviation.versions), deviation
        assert deviation.reason


def test_a_panel_that_grafana_has_not_is_refused(schema, tmp_path):
    """It would be an empty frame; what has no published types has to be named."""
    panel = {"id": 1, "type": "violin", "title": "x", "gridPos": {"h": 1, "w": 1, "x": 0, "y": 0}}
    with pytest.raises(RuntimeError, match="publishes no panelcfg of 'violin'"):
        Types(schema, "13.2").faults(tmp_path, {"violin": CORRECT | {"panels": [panel]}})
    assert "violin" not in UNTYPED_PANELS
