import logging
import threading
import time

import pytest
from opentelemetry import trace
from opentelemetry._logs import NoOpLoggerProvider, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

from mlexporter.app import event_sender
from mlexporter.app.event_sender import EventSender, application_logger_provider
from mlexporter.instrument.current_trace import NOWHERE, SpanIds
from mlexporter.instrument.event_queue import EventQueue
from mlexporter.instrument.prediction_event import PredictionEvent
from mlexporter.state.exporter_counts import ExporterCounter

EVENT = PredictionEvent(
    1_700_000_000_000_000_000, 1_700_000_000_500_000_000, False, {"ml.model.name": "m"},
    {"features": {"size": 1.5}, "prediction": 0.7}, SpanIds(0x1234, 0xABC, 1),
)  # fmt: skip
LONG = 20.0


class Rig:
    """A queue, its sender, and an application that may get a provider."""

    def __init__(self, processor=None, **options):
        self.counter = ExporterCounter()
        self.exporter = InMemoryLogRecordExporter()
        self.provider = LoggerProvider(shutdown_on_exit=False)
        self.provider.add_log_record_processor(processor or SimpleLogRecordProcessor(self.exporter))
        self.found = self.provider
        self.n_found = 0
        self.queue = EventQueue(1e6, self.counter.on_event)
        self.sender = EventSender(
            self.queue, self.counter, find_provider=lambda: self.found, on_provider=self._count, **options
        )

    def _count(self):
        self.n_found += 1

    def offer(self, event=EVENT):
        """Let an event wait."""
        self.queue.put(self.queue.admit(), event)

    @property
    def counts(self):
        """What became of events, without what is 0."""
        return {status: count for status, count in self.counter.counts().events.items() if count}

    def wait_for(self, **counts):
        """Return when the counts are these; a thread writes them."""
        until = time.monotonic() + LONG
        while self.counts != counts and time.monotonic() < until:
            time.sleep(0.005)
        assert self.counts == counts

    @property
    def records(self):
        """What the exporter got."""
        return [each.log_record for each in self.exporter.get_finished_logs()]


class Blocked:
    """A processor that takes its time until it is let go."""

    def __init__(self):
        self.is_in, self.go = threading.Event(), threading.Event()

    def on_emit(self, _):
        """Wait."""
        self.is_in.set()
        self.go.wait(LONG)

    def shutdown(self):
        """Do nothing."""

    def force_flush(self, _=0):
        """Say that all is well."""
        return True


@pytest.fixture
def rig():
    made = Rig()
    yield made
    made.sender.end()


def test_a_record_of_opentelemetry(rig):
    """Name, times, severity, trace, attributes and body, under our own scope."""
    rig.offer()
    rig.offer(EVENT._replace(is_error=True, ids=NOWHERE, body={}))
    rig.sender.look()
    rig.wait_for(emitted=2)
    fine, failed = rig.records

    assert (fine.event_name, fine.severity_number, fine.severity_text) == (
        "mlexporter.prediction", SeverityNumber.INFO, "INFO",
    )  # fmt: skip
    assert (fine.timestamp, fine.observed_timestamp) == EVENT[:2]
    assert (fine.trace_id, fine.span_id, fine.trace_flags) == (0x1234, 0xABC, 1)
    assert (dict(fine.attributes), fine.body) == ({"ml.model.name": "m"}, EVENT.body)
    assert (failed.severity_text, failed.body, failed.trace_id, failed.span_id) == ("ERROR", None, 0, 0)
    assert rig.exporter.get_finished_logs()[0].instrumentation_scope.name == "mlexporter"
    assert rig.n_found == 1


def test_events_are_sent_from_a_thread_of_their_own(rig):
    """It is a daemon with a name, and there is one."""
    rig.sender.look()
    rig.sender.look()
    (thread,) = [each for each in threading.enumerate() if each is rig.sender._thread]

    assert (thread.name, thread.daemon) == ("mlexporter-events", True)
    rig.offer()
    rig.wait_for(emitted=1)


def test_the_span_of_the_thread_is_not_that_of_the_event(rig):
    """An event outside of a trace stays outside."""
    with trace.use_span(trace.NonRecordingSpan(trace.SpanContext(7, 8, is_remote=False))):
        record = event_sender._record_of(EVENT._replace(ids=NOWHERE))

    assert (record.trace_id, record.span_id) == (0, 0)


def test_a_provider_that_stalls_stalls_events_alone():
    """A thousand wait, more are dropped; the end of the process waits for a moment only, and counts the rest."""
    blocked = Blocked()
    rig = Rig(blocked)
    rig.offer()
    rig.sender.look()
    assert blocked.is_in.wait(LONG)
    for _ in range(1000):
        rig.offer()
    started = time.monotonic()
    assert rig.queue.admit() is None
    assert time.monotonic() - started < 1
    assert rig.counts == {"dropped_queue": 1}
    started = time.monotonic()
    rig.sender.end(0.05)
    assert time.monotonic() - started < 5
    blocked.go.set()
    rig.sender._thread.join(LONG)
    rig.wait_for(emitted=1, dropped_queue=1, dropped_end=1000)


@pytest.mark.parametrize("error", [LookupError, SystemExit, KeyboardInterrupt, GeneratorExit])
def test_a_provider_that_raises_is_counted(error):
    """The next event is tried all the same, by the same thread."""

    class Failing(Blocked):
        def on_emit(self, _):
            """Fail."""
            raise error

    rig = Rig(Failing())
    rig.offer()
    rig.offer()
    rig.sender.look()
    rig.wait_for(dropped_error=2)
    rig.sender.end()
    assert rig.counter.counts().internal_errors == {"events": 2}


def test_a_provider_without_a_logger_is_counted():
    """And asked again."""
    rig = Rig()
    whole = rig.provider.get_logger

    def fail(*_, **__):
        raise LookupError

    rig.provider.get_logger = fail
    rig.offer()
    rig.sender.look()
    rig.wait_for(dropped_error=1)
    rig.provider.get_logger = whole
    rig.offer()
    rig.wait_for(dropped_error=1, emitted=1)
    rig.sender.end()


def test_without_a_provider_events_are_dropped_loudly_once(caplog):
    """They are counted, a reason says why, and both end when there is one."""
    rig = Rig(patience_seconds=0.0)
    rig.found = None
    with caplog.at_level(logging.WARNING, "mlexporter"):
        rig.offer()
        rig.offer()
        rig.sender.look()
        rig.wait_for(dropped_provider=2)
        (line,) = caplog.messages
        assert list(rig.sender.degraded) == ["events_without_provider"]
        for word in (
            "logger provider",
            "set_logger_provider()",
            "MLEXPORTER_EVENTS_RATIO=0",
            "dropped and counted",
        ):
            assert word in line
        rig.found = rig.provider
        rig.offer()
        rig.wait_for(dropped_provider=2, emitted=1)
    assert rig.sender.degraded == {}
    assert len(caplog.messages) == 2
    rig.sender.end()


def test_a_provider_that_takes_the_place_of_another(rig):
    """The next look finds it, and also that there is none any more."""
    rig.sender.look()
    rig.offer()
    rig.wait_for(emitted=1)
    other = Rig()
    rig.found = other.provider
    rig.sender.look()
    rig.offer()
    rig.wait_for(emitted=2)
    assert (len(rig.records), len(other.records), rig.n_found) == (1, 1, 2)
    rig.sender._patience = 0.0
    rig.found = None
    rig.sender.look()
    rig.offer()
    rig.wait_for(emitted=2, dropped_provider=1)


def test_an_opentelemetry_that_is_too_old(rig, monkeypatch, caplog):
    """Its records have no names of events: that is counted and said, with the release that has."""

    class LogRecord:
        def __init__(self, timestamp=None, body=None):
            """As it was."""

    with monkeypatch.context() as patch:
        patch.setattr("opentelemetry._logs.LogRecord", LogRecord)
        rig.offer()
        rig.offer()
        rig.sender.look()
        rig.wait_for(dropped_provider=2)
    (line,) = caplog.messages
    assert rig.sender.degraded == {"events_without_provider": line.removeprefix("mlexporter: ")}
    for word in ("opentelemetry-sdk 1.35", "MLEXPORTER_EVENTS_RATIO=0", "dropped and counted"):
        assert word in line
    assert rig.counter.counts().internal_errors == {}


def test_events_wait_a_while_for_a_provider(caplog):
    """An application that sets it after its first calls loses none."""
    rig = Rig(patience_seconds=LONG)
    rig.found = None
    rig.offer()
    rig.sender.look()
    rig.offer()
    assert rig.counts == {}
    rig.found = rig.provider
    rig.wait_for(emitted=2)
    assert caplog.messages == []
    rig.sender.end()


def test_the_end_does_not_wait_for_a_provider():
    """What nobody will take is dropped and counted."""
    rig = Rig(patience_seconds=LONG)
    rig.found = None
    for _ in range(3):
        rig.offer()
    rig.sender.look()
    rig.sender.end(LONG)

    assert rig.counts == {"dropped_provider": 3}


def test_what_waits_is_sent_at_the_end():
    """All of it, and nothing after."""
    rig = Rig()
    rig.sender.look()
    for _ in range(50):
        rig.offer()
    rig.sender.end()
    rig.sender.end()

    assert rig.counts == {"emitted": 50}
    assert rig.queue.admit() is None
    assert rig.counts == {"emitted": 50, "dropped_end": 1}
    rig.sender.look()
    assert not rig.sender._thread.is_alive()


def test_an_end_without_a_beginning():
    """Events that nobody has sent are counted."""
    rig = Rig()
    rig.offer()
    rig.sender.end()

    assert rig.counts == {"dropped_end": 1}


def test_a_child_begins_anew():
    """Without what waited, with a thread of its own; unless the parent's exporter was closed."""
    rig = Rig()
    rig.offer()
    rig.sender.forget()
    rig.offer()
    rig.sender.look()
    rig.wait_for(emitted=1)
    rig.sender.end()
    rig.sender.forget()
    rig.sender.look()

    assert rig.sender._thread is None
    assert rig.queue.admit() is None


def test_the_provider_of_the_application(monkeypatch):
    """What stands in for one is none, and what raises is none."""
    found = []
    monkeypatch.setattr("opentelemetry._logs.get_logger_provider", lambda: found[-1])
    from opentelemetry._logs._internal import ProxyLoggerProvider

    for stand_in in (ProxyLoggerProvider(), NoOpLoggerProvider()):
        found.append(stand_in)
        assert application_logger_provider() is None
    found.append(LoggerProvider(shutdown_on_exit=False))
    assert application_logger_provider() is found[-1]
    found.clear()
    assert application_logger_provider() is None
    monkeypatch.delitem(__import__("sys").modules, "opentelemetry._logs")
    assert application_logger_provider() is None
