"""``mlexporter generate``: write the files that are made from the catalogue."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlexporter.cli.generate_alertmanager import alertmanager_command
from mlexporter.cli.generate_alerts import alerts_command
from mlexporter.cli.generate_dashboards import dashboards_command
from mlexporter.generate.artefacts import generate


@click.group("generate", invoke_without_command=True)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 and name the files that are stale.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Root of the repository; the current folder if not given.",
)
@click.pass_context
def generate_command(context: click.Context, *, check: bool, root: Path) -> None:
    """Write rules, dashboards and reference pages from the catalogue into the repository.

    `mlexporter generate alerts` and its sisters write files fitted to what you run, anywhere.
    """
    if context.invoked_subcommand is not None:
        return
    from mlexporter.cli import command_line  # noqa: PLC0415 - which loads this file
    from mlexporter.cli.public_names import names_of_today, released_names_file  # noqa: PLC0415 - loads every command

    others = released_names_file(names_of_today(command_line))
    stale = generate(root, check=check, others=others)
    for name in stale:
        click.echo(f"stale: {name}" if check else f"wrote {name}", err=check)
    if check and stale:
        click.echo("run: mlexporter generate", err=True)
        sys.exit(1)


generate_command.add_command(alerts_command)
generate_command.add_command(alertmanager_command)
generate_command.add_command(dashboards_command)
