import pytest

from mlexporter import catalogue
from mlexporter.records import ResourceUsage
from mlexporter.resources import sampler
from mlexporter.resources.sampler import ResourceSampler

CPU = catalogue.PROCESS_CPU.name
THREADS = catalogue.PROCESS_THREADS.name


@pytest.fixture
def readings(monkeypatch):
    """Return the processes of each reading; the n-th reading finds n threads."""
    found = []

    def read(pids):
        found.append(pids)
        return ResourceUsage(process={THREADS: float(len(found))})

    monkeypatch.setattr(sampler, "resource_usage", read)
    return found


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        """Return the present second."""
        return self.now


@pytest.fixture
def clock():
    """Return a clock that stands still."""
    return Clock()


def test_within_a_second_the_system_is_asked_once(readings, clock):
    """What was read is handed out again, until it is a second old."""
    resources = ResourceSampler(clock)
    threads = []
    for now in (100.0, 100.4, 100.999, 101.0, 101.5):
        clock.now = now
        threads.append(resources.usage([7], cpu_seconds=1.0).process[THREADS])

    assert threads == [1.0, 1.0, 1.0, 2.0, 2.0]


def test_processor_time_is_always_the_newest(readings, clock):
    """It is a counter that somebody else keeps: it is never handed out again, nor left in what is kept."""
    resources = ResourceSampler(clock)

    found = [resources.usage([7], cpu_seconds=seconds).process for seconds in (1.0, 2.5)]

    assert found == [{THREADS: 1.0, CPU: 1.0}, {THREADS: 1.0, CPU: 2.5}]


def test_who_comes_or_goes_is_seen_at_once(readings, clock):
    """Other processes are read, however new the last reading is."""
    resources = ResourceSampler(clock)
    for pids in ([7], [7, 8], [8]):
        resources.usage(pids, cpu_seconds=1.0)

    assert readings == [(7,), (7, 8), (8,)]


def test_a_clock_that_jumps_back_keeps_nothing(readings, clock):
    """A reading from what is now the future would be kept for as long as the jump."""
    resources = ResourceSampler(clock)
    resources.usage([7], cpu_seconds=1.0)
    clock.now = 40.0
    resources.usage([7], cpu_seconds=1.0)

    assert len(readings) == 2
