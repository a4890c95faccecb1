"""``mlexporter baseline``: what drift is measured against, and what people decide about it."""

from __future__ import annotations

import contextlib
import getpass
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import click

from mlexporter.configuration.effective import effective_settings
from mlexporter.errors import ConfigurationError, MLExporterError
from mlexporter.settings import NO_DIRECTORY, parse_duration

_NEXT: Final = "the exporter follows it when it evaluates next; show tells"


@click.group("baseline")
def baseline_command() -> None:
    """Say what drift is measured against: training, or a stretch of serving that was accepted.

    Commands read and write the directory of an exporter on this machine; nothing goes over a network.
    """


def _text(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    del context
    if value is None:
        return None
    from mlexporter.app.baselines.decisions import LONGEST_TEXT  # noqa: PLC0415 - help needs none of it

    text = value.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise click.BadParameter(f"1 to {LONGEST_TEXT} characters are needed", param=parameter)
    return text


def _length(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    del context
    try:
        return None if value is None else parse_duration(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r}: {error}", param=parameter) from None


_MODEL: Final = (
    click.argument("model"),
    click.option("--version", help="Version of the model, where several are there."),
    click.option("--variant", help="Variant of the model, where several are there."),
    click.option("--dir", "directory", type=click.Path(path_type=Path), metavar="DIRECTORY",
                 help="Directory in which the workers count; MLEXPORTER_DIR if not given."),
    click.option("--snapshot-dir", type=click.Path(path_type=Path), metavar="DIRECTORY",
                 help="Directory on a disk instead; MLEXPORTER_SNAPSHOT_DIR if neither is given."),
)  # fmt: skip
_REASON: Final = (
    click.option("--who", callback=_text, metavar="NAME", help="Who decides; your login if not given."),
    click.option("--why", required=True, callback=_text, metavar="TEXT", help="Why; it is kept for ever."),
)


def _options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def add(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return add


@baseline_command.command("accept", short_help="Learn a baseline from the newest blocks of serving.")
@_options(*_MODEL, *_REASON)
@click.option("--with-incidents", is_flag=True,
              help="Learn from blocks with incidents too: what they show is right from now on.")  # fmt: skip
def accept_command(*, with_incidents: bool, **options: Any) -> None:
    """Learn a baseline of MODEL now, from the newest blocks of serving, and measure drift against it."""
    from mlexporter.app.baselines.decisions import ACCEPT  # noqa: PLC0415 - help needs none of it
    from mlexporter.app.baselines.incidents import clean_places  # noqa: PLC0415 - likewise
    from mlexporter.app.baselines.learning import REQUIRED_CLEAN  # noqa: PLC0415 - likewise
    from mlexporter.app.baselines.words import fault_lines  # noqa: PLC0415 - likewise

    with _desk(options) as desk:
        clean = clean_places(desk.log.log, desk.rulings.excluded, with_incidents=with_incidents)
        if len(clean) < REQUIRED_CLEAN:
            n_blocks = len(desk.log.log.blocks)
            faults = "; ".join(fault_lines(desk.log.log, desk.rulings.excluded)[:5])
            raise ConfigurationError(
                f"a baseline needs {REQUIRED_CLEAN} clean blocks, and {len(clean)} of {n_blocks} are clean"
                + (f" ({faults})" if faults else "")
                + "; wait for more"
                + ("" if with_incidents or not faults else ", or see --with-incidents and exclude")
            )
        desk.decide(ACCEPT, with_incidents=with_incidents)
        click.echo(f"accepted: a baseline of {len(clean)} clean blocks; {_NEXT}")


@baseline_command.command("reset", short_help="Measure drift against training again.")
@_options(*_MODEL, *_REASON)
def reset_command(**options: Any) -> None:
    """Measure drift of MODEL against training again, until a baseline is accepted."""
    from mlexporter.app.baselines.decisions import RESET  # noqa: PLC0415 - help needs none of it

    with _desk(options) as desk:
        desk.decide(RESET)
        click.echo(f"reset: drift is measured against training; {_NEXT}")


@baseline_command.command("exclude", short_help="Send no alerts about a feature.")
@click.argument("model")
@click.argument("feature")
@_options(*_MODEL[1:], *_REASON)
def exclude_command(*, feature: str, **options: Any) -> None:
    """Keep FEATURE of MODEL quiet: it is shown, and alerts about it are not sent, until it is included."""
    from mlexporter.app.baselines.decisions import EXCLUDE  # noqa: PLC0415 - help needs none of it

    with _desk(options) as desk:
        desk.must_have(feature)
        if feature in desk.rulings.excluded:
            raise ConfigurationError(f"feature {feature!r} is excluded already; show --log tells by whom")
        desk.decide(EXCLUDE, feature=feature)
        click.echo(f"excluded: {desk.plain(feature)} does not alert; {_NEXT}")


@baseline_command.command("include", short_help="Send alerts about a feature again.")
@click.argument("model")
@click.argument("feature")
@_options(*_MODEL[1:], *_REASON)
def include_command(*, feature: str, **options: Any) -> None:
    """Let alerts about FEATURE of MODEL be sent again."""
    from mlexporter.app.baselines.decisions import INCLUDE  # noqa: PLC0415 - help needs none of it

    with _desk(options) as desk:
        if feature not in desk.rulings.excluded:
            desk.must_have(feature)
            raise ConfigurationError(
                f"feature {feature!r} was not excluded by a decision; where the profile says alert=False, fit it again"
            )
        desk.decide(INCLUDE, feature=feature)
        click.echo(f"included: {desk.plain(feature)} alerts again; {_NEXT}")


@baseline_command.command("acknowledge", short_help="Keep a drift that is known quiet until it is over.")
@click.argument("model")
@click.argument("feature")
@_options(*_MODEL[1:], *_REASON)
@click.option("--for", "seconds", callback=_length, metavar="DURATION",
              help="When it ends at the latest, such as 7d; else when the drift is over.")  # fmt: skip
def acknowledge_command(*, feature: str, seconds: float | None, **options: Any) -> None:
    """Keep the drift of FEATURE that goes on now quiet, until it is over.

    It is over when the severity has been below 1 in every window for as long as the shortest one is. What
    drifts after that alerts again.
    """
    from mlexporter.app.baselines.decisions import ACKNOWLEDGE  # noqa: PLC0415 - help needs none of it
    from mlexporter.app.baselines.words import when  # noqa: PLC0415 - likewise

    with _desk(options) as desk:
        desk.must_have(feature)
        until = None if seconds is None else desk.now + seconds
        desk.decide(ACKNOWLEDGE, feature=feature, until=until)
        end = "until it is over" if until is None else f"until it is over, or {when(until)}"
        click.echo(f"acknowledged: drift of {desk.plain(feature)}, {end}; {_NEXT}")


@baseline_command.command("show", short_help="Show what drift is measured against, and why.")
@_options(*_MODEL)
@click.option("--log", "shows_log", is_flag=True, help="All decisions too, oldest first.")
def show_command(*, shows_log: bool, **options: Any) -> None:
    """Show what drift of MODEL is measured against, since when, by whom and why."""
    from mlexporter.cli.baseline_table import log_lines, table_lines  # noqa: PLC0415 - help needs none of it

    with _desk(options) as desk:
        for line in table_lines(desk.log, desk.files.baseline(desk.log.key), desk.rulings, now=desk.now):
            click.echo(line)
        if shows_log:
            for line in log_lines(desk.decisions):
                click.echo(line)


@contextlib.contextmanager
def _desk(options: dict[str, Any]) -> Iterator[_Desk]:
    """Yield the model that was asked for; an error of ours is one line."""
    try:
        yield _Desk(options)
    except MLExporterError as error:
        raise click.ClickException(str(error)) from None


class _Desk:
    """One model in the directory that was asked for."""

    def __init__(self, options: dict[str, Any]) -> None:
        from mlexporter.app.baselines.decisions import rulings  # noqa: PLC0415 - help needs none of it
        from mlexporter.app.baselines.exporter_files import ExporterFiles  # noqa: PLC0415 - likewise

        path, is_shared = _place(options["directory"], options["snapshot_dir"])
        self._options = options
        self.now = time.time()
        self.files = ExporterFiles(path, is_shared=is_shared)
        self.log = self.files.find(options["model"], options["version"], options["variant"])
        self.decisions = self.files.decisions(self.log.key)
        self.rulings = rulings(self.decisions, fingerprint=self.log.log.fingerprint, now=self.now)

    def must_have(self, feature: str) -> None:
        """Refuse a feature that the profile does not have."""
        if feature not in self.log.features:
            from difflib import get_close_matches  # noqa: PLC0415 - after a mistake only

            near = get_close_matches(feature, self.log.features, n=1) or sorted(self.log.features)[:10]
            raise ConfigurationError(
                f"model {self.log.key.name!r} has no feature {feature!r}; there is: {self.plain(', '.join(near))}"
            )

    def decide(self, kind: str, **content: Any) -> None:
        """Write a decision down."""
        from mlexporter.app.baselines.decisions import Decision, new_identity  # noqa: PLC0415 - as above

        decision = Decision(
            new_identity(), kind, self._options["who"] or _login(), self._options["why"], self.now,
            self.log.log.fingerprint, **content,
        )  # fmt: skip
        self.files.decide(self.log.key, decision)

    def plain(self, text: str) -> str:
        """Return text that steers no terminal."""
        from mlexporter.app.baselines.words import printable  # noqa: PLC0415 - as above

        return printable(text)


def _place(directory: Path | None, snapshot_dir: Path | None) -> tuple[Path, bool]:
    if directory is not None and snapshot_dir is not None:
        raise click.UsageError("--dir and --snapshot-dir are two places; give one of them")
    if directory is not None or snapshot_dir is not None:
        return Path(directory or snapshot_dir or ""), directory is not None
    settings = effective_settings(os.environ)
    for path, is_shared in ((settings.dir, True), (settings.snapshot_dir, False)):
        if path and path != NO_DIRECTORY:
            return Path(path), is_shared
    raise click.UsageError(
        "no directory is given: pass --dir, or set MLEXPORTER_DIR, to the one in which the workers count; "
        "or --snapshot-dir for one on a disk"
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container without a name for its user
        return f"user {os.getuid()}"
