"""The rules that ship, as what can be computed of the past: recorded series level by level, then alerts."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import ALERTING_FILE, RECORDING_FILE, rule_files

_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_DURATION: Final = re.compile(r"(\d+)(ms|[dhms])")
_UNITS: Final = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a file.

    Attributes:
        name: Of the recorded series, or of the alert.
        expression: PromQL.
        labels: Labels that the rule adds.
        hold_seconds: The ``for`` of an alert.
        keep_seconds: Its ``keep_firing_for``.
    """

    name: str
    expression: str
    labels: dict[str, str] = field(default_factory=dict)
    hold_seconds: float = 0.0
    keep_seconds: float = 0.0


def duration_seconds(text: str) -> float:
    """Return the seconds of a duration of Prometheus, such as 1h30m; of an empty text 0."""
    return sum(int(number) * _UNITS[unit] for number, unit in _DURATION.findall(text))


def recording_rules(options: RuleOptions) -> list[Rule]:
    """Return the rules of recorded series."""
    return [Rule(each["record"], each["expr"]) for each in _entries(RECORDING_FILE, options, "record")]


def alerting_rules(options: RuleOptions) -> list[Rule]:
    """Return the alerts that are on, with the ``for`` that ships whatever the floor of ``options`` is."""
    shipped = _entries(ALERTING_FILE, RuleOptions(), "alert")
    return [
        Rule(
            each["alert"], each["expr"], each["labels"],
            duration_seconds(nominal.get("for", "")), duration_seconds(nominal.get("keep_firing_for", "")),
        )
        for each, nominal in zip(_entries(ALERTING_FILE, options, "alert"), shipped, strict=True)
    ]  # fmt: skip


def names_in(expression: str) -> set[str]:
    """Return all words of an expression that a name of a series could be."""
    return set(_NAME.findall(expression))


def in_levels(rules: list[Rule]) -> list[list[Rule]]:
    """Return recorded series in levels: those of raw series first, then those that need these, and so on."""
    every = {rule.name for rule in rules}
    needs = {rule.name: names_in(rule.expression) & every for rule in rules}
    levels: list[list[Rule]] = []
    done: set[str] = set()
    while rest := [rule for rule in rules if rule.name not in done]:
        levels.append([rule for rule in rest if needs[rule.name] <= done])
        done |= {rule.name for rule in levels[-1]}
    return levels


def _entries(file: str, options: RuleOptions, kind: str) -> list[dict[str, Any]]:
    return [rule for group in _groups(file, options) for rule in group["rules"] if kind in rule]


@functools.lru_cache(maxsize=16)
def _groups(file: str, options: RuleOptions) -> tuple[dict[str, Any], ...]:
    """Return the groups of a file; there are only a few steps, and each is asked for with every chunk."""
    return tuple(yaml.safe_load(rule_files(options)[file])["groups"])
