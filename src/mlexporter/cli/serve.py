"""``mlexporter serve --dir DIRECTORY``: serve what the workers of a directory count, beside them."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from mlexporter.configuration.effective import effective_settings
from mlexporter.errors import DirectoryError, PushError
from mlexporter.settings import NO_DIRECTORY

if TYPE_CHECKING:
    from mlexporter.app.exporter import Exporter
    from mlexporter.records import ModelKey

_LOOK_SECONDS: Final = 1.0
_ENDING: Final = (signal.SIGINT, signal.SIGTERM)
_FATAL: Final = ("port_in_use", "directory_unsafe", "directory_unusable", "directory_full")
"""What leaves nothing to serve, or nothing to read."""


@click.command("serve")
@click.option("--dir", "directory", type=click.Path(), metavar="DIRECTORY",
              help="Directory in which the workers count, their MLEXPORTER_DIR; that variable if not given.")  # fmt: skip
@click.option("--host", help="Address to listen on; MLEXPORTER_HOST or 127.0.0.1 if not given.")
@click.option("--port", type=click.IntRange(0, 65535),
              help="Port to listen on, 0 for any free one; MLEXPORTER_PORT or 9469 if not given.")  # fmt: skip
@click.option("--push", flag_value="on", default=None,
              help="Push all series over OTLP too, as the variables OTEL_EXPORTER_OTLP_* say.")  # fmt: skip
@click.option("--config", type=click.Path(), metavar="FILE",
              help="Configuration file; MLEXPORTER_CONFIG if not given. Without one what the workers read holds.")  # fmt: skip
@click.option("--strict", is_flag=True, default=None, help="Fail at once where something would only degrade.")
def serve_command(
    *,
    directory: str | None,
    host: str | None,
    port: int | None,
    push: str | None,
    config: str | None,
    strict: bool | None,
) -> None:
    """Serve the metrics and the page of all workers that count in one directory.

    It monitors no model itself: it reads, evaluates drift if no worker does, and takes that off the
    workers' threads. SIGTERM or Ctrl-C ends it.
    """
    from mlexporter.app.exporter import Exporter  # noqa: PLC0415 - help needs none of it
    from mlexporter.app.workers.directory import chosen_directory  # noqa: PLC0415 - not for Windows

    if directory == NO_DIRECTORY:
        raise click.UsageError(f"--dir {NO_DIRECTORY} names no directory; one called so is ./{NO_DIRECTORY}")
    # Absolute, but with links left as they are: the directory itself may be none.
    absolute = os.path.abspath(directory) if directory else None  # noqa: PTH100 - resolve() follows links
    settings = effective_settings(
        os.environ, dir=absolute, host=host, port=port, push=push, config=config, strict=strict
    )
    if settings.dir in {"", NO_DIRECTORY}:
        raise click.UsageError(
            "no directory is given: pass --dir, or set MLEXPORTER_DIR, to the one in which the workers count"
        )
    if settings.disabled:
        raise click.ClickException("MLEXPORTER_DISABLED is set, so that workers count nothing; unset it")
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    was_there = Path(settings.dir).is_dir()
    chosen_directory(Path(settings.dir))  # an unsafe one ends the command, instead of degrading it
    ended = threading.Event()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in _ENDING}
    exporter = Exporter(settings)
    try:
        _serve(exporter, ended, was_there=was_there)
    finally:
        exporter.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def _serve(exporter: Exporter, ended: threading.Event, *, was_there: bool) -> None:
    folder = exporter.settings.dir
    handle = exporter.serve()
    view = exporter.view()
    # What is wrong with a directory that is open may be over soon, or be a worker's trouble.
    fatal = [
        sentence
        for reason, sentence in view.degraded.items()
        if reason in _FATAL and not (reason.startswith("directory_") and exporter.has_directory)
    ]
    if fatal or not handle.url:
        raise click.ClickException("; ".join(fatal) or "nothing can be served here")
    does_serve = getattr(handle, "is_serving", True)
    what = "serving" if does_serve else "standing by, a worker serves"
    click.echo(f"{what} {handle.url}/metrics for all who count in {folder}")
    if not view.models:
        state = "nothing is counted there yet" if was_there else "it was not there and is made now"
        click.echo(f"waiting for workers: {state}; start them with MLEXPORTER_DIR={folder}")
    if exporter.settings.push == "on":
        click.echo(_pushing(exporter))
    told: set[ModelKey] = set()
    while True:
        new = [model.snapshot.key for model in view.models if model.snapshot.key not in told]
        for key in new:
            click.echo(f"model {key.name} {key.version} ({key.variant})")
        told.update(new)
        if ended.wait(exporter.settings.evaluation_interval if told else _LOOK_SECONDS):
            break
        with contextlib.suppress(DirectoryError):  # what is served says so, and it may be over soon
            view = exporter.view()
    click.echo("ended")


def _pushing(exporter: Exporter) -> str:
    """Begin to push; return what to say of it. The log tells where the receiver does not take it."""
    try:
        handle = exporter.push()
    except PushError as error:
        raise click.ClickException(str(error)) from None
    return f"nothing is pushed: {handle.reason}" if handle.reason else "pushing over OTLP, or standing by to"
