"""``mlexporter generate dashboards``: dashboards for Grafana, fitted to what a user runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from mlexporter.generate.dashboards.dashboard_files import dashboard_files
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.generated_files import write_generated
from mlexporter.generate.selector import check_selector


def _named_queries(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Return name and query of each ``NAME=QUERY``; a query has equal signs of its own."""
    del context
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"{value!r}: {parameter.metavar} is needed", param=parameter)
    return tuple((value.partition("=")[0].strip(), value.partition("=")[2].strip()) for value in values)


def _name(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """Return the name, or an empty text where none is asked for; an empty one is an unset variable of a shell."""
    del context
    if value is not None and not value.strip():
        raise click.BadParameter("an empty name; leave the option out for all models", param=parameter)
    return value or ""


@click.command("dashboards")
@click.option(
    "--model", default=None, callback=_name, help="Only this model; without it the reader chooses among all."
)
@click.option(
    "--datasource", default="", help="Uid or name of the Prometheus data source that they open with."
)
@click.option(
    "--selector", default="", help="Matchers put on every scraped series, such as 'namespace=\"ml\"'."
)
@click.option("--time-from", default="now-24h", show_default=True, help="Where the time range begins.")
@click.option("--window", default="24h", show_default=True, help="The window of drift that they open with.")
@click.option(
    "--annotation",
    "annotations",
    multiple=True,
    metavar="NAME=QUERY",
    callback=_named_queries,
    help="Marks of your own over time, drawn where the query has samples; labels that it is aggregated by on the outside "
    "are their text. May be given several times.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("dashboards"),
    show_default=True,
    help="Folder to write.",
)
@click.option("--force", is_flag=True, help="Overwrite files that were not generated, too.")
def dashboards_command(*, out: Path, force: bool, **given: Any) -> None:
    """Write dashboards for Grafana 10.4 and newer, fitted to your model, data source and labels.

    Without options they are those of the folder grafana/dashboards: they work for all models as they are.
    """
    options = DashboardOptions(**given)
    check_selector(options.selector)
    for path in write_generated(out, dashboard_files(options), force=force):
        click.echo(f"wrote {path}")
    for line in _what_to_do(out.absolute(), options):
        click.echo(line)


def _what_to_do(folder: Path, options: DashboardOptions) -> Iterator[str]:
    yield f"\nBy hand: Dashboards, New, Import, and one file after the other; begin with /d/{options.uid('fleet')}."
    yield "For all, and kept current: a file of Grafana's provisioning/dashboards with\n"
    yield "apiVersion: 1\nproviders:\n  - name: mlexporter\n    folder: ML\n    type: file"
    yield f"    options:\n      path: {folder}"
