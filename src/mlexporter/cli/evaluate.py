"""``mlexporter evaluate FILE --profile P``: rows of a file against a profile, for jobs and CI."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlexporter.app.offline.findings import KINDS, findings
from mlexporter.app.offline.options import OfflineOptions
from mlexporter.cli.evaluate_table import evaluation_lines
from mlexporter.cli.named_values import pairs_of_text
from mlexporter.cli.progress_bar import progress_bar
from mlexporter.errors import MLExporterError
from mlexporter.profile import Profile
from mlexporter.profile.sources import FileSource
from mlexporter.profile.writing import write_text

if TYPE_CHECKING:
    from mlexporter.app.offline.evaluation import Evaluation

FOUND_EXIT_CODE = 3
"""Of a run that found what ``--fail-on`` names; 1 is a run that could not evaluate, 2 a wrong option."""


@click.command("evaluate")
@click.argument("file", type=click.Path())
@click.option(
    "--profile", "profile_path", required=True, type=click.Path(), help="What FILE is compared with."
)
@click.option("--score", help="Column of the single output; called prediction if not given.")
@click.option("--output", "outputs", multiple=True, callback=pairs_of_text, metavar="NAME=COLUMN",
              help="Column of an output, or of the score of a class.")  # fmt: skip
@click.option("--timestamp", default="", help="Column of the times of the rows: seasons are told by it.")
@click.option("--window", default="24h", show_default=True,
              help="What the rows stand for: noise that the profile has for this window is used.")  # fmt: skip
@click.option("--every", default="", metavar="7d", help="Look at each such period of time on its own, too.")
@click.option("--fail-on", multiple=True, type=click.Choice(KINDS), help="Exit 3 where this is found.")
@click.option("--required-observations", type=click.IntRange(1), default=100, show_default=True,
              help="Rows that a feature needs before it has scores.")  # fmt: skip
@click.option("--measures", type=click.Choice(["default", "all"]), default="default", show_default=True,
              help="all computes every drift measure.")  # fmt: skip
@click.option("--json", "json_path", type=click.Path(), help="Write everything as JSON; - prints it alone.")
@click.option("--page", "page_path", type=click.Path(), help="Write an HTML page with pictures.")
@click.option("--textfile", "textfile_path", type=click.Path(),
              help="Write the series for the textfile collector of node_exporter; the name ends in .prom.")  # fmt: skip
@click.option(
    "--push", is_flag=True, help="Push the series over OTLP, as the variables OTEL_EXPORTER_OTLP_* say."
)
@click.option("--all", "shows_all", is_flag=True, help="List every feature, not the first 30.")
def evaluate_command(
    file: str, profile_path: str, score: str | None, outputs: dict[str, str], fail_on: tuple[str, ...],
    *, shows_all: bool, **options: Any,
) -> None:  # fmt: skip
    """Compare the rows of FILE (CSV or Parquet) with a profile, without a server.

    The statistics are those of the exporter: bounds that hold back while rows are few. Exit 0: nothing
    that --fail-on names was found; 3: it was; 1: FILE could not be evaluated.
    """
    from mlexporter.app.offline.evaluation import evaluate_rows  # noqa: PLC0415 - help needs none of it

    writes = {name: options.pop(f"{name}_path") for name in ("json", "page", "textfile")}
    is_pushed = options.pop("push")
    _check_textfile(writes["textfile"])
    try:
        profile = Profile.load(profile_path)
        asked = OfflineOptions(outputs={**_of_score(profile, score), **outputs}, **options)
        source = FileSource(file)
        with (
            progress_bar("counting") as show,
            evaluate_rows(source, profile, asked, progress=show) as evaluation,
        ):
            _tell(evaluation, file, shows_all=shows_all, is_quiet=writes["json"] == "-")
            _write(evaluation, file, writes)
            if is_pushed:
                _push(evaluation)
            found = findings(evaluation.reference, evaluation.window)
    except MLExporterError as error:
        raise click.ClickException(str(error)) from None
    if any(finding.kind in fail_on for finding in found):
        sys.exit(FOUND_EXIT_CODE)


def _of_score(profile: Profile, score: str | None) -> dict[str, str]:
    if score is None:
        return {}
    outputs = profile.reference.outputs
    if len(outputs) != 1:
        raise click.UsageError(f"--score names the column of a single output; the profile has {len(outputs)}")
    return {outputs[0].class_name or outputs[0].name: score}


def _check_textfile(path: str | None) -> None:
    if path is not None and not path.endswith(".prom"):
        raise click.UsageError(f"--textfile {path}: node_exporter reads names that end in .prom only")


def _tell(evaluation: Evaluation, file: str, *, shows_all: bool, is_quiet: bool) -> None:
    if not is_quiet:
        for line in evaluation_lines(evaluation, file, shows_all=shows_all):
            click.echo(line)


def _write(evaluation: Evaluation, file: str, paths: dict[str, str | None]) -> None:
    from mlexporter.app.offline.document import to_json  # noqa: PLC0415 - only where it is asked for
    from mlexporter.app.offline.showing import page_of, textfile_of  # noqa: PLC0415 - likewise

    writers = {
        "json": lambda: to_json(evaluation),
        "page": lambda: page_of(evaluation, Path(file).name),
        "textfile": lambda: textfile_of(evaluation),
    }
    for name, path in paths.items():
        if path is None:
            continue
        text = writers[name]()
        if path == "-":
            click.echo(text, nl=False)
            continue
        try:
            write_text(path, text)
        except OSError as error:
            raise click.ClickException(f"{path}: it cannot be written: {error.strerror or error}") from None
        click.echo(f"written to {path}", err=paths["json"] == "-")


def _push(evaluation: Evaluation) -> None:
    with evaluation.exporter.push() as handle:
        if not handle.flush(30.0):
            raise click.ClickException(
                f"the series could not be pushed: {handle.reason or 'the receiver did not take them; see the log'}"
            )
