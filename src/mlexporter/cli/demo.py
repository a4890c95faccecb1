"""``mlexporter demo``: a real model, real flights and real alerts in five minutes."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from mlexporter.demo.console import Console
from mlexporter.demo.faults import parse_faults
from mlexporter.demo.history.era import parse_history
from mlexporter.demo.history.folder import DEFAULT_FOLDER
from mlexporter.demo.history.options import HistoryOptions
from mlexporter.demo.history.run import run_history
from mlexporter.demo.options import (
    DEFAULT_DAYS,
    DEFAULT_FAULT,
    DEFAULT_SEED,
    DEFAULT_SPEED,
    DEFAULT_START,
    Options,
)
from mlexporter.demo.run import run_demo
from mlexporter.errors import MLExporterError


def _program_path() -> str:
    """Return PATH, then the folders that scripts/install-prometheus unpacks into, newest layout first."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    cache = Path(os.environ.get("MLEXPORTER_CACHE") or Path(home) / "mlexporter")
    unpacked = sorted(cache.glob("debian/*/usr/bin"), reverse=True)
    return os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, unpacked)])


@click.command("demo")
@click.option(
    "--speed", type=float, default=DEFAULT_SPEED, show_default=True, metavar="N",
    help="How many times faster than real the flights go; windows and rules shrink with it.",
)  # fmt: skip
@click.option(
    "--from", "start", type=click.DateTime(["%Y-%m-%d"]), default=str(DEFAULT_START), show_default=True,
    help="First day served, April to December 2013.",
)  # fmt: skip
@click.option("--days", type=int, default=DEFAULT_DAYS, show_default=True, metavar="N", help="Days served.")
@click.option(
    "--break", "broken", multiple=True, metavar="FEATURE=unit|missing|stuck",
    help=f"Break a feature for a stretch; may be given again. {DEFAULT_FAULT} if not given.",
)  # fmt: skip
@click.option("--no-break", is_flag=True, help="Break nothing: everything that moves is in the data.")
@click.option(
    "--port", type=click.IntRange(0, 65535),
    help="Port of the exporter; 9469, or a free one, if not given. With --history that of Prometheus, 9090.",
)  # fmt: skip
@click.option("--keep", is_flag=True, help="Leave everything up after the end, until Ctrl-C.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=DEFAULT_SEED, show_default=True,
    help="Seed of the random thirds and of the training.",
)  # fmt: skip
@click.option(
    "--nine-months",
    type=click.Path(),
    metavar="FILE.html",
    help="Serve nothing: compare every day of April to December at once, and write one page.",
)
@click.option(
    "--history", metavar="DURATION",
    help="Serve nothing: write so much of the past (9mo, 8d, 36h) as blocks of a Prometheus, then start it on them. "
         "Made faults are marked by the series demo_fault_active.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR",
    help=f"With --history: a new folder, or one that --history wrote; ./{DEFAULT_FOLDER} if not given.",
)  # fmt: skip
@click.option("--no-serve", is_flag=True, help="With --history: only write, start no Prometheus on it.")
@click.pass_context
def demo_command(  # noqa: PLR0913 - one parameter for each option is how click works
    context: click.Context, /, *, speed: float, start: datetime, days: int, broken: tuple[str, ...], no_break: bool,
    port: int | None, keep: bool, seed: int, nine_months: str | None, history: str | None, out: Path | None,
    no_serve: bool,
) -> None:  # fmt: skip
    """Serve the flights of 2013 in fast motion and watch real alerts come and go.

    A model is trained on January to March; later days are served through the decorator.
    Prometheus and Alertmanager run beside it where they are installed. Ctrl-C ends everything.
    """
    if broken and no_break:
        raise click.UsageError("--break and --no-break contradict each other; give one of them")
    _refuse_mixed(context, history)
    if nine_months is not None:
        _write_nine_months(Path(nine_months), seed)
        return
    texts = () if no_break else (broken or (DEFAULT_FAULT,))
    if history is not None:
        past = HistoryOptions(
            parse_history(history), Path(DEFAULT_FOLDER) if out is None else out, parse_faults(texts), seed,
            serve=not no_serve, port=port, program_path=_program_path(),
        )  # fmt: skip
        sys.exit(_run_history(past))
    options = Options(
        speed=speed, start=start.date(), days=days, faults=parse_faults(texts), port=port, keep=keep, seed=seed,
        program_path=_program_path(),
    )  # fmt: skip
    sys.exit(run_demo(options, Console(sys.stdout)))


_OF_THE_LIVE_RUN: Final = {
    "speed": "--speed", "start": "--from", "days": "--days", "keep": "--keep", "nine_months": "--nine-months",
}  # fmt: skip
_OF_HISTORY: Final = {"out": "--out", "no_serve": "--no-serve"}


def _refuse_mixed(context: click.Context, history: str | None) -> None:
    """Refuse options of the live run together with --history, and those of --history without it."""

    def given(names: dict[str, str]) -> list[str]:
        default = click.core.ParameterSource.DEFAULT
        return [text for name, text in names.items() if context.get_parameter_source(name) is not default]

    if history is None and (found := given(_OF_HISTORY)):
        raise click.UsageError(f"{found[0]} belongs to --history; add --history 9mo, or leave {found[0]} out")
    if history is not None and (found := given(_OF_THE_LIVE_RUN)):
        way_out = {
            "--from": "the past ends now, and --history says when it begins",
            "--days": "--history says how many, such as --history 8d",
            "--speed": "the past is written as fast as can be",
            "--keep": "Prometheus stays up until Ctrl-C anyway, but with --no-serve",
            "--nine-months": "run the demo twice",
        }
        raise click.UsageError(f"{found[0]} and --history exclude each other: {way_out[found[0]]}")


def _run_history(options: HistoryOptions) -> int:
    try:
        return run_history(options, Console(sys.stdout))
    except OSError as error:  # a folder that cannot be written, a disk that is full
        raise click.ClickException(str(error)) from None


def _write_nine_months(path: Path, seed: int) -> None:
    from mlexporter.demo.year import write_nine_months  # noqa: PLC0415 - loads pandas and scikit-learn

    click.echo("Training on January to March, then comparing 275 days twice: a minute or two.")
    try:
        without, learned = write_nine_months(path, seed=seed)
    except (MLExporterError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Days of a feature above severity 1: {without:.0%} with rows taken for independent,")
    click.echo(f"{learned:.1%} with seasons and learned noise. Written to {path}")
