import pytest

from mlexporter.demo.history.fired import episodes_of, held
from mlexporter.demo.history.past_prometheus import Answered


def fires(moments, hold=0, keep=0):
    return list(held(moments, 60, hold_seconds=hold, keep_seconds=keep))


@pytest.mark.parametrize(
    ("moments", "hold", "expected"),
    [
        ([0, 60, 120], 0, [0, 60, 120]),
        ([0, 60, 120, 180], 120, [120, 180]),
        ([0, 60, 180, 240], 60, [60, 240]),
        ([0, 60], 120, []),
        ([], 0, []),
    ],
)
def test_an_alert_fires_once_its_expression_has_held(moments, hold, expected):
    """A hole begins the wait anew."""
    assert fires(moments, hold) == expected


def test_an_alert_keeps_firing_for_a_while():
    """After the end, until it holds again; one that never fired has nothing to keep."""
    assert fires([0, 60], keep=120) == [0, 60, 120, 180]
    assert fires([0, 120], keep=300)[:3] == [0, 60, 120]
    assert fires([0], hold=60, keep=300) == []


def test_episodes_are_told_apart_by_holes():
    """Labels go with them."""
    labels = {"alertname": "A", "x": "y"}
    fired = Answered(labels, tuple((float(moment), "1") for moment in (0, 60, 240)))
    found = list(episodes_of(fired, 60))
    assert [(each.alert, each.begins, each.ends) for each in found] == [("A", 0, 60), ("A", 240, 240)]
    assert found[0].labels == labels
