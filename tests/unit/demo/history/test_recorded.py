import contextlib

import pytest

from mlexporter.demo.history.past_prometheus import Answered
from mlexporter.demo.history.recorded import (
    evaluation_times,
    options_of,
    record,
    sample_lines,
    series_start,
)
from mlexporter.demo.history.rule_levels import recording_rules
from mlexporter.demo.history.steps import Stretch

STRETCH = Stretch(7200, 14_400, 600, 600, 7200)


class Server:
    """Answers every range with one series, and notes what it was asked."""

    def __init__(self):
        self.ranges, self.moments = [], []

    def range(self, expression, times):
        """Answer for the first time."""
        self.ranges.append((expression, times))
        return [Answered({"__name__": "x", "model_name": 'a"b'}, ((float(times[0]), "1.5"),))]

    def at(self, expression, moment):
        """Answer for one time."""
        self.moments.append(moment)
        return [Answered({"le": "0.5"}, ((float(moment), "1"),))]


class Maker:
    """Keeps what is handed to it."""

    def __init__(self):
        self.texts = []

    def add(self, path, block_seconds):
        """Keep the text of a file."""
        self.texts.append((path.read_text(encoding="utf-8"), block_seconds))

    def finish(self):
        """Everything is done at once."""


@pytest.fixture
def recorded(tmp_path):
    server, maker, told = Server(), Maker(), []
    found = record(
        [STRETCH], lambda: contextlib.nullcontext(server), maker, tmp_path, lambda *told_: told.append(told_)
    )
    return server, maker, told, found


def test_every_rule_is_asked_at_every_evaluation(recorded):
    """A second after each scrape; what a range loses, at single times."""
    server, _, _, (n_series, _) = recorded
    rules = recording_rules(options_of(STRETCH))
    assert n_series == len(rules)
    odd = [rule for rule in rules if "count_values" in rule.expression]
    assert len(odd) == 1
    assert sorted(expression for expression, _ in server.ranges) == sorted(
        rule.expression for rule in rules if rule not in odd
    )
    assert {times for _, times in server.ranges} == {range(7201, 14_401, 600)}
    assert server.moments == [7201]


def test_levels_become_blocks_one_after_the_other(recorded):
    """Each file is whole."""
    _, maker, told, _ = recorded
    assert all(text.endswith("# EOF\n") for text, _ in maker.texts)
    assert {seconds for _, seconds in maker.texts} == {7200}
    assert told[-1] == (len(maker.texts), len(maker.texts))
    assert len(maker.texts) >= 2


def test_no_range_is_shorter_than_two_samples():
    """Of a scrape and the one before; of fast scrapes as short as ships."""
    assert options_of(STRETCH).minimum_range_seconds == 602
    assert options_of(Stretch(0, 60, 15, 15, 7200)).minimum_range_seconds == 60
    assert evaluation_times(STRETCH)[-1] == 14_400 - 600 + 1


def test_samples_are_written_as_open_metrics():
    """Labels are escaped, the name is left out of them."""
    start = series_start("a:b", {"__name__": "old", "x": 'say "é"\n\\'})
    assert start.decode() == 'a:b{x="say \\"é\\"\\n\\\\"} '
    assert sample_lines(b"a{} ", Answered({}, ((1.0, "NaN"), (2.0, "3")))) == b"a{} NaN 1\na{} 3 2\n"
