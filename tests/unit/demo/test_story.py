import pytest

from mlexporter.demo.faults import Fault
from mlexporter.demo.receiver import Notification
from mlexporter.demo.replay import Moment
from mlexporter.demo.schedule import FaultSchedule
from mlexporter.demo.story import Cause, Story, flight_time

SCHEDULE = FaultSchedule((Fault("distance", "unit"),), 0.0, 0.0)


@pytest.fixture
def story():
    """A fault from 20 to 30 s; a window remembers it for another 24 s."""
    told = Story(SCHEDULE, factor=3600.0, memory_seconds=86_400.0)
    told.fault(Moment(20.0, 0.0), is_on=True)
    told.fault(Moment(30.0, 0.0), is_on=False)
    return told


def notification(feature="distance", *, is_firing=True, alert="MLFeatureDrift"):
    labels = {"alertname": alert, "window": "24h", **({"feature": feature} if feature else {})}
    return Notification(alert, is_firing, labels, "A feature has drifted.")


@pytest.mark.parametrize(
    ("feature", "seconds", "cause"),
    [
        ("distance", 19.0, Cause.REAL),
        ("distance", 21.0, Cause.MADE),
        ("distance", 53.0, Cause.MADE),
        ("distance", 55.0, Cause.REAL),
        ("scheduled_minutes", 25.0, Cause.REAL),
        ("", 25.0, Cause.UNCLEAR),
        ("", 60.0, Cause.REAL),
    ],
)
def test_a_cause_follows_from_the_feature_and_the_time(story, feature, seconds, cause):
    """Only the broken feature, from the fault on until the window has forgotten it, is made."""
    assert story.cause(feature, Moment(seconds, 0.0)) is cause


def test_after_the_end_no_news_is_real(story):
    """That no more flights come is the demo's own doing."""
    story.ended = Moment(240.0, 0.0)
    told = story.tell(notification("", alert="MLModelNoPredictions"), Moment(241.0, 0.0))
    assert told.cause is Cause.END
    assert story.words(told).endswith("because the replay is over and no more flights come")


def test_before_any_fault_everything_is_real():
    """Also the feature that will be broken later."""
    assert Story(SCHEDULE, factor=1.0, memory_seconds=1.0).cause("distance", Moment(5.0, 0.0)) is Cause.REAL


def test_a_made_notification_counts_from_its_cause(story):
    """Firing from the beginning of the fault, resolved from its end, and resolved has the cause of firing."""
    fired = story.tell(notification(), Moment(25.5, 0.0))
    resolved = story.tell(notification(is_firing=False), Moment(60.0, 0.0))
    assert (fired.cause, fired.after_seconds) == (Cause.MADE, 5.5)
    assert (resolved.cause, resolved.after_seconds) == (Cause.MADE, 30.0)
    assert story.words(fired) == (
        "FIRING    MLFeatureDrift · distance · window 24h · MADE: 5.5 s (5 h 30 min of flights) "
        "after distance=unit began"
    )
    assert story.words(resolved).startswith("RESOLVED")
    assert story.words(resolved).endswith("after distance=unit ended")


def test_a_real_notification_says_when_in_the_replay_it_came(story):
    """There is no cause to count from but the beginning."""
    told = story.tell(notification("scheduled_minutes"), Moment(72.0, 1_370_491_200.0))
    assert told.cause is Cause.REAL
    assert "REAL, in the data: 72.0 s (3 d 0 h of flights) into the replay, Thu 06 Jun 00:00" in story.words(
        told
    )


def test_a_notification_about_the_whole_model_may_follow_from_the_fault(story):
    """It is not sold as real."""
    told = story.tell(notification("", alert="MLPredictionDrift"), Moment(25.0, 0.0))
    assert told.cause is Cause.UNCLEAR
    assert "real or a consequence of distance=unit" in story.words(told)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 min of flights"),
        (1500, "25 min of flights"),
        (17_640, "4 h 54 min of flights"),
        (270_000, "3 d 3 h of flights"),
    ],
)
def test_flight_time_in_words(seconds, words):
    """Short enough for a line."""
    assert flight_time(seconds) == words
