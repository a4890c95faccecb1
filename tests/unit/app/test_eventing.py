"""Prediction events of whole processes: when there are some, and that none is lost or doubled at their ends."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

import mlexporter
from mlexporter.catalogue import EVENT_STATUSES, PREDICTION_EVENTS
from mlexporter.errors import ConfigurationError, SettingError
from mlexporter.settings import read_settings
from mlexporter.testing import isolated_exporter

ROOT = Path(__file__).resolve().parents[3]
ROW = {"size": 1.5, "email": "john@example.org"}

PROGRAM = """
import json, os, sys, time
import mlexporter

def set_logs(processor="SimpleLogRecordProcessor"):
    from opentelemetry import _logs
    from opentelemetry.sdk import _logs as sdk
    from opentelemetry.sdk._logs import export
    class Lines(export.ConsoleLogRecordExporter):
        def export(self, batch):
            for each in batch:
                told = {"pid": os.getpid(), "body": each.log_record.body, "trace": each.log_record.trace_id}
                with open("records", "a") as records:
                    records.write(json.dumps(told) + "\\n")
            return export.LogRecordExportResult.SUCCESS
    provider = sdk.LoggerProvider()
    provider.add_log_record_processor(getattr(export, processor)(Lines()))
    _logs.set_logger_provider(provider)

@mlexporter.monitor(model="m", version="1", redact=["email"])
def predict(row):
    return 0.7

"""

BEFORE = "set_logs()\nfor number in range(5): predict({'n': number, 'email': 'john'})\n"
IN_BATCHES = (
    "set_logs('BatchLogRecordProcessor')\nfor number in range(5): predict({'n': number, 'email': 'john'})\n"
)
AFTER = """
for number in range(5): predict({'n': number, 'email': 'john'})
set_logs()
until = time.monotonic() + 20
while time.monotonic() < until and not (os.path.exists("records") and len(open("records").readlines()) == 5):
    time.sleep(0.01)
"""
IN_A_CHILD = """
import multiprocessing
def work():
    set_logs()
    for number in range(5): predict({'n': number, 'email': 'john'})
if __name__ == "__main__":
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join()
"""
FORKED = """
def wait_for(number):
    # The end of a process waits for a second only, which a busy machine may need for less.
    until = time.monotonic() + 40
    while time.monotonic() < until:
        if os.path.exists("records") and open("records").read().count(f'"pid": {os.getpid()},') >= number:
            return
        time.sleep(0.01)
predict({'n': 'of the parent', 'email': 'john'})
child = os.fork()
set_logs()
predict({'n': 'of the child' if not child else 'of the parent again', 'email': 'john'})
wait_for(2 if child else 1)
if child:
    os.waitpid(child, 0)
"""


def run(program, folder, **settings):
    """Return the records that a process of its own has sent."""
    environment = {"MLEXPORTER_DIR": "off", "MLEXPORTER_EVENTS_RATIO": "1", **settings}
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PROGRAM + program], cwd=folder,
        env={**os.environ, **environment}, check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    path = folder / "records"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.parametrize("program", [BEFORE, IN_BATCHES, AFTER, IN_A_CHILD])
def test_all_events_of_a_process_are_sent_before_it_ends(tmp_path, program):
    """Also where the provider comes late, keeps batches, or the process is a child of another."""
    records = run(program, tmp_path)

    assert [each["body"]["features"]["n"] for each in records] == list(range(5))
    assert {each["body"]["features"]["email"] for each in records} == {"redacted"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_fork_doubles_no_event(tmp_path):
    """What waits is sent by the parent alone."""
    records = run(FORKED, tmp_path)
    found = {each["body"]["features"]["n"]: each["pid"] for each in records}

    assert len(records) == 3
    assert found["of the parent"] == found["of the parent again"] != found["of the child"]


def test_nothing_is_loaded_and_nothing_stands_in_the_way_by_default(tmp_path):
    """The function is called as it is; no thread, no queue, no OpenTelemetry."""
    program = """
predict({"n": 1})
monitor = mlexporter.app.default.default_exporter()._models.all()[0]
(recorder,) = monitor.living
assert recorder._wrapped[0].layers == {}
assert recorder._wrapped[0].accounting.function is predict.__wrapped__
loaded = [name for name in sys.modules if name.startswith(("opentelemetry", "mlexporter.instrument.events"))]
assert not loaded, loaded
import threading
assert not [each for each in threading.enumerate() if each.name == "mlexporter-events"]
"""
    assert run(program, tmp_path, MLEXPORTER_EVENTS_RATIO="0") == []


class Application:
    """An exporter whose application keeps its log records in memory."""

    def __init__(self, exporter):
        self.exporter = exporter
        self.kept = InMemoryLogRecordExporter()
        provider = LoggerProvider(shutdown_on_exit=False)
        provider.add_log_record_processor(SimpleLogRecordProcessor(self.kept))
        exporter._eventing._find_provider = lambda: provider

    def bodies(self):
        """Return what was sent, after the end of all."""
        self.exporter._eventing.end()
        return [each.log_record.body for each in self.kept.get_finished_logs()]


def test_the_decorator_wins_over_the_setting():
    """A ratio of its own, also none; and its list adds to that of the setting."""
    with isolated_exporter(events_ratio=1.0, events_redact="size") as exporter:
        application = Application(exporter)

        @mlexporter.monitor(model="quiet", version="1", events=0)
        def quiet(row):
            return 0.1

        @mlexporter.monitor(model="loud", version="1", redact=["EMAIL"])
        def loud(row):
            return 0.2

        quiet(ROW)
        loud(ROW)
        assert application.bodies() == [
            {"features": {"size": "redacted", "email": "redacted"}, "prediction": 0.2}
        ]
    with isolated_exporter() as exporter:
        application = Application(exporter)

        @mlexporter.monitor(model="own", version="1", events=1.0)
        def own(row):
            return 0.3

        own(ROW)
        assert application.bodies() == [{"features": ROW, "prediction": 0.3}]


def test_records_by_hand_and_their_counts_on_the_page():
    """The public recorder; each event is counted, and known reasons start at 0."""
    with isolated_exporter(events_ratio=1.0) as exporter:
        application = Application(exporter)
        monitor = mlexporter.Monitor(model="m", version="1", redact=["email"])
        monitor.record(ROW, 0.7)
        monitor.record_batch([ROW] * 3, [0.1, 0.2, 0.3])
        assert len(application.bodies()) == 2
        families = {family.name: family for family in exporter.collector().collect()}
        counted = {
            sample.labels["status"]: sample.value
            for sample in families["mlexporter_prediction_events"].samples
        }
        described = exporter.describe()

    assert PREDICTION_EVENTS.name == "mlexporter_prediction_events_total"
    assert counted == {
        "emitted": 2, "dropped_rate": 0, "dropped_queue": 0, "dropped_provider": 0, "dropped_error": 0,
        "dropped_end": 0,
    }  # fmt: skip
    assert "kept back: email" in described


def test_no_series_without_events():
    """Who has none sees none."""
    with isolated_exporter() as exporter:
        assert "mlexporter_prediction_events" not in {
            family.name for family in exporter.collector().collect()
        }


def test_a_missing_provider_is_on_the_page():
    """With the way out."""
    with isolated_exporter(events_ratio=1.0) as exporter:
        exporter._eventing._find_provider = lambda: None
        mlexporter.Monitor(model="m", version="1").record(ROW, 0.7)
        exporter._eventing.end()
        assert "set_logger_provider()" in exporter.view().degraded["events_without_provider"]
        assert exporter.view().exporter.events["dropped_provider"] == 1


def test_nobody_asks_for_a_provider_before_the_first_call():
    """Who asks first may set it up, before the application does."""
    asked = []
    with isolated_exporter(events_ratio=1.0) as exporter:
        exporter._eventing._find_provider = lambda: asked.append(1)
        monitor = mlexporter.Monitor(model="m", version="1")
        monitor(len)
        assert asked == []
        monitor.record(ROW, 0.7)
        assert asked


def test_counts_are_safe_before_events_are_sent_at_the_end(monkeypatch):
    """Sending takes its time, and a server may kill who takes too much."""
    order = []
    with isolated_exporter(events_ratio=1.0) as exporter:
        Application(exporter)
        mlexporter.Monitor(model="m", version="1").record(ROW, 0.7)
        monkeypatch.setattr(exporter._engine, "drain", lambda: order.append("drain"))
        monkeypatch.setattr(exporter._eventing._made[2], "end", lambda: order.append("send"))
        exporter._eventing._at_exit()
        assert order == ["drain", "send"]


def test_the_end_of_each_provider_comes_after_ours(monkeypatch):
    """What was asked for last is done first: it is asked for anew with each provider, once."""
    asked = []
    monkeypatch.setattr("atexit.register", asked.append)
    monkeypatch.setattr("atexit.unregister", lambda known: asked.remove(known) if known in asked else None)
    providers = [LoggerProvider(shutdown_on_exit=False) for _ in range(2)]
    with isolated_exporter(events_ratio=1.0) as exporter:
        exporter._eventing._find_provider = lambda: providers[-1]
        mlexporter.Monitor(model="m", version="1").record(ROW, 0.7)
        asked.append("end of another provider")
        providers.pop()
        exporter._eventing.look()
        exporter._eventing.look()
        assert asked[-2:] == ["end of another provider", exporter._eventing._at_exit]
        assert asked.count(exporter._eventing._at_exit) == 1


def test_a_new_profile_is_the_profile_of_events(tmp_path):
    """After a reload only the features of the new one are sent."""
    rows = {"size": [float(n) for n in range(200)], "score": [n / 200 for n in range(200)]}
    profile = mlexporter.Profile.fit(rows, model="m", version="1", prediction="score")
    with isolated_exporter(events_ratio=1.0) as exporter:
        application = Application(exporter)

        @mlexporter.monitor(model="m", version="1", profile=profile)
        def predict(row):
            return 0.7

        predict(ROW)
        assert application.bodies() == [{"features": {"size": 1.5}, "prediction": 0.7}]


def test_a_disabled_exporter_has_none():
    """The function is the function."""
    with isolated_exporter(events_ratio=1.0, disabled=True) as exporter:
        decorated = mlexporter.monitor(model="m", version="1", events=1.0)(len)

        assert decorated is len
        assert exporter._eventing._made is None


def test_wrong_arguments_raise_at_once():
    """Wherever there is a decorator."""
    with isolated_exporter():
        with pytest.raises(ConfigurationError, match=r"events=2: .* from 0 to 1"):
            mlexporter.monitor(model="m", version="1", events=2)
        with pytest.raises(ConfigurationError, match=r"redact='email': .*\[\"email\", \"address\*\"\]"):
            mlexporter.Monitor(model="m", version="1", redact="email")


@pytest.mark.parametrize(
    ("name", "value", "way_out"),
    [
        ("EVENTS_RATIO", "2", "from 0 to 1"),
        ("EVENTS_RATIO", "nan", "from 0 to 1"),
        ("EVENTS_RATIO", "some", "from 0 to 1"),
        ("EVENTS_PER_SECOND", "0", "above 0"),
    ],
)
def test_wrong_settings_raise(name, value, way_out):
    """Variable, value and way out."""
    with pytest.raises(SettingError) as caught:
        read_settings({f"MLEXPORTER_{name}": value})

    assert f"MLEXPORTER_{name}={value!r}" in str(caught.value)
    assert way_out in str(caught.value)


def test_settings():
    """As text from the environment."""
    found = read_settings(
        {
            "MLEXPORTER_EVENTS_RATIO": "0.01",
            "MLEXPORTER_EVENTS_REDACT": " email*, name ,",
            "MLEXPORTER_EVENTS_PER_SECOND": "5",
        }
    )

    assert (found.events_ratio, found.events_redact, found.events_per_second) == (
        0.01,
        ("email*", "name"),
        5.0,
    )
    assert read_settings({})[-4:-1] == (0.0, (), 20.0)


def test_the_tutorial_prints_what_it_says(tmp_path):
    """What stands in the documents works as it stands there."""
    text = (ROOT / "docs" / "tutorials" / "prediction-events.md").read_text(encoding="utf-8")
    code = next(
        block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "@mlexporter" in block
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "MLEXPORTER_DIR": "off"}, cwd=tmp_path,
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    record = json.loads(done.stdout)
    told = json.loads("{" + re.search(r'```text\n("body".*)\n```', text)[1] + "}")

    assert record["body"] == told["body"]
    assert record["attributes"]["ml.prediction.id"] == "T-17"
    assert "rider@" not in done.stdout


@pytest.mark.parametrize("status", EVENT_STATUSES)
def test_the_tutorial_tells_of_every_status(status):
    """And the runbook of the reason."""
    assert f"| `{status}` |" in (ROOT / "docs" / "tutorials" / "prediction-events.md").read_text(
        encoding="utf-8"
    )
