"""``mlexporter check``: is this profile good, or this configuration file, and what is in it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mlexporter.cli.configuration_table import configuration_lines
from mlexporter.cli.plain_text import plain
from mlexporter.cli.profile_table import profile_lines
from mlexporter.configuration.effective import effective_settings
from mlexporter.configuration.overriding import unknown_names, with_choices
from mlexporter.errors import MLExporterError, SettingError
from mlexporter.generate.fitted import inspect_file
from mlexporter.profile import Profile
from mlexporter.records import Reference


@click.command("check")
@click.argument("file", type=click.Path(), required=False)
@click.option("--config", type=click.Path(), metavar="FILE",
              help="Configuration file to check; with a profile also whether its names are those of the profile.")  # fmt: skip
@click.option("--limit-bytes", type=click.IntRange(1024), default=64 * 2**20, show_default=True,
              help="Largest profile that is read.")  # fmt: skip
def check_command(file: str | None, config: str | None, limit_bytes: int) -> None:
    """Check the profile FILE, or a configuration file, and print what is in it.

    It exits 1 with the reason if something is wrong. With both, the thresholds that are printed are those
    that the configuration file makes of the profile's.
    """
    if file is None and config is None:
        raise click.UsageError("name a profile, or a configuration file with --config, or both")
    try:
        reference = None if file is None else Profile.load(file, limit_bytes=limit_bytes).reference
        if config is not None:
            reference = _check_configuration(config, reference)
    except MLExporterError as error:
        raise click.ClickException(str(error)) from None
    if reference is not None:
        for line in profile_lines(reference):
            click.echo(line)


def _check_configuration(config: str, reference: Reference | None) -> Reference | None:
    """Print what the file comes to; return the profile with its thresholds.

    Raises:
        SettingError: the file is wrong, a line for each mistake, or names what the profile does not have.
    """
    path = str(Path(config).absolute())
    configuration, mistakes = inspect_file(path)
    if mistakes:
        raise SettingError("\n".join(each.told(path) for each in mistakes))
    settings = effective_settings(os.environ, config=config)
    for line in configuration_lines(configuration, settings, os.environ):
        click.echo(line)
    if reference is None:
        return None
    if reference.model_name not in configuration.models:
        click.echo(f"the file does not name the model of the profile, {plain(reference.model_name)}")
    configured = configuration.model(reference.model_name)
    names = unknown_names(reference, configured)
    if names:
        raise SettingError(
            f"{config}: [models] names {', '.join(names)}, which the profile of model {reference.model_name!r} "
            "does not have; correct the name, or take it out"
        )
    return with_choices(reference, configured)
