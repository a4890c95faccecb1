import pytest

from mlexporter.demo.drift_log import DriftLog, Episode
from mlexporter.demo.faults import Fault
from mlexporter.demo.receiver import Notification
from mlexporter.demo.replay import Moment, Progress
from mlexporter.demo.schedule import FaultSchedule
from mlexporter.demo.story import Story
from mlexporter.demo.summary import Ending, summary

START = 1_370_232_000.0
"""Monday 3 June 2013, midnight in New York."""


def at(seconds):
    return Moment(seconds, START + 3600 * seconds)


def notification(feature, *, is_firing=True):
    return Notification("MLFeatureDrift", is_firing, {"feature": feature, "window": "24h"}, "")


@pytest.fixture
def story():
    schedule = FaultSchedule((Fault("distance", "unit"),), 0.0, 0.0)
    told = Story(schedule, factor=3600.0, memory_seconds=86_400.0)
    told.fault(at(24.0), is_on=True)
    told.tell(notification("distance"), at(30.0))
    told.fault(at(48.0), is_on=False)
    told.tell(notification("distance", is_firing=False), at(66.0))
    told.tell(notification("scheduled_minutes"), at(90.0))
    return told


@pytest.fixture
def drift():
    log = DriftLog()
    log.episodes = [
        Episode("temp", is_alerting=False, began=at(8.0), peak=50.0),
        Episode("distance", is_alerting=True, began=at(29.0), peak=6.25, ended=at(65.0)),
        Episode("scheduled_minutes", is_alerting=True, began=at(89.0), peak=1.5),
    ]
    return log


def text(story, drift, *, has_alerts=True):
    ending = Ending(
        story, drift, Progress(9000, 9100, 0.01, 0.02, is_faulty=False), at(240.0), START, has_alerts
    )
    return "\n".join(summary(ending))


def test_made_and_real_stand_apart(story, drift):
    """What was done on purpose is never sold as found."""
    lines = text(story, drift).splitlines()
    made = lines.index("  made    distance=unit, Tue 04 Jun 00:00 to Wed 05 Jun 00:00")
    real = next(number for number, line in enumerate(lines) if line.startswith("  real    scheduled_minutes"))
    assert made < real
    assert "severity of distance above 1 after 5.0 s, at most 6.2" in lines[made + 1]
    assert "FIRING MLFeatureDrift · distance · window 24h · MADE: 6.0 s" in lines[made + 2]
    assert "RESOLVED MLFeatureDrift · distance · window 24h · MADE: 18.0 s" in lines[made + 3]
    assert "Nobody touched it: in summer the airlines plan the same routes shorter" in lines[real]
    assert "FIRING MLFeatureDrift · scheduled_minutes · window 24h · REAL" in lines[real + 1]


def test_what_is_only_shown_is_named_with_the_reason(story, drift):
    """Decision 33."""
    assert "shown   temp: above 1 too, and not alerted on. Weather: all flights of an hour share it" in text(
        story, drift
    )


def test_how_much_was_served_and_how_late(story, drift):
    """The figures of the sender."""
    assert "9,000 of 9,100 flights, Mon 03 Jun 00:00 to Thu 13 Jun 00:00" in text(story, drift)
    assert "in 240 s, 38 a second, at worst 0.02 s late" in text(story, drift)


def test_a_run_without_faults_and_drift_says_so():
    """Silence is news too."""
    story = Story(FaultSchedule((), 0.0, 0.0), factor=3600.0, memory_seconds=86_400.0)
    said = text(story, DriftLog(), has_alerts=False)
    assert "made    nothing" in said
    assert "nothing moved beyond its threshold" in said
    assert "Prometheus and Alertmanager were not there" in said


def test_a_run_that_ended_before_its_fault_says_so():
    """The user stopped early."""
    story = Story(
        FaultSchedule((Fault("distance", "unit"),), 0.0, 0.0), factor=3600.0, memory_seconds=86_400.0
    )
    assert "the run ended before it" in text(story, DriftLog())
