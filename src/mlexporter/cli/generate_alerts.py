"""``mlexporter generate alerts``: rule files for Prometheus, fitted to what a user runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click

from mlexporter.configuration.files import read_configuration
from mlexporter.generate.alert_table import read_alert_table
from mlexporter.generate.fitted import as_one_file, fitted_rule_files, left_over, still_off
from mlexporter.generate.generated_files import write_generated
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import ALERTS
from mlexporter.generate.selector import check_selector

_LISTS: Final = ("groups", "with_alerts", "without")


@click.command("alerts")
@click.option("--config", type=click.Path(), envvar="MLEXPORTER_CONFIG", show_envvar=True,
              help="TOML file whose table [alerts] holds these options; options win over it.")  # fmt: skip
@click.option("--selector", help="Matchers put on every scraped series, such as 'namespace=\"ml\"'.")
@click.option("--job", help="Name of the scrape job; without it targets are found by what they exposed.")
@click.option("--group", "groups", multiple=True, metavar="|".join(ALERTS),
              help="Only alerts of this group; may be given several times.")  # fmt: skip
@click.option(
    "--with", "with_alerts", multiple=True, metavar="ALERT", help="An alert that is off by default."
)
@click.option("--without", multiple=True, metavar="ALERT", help="An alert that is not wanted.")
@click.option(
    "--for-factor", type=float, help="Multiplies `for` and `keep_firing_for`: 2 waits twice as long."
)
@click.option("--memory-ratio", type=float, help="Part of its memory limit from which a server is near it.")
@click.option("--runbook-base", help="What runbook_url begins with; the name of the alert and .md follow.")
@click.option(
    "--dashboard-base",
    help="What dashboard_url begins with, such as https://grafana.example.org/d/{dashboard}; the uid takes the place "
    "of {dashboard}, and variables follow. Empty leaves the link out.",
)
@click.option("--fleet/--no-fleet", "is_fleet", default=None, help="Read the drift of all pods together.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write; ./alerts if not given."
)
@click.option("--stdout", is_flag=True, help="Print one rule file and write nothing.")
@click.option("--force", is_flag=True, help="Overwrite files that were not generated, too.")
def alerts_command(*, config: str | None, out: Path | None, stdout: bool, force: bool, **given: Any) -> None:
    """Write rule files for Prometheus, fitted to your labels and wishes.

    Thresholds and objectives of models are not among the options: they are set for each model in the
    configuration file and arrive as series, so that no rule changes with them.
    """
    if stdout and (out is not None or force):
        raise click.UsageError("--stdout writes no file: it cannot be combined with --out or --force")
    options = _options(config, given)
    files = fitted_rule_files(options)
    if stdout:
        click.echo(as_one_file(files), nl=False)
        return
    folder = Path("alerts") if out is None else out
    for path in write_generated(folder, files, force=force):
        click.echo(f"wrote {path}")
    for line in _what_to_do(folder.absolute(), files, options):
        click.echo(line)


def _options(config: str | None, given: Mapping[str, Any]) -> RuleOptions:
    """Return the options of the command line over those of the file."""
    fields = read_alert_table(read_configuration(config).alerts, config) if config else {}
    own = {name: value for name, value in given.items() if value is not None and value != ()}
    own |= {name: frozenset(own[name]) for name in _LISTS if name in own}
    # What is asked for here is no contradiction to what the file leaves out, nor the other way round.
    for name, other in (("with_alerts", "without"), ("without", "with_alerts")):
        if name in own and other in fields and other not in own:
            fields[other] -= own[name]
    options = RuleOptions(**{**fields, **own})
    check_selector(options.selector)
    return options


def _what_to_do(folder: Path, files: Mapping[str, str], options: RuleOptions) -> Iterator[str]:
    for path in left_over(folder, files):
        yield f"{path} is of an earlier run and none of these files: do not load it, or delete it"
    yield "\nIn prometheus.yml:\n\nrule_files:"
    yield from (f"  - {folder / name}" for name in files)
    yield f"\nCheck them: promtool check rules {' '.join(str(folder / name) for name in files)}"
    if options.is_fleet:
        yield "The fleet's rules need MLEXPORTER_FLEET=1 in every pod."
    off = still_off(options)
    if off:
        yield "\nOff, until you ask for them with --with, because they need more than every model has:"
        yield from (f"  {needs}: {', '.join(names)}" for needs, names in off.items())
