"""A healthy day in which nothing fires, and mornings with a fault in which exactly what should fire does.

Two pods and three models: one with a profile that knows seasons and noise, one without a profile, one with ten rows an
hour. The day has a night, two peaks, bursts, a weather that both pods share, a restart, a roll-out at noon, and
four minutes without a scrape.
"""

from pathlib import Path

import pytest

from judged_days import JUDGED, Days, Judge, write_blocks
from mlexporter import catalogue
from real_programs import program_of
from simulated_pod import DAY, HOUR, MINUTE

pytestmark = pytest.mark.integration

WATCHDOG = "MLWatchdog"
NOON = JUDGED + 12 * HOUR
MORNING = JUDGED + 6 * HOUR
FAULT = JUDGED + 8 * HOUR
FIRST = {"rollouts": [(0, "3")]}
MACHINE = {
    catalogue.CONTAINER_MEMORY_USAGE: 6e8, catalogue.CONTAINER_MEMORY_LIMIT: 1e9,
    catalogue.CONTAINER_CPU_LIMIT: 2, catalogue.CONTAINER_OUT_OF_MEMORY_KILLS: 0,
    catalogue.PROCESS_START_TIME: JUDGED - 30 * DAY,
}  # fmt: skip
"""What a scrape says of the machine, which in a test would be that of the test."""


MORNINGS = {
    "burning": {"errors": (FAULT, FAULT + HOUR), "unit": (FAULT, FAULT + 3 * HOUR)},
    "starving": {"silence": (FAULT, FAULT + HOUR), "missing": (FAULT, FAULT + 3 * HOUR)},
}
"""Two mornings, each with two faults: name of each to begin and end."""


@pytest.fixture(scope="session")
def days(tmp_path_factory):
    """The samples of all parts: name to file."""
    world = Days(tmp_path_factory.mktemp("days"), {name.name: value for name, value in MACHINE.items()})
    # Alerts on volume look at an hour of last week; nothing reads the days between.
    last_week = world.simulate(
        "last-week", JUDGED - 7 * DAY - HOUR, JUDGED - 6 * DAY + HOUR, every=120, is_profiled=False, **FIRST
    )
    parts = {"yesterday": world.simulate("yesterday", JUDGED - DAY, JUDGED, every=300, **FIRST)()}
    parts["last-week"] = last_week()
    restarts = {"pod-1": [], "pod-2": [JUDGED + 4 * HOUR]}
    parts["night"] = world.simulate(
        "night", JUDGED, MORNING, every=120, after="yesterday", restarts=restarts, **FIRST
    )()
    begun = {
        "day": world.simulate(
            "day", MORNING, JUDGED + DAY, every=120, after="night", gaps=[(NOON + 3 * HOUR, NOON + 3 * HOUR + 240)],
            rollouts={"pod-1": [(0, "3"), (NOON, "4")], "pod-2": [(0, "3"), (NOON + 20 * MINUTE, "4")]},
        )
    }  # fmt: skip
    for name, faults in MORNINGS.items():
        begun[name] = world.simulate(
            name, MORNING, FAULT + 3 * HOUR, every=120, after="night", faults=faults, **FIRST
        )
    return parts | {name: wait() for name, wait in begun.items()}


@pytest.fixture(scope="session", params=["install-prometheus", "install-prometheus-3"], ids=["2.42", "3"])
def past(request, days, tmp_path_factory):
    """The folder of the programs, and a storage that has all up to the morning."""
    programs = Path(program_of(request.param, "prometheus")).parent
    storage = tmp_path_factory.mktemp("past")
    for name in ("last-week", "yesterday", "night"):
        write_blocks(programs / "promtool", days[name], storage)
    return programs, storage


@pytest.fixture
def judged(past, days, tmp_path):
    """Return what judges a part of the days from a time to another."""
    programs, storage = past

    def judge(name, begin, end):
        found = Judge(programs, tmp_path)
        found.adopt(storage)
        write_blocks(programs / "promtool", days[name], found.storage)
        return found.fired(begin, end)

    return judge


def test_a_healthy_day_is_silent(judged):
    """Of all alerts that are on, only the watchdog fires, and it does all day."""
    fired = judged("day", JUDGED, JUDGED + DAY - 10 * MINUTE)
    assert [each for each in fired if each[0] != WATCHDOG] == []
    ((_, _, since, until),) = fired
    assert (since, until) == (JUDGED, JUDGED + DAY - 10 * MINUTE)


EXPECTED = {
    # Of about 750 calls 60 fail in the hour: of the six hours before 2 %, of the day 0.5 %, where the budget
    # of 0.1 % pages at 1.44 % of an hour, 0.6 % of six and 0.3 % of a day. One of three features is no dataset.
    "burning": {
        ("MLPredictionErrorBudgetBurnFast", "visits", ""),
        ("MLPredictionErrorBudgetBurnMedium", "visits", ""),
        ("MLPredictionErrorBudgetBurnSlow", "visits", ""),
        ("MLFeatureDrift", "fares", "distance"),
        ("MLFeatureOutOfRangeHigh", "fares", "distance"),
    },
    # An hour without calls is none of a peak a week ago; a feature that is gone is missing, too, and has no shape.
    "starving": {
        ("MLModelNoPredictions", "visits", ""),
        ("MLPredictionVolumeDrop", "visits", ""),
        ("MLFeatureGone", "fares", "speed"),
        ("MLFeatureMissingHigh", "fares", "speed"),
    },
}
"""What a fault makes fire: alert, model, feature."""


@pytest.mark.parametrize("morning", EXPECTED)
def test_a_fault_makes_fire_what_it_should_and_nothing_else(judged, morning):
    """The silence of the healthy day is no deafness: the same pods, models and traffic, and a fault at eight."""
    fired = judged(morning, MORNING, FAULT + 3 * HOUR - 10 * MINUTE)
    found = {
        (name, labels.get("model_name", ""), labels.get("feature", ""))
        for name, labels, _, _ in fired
        if name != WATCHDOG
    }
    assert found == EXPECTED[morning]
    assert all(since >= FAULT for name, _, since, _ in fired if name != WATCHDOG)
