"""``mlexporter profile FILE``: learn a profile from a CSV or Parquet file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mlexporter.cli.named_values import pairs_of_text
from mlexporter.cli.profile_table import profile_lines
from mlexporter.cli.progress_bar import progress_bar
from mlexporter.errors import MLExporterError
from mlexporter.profile import Profile
from mlexporter.records import Lineage


def _split(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    del context, parameter
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def _pairs(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    del context
    pairs = {}
    for value in values:
        name, separator, number = value.rpartition("=")
        try:
            pairs[name] = float(number)
        except ValueError:
            separator = ""
        if not separator:
            raise click.BadParameter(
                f"{value!r}: COLUMN=NUMBER is needed, such as distance=0.2", param=parameter
            )
    return pairs


def _columns(name: str, meaning: str) -> Callable[[Any], Any]:
    return click.option(name, multiple=True, callback=_split, metavar="A,B", help=meaning)


def _numbers(name: str, meaning: str) -> Callable[[Any], Any]:
    return click.option(name, multiple=True, callback=_pairs, metavar="COL=NUMBER", help=meaning)


def _named(name: str, metavar: str, meaning: str) -> Callable[[Any], Any]:
    return click.option(name, multiple=True, callback=pairs_of_text, metavar=metavar, help=meaning)


@click.command("profile")
@click.argument("file", type=click.Path())
@click.option("--model", required=True, help="Name of the model.")
@click.option("--version", required=True, help="Version of the model.")
@click.option("--output", "-o", type=click.Path(), help="Where to write; MODEL.profile.json if not given.")
@click.option("--score", "prediction", help="Column of the model's output: a score, a number or a label.")
@click.option("--label", help="Column of the truth.")
@_columns("--features", "Columns to monitor; all others than score and label if not given.")
@_columns("--exclude", "Columns to leave out.")
@_columns("--categorical", "Columns of numbers that are names.")
@_columns("--no-alert", "Columns that are shown and never alerted on.")
@_numbers("--threshold", "Shift of a column, in standard deviations, from which it has drifted.")
@_numbers("--importance", "Importance of a column for the model, any scale.")
@_named(
    "--statistic", "COL=psi", "What the threshold of a column is compared with: effect (the default) or psi."
)
@click.option("--default-threshold", type=float, default=0.1, show_default=True,
              help="The shift for all other columns.")  # fmt: skip
@click.option("--decision-threshold", type=float, help="Score from which the decision is positive.")
@click.option(
    "--minimum-bin-rows",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Training rows behind every edge, value and category.",
)
@click.option("--time-zone", default="UTC", show_default=True, help="IANA name in which seasons are told.")
@click.option("--timestamp", help="Column of the times of the rows: seasons and noise are learned by it.")
@click.option("--no-seasons", is_flag=True, help="Never tell hours of the day apart.")
@click.option("--segment", help="Column whose values are segments, such as a country.")
@_columns("--window", "Windows for which noise is learned; 1h,6h,24h if not given.")
@click.option("--held-out", type=click.Path(), metavar="FILE",
              help="Rows that the model was not trained on: performance without labels is learned from them.")  # fmt: skip
@click.option("--held-out-rows", is_flag=True, help="The rows of FILE are such rows.")
@_named("--derived", "DERIVED=SOURCE", "A feature and the feature that it is computed from.")
@_columns("--embedding", "Columns of vectors.")
@click.option("--no-joint", is_flag=True, help="Watch no dependence between features.")
@click.option("--hide-names", is_flag=True, help="Show categories as numbers.")
@click.option("--dataset", default="", help="Lineage: the training data.")
@click.option("--run-id", default="", help="Lineage: the training run.")
@click.option("--commit", default="", help="Lineage: the commit of the training code.")
@click.option("--framework", default="", help="Lineage: the library that trained the model.")
def profile_command(file: str, output: str | None, **options: Any) -> None:
    """Learn a profile from the rows of FILE (CSV or Parquet) and write it as JSON.

    Use rows that the model has not been trained on, with its scores. The profile holds bins and
    counts, no rows and no rare values.
    """
    lineage = Lineage(**{key: options.pop(key) for key in ("dataset", "run_id", "commit", "framework")})
    options["expose_names"] = not options.pop("hide_names")
    options["thresholds"] = options.pop("threshold")
    options["importances"] = options.pop("importance")
    options["features"] = options["features"] or None
    told: list[str] = []
    options |= _learning(options) | {"tell": told.append}
    target = Path(output or f"{Path(options['model']).name}.profile.json")
    try:
        with progress_bar("reading") as show:
            profile = Profile.fit_file(file, progress=show, lineage=lineage, **options)
        profile.save(target)
    except MLExporterError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{target}: it cannot be written: {error.strerror or error}") from None
    for line in profile_lines(profile.reference, told):
        click.echo(line)
    click.echo(f"written to {target}")


def _learning(options: dict[str, Any]) -> dict[str, Any]:
    """Take what is to be learned beyond bins out of the options of the command line."""
    held_out, are_held_out = options.pop("held_out"), options.pop("held_out_rows")
    if held_out is not None and are_held_out:
        raise click.UsageError("--held-out and --held-out-rows: one of them says where held-out rows are")
    return {
        "held_out": True if are_held_out else held_out,
        "seasons": not options.pop("no_seasons"),
        "joint": not options.pop("no_joint"),
        "windows": options.pop("window") or None,
        "statistics": options.pop("statistic"),
        "embeddings": options.pop("embedding"),
    }
