"""The exporter as users and readers meet it, with an injected clock."""

import json
import logging
import sys

import numpy as np
import pytest

import mlexporter
from mlexporter import catalogue
from mlexporter.app import Exporter
from mlexporter.errors import (
    ConfigurationError,
    DuplicateModelError,
    PortInUseError,
    ProfileFormatError,
    ProfileMismatchError,
    ProfileMissingError,
)
from mlexporter.exposition.families import collect
from mlexporter.settings import read_settings
from mlexporter.testing import FakeClock, isolated_exporter


def rows(training, n, scale=1.0):
    return [
        {"distance": float(training["distance"][i]) * scale, "carrier": str(training["carrier"][i])}
        for i in range(n)
    ]


def test_a_made_fault_is_drift_and_clean_rows_are_not(profile, training):
    """Miles sent as kilometres raise the severity of that feature above 1; clean rows leave it at 0."""
    clock = FakeClock()
    with isolated_exporter(clock) as exporter:

        @mlexporter.monitor(model="flights", version="1", profile=profile)
        def predict(flight):
            return 0.5

        for row in rows(training, 1000):
            predict(row)
        clock.advance(60)
        exporter.evaluate()
        clean = exporter.view().models[0].report.windows[0].features
        clock.advance(3 * 3600)
        exporter.evaluate()
        for row in rows(training, 1000, scale=1.609344):
            predict(row)
        clock.advance(60)
        exporter.evaluate()
        broken = exporter.view().models[0].report.windows[0].features

    severity = catalogue.FEATURE_DRIFT_SEVERITY.name
    distance, carrier = (profile.reference.feature_names.index(name) for name in ("distance", "carrier"))
    assert clean.scores[severity][distance] == 0
    assert broken.scores[severity][distance] > 1
    assert broken.scores[severity][carrier] == 0


class _WallClock:
    """A wall clock that can be set, now or at its second reading from now."""

    def __init__(self):
        self.now, self.change, self.readings = 1.7e9, 0.0, 0

    def __call__(self):
        self.readings += 1
        if self.readings == 2:
            self.now += self.change
        return self.now

    def change_in_an_evaluation(self, seconds):
        self.change, self.readings = seconds, 0


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0])
@pytest.mark.parametrize("is_in_evaluation", [True, False])
@pytest.mark.parametrize("directory", ["off", "shared"])
def test_a_wall_clock_that_is_set_makes_no_report_old(  # noqa: PLR0917 - one argument for each case
    profile, training, tmp_path, monkeypatch, seconds, is_in_evaluation, directory
):
    """Neither between two readings of one evaluation, nor between evaluation and scrape."""
    wall_clock = _WallClock()
    monkeypatch.setattr("mlexporter.exposition.families.time.time", wall_clock)
    clock, directory = FakeClock(), directory if directory == "off" else str(tmp_path / directory)
    exporter = Exporter(read_settings({}, dir=directory), clock=clock, wall_clock=wall_clock)
    try:
        predict = exporter.monitor(model="flights", version="1", profile=profile)(lambda flight: 0.5)
        for row in rows(training, 1000):
            predict(row)
        clock.advance(60)
        wall_clock.change_in_an_evaluation(seconds if is_in_evaluation else 0.0)
        exporter.evaluate()
        wall_clock.now += 0.0 if is_in_evaluation else seconds
        families = {family.metric: family for family in collect(exporter.view())}
    finally:
        exporter.close()

    assert catalogue.FEATURE_DRIFT_SEVERITY in families
    assert catalogue.SCORE_ABSENT not in families


def test_without_a_profile_service_metrics_work_and_it_says_so():
    """No profile: calls are counted, nothing is evaluated, and describe() names the reason."""
    with isolated_exporter() as exporter:

        @mlexporter.monitor(model="m", version="1")
        def predict(x):
            return x

        predict(1)
        exporter.evaluate()
        model = exporter.view().models[0]
        words = exporter.describe()

    assert model.snapshot.service.accepted == 1
    assert model.reference is None
    assert model.report is None
    assert "everything works but drift" in words


def test_disabled_returns_the_function_itself():
    """MLEXPORTER_DISABLED=1 makes the decorator free: the very same object comes back."""

    def predict(x):
        return x

    with isolated_exporter(disabled=True) as exporter:
        decorated = exporter.monitor(model="m", version="1")(predict)
        monitor = mlexporter.Monitor(model="m", version="1")
        monitor.record({"x": 1}, 2)

        assert decorated is predict
        assert exporter.view().models == ()


@pytest.mark.parametrize(
    ("content", "error", "reason"),
    [
        (None, ProfileMissingError, "profile_missing"),
        ("", ProfileFormatError, "profile_invalid"),
        ('{"format": "mlexporter.profile", "schema_ver', ProfileFormatError, "profile_invalid"),
        (json.dumps([1, 2]), ProfileFormatError, "profile_invalid"),
    ],
)
def test_a_broken_profile_degrades_loudly_and_raises_under_strict(content, error, reason, tmp_path, caplog):
    """The model goes on with service metrics; log, view and series say why; strict raises."""
    path = tmp_path / "broken.profile.json"
    if content is not None:
        path.write_text(content)

    with isolated_exporter(strict=False) as exporter, caplog.at_level(logging.ERROR, "mlexporter"):
        predict = exporter.monitor(model="m", version="1", profile=path)(lambda x: x)
        assert predict(3) == 3
        model = exporter.view().models[0]
    with isolated_exporter() as exporter, pytest.raises(error) as caught:
        exporter.monitor(model="m", version="1", profile=path)

    assert set(model.degraded) == {reason}
    assert str(path) in model.degraded[reason]
    assert str(path) in caplog.text
    assert str(path) in str(caught.value)
    assert model.snapshot.service.accepted == 1


def test_the_profile_of_another_model_raises_always(profile):
    """Another model's profile is a mistake in code; another version's is allowed and told."""
    with isolated_exporter(strict=False) as exporter:
        with pytest.raises(ProfileMismatchError, match=r"'flights'.*model='trains'"):
            exporter.monitor(model="trains", version="1", profile=profile)

        exporter.monitor(model="flights", version="2", profile=profile)(lambda distance, carrier: 0.5)
        assert "version 1" in exporter.describe()


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"model": "", "version": "1"}, "model=''"),
        ({"model": "m", "version": 3}, "version=3"),
        ({"model": "m", "version": "1", "variant": "blue"}, "variant='blue'"),
        ({"model": "m", "version": "1", "profile": 7}, "profile=7"),
        ({"model": "m", "version": "1", "sample": 0}, "sample=0"),
        ({"model": "m", "version": "1", "features": 5}, "features=5"),
    ],
)
def test_a_wrong_argument_raises_where_the_decorator_stands(arguments, name):
    """Mistakes in code raise at once, whatever ``strict`` says, and name argument and value."""
    with (
        isolated_exporter(strict=False) as exporter,
        pytest.raises(ConfigurationError, match=name.replace("(", r"\(")),
    ):
        exporter.monitor(**arguments)


def test_two_functions_of_one_model_share_its_counters(profile):
    """Functions that agree on profile and prediction count together; others raise."""
    with isolated_exporter() as exporter:
        monitor = exporter.monitor(model="flights", version="1", profile=profile)

        @monitor
        def first(distance, carrier):
            return 0.1

        @monitor
        def second(distance, carrier):
            return 0.2

        first(100.0, "AA")
        second(200.0, "DL")
        view = exporter.view()
        with pytest.raises(DuplicateModelError, match="profile= differs"):
            exporter.monitor(model="flights", version="1")(lambda x: x)
        with pytest.raises(DuplicateModelError, match="prediction= differs"):
            exporter.monitor(model="flights", version="1", profile=profile, prediction="p")(lambda x: x)

    assert len(view.models) == 1
    assert view.models[0].snapshot.service.accepted == 2


def test_defining_the_same_function_again_replaces_it(profile):
    """A notebook cell that runs twice keeps its counters, and may bring another profile."""
    with isolated_exporter() as exporter:
        for given in (None, profile):

            @exporter.monitor(model="flights", version="1", profile=given)
            def predict(distance, carrier):
                return 0.3

            predict(100.0, "AA")
        model = exporter.view().models[0]

    assert model.snapshot.service.accepted == 2
    assert model.snapshot.profile.accepted == 1


def test_a_profile_with_the_same_bins_and_another_threshold_is_another_profile(profile, training):
    """The newest one is what is compared with; equal bins go on being counted in the same cells."""
    other = mlexporter.Profile.fit(
        training, model="flights", version="1", prediction="score", default_threshold=0.4
    )
    clock = FakeClock()
    with isolated_exporter(clock) as exporter:
        for given in (profile, other):

            @exporter.monitor(model="flights", version="1", profile=given)
            def predict(flight):
                return 0.3

            for row in rows(training, 150):
                predict(row)
            clock.advance(5)
        exporter.evaluate()
        model = exporter.view().models[0]
        with pytest.raises(DuplicateModelError, match="profile= differs"):
            exporter.monitor(model="flights", version="1", profile=profile)(lambda flight: 0.3)

    assert profile.reference.fingerprint == other.reference.fingerprint
    assert [feature.threshold for feature in model.reference.features] == [0.4, 0.4]
    assert (model.snapshot.profile.accepted, model.report.windows[0].counts.row_count) == (300, 300)


def test_a_port_in_use_degrades_and_raises_under_strict(caplog):
    """The second server on a port leaves the model alone, and says so everywhere."""
    with isolated_exporter(strict=False) as exporter:
        handle = exporter.serve(0)
        standby = exporter.serve(handle.port)
        degraded = exporter.view().degraded
        words = exporter.describe()
        with isolated_exporter() as strict, pytest.raises(PortInUseError, match=str(handle.port)):
            strict.serve(handle.port)

    assert standby.url == ""
    assert standby.is_closed
    assert str(handle.port) in degraded["port_in_use"]
    assert str(handle.port) in caplog.text
    assert "port_in_use" in words


def test_warm_up_learns_a_profile_and_then_counts(training):
    """profile='warmup' opens a profile after the first rows; later rows are compared with it."""
    clock = FakeClock()
    with isolated_exporter(clock, warmup_rows=1000) as exporter:

        @mlexporter.monitor(model="flights", version="1", profile="warmup")
        def predict(flight):
            return 0.5

        for row in rows(training, 1000):
            predict(row)
        exporter.wait_for_warmup()
        for row in rows(training, 500, scale=3.0):
            predict(row)
        clock.advance(60)
        exporter.evaluate()
        model = exporter.view().models[0]

    assert set(model.reference.feature_names) == {"distance", "carrier"}
    assert model.reference.row_count == 1000
    assert model.snapshot.profile.accepted == 500
    index = model.reference.feature_names.index("distance")
    assert model.report.windows[0].features.scores[catalogue.FEATURE_DRIFT_SEVERITY.name][index] > 1


def test_explicit_recording_counts_rows_and_batches(profile, training):
    """Monitor.record and record_batch count into the same model as its decorator."""
    with isolated_exporter() as exporter:
        monitor = mlexporter.Monitor(model="flights", version="1", profile=profile)
        monitor.record({"distance": 100.0, "carrier": "AA"}, 0.2, duration_seconds=0.01)
        monitor.record({"distance": 100.0, "carrier": "AA"}, error=ValueError("secret"))
        frame = {"distance": training["distance"][:50], "carrier": training["carrier"][:50]}
        monitor.record_batch(frame, np.full(50, 0.5))
        predict = monitor(lambda distance, carrier: 0.4)
        predict(3.0, "DL")
        snapshot = exporter.view().models[0].snapshot

    assert snapshot.service.accepted == 53
    assert snapshot.service.errors == {"ValueError": 1}
    assert snapshot.profile.drained == 53


def test_a_failing_evaluation_blanks_one_model_only(profile, monkeypatch, training):
    """An error while computing one model's report is counted and leaves the other's report."""
    from mlexporter.statistics import evaluate as module

    original = module.evaluate

    def failing(reference, windows, *, key, **others):
        if key.version == "2":
            raise RuntimeError("planted")
        return original(reference, windows, key=key, **others)

    monkeypatch.setattr(module, "evaluate", failing)
    with isolated_exporter() as exporter:
        for version in ("1", "2"):
            exporter.monitor(model="flights", version=version, profile=profile)(lambda distance, carrier: 0.5)
        exporter.evaluate()
        view = exporter.view()

    assert [model.report is None for model in view.models] == [False, True]
    assert view.exporter.internal_errors["evaluate"] == 1


def test_a_failed_evaluation_is_told_until_the_next_one_works(profile, monkeypatch):
    """Also where what evaluates cannot be imported; calls and buffers go on."""
    clock = FakeClock()
    with isolated_exporter(clock) as exporter:
        exporter.monitor(model="flights", version="1", profile=profile)(lambda distance, carrier: 0.5)
        told = []
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, "mlexporter.statistics.evaluate", None)
            exporter.evaluate()
            told.append(exporter.view().models[0].has_failed)
        exporter.evaluate()
        told.append(exporter.view().models[0].has_failed)

    assert told == [True, False]
    assert exporter.view().exporter.internal_errors == {"evaluate": 1}


def test_an_objective_becomes_a_bucket_bound():
    """The latency objective of the user is one of the histogram's bounds."""
    with isolated_exporter(latency_objective=0.3) as exporter:
        exporter.monitor(model="m", version="1")(lambda x: x)(1)
        histogram = exporter.view().models[0].snapshot.service.durations["ok"]

    assert 0.3 in histogram.bounds


def test_the_functions_of_the_module_delegate_to_the_default_exporter():
    """Each way out shows the same call; only the host's registry leaves out the process."""

    def respond(status, headers):
        assert status == "200 OK"

    with isolated_exporter():
        mlexporter.monitor(model="m", version="1")(lambda x: x)(1)
        environment = {"REQUEST_METHOD": "GET", "PATH_INFO": "/metrics"}
        text = b"".join(mlexporter.wsgi_app()(environment, respond)).decode()
        families = {family.name: family for family in mlexporter.collector().collect()}
        assert callable(mlexporter.asgi_app())
        assert "m 1 (primary)" in mlexporter.describe()

    counted = f'{catalogue.PREDICTIONS.name}{{model_name="m",model_version="1",variant="primary"}} 1'
    assert counted in text.splitlines()
    assert catalogue.PROCESS_RESIDENT_MEMORY.name in text
    (sample,) = families[catalogue.PREDICTIONS.name.removesuffix("_total")].samples
    assert sample.value == 1
    assert catalogue.PROCESS_RESIDENT_MEMORY.name not in families
