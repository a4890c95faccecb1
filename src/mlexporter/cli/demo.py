"""``mlexporter demo``: a real model, real flights and real alerts in five minutes."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import click

from mlexporter.demo.console import Console
from mlexporter.demo.faults import parse_faults
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
    "--port", type=click.IntRange(0, 65535), help="Port of the exporter; 9469, or a free one, if not given."
)
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
def demo_command(  # noqa: PLR0913 - one parameter for each option is how click works
    *, speed: float, start: datetime, days: int, broken: tuple[str, ...], no_break: bool, port: int | None,
    keep: bool, seed: int, nine_months: str | None,
) -> None:  # fmt: skip
    """Serve the flights of 2013 in fast motion and watch real alerts come and go.

    A model is trained on January to March; later days are served through the decorator.
    Prometheus and Alertmanager run beside it where they are installed. Ctrl-C ends everything.
    """
    if broken and no_break:
        raise click.UsageError("--break and --no-break contradict each other; give one of them")
    if nine_months is not None:
        _write_nine_months(Path(nine_months), seed)
        return
    texts = () if no_break else (broken or (DEFAULT_FAULT,))
    options = Options(
        speed=speed, start=start.date(), days=days, faults=parse_faults(texts), port=port, keep=keep, seed=seed,
        program_path=_program_path(),
    )  # fmt: skip
    sys.exit(run_demo(options, Console(sys.stdout)))


def _write_nine_months(path: Path, seed: int) -> None:
    from mlexporter.demo.year import write_nine_months  # noqa: PLC0415 - loads pandas and scikit-learn

    click.echo("Training on January to March, then comparing 275 days twice: a minute or two.")
    try:
        without, learned = write_nine_months(path, seed=seed)
    except (MLExporterError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Days of a feature above severity 1: {without:.0%} with rows taken for independent,")
    click.echo(f"{learned:.1%} with seasons and learned noise. Written to {path}")
