"""A real Prometheus with every rule, a real Alertmanager with the configuration that ships, and who would be told."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.parse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import yaml

from mlexporter import catalogue
from mlexporter.demo.programs import HOST, answers, find_program, free_port
from mlexporter.demo.receiver import Notification, Receiver
from mlexporter.generate.alertmanager import CONFIGURATION_FILE, write_alertmanager_files
from mlexporter.generate.notifications.notification_options import NotificationOptions
from mlexporter.generate.rule_files import fleet_rule_files, write_rule_files
from soak.exposition import get
from soak.programs import Program, SoakError, until
from soak.scale import Scale

JOB: Final = "mlexporter"
WATCHDOG: Final = "MLWatchdog"
_READY_SECONDS: Final = 60.0
_LOOKBACK: Final = 300.0
"""How old a sample of Prometheus may be, nominal seconds."""
_NAMES: Final = {"Prometheus": ("prometheus",), "Alertmanager": ("alertmanager", "prometheus-alertmanager")}
OF_THE_LIVING: Final = frozenset(
    {catalogue.CONTAINER_OUT_OF_MEMORY_KILLS.name, catalogue.CONTAINER_CPU_THROTTLED.name}
)
"""Counters that the kernel keeps, of a worker that lives: with the last one they are gone, and may begin anew."""


class Message(NamedTuple):
    """One alert that began or ended, as it came; ``at`` in Unix seconds."""

    at: float
    alert: str
    is_firing: bool
    labels: dict[str, str]


class Firing(NamedTuple):
    """One stretch in which Prometheus had an alert firing; Unix seconds."""

    alert: str
    labels: dict[str, str]
    began: float
    ended: float


def growing_names() -> list[str]:
    """Return the names of all series that may only grow."""
    names = []
    for metric in catalogue.CATALOGUE:
        if metric.kind == "counter" and metric.name not in OF_THE_LIVING:
            names.append(metric.name)
        elif metric.kind == "histogram":
            names += [f"{metric.name}_{part}" for part in ("bucket", "count", "sum")]
    return names


class Tower:
    """Both programs and the receiver; a context manager. ``folders`` is where programs are looked for."""

    def __init__(self, folder: Path, scale: Scale, folders: Iterable[str]) -> None:
        folder.mkdir()
        self._folder, self._scale = folder, scale
        self._lock = threading.Lock()
        self.messages: list[Message] = []
        self.receiver = Receiver(self._accept)
        self._targets = folder / "targets.json"
        self.port, manager_port = free_port(), free_port()
        path = os.pathsep.join([*folders, os.environ.get("PATH", "")])
        self.prometheus = Program(
            "Prometheus", self._prometheus_command(_program("Prometheus", path), manager_port),
            folder / "prometheus.log", os.environ,
        )  # fmt: skip
        self.alertmanager = Program(
            "Alertmanager", self._alertmanager_command(_program("Alertmanager", path), manager_port),
            folder / "alertmanager.log", os.environ,
        )  # fmt: skip
        self._manager_port = manager_port
        self._is_open = False

    def __enter__(self) -> Self:
        self.receiver.__enter__()
        self._is_open = True
        self._write_notifications()
        self.alertmanager.start()
        self.prometheus.start()
        self.until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.prometheus.stop()
        self.alertmanager.stop()
        if self._is_open:
            self.receiver.__exit__(None, None, None)

    def until_ready(self) -> None:
        """Return once both answer."""
        for program, port in ((self.alertmanager, self._manager_port), (self.prometheus, self.port)):
            until(lambda port=port: answers(port, "/-/ready"), seconds=_READY_SECONDS,  # type: ignore[misc]
                  told=f"{program.name}: {program.said()[-600:]}")  # fmt: skip

    def watch(self, pods: Mapping[str, int]) -> None:
        """Scrape these pods from now on: name to port of the exporter."""
        groups = [
            {"targets": [f"{HOST}:{port}"], "labels": {"instance": life}} for life, port in pods.items()
        ]
        aside = self._targets.with_suffix(".new")
        aside.write_text(json.dumps(groups), encoding="utf-8")
        aside.replace(self._targets)

    def has_let_go(self, life: str) -> bool:
        """Return whether Prometheus answers that it does not scrape a pod any more."""
        body = get(self.port, "/api/v1/targets?state=active")
        if body is None:
            return False
        return life not in {each["labels"]["instance"] for each in json.loads(body)["data"]["activeTargets"]}

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Return the answer to an instant query."""
        return [
            (each["metric"], float(each["value"][1])) for each in self._ask("query", {"query": expression})
        ]

    def firings(self, began: float, ended: float) -> list[Firing]:
        """Return all stretches in which alerts fired between two moments in Unix seconds."""
        step = self._scale.interval
        answer = self._ask(
            "query_range",
            {
                "query": 'ALERTS{alertstate="firing"}',
                "start": f"{began}",
                "end": f"{ended + step}",  # else what began after the last whole step is not seen
                "step": f"{step}",
            },
        )
        found = []
        for series in answer:
            labels = {name: text for name, text in series["metric"].items() if not name.startswith("__")}
            alert = labels.pop("alertname")
            labels.pop("alertstate")
            found += [Firing(alert, labels, *stretch) for stretch in _stretches(series["values"], 4 * step)]
        return sorted(found, key=lambda one: one.began)

    def resets(self, seconds: float) -> dict[str, float]:
        """Return the counters of each pod that fell in the last ``seconds``, and how often."""
        found = {}
        for name in growing_names():
            expression = f'sum by (instance) (resets({name}{{job="{JOB}"}}[{round(seconds)}s])) > 0'
            for labels, value in self.query(expression):
                found[f"{name} of {labels.get('instance', '?')}"] = value
        return found

    def _ask(self, what: str, options: Mapping[str, str]) -> list[Any]:
        body = get(self.port, f"/api/v1/{what}?{urllib.parse.urlencode(options)}")
        if body is None:
            raise SoakError(f"Prometheus does not answer {options['query']}: {self.prometheus.said()[-600:]}")
        result: list[Any] = json.loads(body)["data"]["result"]
        return result

    def _accept(self, notification: Notification) -> None:
        with self._lock:
            self.messages.append(
                Message(
                    time.time(),
                    notification.alert,
                    notification.is_firing,
                    {name: text for name, text in notification.labels.items() if name != "alertname"},
                )
            )

    def _prometheus_command(self, program: str, manager_port: int) -> list[str]:
        rules = [*write_rule_files(self._folder / "rules", self._scale.rules)]
        for name, content in fleet_rule_files(self._scale.rules).items():
            rules.append(self._folder / "rules" / name)
            rules[-1].write_text(content, encoding="utf-8")
        interval = f"{round(self._scale.interval * 1000)}ms"
        configuration = {
            "global": {
                "scrape_interval": interval,
                "scrape_timeout": interval,
                "evaluation_interval": interval,
            },
            "rule_files": [str(path) for path in rules],
            "scrape_configs": [
                {
                    "job_name": JOB,
                    "file_sd_configs": [{"files": [str(self._targets)], "refresh_interval": "2s"}],
                }
            ],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"{HOST}:{manager_port}"]}]}]},
        }
        path = self._folder / "prometheus.yml"
        path.write_text(yaml.safe_dump(configuration), encoding="utf-8")
        return [
            program, f"--config.file={path}", f"--storage.tsdb.path={self._folder / 'prometheus'}",
            f"--web.listen-address={HOST}:{self.port}", "--rules.alert.resend-delay=2s", "--log.level=warn",
            "--rules.alert.for-outage-tolerance=1h", "--rules.alert.for-grace-period=1s",
            # As much faster as all else: a kill loses that a target was let go, and its last samples count until then.
            f"--query.lookback-delta={max(self._scale.seconds(_LOOKBACK), 4 * self._scale.interval):g}s",
        ]  # fmt: skip

    def _alertmanager_command(self, program: str, port: int) -> list[str]:
        return [
            program, f"--config.file={self._folder / 'notifications' / CONFIGURATION_FILE}",
            f"--storage.path={self._folder / 'alertmanager'}", f"--web.listen-address={HOST}:{port}",
            "--cluster.listen-address=", "--log.level=warn",
        ]  # fmt: skip

    def _write_notifications(self) -> None:
        folder = self._folder / "notifications"
        secrets = folder / "secrets"
        secrets.mkdir(parents=True)
        for name in ("webhook-token", "dead-man-token"):
            (secrets / name).write_text("soak", encoding="utf-8")
        write_alertmanager_files(
            folder,
            NotificationOptions(
                channels=("webhook",), webhook_url=f"{self.receiver.url}copy",
                dead_man_url=f"{self.receiver.url}dead-man", secrets=str(secrets), working_hours=("00:00", "24:00"),
                working_days="sunday:saturday", time_factor=self._scale.factor,
            ),
        )  # fmt: skip


def _program(name: str, path: str) -> str:
    found = find_program(_NAMES[name], path)
    if found is None:
        raise SoakError(
            f"{name} is not there; scripts/install-prometheus-3 and scripts/install-alertmanager provide it"
        )
    return found


def _stretches(values: list[list[Any]], gap: float) -> list[tuple[float, float]]:
    """Return begin and end of each run of samples that are at most ``gap`` seconds apart."""
    found: list[tuple[float, float]] = []
    for at, _ in values:
        moment = float(at)
        if found and moment - found[-1][1] <= gap:
            found[-1] = (found[-1][0], moment)
        else:
            found.append((moment, moment))
    return found
