"""``mlexporter generate``: write the files that are made from the catalogue."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlexporter.generate.artefacts import generate


@click.command("generate")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 and name the files that are stale.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Root of the repository; the current folder if not given.",
)
def generate_command(*, check: bool, root: Path) -> None:
    """Write rules and reference pages from the catalogue into the repository."""
    stale = generate(root, check=check)
    for name in stale:
        click.echo(f"stale: {name}" if check else f"wrote {name}", err=check)
    if check and stale:
        click.echo("run: mlexporter generate", err=True)
        sys.exit(1)
