from __future__ import annotations

import pytest

from mlexporter.state import moment as module
from mlexporter.state.clock import ScaledClock, WindowClock
from mlexporter.state.moment import Moment, boot_id

EARLIER = Moment(100.0, 5000.0, "boot")


def test_within_a_boot_the_wall_clock_does_not_matter():
    """It went back an hour: the other clock says what passed."""
    assert Moment(160.0, 1400.0, "boot").seconds_since(EARLIER) == 60.0


def test_over_boots_the_wall_clock_tells():
    """The clock of windows began anew."""
    assert Moment(3.0, 5060.0, "other").seconds_since(EARLIER) == 60.0


@pytest.mark.parametrize("later", [Moment(90.0, 5000.0, "boot"), Moment(3.0, 1400.0, "other")])
def test_no_age_is_negative(later):
    """Whatever clock went back."""
    assert later.seconds_since(EARLIER) == 0.0


def test_a_fast_clock_ages_what_an_earlier_one_wrote_as_fast():
    """A real minute is an hour of a demo at 60 times the speed."""
    assert Moment(3.0, 5060.0, "other", factor=60.0).seconds_since(EARLIER) == 3600.0


def test_a_moment_travels_as_json():
    """All of it."""
    moment = Moment(0.1, 1.7e9 + 0.3, "boot", 2.5)

    assert Moment.from_json(moment.to_json()) == moment


@pytest.mark.parametrize(
    "content", [None, 7, [], [1.0, 2.0, "boot"], ["x", 1.0, "boot", 1.0], [1.0, float("nan"), "boot", 1.0]]
)
def test_what_is_no_moment_is_refused(content):
    """With ValueError, whatever it is."""
    with pytest.raises(ValueError, match="no moment"):
        Moment.from_json(content)


def test_one_boot_has_one_name():
    """Two clocks of windows can age what the other one wrote."""
    first, second = WindowClock().moment(1.0), WindowClock().moment(2.0)

    assert first.boot_id == second.boot_id == boot_id()
    assert (first.wall, first.factor) == (1.0, 1.0)


def test_every_scaled_clock_is_a_boot_of_its_own():
    """Each begins at zero, so that times of one mean nothing on another."""
    first, second = ScaledClock(60).moment(1.0), ScaledClock(60).moment(1.0)

    assert first.boot_id != second.boot_id
    assert first.factor == 60


def test_without_a_boot_id_each_process_is_a_boot_of_its_own(monkeypatch, tmp_path):
    """Then the wall clock ages files, which is right on any system."""
    monkeypatch.setattr(module, "_BOOT_ID_FILE", tmp_path / "none")

    assert boot_id.__wrapped__() != boot_id.__wrapped__()


def test_without_name_spaces_of_clocks_the_boot_id_is_enough(monkeypatch, tmp_path):
    """Old kernels have none."""
    (tmp_path / "boot_id").write_text("abc\n")
    monkeypatch.setattr(module, "_BOOT_ID_FILE", tmp_path / "boot_id")
    monkeypatch.setattr(module, "_CLOCK_OFFSETS_LINK", tmp_path / "none")

    assert boot_id.__wrapped__() == "abc"
