"""What a process shows that has not looked yet whether it is the one that evaluates."""

import numpy as np
import pytest

from mlexporter import Profile
from mlexporter.app import Exporter
from mlexporter.settings import read_settings


@pytest.fixture
def settings(tmp_path):
    """Settings of workers of one directory, who look at drift so rarely that they never do in a test."""
    return read_settings({}, dir=str(tmp_path / "counts"), evaluation_interval=3600.0)


@pytest.fixture
def profile():
    """A profile of one feature."""
    frame = {"x": np.arange(2000.0), "prediction": np.arange(2000.0) / 2000}
    return Profile.fit(frame, model="m", version="1", prediction="prediction")


def monitored(settings, profile):
    """Return another worker, and its function."""
    worker = Exporter(settings)
    return worker, worker.monitor(model="m", version="1", profile=profile)(lambda row: row["x"] / 2000)


def test_a_new_worker_shows_what_another_has_evaluated(settings, profile):
    """A scrape that hits a worker in its first seconds has scores: a gap would begin every `for` of an alert anew."""
    old, predict = monitored(settings, profile)
    for x in range(500):
        predict({"x": float(x)})
    old.evaluate()
    shown = old.view().models[0]
    assert shown.report is not None
    assert shown.baseline is not None
    new, _ = monitored(settings, profile)
    found = new.view().models[0]
    assert found.report is not None
    assert found.report.evaluated_timestamp == shown.report.evaluated_timestamp
    assert found.baseline is not None
    for worker in (new, old):
        worker.close()


def test_a_worker_that_watches_no_baseline_shows_none(settings, profile):
    """Also not that of a worker before it, which did."""
    old, predict = monitored(settings, profile)
    predict({"x": 1.0})
    old.evaluate()
    new, _ = monitored(settings._replace(baseline="off"), profile)
    assert new.view().models[0].baseline is None
    for worker in (new, old):
        worker.close()
