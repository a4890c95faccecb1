import math

import numpy as np
import pytest

from mlexporter.records import ComponentNoise
from mlexporter.statistics.noise_floor import noise_source, window_noise

HOUR = ComponentNoise(24, 0.01, 0.02, 0.03)
DAY = ComponentNoise(30, 0.001, 0.002, 0.003)


@pytest.mark.parametrize(
    ("window", "source"),
    [("1h", "1h"), ("6h", "1h"), ("60m", "1h"), ("24h", "24h"), ("1d", "24h"), ("7d", "24h"), ("30m", "1h")],
)
def test_a_window_takes_its_own_noise_or_that_of_the_next_shorter(window, source):
    """Of a longer one, which averages more out, only where there is no other; names are lengths, 60m is 1h."""
    assert noise_source({"24h": DAY, "1h": HOUR}, window) == source


def test_a_window_that_is_no_duration_is_the_longest():
    """A file of a night has no length: the longest known one is the nearest below."""
    assert noise_source({"1h": HOUR, "24h": DAY}, "current") == "24h"
    assert noise_source({"current": HOUR}, "current") == "current"
    assert noise_source({"current": HOUR}, "1h") is None  # of what is no length nothing can be said


def test_arrays_have_a_row_a_window_and_a_column_a_subject():
    """What was not learned is 0, from infinitely many blocks; categories have the omnibus alone."""
    learned = [{"1h": HOUR}, {}, {"1h": ComponentNoise(40, None, None, 0.5)}]
    floor = window_noise(learned, ["1h", "24h"]).floor
    assert floor.location.tolist() == [[0.01, 0.0, 0.0], [0.01, 0.0, 0.0]]
    assert floor.spread.tolist() == [[0.02, 0.0, 0.0], [0.02, 0.0, 0.0]]
    assert floor.omnibus.tolist() == [[0.03, 0.0, 0.5], [0.03, 0.0, 0.5]]
    assert floor.blocks.tolist() == [[24, math.inf, 40], [24, math.inf, 40]]
    assert [values.tolist() for values in floor.rows([1, 0], [2, 0])] == [
        [0.0, 0.01],
        [0.0, 0.02],
        [0.5, 0.03],
        [40.0, 24.0],
    ]


@pytest.mark.parametrize("learned", [[], [{}, {}]])
def test_nothing_learned_is_none(learned):
    """No subject, or no noise."""
    assert window_noise(learned, ["1h"]) is None


def test_noise_of_a_longer_window_alone_is_scaled_to_a_shorter_one():
    """An hour of what was learned from days has up to 24 times the variance of a day."""
    found = window_noise([{"24h": DAY}], ["1h"]).over([3_600.0])
    assert found.location[0, 0] == pytest.approx(24 * 0.001)


def test_a_window_that_covers_less_than_its_blocks_has_more_noise():
    """Ten minutes of an hour have six times its variance; a longer window with enough time has none more."""
    found = window_noise([{"1h": HOUR}, {}], ["1h", "6h"])
    young = found.over([600.0, 7_200.0])
    assert young.location[:, 0] == pytest.approx([0.06, 0.01])
    assert young.spread[:, 0] == pytest.approx([0.12, 0.02])
    assert young.omnibus[:, 0] == pytest.approx([0.18, 0.03])
    assert young.omnibus[:, 1].tolist() == [0.0, 0.0]
    np.testing.assert_array_equal(young.blocks, found.floor.blocks)


def test_a_span_that_is_unknown_changes_nothing():
    """A window of no time has no rows either; nothing is divided by zero."""
    found = window_noise([{"1h": HOUR}, {"current": DAY}], ["current"])
    assert found.over([0.0]).location.tolist() == [[0.01, 0.001]]
    assert found.over([60.0]).location[0] == pytest.approx([0.6, 0.001])
