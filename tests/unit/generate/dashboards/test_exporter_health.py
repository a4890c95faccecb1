"""The dashboard of exporters: its check of the set-up, and whose exporters it is about."""

import re

from mlexporter.catalogue import BUILD_INFO, DEGRADED, PREDICTIONS
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.exporter_health import exporter_health_dashboard
from mlexporter.generate.dashboards.health_work import SLOW_SCRAPE_SECONDS, STALLED_INTERVALS
from mlexporter.generate.dashboards.targets import of_exporter, recorded_of_all, where_exporter
from mlexporter.generate.recording import recording_groups
from mlexporter.generate.rule_files import rule_files
from mlexporter.generate.rules import Recording

OPTIONS = DashboardOptions()
ONE_MODEL = DashboardOptions(model="fares")
TARGETS = 'job=~"$job", instance=~"$instance"'


def panels(options=OPTIONS):
    """Return the panels of the dashboard by title."""
    found = exporter_health_dashboard(options).as_json(options)["panels"]
    return {panel["title"]: panel for panel in found if panel["type"] != "row"}


def test_series_of_models_are_of_all_models_unless_it_is_fitted_to_one():
    """An exporter has several; a dashboard of one model has a variable with only that one."""
    assert of_exporter(PREDICTIONS, OPTIONS) == f"ml_predictions_total{{{TARGETS}}}"
    assert (
        of_exporter(PREDICTIONS, ONE_MODEL) == f'ml_predictions_total{{{TARGETS}, model_name="$model_name"}}'
    )
    assert of_exporter(DEGRADED, ONE_MODEL) == f"mlexporter_degraded{{{TARGETS}}}"
    assert recorded_of_all("a:b:c", OPTIONS) == "a:b:c"
    assert recorded_of_all("a:b:c", ONE_MODEL) == 'a:b:c{model_name="$model_name"}'
    assert "model_name" not in str(exporter_health_dashboard(OPTIONS).variables)
    assert "model_name" in str(exporter_health_dashboard(ONE_MODEL).variables)


def test_an_exporter_that_is_down_is_still_one():
    """It exposed its version in the time range, and `up` is 0 now."""
    assert where_exporter("up", OPTIONS) == (
        f"up{{{TARGETS}}} and on (job, instance) max by (job, instance) "
        f"(count_over_time({BUILD_INFO.name}{{{TARGETS}}}[$__range] @ end()))"
    )


def test_the_set_up_check_has_a_row_for_each_condition():
    """1 where its series is there; else 0 where all need it, which is red, and 2 where it is a choice."""
    (target,) = panels()["Set-up check"]["targets"]
    found = re.findall(
        r'or vector\((\d)\)\), "check", "([^"]+)", "", ""\), "without", "([^"]+)"', target["expr"]
    )
    assert len(found) == target["expr"].count("vector(")
    assert len({name for _, name, _ in found}) == len(found)
    assert {value for value, _, _ in found} == {"0", "2"}
    assert all(words for *_, words in found)


def test_the_set_up_check_reads_what_is_recorded():
    """One series of each group of rules that exists without anything being switched on, and one that has to be."""
    recorded = {
        rule.name
        for group in recording_groups(OPTIONS.rules)
        for rule in group.rules
        if isinstance(rule, Recording)
    }
    (target,) = panels()["Set-up check"]["targets"]
    read = set(re.findall(r"count\((\w+:\w+:\w+)\)", target["expr"]))
    assert len(read) == 4
    assert read <= recorded


def test_levels_are_those_of_the_alerts():
    """They stand in the expressions of the alerts that watch them."""
    rules = "".join(rule_files().values())
    stalled = rules.partition("- alert: MLEvaluationStalled")[2].partition(" for:")[0]
    assert f"> {STALLED_INTERVALS} * max" in stalled
    slow = rules.partition("- alert: MLExporterScrapeSlow")[2].partition(" for:")[0]
    factor, most = re.search(r"> ([\d.]+) \* clamp\(.*, 2, (\d+)\)", slow).groups()
    assert float(factor) * float(most) == SLOW_SCRAPE_SECONDS
