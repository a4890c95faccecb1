"""Signals of ``mlexporter serve``: each is heard, many of one kind are one, and none is lost."""

import os
import signal
from queue import Empty

import pytest

from mlexporter.cli import serve_signals
from mlexporter.cli.serve_signals import LONGEST_WAIT_SECONDS, RELOAD_PAUSE_SECONDS, Asked, Signals

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows knows no SIGHUP")


@pytest.fixture
def now(monkeypatch):
    """A clock that is moved by hand; a list of one moment."""
    moment = [100.0]
    monkeypatch.setattr(serve_signals.time, "monotonic", lambda: moment[0])
    return moment


def send(*numbers):
    for number in numbers:
        os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_end_is_asked_for(number):
    """At once, however long the wait."""
    with Signals() as signals:
        send(number)
        assert signals.wait(1000) == Asked(end=True)


def test_a_reload_is_asked_for():
    """Nothing else ends."""
    with Signals() as signals:
        send(signal.SIGHUP)
        assert signals.wait(1000) == Asked(reload=True)
        assert signals.wait(0) == Asked()


def test_a_storm_is_one_reload_and_one_after_it(now):
    """However many come; the last of them is followed by a reading, as the file may have changed before it."""
    with Signals() as signals:
        send(*[signal.SIGHUP] * 50)
        assert signals.wait(10) == Asked(reload=True)
        assert signals.wait(0) == Asked()
        now[0] += RELOAD_PAUSE_SECONDS
        assert signals.wait(10) == Asked(reload=True)
        now[0] += RELOAD_PAUSE_SECONDS
        assert signals.wait(0) == Asked()


def test_an_end_goes_before_a_reload_that_waits(now):
    """Nobody waits for a reading who wants an end."""
    with Signals() as signals:
        send(signal.SIGHUP)
        assert signals.wait(10).reload
        send(signal.SIGHUP, signal.SIGTERM)
        assert signals.wait(10) == Asked(end=True)


def test_a_signal_that_does_not_end_the_wait_is_heard_soon(monkeypatch):
    """It came just before the wait began, so that its handler runs when the wait is over: that must not be an hour."""
    waited = []

    class Deaf:
        def get(self, timeout):
            waited.append(timeout)
            if len(waited) == 1:
                raise Empty
            return signal.SIGTERM

    with Signals() as signals:
        monkeypatch.setattr(signals, "_came", Deaf())
        assert signals.wait(3600.0) == Asked(end=True)
    assert waited[0] <= LONGEST_WAIT_SECONDS


def test_signals_are_given_back():
    """Who had them before has them afterwards."""
    before = [signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)]
    with Signals():
        assert signal.getsignal(signal.SIGHUP) not in before
    assert [signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)] == before
