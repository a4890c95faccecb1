import threading
from datetime import date

import pytest

from mlexporter.demo.faults import Fault
from mlexporter.demo.flights import load_flights
from mlexporter.demo.replay import (
    Departure,
    Replay,
    Span,
    departures_between,
    new_york_midnight,
    new_york_text,
)
from mlexporter.demo.schedule import FaultSchedule

FAST = Span(0.0, 100.0, 10_000.0)
NO_FAULT = FaultSchedule((), 0.0, 0.0)


def departures():
    return [Departure({"distance": number}, float(number)) for number in range(100)]


def test_every_flight_is_sent_once_and_in_order():
    """A late sender sends later, never less."""
    sent = []
    replay = Replay(departures(), sent.append, FAST, schedule=NO_FAULT, on_fault=lambda is_on: None)
    replay.start()
    assert replay.wait(10.0)
    assert [row["distance"] for row in sent] == list(range(100))
    assert replay.progress().row_count == replay.progress().total_count == 100


def test_a_fault_is_told_before_its_first_and_after_its_last_row():
    """Rows from 20 on and before 30 are broken; stuck repeats the last healthy one."""
    events = []
    schedule = FaultSchedule((Fault("distance", "stuck"),), 20.0, 30.0)
    replay = Replay(
        departures(),
        lambda row: events.append(row["distance"]),
        FAST,
        schedule=schedule,
        on_fault=events.append,
    )
    replay.start()
    assert replay.wait(10.0)
    assert events[19:34] == [19, True, *[19] * 10, False, 30, 31]


def test_a_sender_that_is_late_says_so():
    """The second flight waits for the first, which takes longer than the time between them."""
    entered, go_on = threading.Event(), threading.Event()

    def predict(row):
        entered.set()
        go_on.wait(10.0)

    replay = Replay(
        departures()[:2], predict, Span(0.0, 1.0, 1e6), schedule=NO_FAULT, on_fault=lambda is_on: None
    )
    replay.start()
    assert entered.wait(10.0)
    threading.Event().wait(0.05)
    go_on.set()
    assert replay.wait(10.0)
    assert replay.progress().worst_behind_seconds >= 0.04


def test_stopping_ends_the_thread_at_once():
    """The second flight would depart in an hour."""
    replay = Replay(
        [Departure({}, 0.0), Departure({}, 3600.0)], lambda row: None, Span(0.0, 3600.0, 1.0), schedule=NO_FAULT,
        on_fault=lambda is_on: None,
    )  # fmt: skip
    replay.start()
    assert not replay.wait(0.01)
    replay.stop()
    replay.stop()
    assert replay.wait(0.0)
    assert replay.progress().row_count == 1


def test_an_error_of_the_model_is_kept_for_the_main_thread():
    """A thread that dies in silence would look like a quiet night."""

    def predict(row):
        raise ValueError("broken model")

    replay = Replay(departures(), predict, FAST, schedule=NO_FAULT, on_fault=lambda is_on: None)
    replay.start()
    assert replay.wait(10.0)
    assert isinstance(replay.error, ValueError)


def test_the_time_of_the_flights_stops_with_the_last_day():
    """Notifications that come after the end are not told to come from days that were not served."""
    assert FAST.moment(1.0).departed == 100.0
    assert FAST.moment(0.005).departed == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("day", "text"), [(date(2013, 6, 3), "Mon 03 Jun 00:00"), (date(2013, 12, 1), "Sun 01 Dec 00:00")]
)
def test_days_begin_at_midnight_in_new_york(day, text):
    """In summer time and after it."""
    assert new_york_text(new_york_midnight(day)) == text


def test_only_the_days_asked_for_are_served_with_none_for_missing(data):
    """The third flight left on the first of July at half past ten in the evening."""
    flights = load_flights(data)
    begins = new_york_midnight(date(2013, 7, 1))
    served = departures_between(flights, Span(begins, begins + 86_400, 3600.0))
    assert [departure.row["dest"] for departure in served] == ["PHX"]
    assert served[0].row["temp"] is None
    assert new_york_text(served[0].departed) == "Mon 01 Jul 22:30"
    assert not departures_between(flights, Span(begins + 86_400, begins + 2 * 86_400, 3600.0))
