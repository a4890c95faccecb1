"""The table ``[alerts]`` of the configuration file: options of the rules, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from mlexporter.configuration.mistakes import Mistake, refusal
from mlexporter.configuration.values import boolean, number_above, number_between

TABLE: Final = "alerts"


class AlertKey(NamedTuple):
    """One key of the table: the field of ``RuleOptions`` that it sets, its parser, its meaning."""

    name: str
    field: str
    parse: Callable[[Any], Any]
    meaning: str


def text(value: Any) -> str:
    """Return a text as it is."""
    if isinstance(value, str):
        return value
    raise ValueError("a text in quotes is needed")


def names(value: Any) -> frozenset[str]:
    """Return the names of a list."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError('a list of texts is needed, such as ["drift", "data"]')
    return frozenset(value)


ALERT_KEYS: Final = (
    AlertKey("selector", "selector", text, 'Matchers put on every scraped series, such as `namespace="ml"`.'),
    AlertKey("job", "job", text, "Name of the scrape job; without it targets are found by what they exposed."),
    AlertKey("groups", "groups", names, "Groups of alerts that are wanted; all if none is named."),
    AlertKey("with", "with_alerts", names, "Alerts that are off by default, and wanted."),
    AlertKey("without", "without", names, "Alerts that are left out."),
    AlertKey("for_factor", "for_factor", number_above(0, example="2"), "Multiplies `for` and `keep_firing_for`."),
    AlertKey("memory_ratio", "memory_ratio", number_between(0, 1, example="0.9"),
             "Part of its memory limit from which a server is near it."),
    AlertKey("runbook_base", "runbook_base", text, "What `runbook_url` begins with."),
    AlertKey("dashboard_base", "dashboard_base", text, "What `dashboard_url` begins with; the uid takes the place of `{dashboard}`. Empty leaves the link out."),
    AlertKey("fleet", "is_fleet", boolean, "Whether drift is read of all pods together."),
)  # fmt: skip
"""Every key of ``[alerts]``."""

_KEYS: Final[Mapping[str, AlertKey]] = MappingProxyType({key.name: key for key in ALERT_KEYS})


def read_alert_table(table: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return what the table says, by field of ``RuleOptions``.

    Args:
        table: As TOML gives it.
        path: The file it stands in, for messages.

    Raises:
        SettingError: a key is unknown or a value impossible; says file, key, value and what would do.
    """
    found, mistakes = inspect_alert_table(table)
    if mistakes:
        raise refusal(path, mistakes)
    return found


def inspect_alert_table(table: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Mistake, ...]]:
    """Return what the table says but for what is wrong in it, by field of ``RuleOptions``, and everything that is.

    Args:
        table: As TOML gives it.
    """
    found, mistakes = {}, []
    for name, value in table.items():
        why = "there is no such key; " + _nearest(name)
        if name in _KEYS:
            try:
                found[_KEYS[name].field] = _KEYS[name].parse(value)
            except ValueError as error:
                why = str(error)
            else:
                continue
        mistakes.append(Mistake((TABLE, name), f"[{TABLE}] {name} = {value!r}: {why}"))
    return found, tuple(mistakes)


def _nearest(name: str) -> str:
    near = get_close_matches(name, _KEYS, n=1)
    return f"did you mean {near[0]}?" if near else f"known are: {', '.join(_KEYS)}"
