"""``mlexporter generate alertmanager``: who is told of what, with templates, fitted to a user's receivers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mlexporter.generate.alertmanager import (
    CONFIGURATION_FILE,
    alertmanager_files,
    write_alertmanager_files,
)
from mlexporter.generate.notifications.notification_options import CHANNELS, NotificationOptions


@click.command("alertmanager")
@click.option("--channel", "channels", multiple=True, type=click.Choice(CHANNELS),
              help="How somebody can be told; may be given several times. All of them if not given.")  # fmt: skip
@click.option("--time-zone", help="Zone of the working hours, such as Europe/Berlin; UTC if not given.")
@click.option("--working-hours", metavar="BEGIN-END", help="Such as 08:00-18:00.")
@click.option("--working-days", help="Such as monday:friday.")
@click.option("--secrets", help="Folder of the files with keys and passwords, as Alertmanager sees it.")
@click.option("--equal-label", "equal_labels", multiple=True, metavar="LABEL",
              help="External label that tells one Prometheus from another, such as cluster.")  # fmt: skip
@click.option("--platform-chat", help="Channel for what is wrong with serving.")
@click.option("--data-science-chat", help="Channel for what is wrong with data and models.")
@click.option("--smarthost", help="Mail server with its port.")
@click.option("--email-from", help="Sender of mails; also the name it logs in with.")
@click.option("--email-to", help="Who reads mails.")
@click.option("--webhook-url", help="Where everything is copied to, as JSON.")
@click.option("--dead-man-url", help="What has to hear from the watchdog, or else tells somebody.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write; ./alerts if not given."
)
@click.option("--force", is_flag=True, help="Overwrite files that were not generated, too.")
def alertmanager_command(*, out: Path | None, force: bool, working_hours: str | None, **given: Any) -> None:
    """Write Alertmanager's configuration and templates for your channels and working hours.

    No option takes a secret: the configuration names the files that Alertmanager reads them from.
    """
    own = {name: value for name, value in given.items() if value is not None and value != ()}
    if working_hours is not None:
        begin, _, end = working_hours.partition("-")
        own["working_hours"] = (begin, end)
    options = NotificationOptions(**own)
    folder = Path("alerts") if out is None else out
    for path in write_alertmanager_files(folder, options, force=force):
        click.echo(f"wrote {path}")
    click.echo(f"\nCheck it: amtool check-config {folder / CONFIGURATION_FILE}")
    click.echo(f"Secrets that it reads, one file each, in {options.secrets}:")
    for name in _secrets(options):
        click.echo(f"  {name}")


def _secrets(options: NotificationOptions) -> list[str]:
    text, folder = alertmanager_files(options)[CONFIGURATION_FILE], f"{options.secrets}/"
    return sorted(
        {line.rpartition(folder)[2].strip("'\"") for line in text.splitlines() if f" {folder}" in line}
    )
