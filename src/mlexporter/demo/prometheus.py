"""A real Prometheus that scrapes the exporter and evaluates its rules several times a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from mlexporter.demo.programs import HOST, Child, answers, free_port, get_json

NAMES: Final = ("prometheus",)
"""What the program is called."""

INTERVAL: Final = "200ms"
"""How often it scrapes and evaluates; real time, where rules are written for minutes."""

_READY_SECONDS: Final = 15.0
_DISCOVERY_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running Prometheus; ``port`` is on the loopback interface."""

    child: Child
    port: int

    @property
    def url(self) -> str:
        """Its page of alerts."""
        return f"http://{HOST}:{self.port}/alerts"

    def wait(self, *, with_alertmanager: bool) -> None:
        """Return when it has scraped once and, if asked, knows its Alertmanager.

        Version 2.42 takes five seconds for either; an alert that fires earlier would come late.

        Raises:
            EnvironmentDegradedError: it does not get there.
        """
        self.child.wait_until(lambda: answers(self.port, "/-/ready"), seconds=_READY_SECONDS)
        self.child.wait_until(self._has_scraped, seconds=_DISCOVERY_SECONDS)
        if with_alertmanager:
            self.child.wait_until(self._has_alertmanager, seconds=_DISCOVERY_SECONDS)

    def _has_scraped(self) -> bool:
        answer = get_json(self.port, "/api/v1/query?query=up%3D%3D1")
        return answer is not None and bool(answer["data"]["result"])

    def _has_alertmanager(self) -> bool:
        answer = get_json(self.port, "/api/v1/alertmanagers")
        return answer is not None and bool(answer["data"]["activeAlertmanagers"])


def start_prometheus(
    program: str, configuration: dict[str, object], folder: Path, on_started: Callable[[Child], object]
) -> Prometheus:
    """Start ``program`` with its files in ``folder``; ``on_started`` gets the child before anything can fail."""
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    port = free_port()
    child = Child(
        "Prometheus",
        (
            program,
            f"--config.file={path}",
            f"--storage.tsdb.path={folder / 'prometheus'}",
            f"--web.listen-address={HOST}:{port}",
            "--rules.alert.resend-delay=1s",
            "--log.level=warn",
        ),
        folder / "prometheus.log",
    )
    on_started(child)
    return Prometheus(child, port)


def prometheus_configuration(
    target: str, rule_files: tuple[Path, ...], alertmanager_port: int | None
) -> dict[str, object]:
    """Return the configuration that scrapes ``target`` (host:port) and evaluates ``rule_files``."""
    configuration: dict[str, object] = {
        "global": {
            "scrape_interval": INTERVAL, "scrape_timeout": INTERVAL, "evaluation_interval": INTERVAL,
        },
        "rule_files": [str(path) for path in rule_files],
        "scrape_configs": [{"job_name": "mlexporter", "static_configs": [{"targets": [target]}]}],
    }  # fmt: skip
    if alertmanager_port is not None:
        receivers = [{"targets": [f"{HOST}:{alertmanager_port}"]}]
        configuration["alerting"] = {"alertmanagers": [{"static_configs": receivers}]}
    return configuration
