"""A real Alertmanager with the files that ship, and the demo's receiver for everybody who would be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlexporter.demo.programs import HOST, Child, answers, free_port
from mlexporter.generate.alertmanager import CONFIGURATION_FILE, write_alertmanager_files
from mlexporter.generate.notifications.notification_options import NotificationOptions

NAMES: Final = ("alertmanager", "prometheus-alertmanager")
"""What the program is called; Debian prefixes it."""

_READY_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Alertmanager:
    """A running Alertmanager; ``port`` is on the loopback interface."""

    child: Child
    port: int

    @property
    def url(self) -> str:
        """Its page."""
        return f"http://{HOST}:{self.port}/"

    def wait(self) -> None:
        """Return when it is ready; raises EnvironmentDegradedError when it does not get there."""
        self.child.wait_until(lambda: answers(self.port, "/-/ready"), seconds=_READY_SECONDS)


def start_alertmanager(
    program: str, folder: Path, receiver_url: str, factor: float, on_started: Callable[[Child], object]
) -> Alertmanager:
    """Start ``program`` with its files in ``folder``; notifications go below ``receiver_url``.

    The times of its routes are ``factor`` times shorter. ``on_started`` is handed the child before anything
    else can fail.
    """
    configuration = write_configuration(folder / "notifications", receiver_url, factor)
    port = free_port()
    child = Child(
        "Alertmanager",
        (
            program,
            f"--config.file={configuration}",
            f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address={HOST}:{port}",
            f"--web.external-url=http://{HOST}:{port}/",
            "--cluster.listen-address=",
            "--log.level=warn",
        ),
        folder / "alertmanager.log",
    )
    on_started(child)
    return Alertmanager(child, port)


def write_configuration(folder: Path, receiver_url: str, factor: float) -> Path:
    """Write the shipped configuration and templates, no hour being off, and return the former.

    The chats are at ``chat`` below ``receiver_url``, a copy of every notification comes to ``copy``.
    """
    secrets = folder / "secrets"
    secrets.mkdir(parents=True)
    options = NotificationOptions(
        channels=("slack", "webhook"),
        working_hours=("00:00", "24:00"),
        working_days="sunday:saturday",
        secrets=str(secrets),
        webhook_url=f"{receiver_url}copy",
        dead_man_url=f"{receiver_url}dead-man",
        time_factor=factor,
    )
    write_alertmanager_files(folder, options)
    for chat in (options.platform_chat, options.data_science_chat):
        (secrets / f"chat-url-{chat.lstrip('#')}").write_text(f"{receiver_url}chat", encoding="utf-8")
    for name in ("webhook-token", "dead-man-token"):
        (secrets / name).write_text("demo", encoding="utf-8")
    return folder / CONFIGURATION_FILE
