"""What describe() and the log say about what is monitored, what is not, and why."""

import logging

import pytest

import mlexporter
from mlexporter.errors import ConfigurationError
from mlexporter.testing import isolated_exporter


def test_features_that_cannot_be_found_are_loud(profile, caplog):
    """A second parameter hides the container: series, log and describe() say so, with the way out."""
    with isolated_exporter() as exporter, caplog.at_level(logging.WARNING, "mlexporter"):
        exporter.monitor(model="flights", version="1", profile=profile)(lambda flight, verbose=False: 0.5)(1)
        model = exporter.view().models[0]
        words = exporter.describe()

    assert set(model.degraded) == {"no_features"}
    assert "features=lambda flight, verbose=None: flight" in model.degraded["no_features"]
    assert "degraded (no_features)" in words
    assert "missing_feature" not in words
    assert "features=lambda flight, verbose=None: flight" in caplog.text


def test_the_choice_is_logged_and_described(profile, caplog):
    """Which parameters are features, which of the profile are lacking, what is compared."""
    with isolated_exporter() as exporter, caplog.at_level(logging.INFO, "mlexporter"):
        exporter.monitor(model="flights", version="1", profile=profile)(lambda distance, verbose: 0.5)(1.0, 2)
        words = exporter.describe()

    assert "features are the parameters distance" in caplog.text
    assert "carrier: counted as missing" in words
    assert "2 features (distance, carrier) and 1 output (prediction)" in words
    assert "counted: 1 calls, 1 rows" in words
    assert "counted by this process alone, in its own memory" in words


def test_who_counts_and_where_is_told(profile, tmp_path):
    """Whoever wonders why a number is small sees at once whose it is."""
    with isolated_exporter(dir=str(tmp_path / "shared")) as exporter:
        exporter.monitor(model="flights", version="1", profile=profile)(lambda flight: 0.5)({"distance": 1.0})

        assert f"counted by 1 process in {tmp_path / 'shared'}" in exporter.describe()


def test_disabled_says_so():
    """An empty page has a reason."""
    with isolated_exporter(disabled=True) as exporter:
        assert "MLEXPORTER_DISABLED" in exporter.describe()


def test_a_variable_that_is_nearly_a_setting_is_told(monkeypatch, caplog):
    """A typo in an emergency must not go unnoticed; variables of others are let be."""
    monkeypatch.setenv("MLEXPORTER_DISABLE", "1")
    monkeypatch.setenv("MLEXPORTER_CACHE", "/tmp")
    with caplog.at_level(logging.WARNING, "mlexporter"):
        mlexporter.Exporter().close()

    assert "MLEXPORTER_DISABLED is one" in caplog.text
    assert "MLEXPORTER_CACHE" not in caplog.text


@pytest.mark.parametrize(
    "address", [{"port": 99999}, {"port": "9469"}, {"port": -1}, {"port": 0, "host": ""}]
)
def test_an_impossible_address_raises(address):
    """The system would have taken port 99999 modulo 65536."""
    with isolated_exporter(strict=False) as exporter, pytest.raises(ConfigurationError, match="is needed"):
        exporter.serve(**address)


def test_a_wrong_argument_is_told_under_the_name_of_the_decorator():
    """The TypeError names ``monitor``, which is what the user wrote."""
    with isolated_exporter(), pytest.raises(TypeError, match=r"monitor\(\).*profil"):
        mlexporter.monitor(model="m", version="1", profil="x")


def test_serving_again_after_close_evaluates_again():
    """close() is not for ever: serve() brings the evaluator back."""
    with isolated_exporter() as exporter:
        exporter.serve(0).close()
        exporter.close()
        with exporter.serve(0):
            assert exporter._background._thread.is_alive()
