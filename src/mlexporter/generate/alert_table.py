"""The table ``[alerts]`` of the configuration file: options of the rules, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from mlexporter.configuration.values import boolean, number_above, number_between
from mlexporter.errors import SettingError


class AlertKey(NamedTuple):
    """One key of the table: the field of ``RuleOptions`` that it sets, its parser, its meaning."""

    name: str
    field: str
    parse: Callable[[Any], Any]
    meaning: str


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("a text in quotes is needed")


def _names(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError('a list of texts is needed, such as ["drift", "data"]')
    return frozenset(value)


ALERT_KEYS: Final = (
    AlertKey("selector", "selector", _text, 'Matchers put on every scraped series, such as `namespace="ml"`.'),
    AlertKey("job", "job", _text, "Name of the scrape job; without it targets are found by what they exposed."),
    AlertKey("groups", "groups", _names, "Groups of alerts that are wanted; all if none is named."),
    AlertKey("with", "with_alerts", _names, "Alerts that are off by default, and wanted."),
    AlertKey("without", "without", _names, "Alerts that are left out."),
    AlertKey("for_factor", "for_factor", number_above(0, example="2"), "Multiplies `for` and `keep_firing_for`."),
    AlertKey("memory_ratio", "memory_ratio", number_between(0, 1, example="0.9"),
             "Part of its memory limit from which a server is near it."),
    AlertKey("runbook_base", "runbook_base", _text, "What `runbook_url` begins with."),
    AlertKey("dashboard_base", "dashboard_base", _text, "What `dashboard_url` begins with; the uid takes the place of `{dashboard}`. Empty leaves the link out."),
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
    found = {}
    for name, value in table.items():
        if name not in _KEYS:
            near = get_close_matches(name, _KEYS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(_KEYS)}"
            raise SettingError(f"{path}: [alerts] {name} = {value!r}: there is no such key; {hint}")
        key = _KEYS[name]
        try:
            found[key.field] = key.parse(value)
        except ValueError as error:
            raise SettingError(f"{path}: [alerts] {name} = {value!r}: {error}") from None
    return found
