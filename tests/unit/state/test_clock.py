from __future__ import annotations

import pytest

from mlexporter.state import clock as module
from mlexporter.state.clock import ScaledClock, WindowClock


def test_time_never_goes_back():
    """Two looks are in order, in seconds of one real second."""
    clock = WindowClock()

    assert clock.now() <= clock.now()
    assert clock.factor == 1.0


def test_without_a_clock_of_the_boot_the_monotonic_one_is_taken(monkeypatch):
    """Windows and macOS have no CLOCK_BOOTTIME."""
    monkeypatch.setattr(module, "_BOOT_CLOCK", None)
    monkeypatch.setattr(module.time, "monotonic", lambda: 12.5)

    assert WindowClock().now() == 12.5


def test_a_scaled_clock_runs_faster():
    """An hour in a second, from zero on."""
    times = iter([100.0, 100.0, 101.0])
    clock = ScaledClock(3600, lambda: next(times))

    assert (clock.now(), clock.now(), clock.factor) == (0.0, 3600.0, 3600)


@pytest.mark.parametrize("factor", [0, -1, float("nan"), float("inf")])
def test_a_factor_that_is_none_is_refused(factor):
    """The message names it."""
    with pytest.raises(ValueError, match="factor="):
        ScaledClock(factor)
