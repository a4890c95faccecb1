"""``mlexporter check FILE``: is this profile good, and what is in it."""

from __future__ import annotations

import click

from mlexporter.cli.profile_table import profile_lines
from mlexporter.errors import MLExporterError
from mlexporter.profile import Profile


@click.command("check")
@click.argument("file", type=click.Path())
@click.option("--limit-bytes", type=click.IntRange(1024), default=64 * 2**20, show_default=True,
              help="Largest file that is read.")  # fmt: skip
def check_command(file: str, limit_bytes: int) -> None:
    """Check the profile FILE and print what is in it; exit 1 with the reason if it is broken."""
    try:
        profile = Profile.load(file, limit_bytes=limit_bytes)
    except MLExporterError as error:
        raise click.ClickException(str(error)) from None
    for line in profile_lines(profile.reference):
        click.echo(line)
