import math

import pytest

from mlexporter.exposition.page import words


def plain(text):
    """Return text with ordinary spaces."""
    return text.replace(words.SPACE, " ")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (1234, "1,234"), (9999, "9,999"), (12345, "12.3 k"), (4_560_000, "4.56 M"), (10**13, "10 T")],
)
def test_counts(number, text):
    """Counts are exact up to four digits and short beyond."""
    assert plain(words.count(number)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.314, "0.31"), (9.34, "9.3"), (9.96, "10"), (134.2, "134"), (0.054, "0.05"),
        (0.001, "under 0.01"), (None, "–"), (math.nan, "–"), (math.inf, "–"), (-0.5, "\u22120.5"), (2e6, "2 M"),
    ],
)  # fmt: skip
def test_amounts(value, text):
    """Sizes have few digits, and what is unknown is a dash."""
    assert plain(words.amount(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 %"), (0.0004, "under 0.1 %"), (0.0312, "3.1 %"), (0.31, "31 %"), (1.0, "100 %"),
        (0.9999, "99.9 %"), (None, "–"), (math.nan, "–"), (0.02, "2 %"),
    ],
)  # fmt: skip
def test_shares(value, text):
    """A share that is not all is never told as 100 %, and one that is not none never as 0 %."""
    assert plain(words.share(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2475.3, "2,475"),
        (0.012345, "0.0123"),
        (0.0, "0"),
        (-3.5, "\u22123.5"),
        (1.23e-12, "1.23e\u221212"),
        (5e7, "50 M"),
    ],
)
def test_edges(value, text):
    """Values of a feature stay readable at any size."""
    assert plain(words.edge(value)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 ms"), (0.25, "250 ms"), (1.0, "1 second"), (240.0, "4 minutes"), (4800.0, "1 hour 20 minutes"),
        (3601.0, "1 hour"), (90000.0, "1 day 1 hour"), (math.inf, "–"), (59.7, "1 minute"),
    ],
)  # fmt: skip
def test_durations(seconds, text):
    """A length of time has its two largest units."""
    assert plain(words.duration(seconds)) == text


def test_moments():
    """A time of day names its zone, and an impossible one does not raise."""
    assert words.moment(1_700_000_000) == "2023-11-14 22:13 UTC"
    assert words.moment(math.nan) == "an unknown time"
    assert words.moment(1e30) == "an unknown time"


def test_lists():
    """A long list ends in the number of what is left out."""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(list("abcdefg"), limit=3) == "a, b, c and 4 more"


def test_one_is_singular():
    """One row is not rows."""
    assert words.plural(1, "row") == "1 row"
    assert words.plural(0, "row") == "0 rows"
    assert words.deviations(1.02) == "1 standard deviation"
