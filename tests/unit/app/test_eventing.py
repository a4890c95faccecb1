"""Which models have prediction events, and what is told of them."""

from pathlib import Path

import pytest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

import mlexporter
from mlexporter.catalogue import EVENT_STATUSES, PREDICTION_EVENTS
from mlexporter.errors import ConfigurationError, SettingError
from mlexporter.settings import read_settings
from mlexporter.testing import isolated_exporter

ROOT = Path(__file__).resolve().parents[3]
ROW = {"size": 1.5, "email": "john@example.org"}


class Application:
    """An exporter whose application keeps its log records in memory."""

    def __init__(self, exporter):
        self.exporter = exporter
        self.kept = InMemoryLogRecordExporter()
        provider = LoggerProvider(shutdown_on_exit=False)
        provider.add_log_record_processor(SimpleLogRecordProcessor(self.kept))
        exporter._eventing._find_provider = lambda: provider

    def bodies(self):
        """Return what was sent, after the end of all."""
        self.exporter._eventing.end()
        return [each.log_record.body for each in self.kept.get_finished_logs()]


def test_the_decorator_wins_over_the_setting():
    """A ratio of its own, also none; and its list adds to that of the setting."""
    with isolated_exporter(events_ratio=1.0, events_redact="size") as exporter:
        application = Application(exporter)

        @mlexporter.monitor(model="quiet", version="1", events=0)
        def quiet(row):
            return 0.1

        @mlexporter.monitor(model="loud", version="1", redact=["EMAIL"])
        def loud(row):
            return 0.2

        quiet(ROW)
        loud(ROW)
        assert application.bodies() == [
            {"features": {"size": "redacted", "email": "redacted"}, "prediction": 0.2}
        ]
    with isolated_exporter() as exporter:
        application = Application(exporter)

        @mlexporter.monitor(model="own", version="1", events=1.0)
        def own(row):
            return 0.3

        own(ROW)
        assert application.bodies() == [{"features": ROW, "prediction": 0.3}]


def test_records_by_hand_and_their_counts_on_the_page():
    """The public recorder; each event is counted, and known reasons start at 0."""
    with isolated_exporter(events_ratio=1.0) as exporter:
        application = Application(exporter)
        monitor = mlexporter.Monitor(model="m", version="1", redact=["email"])
        monitor.record(ROW, 0.7)
        monitor.record_batch([ROW] * 3, [0.1, 0.2, 0.3])
        assert len(application.bodies()) == 2
        families = {family.name: family for family in exporter.collector().collect()}
        counted = {
            sample.labels["status"]: sample.value
            for sample in families["mlexporter_prediction_events"].samples
        }
        described = exporter.describe()

    assert PREDICTION_EVENTS.name == "mlexporter_prediction_events_total"
    assert counted == {
        "emitted": 2, "dropped_rate": 0, "dropped_queue": 0, "dropped_provider": 0, "dropped_error": 0,
        "dropped_end": 0,
    }  # fmt: skip
    assert "kept back: email" in described


def test_no_series_without_events():
    """Who has none sees none."""
    with isolated_exporter() as exporter:
        assert "mlexporter_prediction_events" not in {
            family.name for family in exporter.collector().collect()
        }


def test_a_missing_provider_is_on_the_page():
    """With the way out."""
    with isolated_exporter(events_ratio=1.0) as exporter:
        exporter._eventing._find_provider = lambda: None
        mlexporter.Monitor(model="m", version="1").record(ROW, 0.7)
        exporter._eventing.end()
        assert "set_logger_provider()" in exporter.view().degraded["events_without_provider"]
        assert exporter.view().exporter.events["dropped_provider"] == 1


def test_nobody_asks_for_a_provider_before_the_first_call():
    """Who asks first may set it up, before the application does."""
    asked = []
    with isolated_exporter(events_ratio=1.0) as exporter:
        exporter._eventing._find_provider = lambda: asked.append(1)
        monitor = mlexporter.Monitor(model="m", version="1")
        monitor(len)
        assert asked == []
        monitor.record(ROW, 0.7)
        assert asked


def test_counts_are_safe_before_events_are_sent_at_the_end(monkeypatch):
    """Sending takes its time, and a server may kill who takes too much."""
    order = []
    with isolated_exporter(events_ratio=1.0) as exporter:
        Application(exporter)
        mlexporter.Monitor(model="m", version="1").record(ROW, 0.7)
        monkeypatch.setattr(exporter._engine, "drain", lambda: order.append("drain"))
        monkeypatch.setattr(exporter._eventing._made[2], "end", lambda: order.append("send"))
        exporter._eventing._at_exit()
        assert order == ["drain", "send"]


def test_the_end_of_each_provider_comes_after_ours(monkeypatch):
    """What was asked for last is done first: it is asked for anew with each provider, once."""
    asked = []
    monkeypatch.setattr("atexit.register", asked.append)
    monkeypatch.setattr("atexit.unregister", lambda known: asked.remove(known) if known in asked else None)
    providers = [LoggerProvider(shutdown_on_exit=False) for _ in range(2)]
    with isolated_exporter(events_ratio=1.0) as exporter:
        exporter._eventing._find_provider = lambda: providers[-1]
        mlexporter.Monitor(model="m", version="1").record(ROW, 0.7)
        asked.append("end of another provider")
        providers.pop()
        exporter._eventing.look()
        exporter._eventing.look()
        assert asked[-2:] == ["end of another provider", exporter._eventing._at_exit]
        assert asked.count(exporter._eventing._at_exit) == 1


def test_a_new_profile_is_the_profile_of_events(tmp_path):
    """After a reload only the features of the new one are sent."""
    rows = {"size": [float(n) for n in range(200)], "score": [n / 200 for n in range(200)]}
    profile = mlexporter.Profile.fit(rows, model="m", version="1", prediction="score")
    with isolated_exporter(events_ratio=1.0) as exporter:
        application = Application(exporter)

        @mlexporter.monitor(model="m", version="1", profile=profile)
        def predict(row):
            return 0.7

        predict(ROW)
        assert application.bodies() == [{"features": {"size": 1.5}, "prediction": 0.7}]


def test_a_disabled_exporter_has_none():
    """The function is the function."""
    with isolated_exporter(events_ratio=1.0, disabled=True) as exporter:
        decorated = mlexporter.monitor(model="m", version="1", events=1.0)(len)

        assert decorated is len
        assert exporter._eventing._made is None


def test_wrong_arguments_raise_at_once():
    """Wherever there is a decorator."""
    with isolated_exporter():
        with pytest.raises(ConfigurationError, match=r"events=2: .* from 0 to 1"):
            mlexporter.monitor(model="m", version="1", events=2)
        with pytest.raises(ConfigurationError, match=r"redact='email': .*\[\"email\", \"address\*\"\]"):
            mlexporter.Monitor(model="m", version="1", redact="email")


@pytest.mark.parametrize(
    ("name", "value", "way_out"),
    [
        ("EVENTS_RATIO", "2", "from 0 to 1"),
        ("EVENTS_RATIO", "nan", "from 0 to 1"),
        ("EVENTS_RATIO", "some", "from 0 to 1"),
        ("EVENTS_PER_SECOND", "0", "above 0"),
    ],
)
def test_wrong_settings_raise(name, value, way_out):
    """Variable, value and way out."""
    with pytest.raises(SettingError) as caught:
        read_settings({f"MLEXPORTER_{name}": value})

    assert f"MLEXPORTER_{name}={value!r}" in str(caught.value)
    assert way_out in str(caught.value)


def test_settings():
    """As text from the environment."""
    found = read_settings(
        {
            "MLEXPORTER_EVENTS_RATIO": "0.01",
            "MLEXPORTER_EVENTS_REDACT": " email*, name ,",
            "MLEXPORTER_EVENTS_PER_SECOND": "5",
        }
    )

    assert (found.events_ratio, found.events_redact, found.events_per_second) == (
        0.01,
        ("email*", "name"),
        5.0,
    )
    default = read_settings({})
    assert (default.events_ratio, default.events_redact, default.events_per_second) == (0.0, (), 20.0)


@pytest.mark.parametrize("status", EVENT_STATUSES)
def test_the_tutorial_tells_of_every_status(status):
    """And the runbook of the reason."""
    assert f"| `{status}` |" in (ROOT / "docs" / "tutorials" / "prediction-events.md").read_text(
        encoding="utf-8"
    )
