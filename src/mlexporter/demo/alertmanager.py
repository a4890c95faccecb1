"""A real Alertmanager that hands every alert to the demo's receiver as soon as it comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from mlexporter.demo.programs import HOST, Child, answers, free_port

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
    program: str, folder: Path, receiver_url: str, on_started: Callable[[Child], object]
) -> Alertmanager:
    """Start ``program`` with its files in ``folder``; notifications go to ``receiver_url``.

    ``on_started`` is handed the child before anything else can fail.
    """
    configuration = folder / "alertmanager.yml"
    configuration.write_text(yaml.safe_dump(alertmanager_configuration(receiver_url)), encoding="utf-8")
    port = free_port()
    child = Child(
        "Alertmanager",
        (
            program,
            f"--config.file={configuration}",
            f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address={HOST}:{port}",
            "--cluster.listen-address=",
            "--log.level=warn",
        ),
        folder / "alertmanager.log",
    )
    on_started(child)
    return Alertmanager(child, port)


def alertmanager_configuration(receiver_url: str) -> dict[str, object]:
    """Return the configuration: one notification for each alert, at once, and one when it resolves."""
    route = {
        "receiver": "demo", "group_by": ["..."], "group_wait": "0s", "group_interval": "200ms",
        "repeat_interval": "1h",
    }  # fmt: skip
    webhook = {"url": receiver_url, "send_resolved": True}
    return {"route": route, "receivers": [{"name": "demo", "webhook_configs": [webhook]}]}
