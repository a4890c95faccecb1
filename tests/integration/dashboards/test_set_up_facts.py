"""The facts of the set-up check tell what is wrong where something is: planted series, asked of a real Prometheus."""

import subprocess
from pathlib import Path

import pytest

from grafana_asking import Asking, Question
from mlexporter import catalogue
from mlexporter.demo.history.past_prometheus import (
    CONFIGURATION,
    CONFIGURATION_TEXT,
    STORAGE,
    past_prometheus,
)
from mlexporter.generate.annotations import REQUEST_RATE
from mlexporter.generate.recording import EXAMINED_RATE
from plugin_queries import asked
from real_programs import program_of

pytestmark = pytest.mark.integration

NOW = 1_767_614_400
MINUTE, HOUR = 60, 3600
MODEL = 'model_name="fares",model_version="2",variant="primary"'
ROWS = f'{MODEL},feature="age",window="1h"'
UP, INFO = "up", catalogue.BUILD_INFO.name
BUILD = 'version="0.1.0",python_version="3.12.1"'


def target(name):
    """Return the labels of a target."""
    return f'job="ml",instance="{name}"'


def planted():
    """Return series with their values: name and labels to (seconds ago, value), the oldest first."""
    steady = [(ago, 1) for ago in range(HOUR, -1, -15)]
    seldom = [(ago, 1) for ago in range(HOUR, -1, -MINUTE)]

    def gauge(metric, labels, value, name="well"):
        comma = "," if labels else ""
        return {f"{metric.name}{{{labels}{comma}{target(name)}}}": [(MINUTE, value), (0, value)]}

    return {
        f"{UP}{{{target('well')}}}": steady,
        f"{UP}{{{target('seldom')}}}": seldom,
        f"{UP}{{{target('young')}}}": steady[-8:],
        f"{UP}{{{target('down')}}}": [(2 * MINUTE, 0), (0, 0)],
        f'{UP}{{job="other",instance="stranger"}}': [(0, 0)],
        f"{INFO}{{{BUILD},{target('well')}}}": steady[-9:],
        f"{INFO}{{{BUILD},{target('seldom')}}}": seldom[-9:],
        f"{INFO}{{{BUILD},{target('young')}}}": steady[-8:],
        f"{INFO}{{{BUILD},{target('down')}}}": [(12 * HOUR, 1)],
        f"{REQUEST_RATE}{{{MODEL}}}": [(12 * HOUR, 1), (11 * HOUR, 1)],
        f"{EXAMINED_RATE}{{{MODEL}}}": [(30 * MINUTE, 1), (MINUTE, 1)],
        **gauge(catalogue.DEGRADED, 'reason="port_in_use"', 1),
        **gauge(catalogue.DEGRADED, 'reason="directory_full"', 0),
        **gauge(catalogue.SINGLE_WORKER, "", 1, "seldom"),
        **gauge(catalogue.PROFILE_LOADED, MODEL, 1),
        **gauge(catalogue.PROFILE_INFO, f'{MODEL},profile_id="a",profile_version="2",profile="11"', 1),
        **gauge(catalogue.PROFILE_INFO, f'{MODEL},profile_id="b",profile_version="1",profile="22"', 1, "seldom"),
        **gauge(catalogue.SCORE_ABSENT, f'{ROWS},reason="rows"', 1),
        **gauge(catalogue.FEATURE_WINDOW_OBSERVATIONS, ROWS, 42),
        **gauge(catalogue.FEATURE_WINDOW_OBSERVATIONS, ROWS.replace("age", "sex"), 7),
        f'{catalogue.INTERNAL_ERRORS.name}{{stage="drain",{target("well")}}}': [(HOUR // 2, 1), (0, 4)],
    }  # fmt: skip


@pytest.fixture(scope="module", params=["install-prometheus", "install-prometheus-3"])
def facts(request, tmp_path_factory):
    """Ask for a fact by its name: the labels that differ to the value."""
    folder = tmp_path_factory.mktemp("set-up")
    lines = [
        f"{series} {value} {NOW - ago}\n" for series, samples in planted().items() for ago, value in samples
    ]
    (folder / "planted.om").write_text("".join(lines) + "# EOF\n", encoding="utf-8")
    promtool = program_of("install-prometheus", "promtool")
    create = [
        promtool,
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        "--quiet",
        folder / "planted.om",
        folder / STORAGE,
    ]
    subprocess.run(create, check=True, capture_output=True)
    (folder / CONFIGURATION).write_text(CONFIGURATION_TEXT, encoding="utf-8")
    queries, started = dict(asked()), []
    with past_prometheus(
        str(Path(program_of(request.param, "prometheus"))), folder, started.append
    ) as running:
        asking = Asking(running.port, NOW)

        def ask(name, *labels):
            question = Question(name, "A", queries[f"setup.facts.{name}"], True, 15, 100)
            return {
                tuple(each["metric"].get(label) for label in labels): float(each["value"][1])
                for each in asking.ask(question)["result"]
            }

        yield ask


def test_targets_are_told_apart(facts):
    """Who is up, who was, and who is no exporter."""
    assert set(facts("exporters", "instance")) == {("well",), ("seldom",), ("young",)}
    assert facts("up", "instance") == {("well",): 1, ("seldom",): 1, ("young",): 1, ("down",): 0}
    assert set(facts("targetsDown", "job", "instance")) == {("ml", "down"), ("other", "stranger")}
    assert facts("targets", "job") == {("ml",): 4, ("other",): 1}


def test_how_often_is_scraped_is_told_of_who_was_there_long_enough(facts):
    """Else a pod that has just come would look as if it were scraped rarely."""
    counted = facts("scrapes", "instance")
    assert set(counted) == {("well",), ("seldom",)}
    assert counted[("well",)] == pytest.approx(40, abs=1)
    assert counted[("seldom",)] == pytest.approx(10, abs=1)


def test_what_exporters_say_of_themselves(facts):
    """Reasons with how many, and errors of the last hour."""
    assert facts("degraded", "instance", "reason") == {("well", "port_in_use"): 1}
    assert facts("singleWorker", "instance") == {("seldom",): 1}
    assert facts("internalErrors", "stage")[("drain",)] > 0


def test_rules_are_as_old_as_their_newest_sample(facts):
    """Also where Prometheus no longer shows it; a group that recorded nothing is not there."""
    ages = facts("ruleAge", "group")
    assert set(ages) == {("mlexporter-service",), ("mlexporter-features",)}
    assert ages[("mlexporter-service",)] == pytest.approx(11 * HOUR, abs=5)
    assert ages[("mlexporter-features",)] == pytest.approx(MINUTE, abs=5)


def test_profiles_are_told_by_pod(facts):
    """So that two of one version, and one of another version, are seen."""
    assert set(facts("profiles", "instance", "profile", "profile_version")) == {
        ("well", "11", "2"), ("seldom", "22", "1"),
    }  # fmt: skip


def test_absent_scores_say_how_many_rows_there_are(facts):
    """Of the features without one; the others have rows enough."""
    assert facts("absent", "model_name", "window", "reason") == {("fares", "1h", "rows"): 1}
    assert facts("absentRows", "model_name", "window") == {("fares", "1h"): 42}
