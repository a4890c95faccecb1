"""``Exporter.push``: what goes out, what is counted, what is told, and what is left when it ends."""

from __future__ import annotations

import gc
import logging
import sys
import threading

import pytest

import mlexporter
from mlexporter import catalogue
from mlexporter.app.pushing import exporters, pushes
from mlexporter.app.pushing.handle import THREAD_NAME
from mlexporter.errors import ConfigurationError, PushError
from mlexporter.exposition.families import collect
from mlexporter.testing import isolated_exporter
from otlp_points import samples_of_families, samples_of_points

OF_THE_MOMENT = (
    "process_",
    "mlexporter_container_",
    "mlexporter_push",
    "mlexporter_last_push",
    "hw_",
    "mlexporter_series",
)


def threads():
    return [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]


def steady(samples):
    """Return the samples that do not move between two looks."""
    return {key: value for key, value in samples.items() if not key[0].startswith(OF_THE_MOMENT)}


def test_what_is_pushed_is_what_a_scrape_shows(exporter, predict, kept):
    """Every series and every value."""
    with exporter.push(kept, interval_seconds=3600) as handle:
        assert handle.flush(20)
        families = collect(exporter.view())
        assert handle.is_pushing
    assert steady(samples_of_points(kept.newest().values())) == steady(samples_of_families(families))
    assert steady(samples_of_families(families))


def test_pushes_are_counted_and_their_series_are_there_after_the_first(exporter, predict, kept):
    """Before, nothing says anything of pushes."""

    def pushed():
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in collect(exporter.view())
            for sample in family.samples()
            if family.metric.condition == "push"
        }

    assert pushed() == {}
    with exporter.push(kept, interval_seconds=3600) as handle:
        assert handle.flush(20)
        n_points = len(samples_of_points(kept.newest().values()))
        kept.fails = True
        assert not handle.flush(20)
        found = pushed()
    assert found[catalogue.PUSHES.name, "ok"] == found[catalogue.PUSHES.name, "error"] == 1
    assert 0 < found[catalogue.PUSH_POINTS.name, "ok"] < n_points
    assert found[catalogue.PUSH_POINTS.name, "error"] > found[catalogue.PUSH_POINTS.name, "ok"]
    assert found[catalogue.PUSH_POINTS.name, "rejected"] == 0
    assert found[catalogue.LAST_PUSH.name,] > 1e9


@pytest.mark.parametrize(
    ("failure", "words"), [(True, "does not say why"), (LookupError("secret"), "has raised LookupError")]
)
def test_an_outage_is_told_when_it_begins_and_when_it_is_over(
    exporter, predict, kept, caplog, *, failure, words
):
    """One line each, a reason as long as it lasts, and all counts afterwards."""
    with caplog.at_level(logging.WARNING, "mlexporter"), exporter.push(kept, interval_seconds=3600) as handle:
        kept.fails = failure
        for _ in range(3):
            assert not handle.flush(20)
            predict({"a": 1.0})
        degraded = exporter.view().degraded
        kept.fails = False
        assert handle.flush(20)
        assert exporter.view().degraded == {}
    lines = [record.getMessage() for record in caplog.records]

    assert degraded == {
        PushError.reason: f"pushes over OTLP fail: the exporter {type(kept).__module__}.Kept {words}"
    }
    assert len(lines) == 2
    assert words in lines[0]
    assert "3 in between were not delivered" in lines[1]
    assert kept.value(catalogue.PREDICTIONS) == 4
    assert "secret" not in caplog.text


def test_an_error_of_our_own_is_counted_and_stops_nothing(exporter, predict, kept, monkeypatch):
    """The next push goes out."""
    from mlexporter.exposition import families

    with exporter.push(kept, interval_seconds=3600) as handle:
        with monkeypatch.context() as patch:
            patch.setattr(families, "collect", lambda *_, **__: 1 / 0)
            assert not handle.flush(20)
        assert "ZeroDivisionError" in handle.problem
        assert handle.flush(20)
    assert exporter.view().exporter.internal_errors == {"push": 1}


def test_deltas_are_what_came_since_the_push_that_was_taken(exporter, predict, kept):
    """A push that fails loses nothing."""
    with exporter.push(kept, interval_seconds=3600, temporality="delta") as handle:
        assert handle.flush(20)
        assert kept.value(catalogue.PREDICTIONS) == 1
        predict({"a": 1.0})
        kept.fails = True
        assert not handle.flush(20)
        predict({"a": 1.0})
        kept.fails = False
        assert handle.flush(20)
        assert kept.value(catalogue.PREDICTIONS) == 2
        assert handle.flush(20)
        assert kept.value(catalogue.PREDICTIONS) == 0
        assert kept.value(catalogue.WORKERS) == 1


def test_a_push_comes_by_itself_and_at_the_end(exporter, predict, kept):
    """Every interval, and once more when it is closed."""
    handle = exporter.push(kept, interval_seconds=0.05)
    assert kept.came.acquire(timeout=20)
    assert kept.came.acquire(timeout=20)
    predict({"a": 1.0})
    handle.close()
    handle.close()

    assert kept.value(catalogue.PREDICTIONS) == 2
    assert kept.is_shut_down
    assert not handle.flush(1)
    assert "closed" in repr(handle)


def test_a_receiver_that_hangs_is_not_waited_for(exporter, predict, kept, monkeypatch):
    """Neither by who flushes nor, for long, by who ends."""
    from mlexporter.app.pushing import handle as module

    monkeypatch.setattr(module, "_END_SECONDS", 0.1)
    kept.hold.clear()
    handle = exporter.push(kept, interval_seconds=3600)
    assert not handle.flush(0.1)
    handle.close()
    assert threads() == []
    assert kept.is_shut_down


def test_calls_wait_for_nothing(exporter, predict, kept):
    """While a push hangs, rows are counted and read."""
    kept.hold.clear()
    with exporter.push(kept, interval_seconds=3600) as handle:
        handle.flush(0.05)
        predict({"a": 1.0})
        assert exporter.view().models[0].snapshot.service.accepted == 2
        kept.hold.set()


def test_pushing_again_replaces_what_was_begun_with_the_same_exporter(exporter, predict, kept):
    """A notebook that runs a cell again does not push twice; another receiver is another pipeline."""
    first = exporter.push(kept, interval_seconds=3600)
    second = exporter.push(kept, interval_seconds=3600)
    third = exporter.push(lambda: kept, interval_seconds=3600)

    assert not kept.is_shut_down  # the second one goes on with it
    assert first.is_closed
    assert not second.is_closed
    assert len(threads()) == 2
    second.close()
    third.close()


@pytest.mark.slow
def test_nothing_is_left_of_what_was_closed(exporter, predict):
    """No thread, and no memory that grows with it."""
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader  # noqa: F401 - loaded before it is counted

    class Null:
        def export(self, *_, **__):
            from opentelemetry.sdk.metrics.export import MetricExportResult

            return MetricExportResult.SUCCESS

        def shutdown(self, **_):
            pass

    sizes = []
    for _ in range(3):
        for _ in range(5):
            with exporter.push(Null(), interval_seconds=3600) as handle:
                assert handle.flush(20)
        gc.collect()
        sizes.append(len(gc.get_objects()))
    assert threads() == []
    assert sizes[2] - sizes[1] < 200


@pytest.mark.parametrize("wrong", ["http://localhost:4318", 5, object()])
def test_what_is_no_exporter_is_a_mistake(exporter, wrong):
    """Field, value and way out."""
    with pytest.raises(ConfigurationError, match=r"exporter=\w+: a MetricExporter.*function"):
        exporter.push(wrong)


def test_what_is_no_resource_is_a_mistake(exporter, kept):
    """Field, value and way out."""
    with pytest.raises(ConfigurationError, match=r"resource=dict: .*Resource\.create"):
        exporter.push(kept, resource={"service.name": "fares"})


def test_a_missing_package_degrades_loudly(exporter, predict, monkeypatch, caplog):
    """The log and the page have the command that installs it; everything else works."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http", None)
    handle = exporter.push()

    assert "pip install --upgrade 'mlexporter[otlp]'" in handle.reason
    assert handle.reason in caplog.text
    assert exporter.view().degraded == {PushError.reason: f"pushes over OTLP fail: {handle.reason}"}
    assert handle.reason.startswith("opentelemetry.")
    assert not handle.flush(1)
    assert predict({"a": 1.0}) == 0.5
    handle.close()
    assert exporter.view().degraded == {}


def test_a_missing_package_raises_under_strict(monkeypatch):
    """Tests and CI see it at once."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http", None)
    with isolated_exporter() as exporter, pytest.raises(PushError, match="pip install"):
        exporter.push()


def test_grpc_names_its_own_package(exporter, monkeypatch):
    """It is not part of the extra."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.grpc", None)
    assert "pip install --upgrade opentelemetry-exporter-otlp-proto-grpc" in exporter.push().reason


@pytest.mark.parametrize(
    ("environment", "settings", "reason"),
    [
        ({"OTEL_SDK_DISABLED": "true"}, {}, "OTEL_SDK_DISABLED is true"),
        ({"OTEL_METRICS_EXPORTER": "none"}, {}, "OTEL_METRICS_EXPORTER=none names no otlp"),
        ({}, {"disabled": True}, "MLEXPORTER_DISABLED is set"),
    ],
)
def test_nothing_is_pushed_where_it_is_not_wanted(monkeypatch, environment, settings, reason):
    """The handle says why, and nothing is degraded."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with isolated_exporter(**settings) as exporter:
        handle = exporter.push()
        assert (handle.reason, threads()) == (reason, [])
        assert exporter.view().degraded == {}


def test_an_exporter_that_cannot_be_made_is_told(exporter, predict, monkeypatch):
    """A variable of the environment is wrong; no message of somebody else's error is shown."""
    monkeypatch.setattr(
        exporters, "_imported", lambda *_: type("M", (), {"OTLPMetricExporter": lambda **_: 1 / 0})
    )
    with exporter.push(interval_seconds=3600) as handle:
        assert not handle.flush(20)
        assert handle.problem == (
            "the exporter for http/protobuf cannot be made (ZeroDivisionError): look at the variables "
            "OTEL_EXPORTER_OTLP_*"
        )


def test_the_setting_begins_with_the_first_look_after_a_call(monkeypatch, kept):
    """Nothing in the code is needed; what the code says itself counts instead."""
    monkeypatch.setattr("mlexporter.app.pushing.pushes.make_exporter", lambda *_: kept)
    with isolated_exporter(push="on") as exporter:
        exporter._tick()
        assert threads() == []
        mlexporter.monitor(model="m", version="1")(lambda row: 1.0)({"a": 1})
        exporter._tick()
        assert len(threads()) == 1
        exporter._tick()
        assert len(threads()) == 1
        exporter.push(interval_seconds=3600)
        assert len(threads()) == 1
    assert kept.value(catalogue.PREDICTIONS) == 1


def test_a_program_that_ends_before_the_first_look_pushes_too(monkeypatch, kept):
    """A job of half a second."""
    monkeypatch.setattr("mlexporter.app.pushing.pushes.make_exporter", lambda *_: kept)
    with isolated_exporter(push="on") as exporter:
        mlexporter.monitor(model="m", version="1")(lambda row: 1.0)({"a": 1})
        exporter._end()
    assert len(kept.pushed) == 1
    assert kept.value(catalogue.PREDICTIONS) == 1


@pytest.mark.parametrize("closes", [True, False])
def test_deltas_go_on_when_pushing_begins_again(predict, exporter, kept, closes):
    """Without a directory too: what was taken is not told twice."""
    told = []
    for _ in range(3):
        handle = exporter.push(kept, interval_seconds=3600, temporality="delta")
        assert handle.flush(20)
        told.append(kept.value(catalogue.PREDICTIONS))
        if closes:
            handle.close()
    assert told == [1, 0, 0]


def test_an_exporter_of_the_parent_is_not_used_in_a_child(kept, monkeypatch):
    """Its connections cannot be shared; the way out is a function."""
    make = pushes._maker(kept, "http/protobuf")
    assert make(None) is kept
    monkeypatch.setattr(pushes.os, "getpid", lambda: -1)
    with pytest.raises(PushError, match=r"give push\(\) a function"):
        make(None)


def test_who_takes_over_knows_what_was_taken(tmp_path, kept):
    """Deltas of a directory go on where the process before has stopped, as the same instance."""
    before = type(kept)()
    for number, target in enumerate((before, kept), 1):
        with isolated_exporter(dir=str(tmp_path / "shared"), strict=False) as exporter:
            predict = mlexporter.monitor(model="m", version="1")(lambda row: 1.0)
            for _ in range(number):
                predict({"a": 1})
            with exporter.push(target, interval_seconds=3600, temporality="delta") as handle:
                assert handle.flush(20)

    def instance(of):
        return of.pushed[-1].resource_metrics[0].resource.attributes["service.instance.id"]

    first = [push.resource_metrics[0].scope_metrics[0].metrics for push in before.pushed]
    assert [_predictions(metrics) for metrics in first] == [1, 0]
    assert [_predictions(push.resource_metrics[0].scope_metrics[0].metrics) for push in kept.pushed] == [2, 0]
    assert instance(before) == instance(kept)


def _predictions(metrics):
    (found,) = [metric for metric in metrics if metric.name == catalogue.PREDICTIONS.name]
    return sum(point.value for point in found.data.data_points)


def test_a_reader_that_pushes_shows_its_pushes(tmp_path, kept):
    """It has no slot: what it counts of pushes stands on its own page."""
    with (
        isolated_exporter(dir=str(tmp_path / "shared"), strict=False) as exporter,
        exporter.push(kept, interval_seconds=3600) as handle,
    ):
        assert handle.flush(20)
        assert exporter.view().exporter.push.pushes == {"ok": 1, "error": 0}


def test_other_processes_say_that_pushes_fail(tmp_path, kept):
    """Whichever page is looked at; the words are in the log of who pushes."""
    kept.fails = True
    with (
        isolated_exporter(dir=str(tmp_path / "shared"), strict=False) as other,
        isolated_exporter(dir=str(tmp_path / "shared"), strict=False) as exporter,
    ):
        mlexporter.monitor(model="m", version="1")(lambda row: 1.0)({"a": 1})
        with exporter.push(kept, interval_seconds=3600) as handle:
            assert not handle.flush(20)
            assert "of another process" in other.view().degraded[PushError.reason]
            assert other.view().exporter.push.pushes == {"ok": 0, "error": 1}
        assert other.view().degraded == {}
