"""Prediction events of whole processes: none is lost or doubled at their ends, and the tutorial works."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

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
