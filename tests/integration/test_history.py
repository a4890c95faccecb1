"""A short past on real flights: written, loaded by real Prometheus servers, the same each time, and never half."""

import io
import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from mlexporter import catalogue
from mlexporter.demo.console import Console
from mlexporter.demo.faults import parse_faults
from mlexporter.demo.history.era import DAY, HOUR, NEW_YORK, WEEK
from mlexporter.demo.history.fired import ALERTS
from mlexporter.demo.history.folder import ABOUT, DASHBOARDS
from mlexporter.demo.history.happenings import ERRORS, FAULT_SERIES, SLOW, UNSEEN
from mlexporter.demo.history.options import HistoryOptions
from mlexporter.demo.history.past_prometheus import STORAGE, past_prometheus
from mlexporter.demo.history.releases import PLAIN_MODEL, SIDE_MODEL
from mlexporter.demo.history.rule_levels import recording_rules
from mlexporter.demo.history.run import run_history
from mlexporter.demo.history.steps import RECENT_STEP
from mlexporter.demo.late_arrival import MODEL_NAME
from mlexporter.generate.options import RuleOptions
from real_programs import program_of

pytestmark = [pytest.mark.integration, pytest.mark.slow]

NOW = 1_795_337_000.0
FULL_HOUR = 1_795_334_400
DAYS = 4
PODS = ("pod-1", "pod-2")


class Written:
    """A history that one version of Prometheus has written."""

    def __init__(self, programs, out):
        self.programs, self.out = programs, out
        said = io.StringIO()
        options = HistoryOptions(
            DAYS * DAY,
            out,
            parse_faults(("distance=unit",)),
            serve=False,
            program_path=str(programs),
            now=NOW,
        )
        assert run_history(options, Console(said)) == 0
        self.said = said.getvalue()
        self.about = json.loads((out / ABOUT).read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=["install-prometheus", "install-prometheus-3"], ids=["2.42", "3"])
def written(request, histories):
    return histories(request.param)


@pytest.fixture(scope="module")
def histories(tmp_path_factory):
    """Return the history that the programs of a script wrote; each is written once."""
    known = {}

    def get(script):
        if script not in known:
            programs = Path(program_of(script, "prometheus")).parent
            known[script] = Written(programs, tmp_path_factory.mktemp(script) / "out")
        return known[script]

    return get


@pytest.fixture(scope="module")
def server(written):
    """A Prometheus on the blocks, as ``mlexporter demo --history`` starts it."""
    children = []
    with past_prometheus(str(written.programs / "prometheus"), written.out, children.append) as running:
        yield running


def labels_of(answered, *names):
    return {tuple(each.labels.get(name, "") for name in names) for each in answered}


def test_the_last_hours_are_those_before_the_present(server):
    """An instant query about the present finds both pods, their three models, and a version on trial."""
    assert labels_of(server.at("up", NOW), "job", "instance") == {("mlexporter", pod) for pod in PODS}
    serving = server.at(f'{catalogue.MODEL_INFO.name}{{instance="pod-1"}}', NOW)
    assert labels_of(serving, "model_name", "model_version", "variant") == {
        (MODEL_NAME, "2013.2", "primary"), (MODEL_NAME, "2013.3", "canary"),
        (SIDE_MODEL, "1", "primary"), (PLAIN_MODEL, "1", "primary"),
    }  # fmt: skip


def test_days_and_hours_stay_those_of_the_flights(server, written):
    """Shifted by whole weeks, New York's clocks as UTC: nearly nobody flies from 2 to 4, and many do from 16 to 18."""
    assert (written.about["shift"] + NEW_YORK) % WEEK == 0
    midnight = FULL_HOUR // DAY * DAY
    quiet, busy = midnight + 4 * HOUR, midnight - 6 * HOUR
    rows = f"sum(increase({catalogue.PREDICTIONS.name}{{model_name='{MODEL_NAME}'}}[2h]))"
    counted = [float(server.at(rows, moment)[0].samples[0][1]) for moment in (quiet, busy)]
    assert counted[0] < 10
    assert counted[1] > 60


def test_all_flights_are_counted_once_in_one_of_the_pods(server, written):
    """Counters are exact: what they grew by, and what they began with after each restart, is the number of rows."""
    said = 0.0
    series = {}
    for stretch in written.about["steps"]:
        times = range(stretch["begins"], stretch["ends"], stretch["step"])
        for each in server.range(f'{catalogue.PREDICTIONS.name}{{model_name="{MODEL_NAME}"}}', times):
            series.setdefault(tuple(sorted(each.labels.items())), []).extend(each.samples)
    for samples in series.values():
        values = [0.0, *(float(value) for _, value in samples)]
        said += sum(new - old if new >= old else new for old, new in itertools.pairwise(values))
    calls = int(
        next(line for line in written.said.splitlines() if " calls " in line).split()[1].replace(",", "")
    )
    # Those after the last scrape of each pod are in no sample.
    assert calls - 60 < said <= calls


def test_releases_and_restarts_are_there(server, written):
    """A canary takes over, both pods restart for it one after the other, and are down for one scrape."""
    second = next(each for each in written.about["versions"] if each["version"] == "2013.2")
    assert FULL_HOUR - DAYS * DAY < second["tried"] < second["serves"] < FULL_HOUR
    info = f'{catalogue.MODEL_INFO.name}{{model_name="{MODEL_NAME}"}}'
    before, after = (
        labels_of(server.at(info, moment), "model_version", "variant")
        for moment in (second["serves"] - HOUR, second["serves"] + 5 * HOUR)
    )
    assert before == {("2013.1", "primary"), ("2013.2", "canary")}
    assert after == {("2013.2", "primary")}
    for pod in PODS:
        starts = server.at(
            f'changes({catalogue.PROCESS_START_TIME.name}{{instance="{pod}"}}[{DAYS}d])', FULL_HOUR
        )
        downs = server.at(f'count_over_time((up{{instance="{pod}"}} == 0)[{DAYS}d:10m])', FULL_HOUR)
        assert float(starts[0].samples[0][1]) >= 3
        assert float(downs[0].samples[0][1]) >= 3


def test_recorded_series_are_there(server):
    """All of recording.yaml that these models can have."""
    known = labels_of(server.at('group by (__name__) ({__name__=~"model.*:.*"})', NOW), "__name__")
    names = {rule.name for rule in recording_rules(RuleOptions())}
    lacking = names - {name for (name,) in known}
    assert all("began1d" in name or "first1d" in name for name in lacking), sorted(lacking)


def _unit_fault(written):
    """Return the unit fault of the present day."""
    made = (fault for fault in written.about["faults"] if fault["fault"] == "distance=unit")
    return next(fault for fault in made if fault["begins"] > FULL_HOUR - 22 * HOUR)


def test_made_faults_are_marked(server, written):
    """One in the present day, zero before and after."""
    times = range(FULL_HOUR - DAY, FULL_HOUR, RECENT_STEP)
    on = {
        each.labels["fault"]: sum(value == "1" for _, value in each.samples)
        for each in server.range(f'{FAULT_SERIES}{{model_name="{MODEL_NAME}"}}', times)
    }
    unit = _unit_fault(written)
    assert {name: count * RECENT_STEP for name, count in on.items() if count} == {
        "distance=unit": unit["ends"] - unit["begins"], ERRORS: HOUR, SLOW: HOUR,
    }  # fmt: skip
    assert on[UNSEEN] == 0


def test_alerts_fired_for_what_was_made(server, written):
    """The unit fault of the present day is an alert, with the labels that dashboards and routes read."""
    begun = _unit_fault(written)["begins"]
    drift = f'{ALERTS}{{alertstate="firing",alertname="MLFeatureDrift",feature="distance"}}'
    fired = server.range(drift, range(begun, FULL_HOUR, RECENT_STEP))
    assert labels_of(fired, "severity", "component", "model_name") == {("warning", "drift", MODEL_NAME)}
    assert labels_of(server.at(f"{ALERTS}{{alertname='MLWatchdog'}}", NOW), "alertstate") == {("firing",)}
    assert {"MLFeatureDrift", "MLPredictionErrorBudgetBurnSlow"} <= {
        each["alert"] for each in written.about["alerts"]
    }


def test_since_when_an_alert_fires_is_there(server):
    """As Prometheus keeps it: of the same labels but the state, and before the alert fires by as long as it waits."""
    firing = server.at('ALERTS{alertstate="firing", alertname="MLFeatureDrift"}', FULL_HOUR)
    since = server.at('ALERTS_FOR_STATE{alertname="MLFeatureDrift"}', FULL_HOUR)
    assert firing
    assert labels_of(firing, "feature", "instance") == labels_of(since, "feature", "instance")
    assert all(float(each.samples[0][1]) <= FULL_HOUR - 15 * 60 for each in since)


def test_estimated_quality_and_too_few_rows_are_there(server):
    """The profile knows errors on held-out rows; the side model never has rows enough."""
    estimated = f'{catalogue.ACCURACY.name}{{source="estimated",window="24h"}}'
    assert labels_of(server.at(estimated, NOW), "model_name") == {(MODEL_NAME,)}
    few = server.at(f'{catalogue.SCORE_ABSENT.name}{{model_name="{SIDE_MODEL}",window="24h"}} == 1', NOW)
    assert labels_of(few, "reason") == {("rows",)}


def test_its_dashboards_mark_the_made_faults(written):
    """They are those of the repository with one kind of marks more."""
    files = sorted((written.out / DASHBOARDS).glob("*.json"))
    assert len(files) == 7
    for path in files:
        marks = json.loads(path.read_text(encoding="utf-8"))["annotations"]["list"][-1]
        assert FAULT_SERIES in marks["expr"]
        assert marks["textFormat"] == "{{fault}}"


def test_nothing_else_is_left_in_the_folder(written):
    """Blocks, a configuration, and what is in it."""
    assert {path.name for path in written.out.iterdir()} >= {ABOUT, STORAGE, "prometheus.yml"}
    assert not list(written.out.glob("work*"))
    assert list(written.out.parent.iterdir()) == [written.out]


DUMPED = "|".join(
    metric.name
    for metric in (
        catalogue.FEATURE_OBSERVATIONS, catalogue.FEATURE_DRIFT_SEVERITY, catalogue.PROCESS_CPU,
        catalogue.PREDICTION_REQUESTS, catalogue.ACCURACY, catalogue.WINDOW_OBSERVATIONS, catalogue.DEGRADED,
    )
)  # fmt: skip


def test_one_seed_and_one_present_give_the_same_samples(histories):
    """To the last digit, whatever made the blocks."""
    dumps = []
    for script in ("install-prometheus", "install-prometheus-3"):
        written = histories(script)
        promtool = histories("install-prometheus").programs / "promtool"
        command = [
            promtool, "tsdb", "dump", f'--match={{__name__=~"{DUMPED}|up|{FAULT_SERIES}"}}',
            written.out / STORAGE,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        dumps.append(sorted(done.stdout.splitlines()))
    assert len(dumps[0]) > 100_000
    assert dumps[0] == dumps[1]


@pytest.mark.parametrize("seen", ["Two pods serve", "pods play"])
def test_ctrl_c_leaves_nothing_half(tmp_path, programs, seen):
    """No folder, no process, whenever it comes."""
    path = os.pathsep.join([str(Path(programs[0]).parent), os.environ["PATH"]])
    process = subprocess.Popen(
        [sys.executable, "-m", "mlexporter", "demo", "--history", "4d", "--out", tmp_path / "out"],
        env={**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if seen in line:
                break
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=60)[0]
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 128 + signal.SIGINT, [*lines, rest]
    assert "nothing half was written" in rest
    assert psutil.wait_procs(children, timeout=10)[1] == []
    assert list(tmp_path.iterdir()) == []
