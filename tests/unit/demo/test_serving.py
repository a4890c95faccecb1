import socket

import numpy as np
import pandas as pd
import pytest

from mlexporter.demo.features import FEATURE_NAMES, FEATURES, SHOWN_ONLY_NAMES
from mlexporter.demo.serving import demo_settings, fit_profile, serve
from mlexporter.errors import PortInUseError
from mlexporter.testing import isolated_exporter


def test_the_environment_does_not_change_the_demo(monkeypatch):
    """A setting of somebody's service would make another demo."""
    monkeypatch.setenv("MLEXPORTER_DISABLED", "1")
    monkeypatch.setenv("MLEXPORTER_WINDOWS", "1h")
    assert demo_settings().windows == ("24h",)
    assert not demo_settings().disabled
    assert 0.2 <= demo_settings().evaluation_interval <= 0.5


def test_the_demo_measures_against_training_only():
    """A year in minutes would become its own reference, and what the demo is about would be skew."""
    assert demo_settings().baseline == "off"


@pytest.fixture
def taken(monkeypatch):
    """A port that a stranger holds, and that the demo would like to have."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        monkeypatch.setattr("mlexporter.demo.serving.DEFAULT_PORT", port)
        yield port


def test_the_usual_port_gives_way_and_a_port_asked_for_does_not(taken):
    """Nobody who named no port wants to hear about ports."""
    with isolated_exporter(strict=False) as exporter:
        assert serve(exporter, None).url not in {"", f"http://127.0.0.1:{taken}"}
        with pytest.raises(PortInUseError, match=f"--port {taken} is taken"):
            serve(exporter, taken)


def test_the_profile_alerts_on_what_can_be_judged():
    """Decision 33: weather, time of day and the score that follows the weather are shown only."""
    random = np.random.default_rng(1)
    columns = {
        feature.name: random.choice(["A", "B"], 500) if feature.is_category else random.normal(size=500)
        for feature in FEATURES
    }
    table = pd.DataFrame(columns).assign(score=random.random(500), late=random.integers(0, 2, 500), month=1)
    reference = fit_profile(table).reference
    assert reference.feature_names == FEATURE_NAMES
    assert {feature.name for feature in reference.features if not feature.alert} == set(SHOWN_ONLY_NAMES)
    assert {feature.threshold for feature in reference.features} == {0.1}
    assert [(output.name, output.alert) for output in reference.outputs] == [("prediction", False)]
