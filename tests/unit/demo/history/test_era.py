import pytest

from mlexporter.demo.history.era import (
    ALIGNMENT,
    DAY,
    FIRST_FLIGHT,
    HOUR,
    LAST_FLIGHT,
    LEAD,
    NEW_YORK,
    WEEK,
    era_of,
    parse_history,
)
from mlexporter.errors import ConfigurationError

NOW = 1_795_337_000.0
"""A Sunday in November 2026, 08:43:20 UTC."""


@pytest.mark.parametrize(
    ("text", "seconds"), [("9mo", 270 * DAY), ("8d", 8 * DAY), ("36h", 36 * HOUR), ("1mo2w", 44 * DAY)]
)
def test_durations_have_months(text, seconds):
    """A month is thirty days."""
    assert parse_history(text) == seconds


@pytest.mark.parametrize("text", ["", "9", "mo", "9 mo", "9m", "-8d", "8d!", "8d 36h", "23h", "10mo", "0d"])
def test_what_is_no_possible_duration_is_refused(text):
    """The message says what is possible."""
    with pytest.raises(ConfigurationError, match="9mo"):
        parse_history(text)


@pytest.mark.parametrize("now", [NOW + hours * HOUR for hours in range(0, 400, 13)])
def test_the_shift_is_whole_weeks_and_ends_with_the_last_flights(now):
    """Weekdays and New York's hours of 2013 stay, as UTC; there are flights up to the end, and less than a week of them is left out."""
    era = era_of(8 * DAY, now)
    assert (era.shift + NEW_YORK) % WEEK == 0
    assert LAST_FLIGHT - WEEK < era.ends - era.shift <= LAST_FLIGHT
    assert 0 <= now - era.now < HOUR
    assert LEAD - ALIGNMENT < era.ends - era.now <= LEAD


def test_an_era_begins_as_long_ago_as_was_asked_for():
    """To the full two hours, at which every step begins."""
    era = era_of(8 * DAY, NOW)
    assert era.begins % ALIGNMENT == 0
    assert 0 <= era.begins - (era.now - 8 * DAY) < ALIGNMENT


def test_nine_months_begin_no_earlier_than_the_flights():
    """January to March are for training."""
    era = era_of(parse_history("9mo"), NOW)
    assert FIRST_FLIGHT + era.shift <= era.begins
    assert era.length > 260 * DAY
