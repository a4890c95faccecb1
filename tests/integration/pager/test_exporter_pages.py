"""From a cause to a page and back, for exporters that are gone, blind, or lose something."""

import contextlib
import os
import subprocess
import sys

import numpy as np
import pytest

from mlexporter import Profile
from mlexporter.demo.programs import HOST

pytestmark = pytest.mark.integration


@contextlib.contextmanager
def served(pager, port, directory):
    """``mlexporter serve`` as a process of its own, scraped; it is killed in the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLEXPORTER_")}
    command = [sys.executable, "-m", "mlexporter", "serve", "--port", str(port), "--dir", str(directory)]
    process = subprocess.Popen(command, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        pager.scraped(port)
        yield
    finally:
        process.kill()
        process.wait()


def test_an_exporter_that_is_killed_pages_and_its_return_resolves(pager, tmp_path):
    """A target that was scraped and no longer answers is told; so is its return."""
    port = pager.port()
    instance = f"{HOST}:{port}"
    with served(pager, port, tmp_path / "shared"):
        since = pager.mark()
    fired = pager.wait("MLExporterDown", firing=True, since=since, instance=instance)
    assert (fired.labels["severity"], fired.labels["job"]) == ("critical", "mlexporter")

    with served(pager, port, tmp_path / "shared"):
        pager.wait("MLExporterDown", firing=False, since=since, instance=instance)


def test_an_evaluation_that_stalls_pages_and_resolves(pager, pod):
    """Scrapes go on, and scores are old; one evaluation more, and all is well."""
    serving = pod(evaluation_interval=0.5)
    serving.monitor(model="stalled", version="1").record({"distance": 1.0}, 2.5)
    well = serving.exporter._engine.evaluate

    def hangs():
        """Do nothing, as an evaluation that waits for ever."""

    serving.exporter._engine.evaluate = hangs
    since = pager.mark()
    fired = pager.wait("MLEvaluationStalled", firing=True, since=since, instance=serving.instance)
    assert fired.labels["severity"] == "critical"

    since = pager.mark()
    serving.exporter._engine.evaluate = well
    pager.wait("MLEvaluationStalled", firing=False, since=since, instance=serving.instance)


def test_rows_that_cannot_be_read_page_and_resolve(pager, pod, monkeypatch):
    """They are counted as calls, are in no bin, and say so; and so does our own error."""
    serving = pod(strict=False)
    profile = Profile.fit({"distance": np.linspace(0.0, 9.0, 1000)}, model="lost", version="1")
    monitor = serving.monitor(model="lost", version="1", profile=profile)
    predict = monitor(lambda row: 2.5)
    (reader,) = (each for each in serving.exporter._models.all()[0].living if each._wrapped)

    def call():
        assert predict({"distance": 1.0}) == 2.5

    call()  # the first one may still open cells, and what reads rows for them
    since = pager.mark()
    with monkeypatch.context() as patched:
        capture = reader._wrapped[0].accounting._reading[0]
        patched.setattr(capture, "take", lambda *_: 1 / 0)
        told = pager.wait(
            "MLExporterRowsDropped", firing=True, since=since, meanwhile=call, model_name="lost"
        )
        assert told.labels["reason"] == "internal_error"
        pager.wait("MLExporterInternalErrors", firing=True, since=since, meanwhile=call, stage="capture")

    since = pager.mark()
    pager.wait("MLExporterRowsDropped", firing=False, since=since, meanwhile=call, model_name="lost")
    pager.wait("MLExporterInternalErrors", firing=False, since=since, meanwhile=call, stage="capture")


def test_a_profile_that_is_missing_is_told_until_it_is_there(pager, pod, tmp_path):
    """The model goes on without it; a restart that finds it ends the page."""
    path = tmp_path / "profile.json"
    serving = pod(strict=False)
    serving.monitor(model="unprofiled", version="1", profile=path).record({"distance": 1.0}, 2.5)
    since = pager.mark()
    fired = pager.wait("MLProfileMissing", firing=True, since=since, instance=serving.instance)
    assert fired.labels["reason"] == "profile_missing"

    since = pager.mark()
    Profile.fit({"distance": np.linspace(0.0, 9.0, 1000)}, model="unprofiled", version="1").save(path)
    serving.restart()
    serving.monitor(model="unprofiled", version="1", profile=path).record({"distance": 1.0}, 2.5)
    pager.wait("MLProfileMissing", firing=False, since=since, instance=serving.instance)
