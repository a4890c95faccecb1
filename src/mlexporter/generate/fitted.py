"""Rule files fitted to a user's own labels, wishes and addresses, written where the user wants them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from mlexporter.configuration.configuration import Configuration
from mlexporter.configuration.files import configuration_text, inspect_configuration
from mlexporter.configuration.mistakes import Mistake, refusal
from mlexporter.configuration.places import located
from mlexporter.errors import ConfigurationError
from mlexporter.generate.alert_table import ALERT_KEYS, TABLE, inspect_alert_table
from mlexporter.generate.generated_files import GENERATED, is_generated
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import (
    FLEET_FILE,
    alerting_groups,
    fleet_rule_files,
    optional_groups,
    rule_files,
)
from mlexporter.generate.rules import Alert
from mlexporter.generate.selector import check_selector

_FIRST_LINE: Final = (
    f"# {GENERATED} alerts`; change its options or the configuration file, and generate again."
)


def fitted_rule_files(options: RuleOptions) -> dict[str, str]:
    """Return the files that Prometheus has to load: name to content.

    Raises:
        ConfigurationError: an option names an alert or a group that does not exist.
    """
    files = rule_files(options) | (fleet_rule_files(options) if options.is_fleet else {})
    return {name: "\n".join((_FIRST_LINE, content.partition("\n")[2])) for name, content in files.items()}


def check_alert_table(table: Mapping[str, Any], path: str) -> None:
    """Refuse a table ``[alerts]`` of which no rules could be generated.

    Args:
        table: As TOML gives it.
        path: The file it stands in, for messages.

    Raises:
        SettingError: says file, key, value and what would do.
    """
    mistakes = alert_mistakes(table)
    if mistakes:
        raise refusal(path, mistakes)


def alert_mistakes(table: Mapping[str, Any]) -> tuple[Mistake, ...]:
    """Return why no rules could be generated of a table ``[alerts]``: all reasons, or nothing.

    Args:
        table: As TOML gives it.
    """
    fields, mistakes = inspect_alert_table(table)
    names = {key.field: key.name for key in ALERT_KEYS}
    alone = [
        Mistake((TABLE, names[field]), f"[{TABLE}] {why}")
        for field, value in fields.items()
        for why in _why_not({field: value})
    ]
    # What is wrong alone is wrong together too, and told once.
    together = [] if alone else [Mistake((TABLE,), f"[{TABLE}] {why}") for why in _why_not(fields)]
    return (*mistakes, *alone, *together)


def _why_not(fields: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        options = RuleOptions(**fields)
        check_selector(options.selector)
        alerting_groups(options)
    except ConfigurationError as error:
        return (str(error),)
    return ()


def inspect_file(path: str) -> tuple[Configuration, tuple[Mistake, ...]]:
    """Return what a configuration file says but for what is wrong in it, and everything that is.

    This is all that can be told of a file by itself: its tables, and whether its options make rules.

    Raises:
        SettingError: it cannot be read, or is no TOML, so that nothing of it can be looked at.
    """
    found, mistakes = inspect_configuration(path)
    of_alerts = alert_mistakes(found.alerts)
    return found, located((*mistakes, *of_alerts), configuration_text(path)) if of_alerts else mistakes


def as_one_file(files: Mapping[str, str]) -> str:
    """Return the groups of several files as one file; their names differ."""
    groups = [content.partition("groups:\n")[2] for content in files.values()]
    return f"{_FIRST_LINE}\ngroups:\n" + "".join(groups)


def still_off(options: RuleOptions) -> dict[str, tuple[str, ...]]:
    """Return the alerts that are off and not asked for: what they need to their names, both in order."""
    found: dict[str, tuple[str, ...]] = {}
    for group in optional_groups(options):
        for rule in group.rules:
            if isinstance(rule, Alert):
                names = (*found.get(rule.needs, ()), rule.name)
                found[rule.needs] = tuple(dict.fromkeys(names))
    return found


def left_over(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Return generated files of an earlier run that are none of these ones."""
    path = folder / FLEET_FILE
    return (path,) if FLEET_FILE not in files and path.is_file() and is_generated(path) else ()
