"""The thread of a handle: it gives the office back, whatever an exporter does, and tells of it."""

from __future__ import annotations

import threading
import time

import pytest

import mlexporter
from mlexporter import catalogue
from mlexporter.app.pushing import handle as module
from mlexporter.app.pushing.handle import THREAD_NAME, PushHandle
from mlexporter.errors import PushError
from mlexporter.testing import isolated_exporter


@pytest.fixture
def impatient(monkeypatch):
    """Waits at the end are short."""
    monkeypatch.setattr(module, "_END_SECONDS", 0.1)
    monkeypatch.setattr(module, "_END_IN_AN_OUTAGE_SECONDS", 0.1)
    monkeypatch.setattr(module, "_GIVING_UP_SECONDS", 0.05)


@pytest.fixture
def shared(tmp_path):
    """Two exporters of one directory, of which the first one has counted a row."""
    directory = str(tmp_path / "shared")
    with (
        isolated_exporter(dir=directory, strict=False) as other,
        isolated_exporter(dir=directory, strict=False) as first,
    ):
        mlexporter.monitor(model="m", version="1")(lambda row: 1.0)({"a": 1})
        yield first, other


def note(exporter):
    return exporter._engine.place.directory.read_shared("push-1")


def thread():
    (found,) = [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]
    return found


@pytest.mark.parametrize("fails", [False, True])
def test_a_thread_that_was_given_up_keeps_nobody_from_pushing(shared, kept, impatient, caplog, fails):
    """It ends later than its handle, and then neither looks nor tells; what may be lost is told."""
    first, other = shared
    kept.shutdown = lambda **_: None  # it does not let go of who waits
    handle = first.push(kept, interval_seconds=3600)
    assert handle.flush(20)
    kept.hold.clear()
    kept.fails = fails
    assert not handle.flush(0.05)
    left = thread()
    handle.close()
    handle.close()

    assert left.is_alive()
    assert caplog.text.count("last push over OTLP was not answered in time") == 1
    kept.hold.set()
    left.join(20)
    n_pushed = len(kept.pushed)
    assert first.view().degraded == {}
    with other.push(kept, interval_seconds=3600) as after:
        kept.fails = False
        assert after.flush(20)
    assert n_pushed == 2


def test_a_thread_that_was_given_up_pushes_no_more(exporter, predict, kept, impatient, monkeypatch):
    """Not with the exporter that another handle has taken over from it either."""
    monkeypatch.setattr(module, "_FIRST_SECONDS", 3600)
    handle = exporter.push(kept, interval_seconds=3600)
    assert handle.flush(20)
    kept.hold.clear()
    assert not handle.flush(0.05)
    left = thread()
    with exporter.push(kept, interval_seconds=3600) as after:
        kept.hold.set()
        left.join(20)
        assert len(kept.pushed) == 2
        assert after.flush(20)


def test_a_late_answer_hides_no_newer_note(shared, kept, impatient):
    """Deltas of who has taken over go on from what was taken last."""
    first, other = shared
    kept.shutdown = lambda **_: None
    handle = first.push(kept, interval_seconds=3600, temporality="delta")
    assert handle.flush(20)
    kept.hold.clear()
    assert not handle.flush(0.05)
    left = thread()
    handle.close()
    taken = type(kept)()
    with other.push(taken, interval_seconds=3600, temporality="delta") as after:
        assert after.flush(20)
        newest = note(other)
        kept.hold.set()
        left.join(20)
        assert note(other) == newest


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt()])
def test_whatever_an_exporter_raises_the_thread_goes_on(exporter, predict, kept, error):
    """``SystemExit`` ends no thread of ours, and says which exporter it was."""
    with exporter.push(kept, interval_seconds=3600) as handle:
        kept.fails = error
        assert not handle.flush(5)
        assert handle.problem.endswith(f"Kept has raised {type(error).__name__}")
        kept.fails = False
        assert handle.flush(5)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_breaks_gives_the_office_back_and_is_started_again(shared, kept):
    """Whoever waits for it is answered."""
    first, other = shared
    handle = first.push(kept, interval_seconds=3600)
    tell, handle._on_outcome = handle._on_outcome, lambda _: 1 / 0
    started = time.monotonic()
    assert not handle.flush(20)
    assert time.monotonic() - started < 10
    handle._run.thread.join(20)
    with other.push(kept, interval_seconds=3600) as second:
        assert second.flush(20)
    handle._on_outcome = tell
    assert handle.flush(20)
    handle.close()


class Delivery:
    """Fails always."""

    def prepare(self):
        """Have nothing to do."""

    def push(self):
        """Fail."""
        raise PushError("no")

    def close(self, _):
        """Have nothing to do."""


class Office:
    """Is held as long as the test wants."""

    is_held = True

    def wait(self, _):
        """Return at once."""
        return self.is_held

    def resign(self):
        """Have nothing to do."""


def test_who_loses_the_office_has_no_trouble_any_more():
    """Another process pushes, and tells."""
    told, office = [], Office()
    with PushHandle(Delivery(), office, interval_seconds=3600, on_outcome=told.append) as handle:
        assert not handle.flush(5)
        office.is_held = False
        assert not handle.flush(5)
        assert told == ["no", None]
        assert handle.problem == ""


def test_a_slow_receiver_skips_pushes():
    """They do not come back to back."""
    handle = PushHandle(Delivery(), Office(), interval_seconds=100)
    now = time.monotonic()
    late, _ = handle._turn(handle._run, now - 1000, is_asked=False)
    in_time, _ = handle._turn(handle._run, now - 1, is_asked=False)
    asked, _ = handle._turn(handle._run, now + 5, is_asked=True)

    assert late >= now + 50
    assert in_time == now + 99
    assert asked >= now + 100


def test_the_counts_of_a_refusal_are_never_negative(exporter, predict, kept):
    """A receiver that has refused more points than it got says nonsense."""
    with exporter.push(kept, interval_seconds=3600) as handle:
        answers = handle._delivery._answers
        begin = answers._begin
        answers._begin = lambda: (begin(), setattr(answers, "rejected", 10**9))
        assert handle.flush(20)
        points = exporter.view().exporter.push.points
    assert points["ok"] == 0
    assert points["rejected"] > 0
    assert kept.value(catalogue.PREDICTIONS) == 1
