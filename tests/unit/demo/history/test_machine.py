import pytest

from mlexporter import catalogue
from mlexporter.demo.history.machine import MEASURED, machine_lines

NOW = 1_795_334_400


def values(**changed):
    given = {"pod": 0, "now": NOW, "started": NOW - 3600, "calls": 40, **changed}
    lines = machine_lines(**given).decode().splitlines()
    return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.fixture
def counters():
    return [catalogue.PROCESS_CPU.name, catalogue.CONTAINER_CPU_THROTTLED.name]


def test_it_says_the_same_each_time_and_nothing_of_this_machine():
    """Only its arguments count."""
    assert values() == values()
    assert values() != values(pod=1)


def test_counters_grow_with_age_and_calls(counters):
    """And begin near zero."""
    young, old = values(started=NOW, calls=0), values(calls=1000)
    assert all(young[name] == 0.0 for name in counters)
    assert all(old[name] > values()[name] for name in counters)


def test_memory_stays_below_nine_tenths_of_its_limit():
    """A healthy pod, also after months."""
    old = values(started=NOW - 270 * 86_400)
    used, limit = (
        old[metric.name] for metric in (catalogue.CONTAINER_MEMORY_USAGE, catalogue.CONTAINER_MEMORY_LIMIT)
    )
    assert 0.3 < used / limit < 0.9


def test_the_histogram_adds_up():
    """Buckets grow, and the last one is the count."""
    name = catalogue.OBSERVE_DURATION.name
    said = values(calls=1000)
    buckets = [value for series, value in said.items() if series.startswith(f"{name}_bucket")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == said[f"{name}_count"] == 500


def test_every_series_that_is_measured_is_made():
    """What is left out of a scrape is here."""
    assert {series.partition("{")[0] for series in values()} >= MEASURED
