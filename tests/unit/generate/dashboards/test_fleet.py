"""Fleet: the worst is on top, one click leads to what broke, and nothing unknown looks fine."""

import re

import pytest

from dashboard_parts import data_panels, links_in, overrides_of, variable_names
from mlexporter.generate.dashboards.dashboard_options import KINDS, DashboardOptions
from mlexporter.generate.dashboards.fleet import fleet_dashboard
from mlexporter.generate.dashboards.fleet_tables import MOST, PAGES_WEIGH, TICKETS_WEIGH, UNKNOWN_ALERTS
from mlexporter.generate.recording import WORST_SEVERITY

OPTIONS = DashboardOptions()
FLEET = fleet_dashboard(OPTIONS).as_json(OPTIONS)
PANELS = {panel["title"]: panel for panel in data_panels(FLEET)}


def column(title, name):
    """Return the properties of a column of a table."""
    return next(found for _, field, found in overrides_of(PANELS[title]) if field == name)


def word_of(value):
    """Return what the column State says for a value: the first range that holds it."""
    for mapping in column("Models, worst first", "State")["mappings"]:
        least, most = mapping["options"].get("from"), mapping["options"].get("to")
        if (
            mapping["type"] == "range"
            and (least is None or least <= value)
            and (most is None or value <= most)
        ):
            return mapping["options"]["result"]["text"]
    return None


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (3 * PAGES_WEIGH + 5 * TICKETS_WEIGH + 7.0, "▲ page"), (PAGES_WEIGH, "▲ page"),
        (MOST * TICKETS_WEIGH + MOST, "● ticket"), (TICKETS_WEIGH, "● ticket"), (float(MOST), "drift"),
        (1.01, "drift"), (1.0, "no alert"), (0.0, "no alert"), (UNKNOWN_ALERTS + MOST, "rules missing"),
        (UNKNOWN_ALERTS, "rules missing"),
    ],
)  # fmt: skip
def test_a_page_outweighs_all_tickets_and_a_ticket_all_drift(value, word):
    """The words follow the order; 1 itself is no drift, as the alert asks for more than 1."""
    assert word_of(value) == word


def test_models_are_sorted_by_what_they_need():
    """Not by drift alone: an alert that fires is above it."""
    table = PANELS["Models, worst first"]
    assert table["options"]["sortBy"] == [{"displayName": "State", "desc": True}]
    assert PANELS["Worst features of all models"]["options"]["sortBy"][0] == {
        "displayName": "Severity", "desc": True,
    }  # fmt: skip


def test_one_click_leads_to_the_feature_with_everything_chosen():
    """Model, version, variant, feature and the window in which it shows most; the time range stays."""
    (link,) = links_in(column("Worst features of all models", "Feature"))
    filled = dict(re.findall(r"var-(\w+)=\$\{__data\.fields\[\"(\w+)\"\]", link["url"]))
    assert filled == {
        "model_name": "Model", "model_version": "Version", "variant": "Variant", "feature": "Feature",
        "window": "Window",
    }  # fmt: skip
    assert link["url"].startswith(f"/d/{OPTIONS.uid('feature')}?")
    assert link["url"].endswith("${__url_time_range}")


def test_every_link_goes_to_a_dashboard_of_ours():
    """Uids come from the options, also where dashboards are fitted to one model."""
    fitted = DashboardOptions(model="fares")
    for options in (OPTIONS, fitted):
        uids = {options.uid(kind) for kind in KINDS}
        dashboard = fleet_dashboard(options).as_json(options)
        found = [re.match(r"/d/([\w-]+)\?", link["url"])[1] for link in links_in(dashboard["panels"])]
        assert found
        assert set(found) <= uids


def test_no_alert_is_told_from_no_rules():
    """A count of alerts is 0 only where the watchdog shows that rules are loaded."""
    for title in ("▲ Pages", "● Tickets"):
        (target,) = PANELS[title]["targets"]
        assert target["expr"].endswith('or 0 * max(ALERTS{alertname="MLWatchdog", alertstate="firing"})')
    by_model = next(each for each in PANELS["Models, worst first"]["targets"] if each["refId"] == "alerts")
    assert 'and on () ALERTS{alertname="MLWatchdog", alertstate="firing"}) or on () NaN' in by_model["expr"]


def test_alerts_are_ordered_by_urgency_and_told_in_words():
    """By the letter "warning" would stand above "critical"."""
    (mapping, _) = column("Alerts firing now", "Severity")["mappings"]
    words = {int(value): each["text"] for value, each in mapping["options"].items()}
    assert [words[value] for value in sorted(words, reverse=True)] == ["▲ page", "● ticket", "○ note"]
    severity = PANELS["Alerts firing now"]["targets"][0]["expr"]
    assert re.findall(r'(\d) \* max.*?severity="(\w+)"', severity) == [
        ("3", "critical"), ("2", "warning"), ("1", "info"),
    ]  # fmt: skip


def test_fitted_to_one_model_every_series_is_of_it():
    """Of ours, recorded ones and alerts included; alerts about exporters are those of Exporter health."""
    options = DashboardOptions(model="fares", selector='cluster="eu"')
    dashboard = fleet_dashboard(options).as_json(options)
    assert variable_names(dashboard) == ["datasource", "model_name"]
    for panel in data_panels(dashboard):
        for target in panel["targets"]:
            for name, inside in re.findall(r"([\w:]+)\{([^}]*)\}", target["expr"]):
                if name.startswith(("ml_", "model:")):
                    assert 'model_name="$model_name"' in inside, panel["title"]
                    assert ('cluster="eu"' in inside) == (":" not in name)
                elif name.startswith("ALERTS") and "Watchdog" not in inside.replace('!="MLWatchdog"', ""):
                    assert 'model_name="$model_name"' in inside


def test_without_the_rules_the_course_of_drift_is_unknown_not_well():
    """It has features only where they are recorded; outputs alone would be blue."""
    assert f"and on () max({WORST_SEVERITY}" in PANELS["Worst drift of each model"]["targets"][0]["expr"]
