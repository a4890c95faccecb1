"""The command line: one file per command, each of which parses, calls and prints."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from mlexporter._version import __version__
from mlexporter.errors import MLExporterError

COMMANDS = (
    "profile",
    "check",
    "config",
    "evaluate",
    "capacity",
    "serve",
    "health",
    "baseline",
    "demo",
    "generate",
)
"""The commands; each stands in ``cli/<name>.py`` as ``<name>_command`` and loads when it is used."""


class _LazyGroup(click.Group):
    """Imports a command only when it is asked for, so that --help does not load scikit-learn."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"mlexporter.cli.{cmd_name}"), f"{cmd_name}_command")
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mlexporter")
def command_line() -> None:
    """Watch machine-learning models in production with Prometheus and Grafana."""


def main() -> None:
    """Run the command line; an error of ours is one line, not a traceback."""
    try:
        command_line()
    except MLExporterError as error:
        click.echo(f"mlexporter: {error}", err=True)
        sys.exit(1)
