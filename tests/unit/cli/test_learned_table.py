"""What a profile has learned is said in plain words, and nothing in a name steers the terminal."""

from dataclasses import replace

import pytest

from mlexporter.cli.learned_table import learned_lines
from mlexporter.cli.plain_text import plain
from mlexporter.profile import Profile
from mlexporter.records import ComponentNoise
from mlexporter.records.slots import Slots

DAY, NIGHT = range(24), [hour // 12 for hour in range(24)]


@pytest.fixture(scope="module")
def reference():
    """Two features and nothing learned."""
    columns = {"x": list(range(100)), "c\x1b[2J": ["a", "b"] * 50}
    return Profile.fit(columns, model="m", version="1", joint=False).reference


@pytest.mark.parametrize(
    ("seasons", "words"),
    [
        ([*DAY] * 7, "seasons: 24 hours, in UTC"), ([*DAY] * 5 + [24 + hour for hour in DAY] * 2, "seasons: 24 hours x weekend, in UTC"),
        (NIGHT * 7, "seasons: 2 parts of the day, in UTC"),
    ],
    ids=["hours", "weekend", "parts"],
)  # fmt: skip
def test_seasons(reference, seasons, words):
    """Hours, weekends and parts of the day are told apart."""
    n = max(seasons) + 1
    slots = Slots(tuple(seasons), "", (), tuple(range(n)), tuple(map(str, range(n))), ((),) * n, (700,) * n)
    lines = list(learned_lines(replace(reference, slots=slots)))
    assert lines[:2] == [words, f"slots: {n} kinds of rows, each of 700 training rows or more"]


def test_segments_and_noise(reference):
    """Segments name their column; noise says from how many blocks, and for how many columns."""
    slots = Slots((), "c\x1b[2J", (0, 1, 1, 1, 1, 1), (0, 1), ("a", "b"), ((), ()), (900, 1_500))
    noisy = replace(
        reference.features[0], noise={"6h": ComponentNoise(24, 1, 1, 1), "1h": ComponentNoise(168, 1, 1, 1)}
    )
    other = replace(reference.features[1], noise={"1h": ComponentNoise(160, None, None, 1)})
    lines = list(learned_lines(replace(reference, slots=slots, features=(noisy, other))))
    assert lines == [
        "segments: 2 of c?[2J",
        "slots: 2 kinds of rows, each of 900 training rows or more",
        "noise: from 160 to 168 blocks of 1h, for 2 of 2 columns",
        "noise: from 24 blocks of 6h, for 1 of 2 columns",
    ]


def test_nothing_learned_is_nothing_said(reference):
    """A profile of bins alone has no line of these."""
    assert list(learned_lines(reference)) == []


def test_text_of_data_does_not_steer():
    """Control characters are shown as a question mark."""
    assert plain("a\x1b[2J\nb\u202e") == "a?[2J?b?"
