import itertools

import numpy as np
import pytest

from mlexporter.demo.faults import Fault
from mlexporter.demo.history.era import DAY, HOUR, era_of
from mlexporter.demo.history.happenings import (
    ERRORS,
    FAULT_SERIES,
    SLOW,
    MadeFault,
    fault_lines,
    faults_of,
    restarts_of,
)

NOW = 1_795_337_000.0
CHOSEN = (Fault("seats", "stuck"),)


@pytest.fixture(params=[36 * HOUR, 8 * DAY, 270 * DAY], ids=["36h", "8d", "9mo"])
def era(request):
    return era_of(request.param, NOW)


@pytest.fixture
def busy(era):
    return np.arange(era.begins, era.ends, 90.0)


def test_a_part_of_the_faults_is_in_the_last_day(era, busy):
    """What was chosen, errors and slowness: the view that opens shows something."""
    recent = [fault for fault in faults_of(era, CHOSEN, busy) if fault.begins >= era.now - DAY]
    assert [fault.name for fault in recent] == [ERRORS, "seats=stuck", SLOW]
    assert all(fault.ends <= era.now for fault in recent)


def test_long_eras_have_faults_in_the_past_and_none_over_another(era, busy):
    """They lie in the era, one after the other."""
    faults = faults_of(era, CHOSEN, busy)
    assert (len(faults) > 3) == (era.length > 3 * DAY)
    assert era.begins < faults[0].begins
    assert all(old.ends <= new.begins for old, new in itertools.pairwise(faults))


def test_without_a_choice_nothing_is_made(era, busy):
    """All that moves is in the data then."""
    assert faults_of(era, (), busy) == ()


@pytest.mark.parametrize("quiet", [0, 8, 12, 18])
def test_the_chosen_fault_is_where_a_window_of_a_day_shows_it(era, quiet):
    """It has four tenths of the calls of the day, if it can, also where its last hours are a night."""
    calls = np.arange(era.now - DAY, era.now, 90.0)
    calls = calls[(calls < era.now - (5 + quiet) * HOUR) | (calls >= era.now - 5 * HOUR)]
    seats = next(each for each in reversed(faults_of(era, CHOSEN, calls)) if each.name == "seats=stuck")
    share = np.mean((calls >= seats.begins) & (calls < seats.ends))
    assert share >= 0.4 or seats.begins == era.now - 21 * HOUR
    assert seats.ends == era.now - 5 * HOUR


def test_errors_come_where_there_are_calls(era):
    """The busiest hour of those in question."""
    calls = np.full(50, era.now - 22.5 * HOUR)
    (errors,) = (
        each for each in faults_of(era, CHOSEN, calls) if each.name == ERRORS and each.begins > era.now - DAY
    )
    assert (errors.begins, errors.ends) == (era.now - 23 * HOUR, era.now - 22 * HOUR)


def test_marks_are_one_while_a_fault_is_on_and_zero_else():
    """A zero ends a mark at once, where a series that is gone would look like a one until it is forgotten."""
    faults = [MadeFault("a=b", 100, 200), MadeFault("a=b", 300, 400), MadeFault("c=d", 150, 200)]
    said = {moment: fault_lines(faults, "late", moment).decode().splitlines() for moment in (100, 199, 200)}
    first, second = (f'{FAULT_SERIES}{{fault="{name}",model_name="late"}}' for name in ("a=b", "c=d"))
    assert said == {
        100: [f"{first} 1 100", f"{second} 0 100"],
        199: [f"{first} 1 199", f"{second} 1 199"],
        200: [f"{first} 0 200", f"{second} 0 200"],
    }


def test_pods_restart_at_different_times(era):
    """And the second one today."""
    first, second = (set(restarts_of(era, pod)) for pod in (0, 1))
    assert not first & second
    assert era.now - 9 * HOUR in second
