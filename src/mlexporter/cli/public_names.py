"""Every name that users write down somewhere else: metrics, alerts, settings, keys, options, values of the chart.

What a minor version had is written into ``src/mlexporter/released_names/MINOR.json`` and stays there: writing
it again adds names and takes none away. A contract test compares the names of today with what the last
versions had, so that none vanishes without a row in ``catalogue.RENAMED``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click

from mlexporter._version import __version__
from mlexporter.catalogue import CATALOGUE, RENAMED
from mlexporter.generate.chart.chart_value import Section, values_below
from mlexporter.generate.chart.values.table import chart_values
from mlexporter.generate.configuration_schema import configuration_schema
from mlexporter.generate.fleet import fleet_groups
from mlexporter.generate.json_text import json_text
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.recording import recording_groups
from mlexporter.generate.rule_files import ALERTS
from mlexporter.generate.rules import Recording
from mlexporter.generate.serving_engines import engine_groups
from mlexporter.settings import SETTINGS

Names = Mapping[str, frozenset[str]]
"""Names by kind; kinds are those of ``catalogue.Renamed``."""

FOLDER: Final = "src/mlexporter/released_names"
KEPT_MINORS: Final = 2
"""For so many minor versions an old name is kept."""

_RELEASED: Final = Path(__file__).parent.parent / "released_names"
_MINOR: Final = re.compile(r"[0-9]+\.[0-9]+")


def names_of_today(commands: click.Group) -> Names:
    """Return every public name of this source tree.

    Args:
        commands: The command line, whose options are public too.
    """
    options = RuleOptions()
    groups = (*recording_groups(options), *fleet_groups(options), *engine_groups(options))
    keys = {key for key in _keys(configuration_schema()) if not key.startswith("settings.")}
    exposed = [metric for metric in CATALOGUE if metric.condition != "planned"]
    commanded = dict(_commands(commands, ()))
    return {
        "metric": frozenset(metric.name for metric in exposed),
        "label": frozenset(f"{metric.name}.{label}" for metric in exposed for label in metric.labels),
        "recorded series": frozenset(
            rule.name for group in groups for rule in group.rules if isinstance(rule, Recording)
        ),
        "alert": frozenset(alert.name for alerts in ALERTS.values() for alert in alerts(options)),
        "setting": frozenset(setting.name for setting in SETTINGS),
        "key": frozenset(keys),
        "command": frozenset(commanded),
        "option": frozenset(option for of_one in commanded.values() for option in of_one),
        "chart value": frozenset(_chart_values()),
    }


def released_names() -> dict[str, Names]:
    """Return what each released minor version had, oldest first; that of today may still grow."""
    found = {path.stem: path for path in _RELEASED.glob("*.json") if _MINOR.fullmatch(path.stem)}
    return {
        minor: {kind: frozenset(names) for kind, names in json.loads(found[minor].read_text()).items()}
        for minor in sorted(found, key=_order)
    }


def released_names_file(today: Names) -> dict[str, str]:
    """Return path and content of the file of this minor version: what it had, and what has come since.

    Args:
        today: What ``names_of_today`` returns.
    """
    minor = minor_of(__version__)
    before = released_names().get(minor, {})
    names = {kind: sorted(today[kind] | before.get(kind, frozenset())) for kind in today}
    return {f"{FOLDER}/{minor}.json": json_text(names)}


def vanished(today: Names, released: Mapping[str, Names], *, version: str = __version__) -> list[str]:
    """Return, in words, the names that users may have written down and that are gone without a row.

    Args:
        today: What ``names_of_today`` returns.
        released: What ``released_names`` returns.
        version: Of this source tree.
    """
    renamed = {(each.kind, each.old) for each in RENAMED}
    return [
        f"{kind} {name} of {minor} is gone; keep it, or add a row to catalogue.RENAMED"
        for minor, names in _kept(released, version).items()
        for kind in sorted(names)
        for name in sorted(names[kind] - today.get(kind, frozenset()))
        if (kind, name) not in renamed
    ]


def overdue(released: Mapping[str, Names], *, version: str = __version__) -> list[str]:
    """Return the rows of ``catalogue.RENAMED`` that may go: no version that counts had the old name."""
    kept = _kept(released, version).values()
    return [
        f"{each.kind} {each.old}"
        for each in RENAMED
        if not any(each.old in names.get(each.kind, frozenset()) for names in kept)
    ]


def minor_of(version: str) -> str:
    """Return the minor version of a version, such as 0.1 of 0.1.3."""
    return ".".join(version.split(".")[:2])


def _kept(released: Mapping[str, Names], version: str) -> dict[str, Names]:
    """Return the names of this minor version and of those before it that count."""
    minors = [minor for minor in released if _order(minor) <= _order(minor_of(version))]
    return {minor: released[minor] for minor in minors[-KEPT_MINORS - 1 :]}


def _order(minor: str) -> tuple[int, ...]:
    return tuple(map(int, minor.split(".")))


def _keys(schema: Mapping[str, Any], before: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the keys of a schema with dots between them; ``*`` stands for any name."""
    inner = {**schema.get("properties", {})}
    if isinstance(schema.get("additionalProperties"), dict):
        inner["*"] = schema["additionalProperties"]
    for choice in schema.get("anyOf", ()):
        yield from _keys(choice, before)
    for name, each in inner.items():
        if name != "*":
            yield ".".join((*before, name))
        yield from _keys(each, (*before, name))


def _commands(group: click.Group, before: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """Yield each command and its options, as ``COMMAND --OPTION``."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        words = (*before, name)
        options = [
            option for each in command.params if isinstance(each, click.Option) for option in each.opts
        ]
        yield " ".join(words), [f"{' '.join(words)} {option}" for option in sorted(options)]
        if isinstance(command, click.Group):
            yield from _commands(command, words)


def _chart_values() -> Iterable[str]:
    for part in chart_values():
        if isinstance(part, Section):
            yield from (path for path, _ in values_below(part))
        else:
            yield part.name
