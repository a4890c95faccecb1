"""What begins pushes, and when: the setting, the code, a fork, and a process that ends early."""

from __future__ import annotations

import logging
import threading
import time

import pytest
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult

import mlexporter
from mlexporter import catalogue
from mlexporter.app import pipelines
from mlexporter.app.pushing.handle import THREAD_NAME
from mlexporter.errors import ConfigurationError, PushError
from mlexporter.testing import isolated_exporter


class Kept(MetricExporter):
    """Remembers what it is to export, once it may answer."""

    def __init__(self):
        super().__init__()
        self.pushed, self.is_shut_down = [], False
        self.hold = threading.Event()
        self.hold.set()

    def export(self, metrics_data, timeout_millis=10_000, **_):
        """Take it."""
        self.hold.wait(20)
        self.pushed.append(metrics_data)
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis=10_000):
        """Hold nothing back."""
        return True

    def shutdown(self, timeout_millis=30_000, **_):
        """Wait on."""
        self.is_shut_down = True


@pytest.fixture
def by_setting(monkeypatch):
    """What the setting pushes with."""
    found = Kept()
    monkeypatch.setattr("mlexporter.app.pushing.pushes.make_exporter", lambda *_: found)
    yield found
    found.hold.set()


@pytest.fixture
def exporter():
    with isolated_exporter(push="on", strict=False) as made:
        yield made


def call():
    mlexporter.monitor(model="m", version="1")(lambda row: 1.0)({"a": 1})


def threads(name=THREAD_NAME):
    return [thread for thread in threading.enumerate() if thread.name == name]


def test_the_code_takes_the_place_of_the_setting(exporter, by_setting):
    """Before the first look the setting begins nothing any more."""
    call()
    with exporter.push(Kept(), interval_seconds=3600):
        exporter._tick()
        assert len(threads()) == 1
    assert by_setting.pushed == []


def test_the_code_ends_what_the_setting_has_begun(exporter, by_setting):
    """Else each series would go out twice."""
    call()
    exporter._tick()
    assert len(threads()) == 1
    with exporter.push(Kept(), interval_seconds=3600) as handle:
        assert len(threads()) == 1
        assert handle.flush(20)
    assert by_setting.is_shut_down


def test_a_mistake_in_the_code_leaves_the_setting_as_it_is(exporter, by_setting):
    """It is raised, and nothing else happens."""
    call()
    with pytest.raises(ConfigurationError, match="interval_seconds=-1"):
        exporter.push(Kept(), interval_seconds=-1)
    exporter._tick()
    assert len(threads()) == 1


def test_a_process_that_ends_early_does_not_wait_for_a_slow_receiver(
    exporter, by_setting, monkeypatch, caplog
):
    """No longer than was promised; the log tells what may be lost."""
    monkeypatch.setattr(pipelines, "_END_SECONDS", 0.3)
    by_setting.hold.clear()
    call()
    started = time.monotonic()
    exporter._end()

    assert time.monotonic() - started < 10
    assert by_setting.pushed == []
    assert "not answered within 0.3 s and is given up" in caplog.text


def test_nothing_waits_where_nothing_is_to_be_pushed(by_setting):
    """No thread before a call, none without the setting, none after the first look."""
    before = threads(pipelines._THREAD_NAME)  # of another test, on its way out

    def waiting():
        return [thread for thread in threads(pipelines._THREAD_NAME) if thread not in before]

    with isolated_exporter() as off:
        call()
        assert waiting() == []
        off._end()
    with isolated_exporter(push="on") as exporter:
        exporter._tick()
        assert waiting() == []
        call()
        exporter._resume()
        (found,) = waiting()
        exporter._tick()
        found.join(20)
        assert not found.is_alive()
        exporter._end()
    assert len(by_setting.pushed) == 1


def test_an_error_of_ours_at_an_early_end_is_counted(exporter, monkeypatch):
    """It does not keep the process from ending."""
    monkeypatch.setattr("mlexporter.app.pushing.pushes.Pushes.push_by_setting", lambda *_, **__: 1 / 0)
    call()
    exporter._end()
    assert exporter.view().exporter.internal_errors == {"push": 1}


def test_grpc_at_an_early_end_says_the_way_out(exporter, monkeypatch, caplog):
    """Its package runs threads as it loads, and none start any more."""
    from mlexporter.app.pushing import exporters

    def load(*_):
        raise RuntimeError("cannot schedule new futures after shutdown")

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    monkeypatch.setattr(exporters, "_imported", load)
    call()
    exporter._end()
    assert "call mlexporter.push() at its beginning, or use OTEL_EXPORTER_OTLP_PROTOCOL=http" in caplog.text
    assert PushError.reason in exporter.view().degraded


def test_switching_off_what_is_asked_for_is_a_warning(exporter, monkeypatch, caplog):
    """Who asks for pushes and gets none sees why."""
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "console")
    with caplog.at_level(logging.WARNING, "mlexporter"):
        call()
        exporter._tick()
    assert "nothing is pushed, although it is asked for: OTEL_METRICS_EXPORTER=console" in caplog.text


def test_counts_in_memory_of_a_child_begin_with_it():
    """The start of its points is no time of its parent."""
    with isolated_exporter() as exporter:
        call()
        kept = Kept()

        def start():
            with exporter.push(kept, interval_seconds=3600) as handle:
                assert handle.flush(20)
            (scope,) = kept.pushed[-1].resource_metrics[0].scope_metrics
            (found,) = [each for each in scope.metrics if each.name == catalogue.PREDICTIONS.name]
            return found.data.data_points[0].start_time_unix_nano

        before, between = start(), time.time_ns()
        exporter._pipelines.forget()
        assert before < between <= start()
