"""``PointSource``: of which time points are, whatever the clock does."""

from __future__ import annotations

import pytest

from mlexporter import catalogue
from mlexporter.app.pushing import delivery

HOUR = 3_600_000_000_000


@pytest.fixture
def offset(monkeypatch):
    """Seconds by which the clock is set back or forth."""
    real, found = delivery.time.time_ns, [0]

    class Clock:
        @staticmethod
        def time_ns():
            return real() + found[0]

    monkeypatch.setattr(delivery, "time", Clock)
    return found


def times(kept):
    (point,) = kept.newest()[catalogue.PREDICTIONS.name].data.data_points
    return point.start_time_unix_nano, point.time_unix_nano


def test_a_clock_that_is_set_back_leaves_one_start(exporter, predict, kept, offset):
    """It is never after the point, and does not move with it."""
    found = []
    with exporter.push(kept, interval_seconds=3600) as handle:
        for each in (0, 0, -HOUR, -HOUR, 0, HOUR):
            offset[0] = each
            assert handle.flush(20)
            found.append(times(kept))
    starts = [start for start, _ in found]

    assert all(start <= now for start, now in found)
    assert starts[0] == starts[1]
    assert len(set(starts[2:])) == 1
