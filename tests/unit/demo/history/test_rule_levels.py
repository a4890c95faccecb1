from mlexporter.demo.history.rule_levels import (
    Rule,
    alerting_rules,
    duration_seconds,
    in_levels,
    names_in,
    recording_rules,
)
from mlexporter.generate.options import RuleOptions


def test_durations_of_prometheus_are_seconds():
    """As rule files have them."""
    assert [duration_seconds(text) for text in ("", "15m", "1h30m", "500ms", "1d")] == [
        0, 900, 5400, 0.5, 86_400,
    ]  # fmt: skip


def test_levels_need_only_what_is_before_them():
    """Raw series first."""
    rules = [Rule("c:x", "sum(b:x)"), Rule("b:x", "rate(raw[5m])"), Rule("d:x", "c:x / b:x")]
    assert [[rule.name for rule in level] for level in in_levels(rules)] == [["b:x"], ["c:x"], ["d:x"]]


def test_all_recorded_series_that_ship_have_a_level():
    """And alerts wait as long as they do in the files that ship, however long the ranges."""
    options = RuleOptions(minimum_range_seconds=7202)
    rules = recording_rules(options)
    levels = in_levels(rules)
    assert sum(map(len, levels)) == len(rules)
    done = set()
    for level in levels:
        assert all(names_in(rule.expression) & {each.name for each in rules} <= done for rule in level)
        done |= {rule.name for rule in level}
    alerts = alerting_rules(options)
    assert {rule.hold_seconds for rule in alerts} >= {60.0, 900.0}
    assert max(rule.hold_seconds for rule in alerts) < 7202 * 2
    assert all("severity" in rule.labels for rule in alerts)
