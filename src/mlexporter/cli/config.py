"""``mlexporter config``: is a configuration file good, what holds, and what may stand in one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from mlexporter.cli.configuration_table import alert_lines, model_lines, setting_lines
from mlexporter.cli.held_values import Held, held_alerts, held_models, held_objectives, held_settings
from mlexporter.cli.plain_text import plain
from mlexporter.cli.toml_text import toml_text
from mlexporter.configuration.configuration import Configuration
from mlexporter.configuration.effective import effective_settings
from mlexporter.configuration.files import read_configuration
from mlexporter.configuration.mistakes import refusal
from mlexporter.errors import SettingError
from mlexporter.generate.configuration_schema import configuration_schema
from mlexporter.generate.fitted import inspect_file
from mlexporter.generate.json_text import json_text
from mlexporter.settings import Settings

_VARIABLE = "MLEXPORTER_CONFIG"


@click.group("config")
def config_command() -> None:
    """Check a configuration file, show what holds, or print the schema."""


@config_command.command("check")
@click.argument("files", type=click.Path(), nargs=-1, metavar="[FILE]...")
def check_files(files: tuple[str, ...]) -> None:
    """Check configuration files; that of MLEXPORTER_CONFIG if none is named.

    Every mistake is one line on the standard error, with the line of the file where that is known, and
    makes the command exit 1. `mlexporter check PROFILE --config FILE` tells whether a file fits a profile.
    """
    is_bad = False
    for path in files or _named(None):
        lines = mistake_lines(path)
        for line in lines:
            click.echo(plain(line), err=True)
        if not lines:
            click.echo(f"{plain(path)}: good")
            for sentence in read_configuration(str(Path(path).absolute())).old_keys:
                click.echo(plain(f"{path}: warning: {sentence}"), err=True)
        is_bad |= bool(lines)
    if is_bad:
        sys.exit(1)


def mistake_lines(path: str) -> list[str]:
    """Return what is wrong with a configuration file, a line for each mistake."""
    try:
        _, mistakes = inspect_file(str(Path(path).absolute()))
    except SettingError as error:
        return [str(error)]
    return [each.told(path) for each in mistakes]


@config_command.command("show")
@click.argument("file", type=click.Path(), required=False)
@click.option("--model", help="Only what holds for this model.")
@click.option("--output", type=click.Choice(["table", "json", "toml"]), default="table", show_default=True,
              help="For people, for programs, or as a configuration file that says everything.")  # fmt: skip
def show_configuration(file: str | None, model: str | None, output: str) -> None:
    """Show what holds, and where each value comes from.

    A variable of the environment wins over FILE, and FILE over the defaults; without FILE that of
    MLEXPORTER_CONFIG is read, if there is one.
    """
    try:
        settings = effective_settings(os.environ, config=file)
        configuration = _read(settings.config)
    except SettingError as error:
        raise click.ClickException(plain(str(error))) from None
    if output == "table":
        for line in _table(configuration, settings, model):
            click.echo(line)
        return
    held = _held(configuration, settings, model)
    text = toml_text(held) if output == "toml" else json.dumps(_tree(held), indent=2) + "\n"
    click.echo(text, nl=False)


@config_command.command("schema")
def print_schema() -> None:
    """Print the JSON Schema (draft 7) of the configuration file, for editors and other programs."""
    click.echo(json_text(configuration_schema()), nl=False)


def _named(file: str | None) -> tuple[str]:
    path = file or os.environ.get(_VARIABLE, "")
    if not path:
        raise click.UsageError(f"name a configuration file, or set {_VARIABLE}")
    return (path,)


def _read(path: str) -> Configuration:
    if not path:
        return Configuration()
    found, mistakes = inspect_file(path)
    if mistakes:
        raise refusal(path, mistakes)
    return found


def _table(configuration: Configuration, settings: Settings, model: str | None) -> Iterator[str]:
    if model is None:
        yield f"configuration file: {plain(configuration.path) or 'none'}"
        yield "settings:"
        yield from setting_lines(held_settings(configuration, settings, os.environ))
        yield from alert_lines(configuration)
    for name in held_models(configuration) if model is None else (model,):
        yield from model_lines(configuration, name, settings.latency_objective)


def _held(configuration: Configuration, settings: Settings, model: str | None) -> Iterator[Held]:
    if model is None:
        yield from held_settings(configuration, settings, os.environ)
        yield from held_alerts(configuration)
    for name in held_models(configuration) if model is None else (model,):
        yield from held_objectives(configuration, name, settings.latency_objective)


def _tree(held: Iterable[Held]) -> dict[str, Any]:
    """Return values as tables within tables; at each key its value and its sources."""
    found: dict[str, Any] = {}
    for each in held:
        table = found
        for key in each.keys[:-1]:
            table = table.setdefault(key, {})
        table[each.keys[-1]] = {"value": each.value, "sources": list(each.sources)}
    return found
