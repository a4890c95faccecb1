import dataclasses

from mlexporter.demo.drift_log import DriftLog, Episode
from mlexporter.demo.faults import parse_faults
from mlexporter.demo.options import Options
from mlexporter.demo.replay import Progress
from mlexporter.demo.schedule import schedule_faults
from mlexporter.demo.story import Cause
from mlexporter.demo.telling import addresses, begun, fault_line, introduction, status
from mlexporter.demo.watching import Watching


def schedule(span, *texts):
    return schedule_faults(parse_faults(texts), begins=span.begins, ends=span.ends)


def test_the_introduction_says_what_is_made(span):
    """The clock is, and the fault with its length; without one it says that, too."""
    said = "\n".join(introduction(Options(), schedule(span, "distance=unit")))
    assert "an hour of flights takes 1 s" in said
    assert "same factor, 3,600" in said
    assert "made    the fault distance=unit, for 24 s: distance is sent in kilometres" in said
    assert "8 days from 2013-06-12 on, in 3 min 12 s" in said
    assert "no fault: everything that moves is in the data" in "\n".join(
        introduction(Options(), schedule(span))
    )


def test_the_addresses_come_with_what_is_missing():
    """And what to do about it."""
    lines = addresses(
        "http://127.0.0.1:9469/", Watching({"Prometheus": "http://p/"}, ("Alertmanager is not",), False)
    )
    assert [line.split() for line in lines[:3]] == [
        ["the", "page", "http://127.0.0.1:9469/"], ["metrics", "http://127.0.0.1:9469/metrics"], ["Prometheus", "http://p/"],
    ]  # fmt: skip
    assert lines[3] == "  Alertmanager is not"


def test_drift_that_begins_is_told_with_its_cause(span):
    """The known reason stands only where it was not made."""
    episode = Episode("scheduled_minutes", is_alerting=True, began=span.moment(90.0), peak=1.02)
    assert "above 1 (1.02), Sat 15 Jun 18:00, real: in summer" in begun(episode, Cause.REAL)
    assert begun(episode, Cause.MADE).endswith("made")


def test_a_fault_is_told_when_it_begins_and_ends(span):
    """It always says MADE."""
    plan = schedule(span, "distance=unit")
    assert fault_line(plan, span.moment(24.0), is_on=True).startswith(
        "MADE      distance=unit begins, Thu 13 Jun 00:00"
    )
    assert "ends, Fri 14 Jun 00:00" in fault_line(plan, span.moment(48.0), is_on=False)


def test_the_status_says_when_the_sender_is_behind(span):
    """It never falls behind in silence, and shows the worst feature and the fault."""
    drift = DriftLog()
    drift.worst = ("distance", 3.456)
    progress = Progress(1200, 9000, 0.1, 3.0, is_faulty=True)
    said = status(progress, span.moment(30.0), drift, schedule(span, "distance=unit"))
    assert (
        said == "Thu 13 Jun 06:00 ·  13% · 1,200 flights · 40/s · worst: distance 3.46 · made: distance=unit"
    )
    late = dataclasses.replace(progress, behind_seconds=2.5)
    assert "BEHIND by 2.5 s" in status(late, span.moment(30.0), drift, schedule(span, "distance=unit"))
