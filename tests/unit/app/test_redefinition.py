"""Defining a monitored function again, as notebooks and reloads do: the newest definition holds."""

import logging

import numpy as np
import pytest

import mlexporter
from mlexporter.errors import DuplicateModelError, FitError
from mlexporter.testing import isolated_exporter

ROW = {"distance": 300.0, "carrier": "AA"}


def define(exporter, profile):
    def predict(flight):
        return 0.5

    return exporter.monitor(model="flights", version="1", profile=profile)(predict)


@pytest.mark.parametrize("later", [None, "warmup", "/nowhere/gone.json"])
def test_a_definition_without_a_profile_closes_the_one_before(profile, later):
    """No bin counts any more, nothing is compared, and describe() tells the new state."""
    with isolated_exporter(strict=False) as exporter:
        define(exporter, profile)(ROW)
        define(exporter, later)(ROW)
        exporter.evaluate()
        model = exporter.view().models[0]

    assert model.snapshot.service.accepted == 2
    assert (model.reference, model.report, model.snapshot.profile) == (None, None, None)
    assert len([subject for subject, _ in model.notes if subject == "profile"]) == 1


def test_the_reason_for_having_no_profile_follows_the_definition():
    """A path that was wrong is not blamed for ever; one that is wrong now is."""
    with isolated_exporter(strict=False) as exporter:
        define(exporter, "/nowhere/gone.json")
        define(exporter, None)
        mended = exporter.view().models[0].degraded
        define(exporter, "/nowhere/gone.json")
        broken = exporter.view().models[0].degraded

    assert mended == {}
    assert set(broken) == {"profile_missing"}


def test_a_function_that_was_replaced_counts_into_the_new_bins(profile):
    """An endpoint may still hold the old function; its rows must not go to bins that nobody reads."""
    with isolated_exporter() as exporter:
        old = define(exporter, None)
        define(exporter, profile)
        old(ROW)
        counts = exporter.view().models[0].snapshot.profile

    assert (counts.accepted, counts.drained) == (1, 1)


def test_every_monitor_of_a_warm_up_gets_the_profile(training):
    """Two explicit monitors, and two lambdas that share a name, learn and then count together."""
    with isolated_exporter(warmup_rows=200) as exporter:
        monitors = [
            mlexporter.Monitor(model="flights", version="1", profile="warmup"),
            mlexporter.Monitor(model="flights", version="1", profile="warmup"),
        ]
        functions = [exporter.monitor(model="l", version="1", profile="warmup")(lambda r: 0.5) for _ in "ab"]
        for index in range(200):
            row = {"distance": float(training["distance"][index])}
            monitors[index % 2].record(row, 0.5)
            functions[index % 2](row)
        exporter.wait_for_warmup()
        for monitor, function in zip(monitors, functions, strict=True):
            monitor.record({"distance": 1.0}, 0.5)
            function({"distance": 1.0})
        accepted = [model.snapshot.profile.accepted for model in exporter.view().models]
        words = exporter.describe()

    assert accepted == [2, 2]
    assert "learned in the warm-up, 200 rows" in words


def test_a_warm_up_that_was_replaced_opens_nothing(profile, training):
    """Its rows are in when another profile is given: the given one stays."""
    with isolated_exporter(warmup_rows=100) as exporter:
        old = define(exporter, "warmup")
        learned = exporter._models.all()[0].warmup
        define(exporter, profile)
        assert old(ROW) == 0.5
        for distance in training["distance"][:100]:
            learned.add({"distance": [float(distance)]}, 1, None)
        exporter.wait_for_warmup()
        reference = exporter.view().models[0].reference

    assert reference is profile.reference


def test_a_warm_up_that_fails_says_why(caplog, monkeypatch):
    """Service metrics go on; page, series and describe() have the reason."""

    def fit(*_, **__):
        raise FitError("no column can be monitored")

    monkeypatch.setattr(mlexporter.Profile, "fit", fit)
    with isolated_exporter(warmup_rows=100) as exporter, caplog.at_level(logging.ERROR, "mlexporter"):
        predict = define(exporter, "warmup")
        for _ in range(100):
            predict(ROW)
        exporter.wait_for_warmup()
        predict(ROW)
        model = exporter.view().models[0]
        words = exporter.describe()

    assert model.snapshot.service.accepted == 101
    assert "no column can be monitored" in model.degraded["profile_not_learned"]
    assert "profile_not_learned" in words
    assert "no column can be monitored" in caplog.text


def test_a_file_that_has_gone_between_two_functions_is_no_code_mistake(profile, tmp_path):
    """The second function shares the profile that is open; the environment never raises."""
    path = tmp_path / "flights.profile.json"
    profile.save(path)
    with isolated_exporter(strict=False) as exporter:
        define(exporter, path)(ROW)
        path.unlink()
        exporter.monitor(model="flights", version="1", profile=path)(lambda flight: 0.5)(ROW)
        model = exporter.view().models[0]

        with pytest.raises(DuplicateModelError, match="profile= differs"):
            exporter.monitor(model="flights", version="1")(lambda flight, more: 0.5)

    assert model.snapshot.profile.accepted == 2
    assert set(model.degraded) == {"profile_missing"}


def test_a_broken_profile_of_a_monitor_is_told_once(caplog):
    """``Monitor`` decorates and records; it must not load, and complain, twice."""
    with isolated_exporter(strict=False), caplog.at_level(logging.ERROR, "mlexporter"):
        mlexporter.Monitor(model="flights", version="1", profile="/nowhere/gone.json")

    assert caplog.text.count("runs without drift") == 1


def test_learning_while_functions_are_defined_loses_none(training):
    """A function that is defined while the warm-up ends counts into the profile as well."""
    with isolated_exporter(warmup_rows=100) as exporter:
        first = exporter.monitor(model="flights", version="1", profile="warmup")(lambda flight: 0.5)
        for distance in np.asarray(training["distance"][:100]):
            first({"distance": float(distance)})
        functions = []
        for index in range(50):

            def predict(flight):
                return 0.5

            predict.__qualname__ = f"predict{index}"
            functions.append(exporter.monitor(model="flights", version="1", profile="warmup")(predict))
        exporter.wait_for_warmup()
        for function in functions:
            function({"distance": 1.0})
        accepted = exporter.view().models[0].snapshot.profile.accepted

    assert accepted == 50


def test_a_profile_that_appears_serves_functions_whose_own_was_broken(profile):
    """The first function found no file; the second brings the profile, and both count into it."""
    with isolated_exporter(strict=False) as exporter:
        first = define(exporter, "/nowhere/gone.json")
        exporter.monitor(model="flights", version="1", profile=profile)(lambda flight: 0.5)(ROW)
        first(ROW)

        assert exporter.view().models[0].snapshot.profile.accepted == 2


def test_no_profile_and_a_profile_disagree(profile):
    """One function of a model without a profile and one with it is a mistake in code."""
    with isolated_exporter() as exporter:
        define(exporter, None)
        with pytest.raises(DuplicateModelError, match="profile= differs"):
            exporter.monitor(model="flights", version="1", profile=profile)(lambda flight: 0.5)


def test_losing_the_profile_is_a_warning(profile, caplog):
    """The same function defined again without its profile still works, and the log says what is lost."""
    with isolated_exporter() as exporter, caplog.at_level("WARNING", "mlexporter"):
        for given in (profile, None):

            @exporter.monitor(model="flights", version="1", profile=given)
            def predict(distance, carrier):
                return 0.3

    assert "defined again without a profile" in caplog.text
