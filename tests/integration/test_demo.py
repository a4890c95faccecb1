"""The demo as a person runs it, on the real flights; and that it leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys

import numpy as np
import psutil
import pytest

from mlexporter.catalogue import FEATURE_DRIFT_SEVERITY, OUTPUT_DRIFT_SEVERITY
from mlexporter.demo.features import SHOWN_ONLY_NAMES
from mlexporter.demo.flights import data_folder, load_flights
from mlexporter.demo.late_arrival import train
from mlexporter.demo.options import DEFAULT_SEED
from mlexporter.demo.serving import fit_profile
from mlexporter.records import ModelKey, WindowCounts
from mlexporter.state.binning import Binner
from mlexporter.state.columns import to_column
from mlexporter.statistics.evaluate import evaluate

pytestmark = pytest.mark.integration

SHORT_RUN = ("--from", "2013-06-12", "--days", "3", "--speed", "3600")
"""Three days in 72 s; the distance is broken for nine hours of the first one."""


@pytest.fixture(scope="module")
def training():
    return train(load_flights(data_folder()), seed=DEFAULT_SEED)


@pytest.fixture(scope="module")
def severities(training):
    """Return a function from rows to the severity of each feature, and of the score at a threshold of 0.1."""
    reference = fit_profile(training.profile_rows).reference
    binners = [(feature.name, Binner(feature.distribution)) for feature in reference.features]
    scored = Binner(reference.outputs[0].distribution)

    def judge(rows):
        counts = [binner.count(to_column(rows[name])) for name, binner in binners]
        window = WindowCounts(
            "24h", 86_400.0, len(rows), np.concatenate([column.cells for column in counts]),
            np.array([column.out_of_range for column in counts]),
            np.array([column.type_mismatches for column in counts]),
            scored.count(to_column(rows["score"])).cells,
        )  # fmt: skip
        report = evaluate(
            reference, [window], key=ModelKey("late_arrival", "2013.1"), evaluated_timestamp=0.0,
            required_observations=100,
        ).windows[0]  # fmt: skip
        score = report.outputs.scores[OUTPUT_DRIFT_SEVERITY.name][0] * reference.outputs[0].threshold / 0.1
        features = report.features.scores[FEATURE_DRIFT_SEVERITY.name]
        return dict(zip(reference.feature_names, features, strict=True)) | {"prediction": score}

    return judge


def test_a_random_held_out_third_of_the_training_months_is_silent(training, severities):
    """Decision 33: no look of any length at clean rows finds a severity above 1, the weather included."""
    order = np.random.default_rng(7).permutation(len(training.check_rows))
    rows = training.check_rows.iloc[order]
    looks = [
        severities(rows.iloc[start : start + size])
        for size in (100, 300, 1000, 3000, 9000, len(rows))
        for start in range(0, len(rows) - size + 1, max(size, 600))
    ]
    assert len(looks) > 100
    assert {
        name: max(look[name] for look in looks) for name in looks[0] if max(look[name] for look in looks) > 1
    } == {}


def test_in_time_order_only_the_weather_and_the_time_of_day_move(training, severities):
    """Days of January to March, one after the other: nothing that alerts does, everything shown only may."""
    rows = training.check_rows.sort_values("departed")
    days = [severities(rows.iloc[start : start + 300]) for start in range(0, len(rows) - 300, 300)]
    loud = {name for day in days for name, severity in day.items() if severity > 1}
    assert "temp" in loud
    assert loud <= {*SHOWN_ONLY_NAMES, "prediction"}


def start(tmp_path, *arguments):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    return subprocess.Popen(
        [sys.executable, "-m", "mlexporter", "demo", "--port", "0", *arguments], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def ended(process, output=""):
    """Return all that the demo printed; kill what does not end."""
    try:
        return output + process.communicate(timeout=150)[0]
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def story(programs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    process = start(folder, *SHORT_RUN)
    output = ended(process)
    assert process.returncode == 0, output
    assert list(folder.iterdir()) == [], "a temporary folder was left behind"
    return output


def test_a_made_fault_is_told_and_resolved_after_its_end(story):
    """Real notifications: from the rule over Alertmanager to the receiver, in the order of what happened."""
    order = [
        r"^MADE      distance=unit begins",
        r"^FIRING    MLFeatureDrift · distance · MADE: [\d.]+ s .* after distance=unit began",
        r"^MADE      distance=unit ends",
        r"^RESOLVED  MLFeatureDrift · distance · MADE: [\d.]+ s .* after distance=unit ended",
        r"^SUMMARY",
    ]
    found = [re.search(pattern, story, re.MULTILINE) for pattern in order]
    assert None not in found, story
    assert [match.start() for match in found] == sorted(match.start() for match in found), story


def test_a_real_notification_comes_from_the_data(story):
    """Nobody touches the scheduled minutes: the airlines' summer timetable moved them."""
    assert re.search(
        r"^FIRING    MLFeatureDrift · scheduled_minutes · REAL, in the data", story, re.MULTILINE
    ), story
    summary = story[story.index("SUMMARY") :]
    assert re.search(r"real    scheduled_minutes: above 1 from \w+ 1[234] Jun", summary), story


def test_nothing_else_is_told(story):
    """Two features moved; weather and time of day moved too and are named in the summary only."""
    told = set(re.findall(r"^FIRING    (\S+ · \S+)", story, re.MULTILINE))
    assert told == {"MLFeatureDrift · distance", "MLFeatureDrift · scheduled_minutes"}, story
    assert re.search(r"shown   temp, dewp, .*not alerted on\. Weather", story), story


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (signal.SIGINT, 128 + signal.SIGINT),
        (signal.SIGTERM, 128 + signal.SIGTERM),
        (signal.SIGKILL, -signal.SIGKILL),
    ],
)
def test_whatever_ends_it_leaves_no_process(programs, tmp_path, number, status):
    """Prometheus and Alertmanager end with the demo, also after kill -9; Ctrl-C leaves no folder either."""
    if number == signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux ends children with a killed parent")
    process = start(tmp_path)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.strip().startswith("Prometheus "):
            break
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    output = ended(process, "".join(lines))
    assert len(children) >= 2, output
    assert process.returncode == status, output
    assert psutil.wait_procs(children, timeout=10)[1] == [], output
    if number != signal.SIGKILL:
        assert "nothing is left running" in output
        assert list(tmp_path.iterdir()) == []
