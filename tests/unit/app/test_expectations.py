"""What is expected of models: in the process that serves them, beside it, and after a change."""

import pytest

import mlexporter
from mlexporter.app import Exporter
from mlexporter.catalogue import (
    ACCURACY,
    CONFIG_RELOAD_SUCCESS,
    FEATURE_DRIFT_SEVERITY,
    PROFILE_AGE_THRESHOLD,
    SLO_LATENCY_THRESHOLD,
)
from mlexporter.configuration.effective import effective_settings
from mlexporter.records import Objectives
from mlexporter.testing import FakeClock, isolated_exporter

LATENCY = "latency_threshold_seconds"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mlexporter.toml"


def only(exporter):
    """Return the view of the one model."""
    (model,) = exporter.view().models
    return model


def bounds_of(model):
    return model.snapshot.service.durations["ok"].bounds


def test_without_a_file_the_defaults_hold():
    """Also of a model without a profile and without calls."""
    with isolated_exporter() as exporter:
        mlexporter.monitor(model="m", version="1")(lambda row: 1.0)
        assert only(exporter).objectives == Objectives()
        assert exporter.view().configuration is None


def test_a_latency_threshold_becomes_a_bound_by_itself(path):
    """Of the model whose table names it, and of no other."""
    path.write_text(f"[models.fast]\n{LATENCY} = 0.03\n")
    with isolated_exporter(config=str(path)) as exporter:
        mlexporter.monitor(model="fast", version="1")(lambda row: 1.0)(1)
        mlexporter.monitor(model="slow", version="1")(lambda row: 1.0)(1)
        fast, slow = exporter.view().models
        assert 0.03 in bounds_of(fast)
        assert fast.objectives.latency_threshold_seconds == 0.03
        assert 0.03 not in bounds_of(slow)
        assert slow.objectives.latency_threshold_seconds is None


def test_the_variable_wins_for_all_models(path):
    """It is what somebody set for this process."""
    path.write_text(f"[models.fast]\n{LATENCY} = 0.03\nminimum_requests = 7\n")
    with isolated_exporter(config=str(path), latency_objective=0.07) as exporter:
        mlexporter.monitor(model="fast", version="1")(lambda row: 1.0)(1)
        objectives = only(exporter).objectives
        assert objectives.latency_threshold_seconds == 0.07
        assert objectives.minimum_requests == 7
        assert 0.07 in bounds_of(only(exporter))
    with isolated_exporter(latency_objective=0.07) as exporter:
        mlexporter.monitor(model="other", version="1")(lambda row: 1.0)(1)
        assert only(exporter).objectives.latency_threshold_seconds == 0.07


@pytest.mark.parametrize(("new", "expected"), [("0.25", 0.25), ("0.04", 0.03), (None, None)])
def test_a_new_latency_threshold_has_to_be_a_bound(path, new, expected, caplog):
    """One of the usual bounds holds at once, another with the next start, and none is none at once."""
    path.write_text(f"[models.m]\n{LATENCY} = 0.03\n")
    with isolated_exporter(config=str(path)) as exporter:
        mlexporter.monitor(model="m", version="1")(lambda row: 1.0)(1)
        path.write_text(f"[models.m]\n{LATENCY} = {new}\n" if new else "[models.m]\nminimum_requests = 5\n")
        exporter.evaluate()
        assert only(exporter).objectives.latency_threshold_seconds == expected
        told = f"{LATENCY} = {new} is no bucket bound" in exporter.describe()
        assert told == (new == "0.04")
        assert (caplog.text.count("no bucket bound") == 1) == (new == "0.04")


def test_objectives_change_with_the_file(path):
    """The next evaluation knows them."""
    path.write_text("[models.m]\nminimum_requests = 5\n")
    with isolated_exporter(config=str(path)) as exporter:
        mlexporter.monitor(model="m", version="1")(lambda row: 1.0)
        path.write_text("[models.m]\nminimum_requests = 500\n")
        exporter.evaluate()
        assert only(exporter).objectives.minimum_requests == 500
        path.write_text("[models.m]\nminimum_reqests = 50\n")
        exporter.evaluate()
        view = exporter.view()
        assert view.models[0].objectives.minimum_requests == 500
        assert not view.configuration.is_good
        assert "minimum_requests is one" in view.degraded["config_invalid"]


def severities(exporter):
    report = only(exporter).report
    return report.windows[0].features.scores[FEATURE_DRIFT_SEVERITY.name][0]


def test_a_threshold_of_drift_overrides_that_of_the_profile(profile, training, path):
    """Severity is the effect by the threshold: twice the threshold, half the severity, after a change too."""
    path.write_text("")
    clock = FakeClock()
    with isolated_exporter(clock, config=str(path)) as exporter:
        monitored = mlexporter.Monitor(model="flights", version="1", profile=profile)
        moved = {"distance": training["distance"] * 2, "carrier": training["carrier"]}
        exporter.evaluate()
        monitored.record_batch(moved, training["score"])
        clock.advance(60)
        exporter.evaluate()
        before = severities(exporter)
        assert before > 1
        threshold = only(exporter).reference.features[0].threshold
        path.write_text(
            f"[models.flights.features.distance]\nthreshold = {2 * threshold}\nalert = false\n"
            "[models.flights.outputs.prediction]\nalert = false\n"
        )
        clock.advance(60)
        exporter.evaluate()
        feature = only(exporter).reference.features[0]
        assert severities(exporter) == pytest.approx(before / 2, rel=1e-6)
        assert (feature.threshold, feature.alert) == (2 * threshold, False)
        assert not only(exporter).reference.outputs[0].alert
        assert only(exporter).reference is only(exporter).reference  # layouts are prepared once


def test_a_name_that_the_profile_lacks_is_told_and_changes_nothing(profile, path, caplog):
    """Once in the log, and for as long as it stands in the file, in what people read."""
    path.write_text("[models.flights.features.distanse]\nthreshold = 0.5\n")
    with isolated_exporter(config=str(path)) as exporter:
        mlexporter.Monitor(model="flights", version="1", profile=profile).record_batch(
            {"distance": [1.0], "carrier": ["AA"]}, [0.5]
        )
        exporter.evaluate()
        exporter.evaluate()
        assert "feature 'distanse'" in exporter.describe()
        assert caplog.text.count("'distanse'") == 1
        assert exporter.view().degraded == {}
        path.write_text("")
        exporter.evaluate()
        assert "distanse" not in exporter.describe()


@pytest.fixture
def pair(tmp_path, profile, path):
    """Return a function that makes a worker and a reader in one directory, and returns the reader's view."""
    made = []

    def view(worker_file, reader_file, **worker_settings):
        options = {"dir": str(tmp_path / "shared"), "evaluation_interval": 3600.0, "strict": False}
        files = {}
        for name, text in (("worker", worker_file), ("reader", reader_file)):
            if text is not None:
                files[name] = tmp_path / f"{name}.toml"
                files[name].write_text(text)
        worker = Exporter(effective_settings({}, config=files.get("worker"), **options, **worker_settings))
        made.append(worker)
        worker.monitor(model="flights", version="1", profile=profile)(lambda row: 0.5)(
            {"distance": 1.0, "carrier": "AA"}
        )
        worker._engine.tick()
        reader = Exporter(effective_settings({}, config=files.get("reader"), **options))
        made.append(reader)
        return reader.view()

    yield view
    for exporter in reversed(made):
        exporter.close()


OF_WORKER = (
    f"[models.flights]\n{LATENCY} = 0.03\nminimum_requests = 5\nquality_tolerance = {{ accuracy = 0.5 }}\n"
    "[models.flights.features.distance]\nthreshold = 0.77\n"
)


def test_a_reader_without_a_file_shows_what_the_workers_know(pair):
    """Objectives and thresholds travel with the card of the model, and so does the state of the file."""
    view = pair(OF_WORKER, None)
    (model,) = view.models
    assert model.objectives.minimum_requests == 5
    assert model.objectives.latency_threshold_seconds == 0.03
    assert dict(model.objectives.quality_tolerance)[ACCURACY.name] == 0.5
    assert model.reference.features[0].threshold == 0.77
    assert view.configuration.is_good


def test_a_reader_with_a_file_believes_that(pair):
    """But for the threshold that only the workers can count by."""
    (model,) = pair(OF_WORKER, f"[models.flights]\nminimum_requests = 6\n{LATENCY} = 0.04\n").models
    assert model.objectives.minimum_requests == 6
    assert model.objectives.latency_threshold_seconds == 0.03
    assert model.reference.features[0].threshold != 0.77
    assert any("no bucket bound" in sentence for _, sentence in model.notes)


def test_without_any_file_a_reader_shows_the_defaults(pair):
    """And no state of a file that is not there."""
    view = pair(None, None)
    assert view.models[0].objectives == Objectives()
    assert view.configuration is None


def test_a_latency_objective_of_the_workers_environment_is_seen_beside_them(pair):
    """It needs no file."""
    view = pair(None, None, latency_objective=0.07)
    assert view.models[0].objectives == Objectives(latency_threshold_seconds=0.07)
    assert view.configuration is None


def test_a_collector_and_a_push_say_the_same(path):
    """Whoever reads gets the objectives once for each model, and the state of the file."""
    wanted = {PROFILE_AGE_THRESHOLD.name, SLO_LATENCY_THRESHOLD.name, CONFIG_RELOAD_SUCCESS.name}
    path.write_text(f'[models."*"]\n{LATENCY} = 0.3\n')
    pushed = InMemory()
    with isolated_exporter(config=str(path)) as exporter:
        mlexporter.monitor(model="one", version="1")(lambda row: 1.0)
        mlexporter.monitor(model="two", version="1")(lambda row: 1.0)
        samples = [sample for family in exporter.collector().collect() for sample in family.samples]
        with exporter.push(pushed, interval_seconds=3600.0) as pushing:
            assert pushing.flush(20.0)
    assert {sample.name for sample in samples} >= wanted
    assert len([sample for sample in samples if sample.name == PROFILE_AGE_THRESHOLD.name]) == 2
    assert pushed.names >= wanted


class InMemory:
    """An exporter of OpenTelemetry that keeps the names of what it is given."""

    names = frozenset()

    def export(self, data, **_):
        """Keep them."""
        from opentelemetry.sdk.metrics.export import MetricExportResult

        scopes = (scope for resource in data.resource_metrics for scope in resource.scope_metrics)
        self.names = {metric.name for scope in scopes for metric in scope.metrics}
        return MetricExportResult.SUCCESS

    def shutdown(self, **_):
        """End."""
