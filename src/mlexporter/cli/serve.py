"""``mlexporter serve --dir DIRECTORY``: serve what the workers of a directory count, beside them."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from mlexporter._version import __version__
from mlexporter.cli.serve_log import ServeLog
from mlexporter.cli.serve_signals import Signals
from mlexporter.configuration.effective import effective_settings
from mlexporter.errors import DirectoryError, MLExporterError, PushError
from mlexporter.settings import NO_DIRECTORY, SETTINGS, Settings
from mlexporter.state.log import LOG, fields

if TYPE_CHECKING:
    from mlexporter.app.exporter import Exporter
    from mlexporter.records import ModelKey

_LOOK_SECONDS: Final = 1.0
_FATAL: Final = ("port_in_use", "directory_unsafe", "directory_unusable", "directory_full")
"""What leaves nothing to serve, or nothing to read."""


def _choices(name: str) -> click.Choice[str]:
    parse: Any = next(setting.parse for setting in SETTINGS if setting.name == name)
    return click.Choice(parse.choices)


@click.command("serve")
@click.option("--dir", type=click.Path(), metavar="DIRECTORY",
              help="Directory in which the workers count, their MLEXPORTER_DIR; that variable if not given.")  # fmt: skip
@click.option("--host", help="Address to listen on; MLEXPORTER_HOST or 127.0.0.1 if not given.")
@click.option("--port", type=click.IntRange(0, 65535),
              help="Port to listen on, 0 for any free one; MLEXPORTER_PORT or 9469 if not given.")  # fmt: skip
@click.option("--push", flag_value="on", default=None,
              help="Push all series over OTLP too, as the variables OTEL_EXPORTER_OTLP_* say.")  # fmt: skip
@click.option("--config", type=click.Path(), metavar="FILE",
              help="Configuration file; MLEXPORTER_CONFIG if not given. Without one what the workers read holds.")  # fmt: skip
@click.option("--web-config", type=click.Path(), metavar="FILE",
              help="TLS and authentication, as of every Prometheus exporter; MLEXPORTER_WEB_CONFIG if not given.")  # fmt: skip
@click.option("--reload-endpoint", is_flag=True, default=None,
              help="Read the configuration at once when POST /-/reload is asked for.")  # fmt: skip
@click.option("--log-format", type=_choices("log_format"),
              help="How the log is written; MLEXPORTER_LOG_FORMAT or text if not given.")  # fmt: skip
@click.option("--log-level", type=_choices("log_level"),
              help="What is written into it; MLEXPORTER_LOG_LEVEL or warning if not given.")  # fmt: skip
@click.option("--strict", is_flag=True, default=None, help="Fail at once where something would only degrade.")
def serve_command(**options: Any) -> None:
    """Serve the metrics and the page of all workers that count in one directory.

    It monitors no model itself: it reads, evaluates drift if no worker does, and takes that off the
    workers' threads. SIGTERM or Ctrl-C ends it; SIGHUP reads the configuration and the web configuration anew.
    """
    directory = options.pop("dir")
    if directory == NO_DIRECTORY:
        raise click.UsageError(f"--dir {NO_DIRECTORY} names no directory; one called so is ./{NO_DIRECTORY}")
    # Absolute, but with links left as they are: the directory itself may be none.
    absolute = os.path.abspath(directory) if directory else None  # noqa: PTH100 - resolve() follows links
    settings = effective_settings(os.environ, dir=absolute, **options)
    if settings.dir in {"", NO_DIRECTORY}:
        raise click.UsageError(
            "no directory is given: pass --dir, or set MLEXPORTER_DIR, to the one in which the workers count"
        )
    log = ServeLog(settings.log_format, settings.log_level)
    with log.open(), Signals() as signals:
        try:
            _run(settings, log, signals)
        except (MLExporterError, click.ClickException) as error:
            log.tell_the_end(error)
            sys.exit(1)


def _run(settings: Settings, log: ServeLog, signals: Signals) -> None:
    from mlexporter.app.exporter import Exporter  # noqa: PLC0415 - help needs none of it
    from mlexporter.app.workers.directory import chosen_directory  # noqa: PLC0415 - not for Windows

    if settings.disabled:
        raise click.ClickException("MLEXPORTER_DISABLED is set, so that workers count nothing; unset it")
    was_there = Path(settings.dir).is_dir()
    chosen_directory(Path(settings.dir))  # an unsafe one ends the command, instead of degrading it
    LOG.info(
        "mlexporter: version %s starts", __version__, extra=fields(version=__version__, process=os.getpid())
    )
    exporter = Exporter(settings)
    try:
        _begin(exporter, log, was_there=was_there)
        _serve(exporter, log, signals)
    finally:
        exporter.close()
    log.tell("ended")


def _begin(exporter: Exporter, log: ServeLog, *, was_there: bool) -> None:
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
    log.tell(f"{what} {handle.url}/metrics for all who count in {folder}", url=handle.url, path=folder)
    if not view.models:
        state = "nothing is counted there yet" if was_there else "it was not there and is made now"
        log.tell(f"waiting for workers: {state}; start them with MLEXPORTER_DIR={folder}", path=folder)
    if exporter.settings.push == "on":
        log.tell(_pushing(exporter))


def _serve(exporter: Exporter, log: ServeLog, signals: Signals) -> None:
    """Tell of models that come, and reload when a signal asks for it, until one says to end."""
    told: set[ModelKey] = set()
    while True:
        with contextlib.suppress(DirectoryError):  # what is served says so, and it may be over soon
            for key in (model.snapshot.key for model in exporter.view().models):
                if key not in told:
                    log.tell(
                        f"model {key.name} {key.version} ({key.variant})",
                        model=key.name, version=key.version, variant=key.variant,
                    )  # fmt: skip
                told.add(key)
        asked = signals.wait(exporter.settings.evaluation_interval if told else _LOOK_SECONDS)
        if asked.end:
            return
        if asked.reload:
            log.tell_people(f"reload: {exporter.reload().sentence}")


def _pushing(exporter: Exporter) -> str:
    """Begin to push; return what to say of it. The log tells where the receiver does not take it."""
    try:
        handle = exporter.push()
    except PushError as error:
        raise click.ClickException(str(error)) from None
    return f"nothing is pushed: {handle.reason}" if handle.reason else "pushing over OTLP, or standing by to"
