"""A real Prometheus, a real Alertmanager and a receiver, once for all tests that watch alerts."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mlexporter.demo import alertmanager, prometheus
from mlexporter.demo.programs import HOST, find_program, free_port, get_json
from mlexporter.demo.receiver import Receiver
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import write_rule_files
from mlexporter.testing import isolated_exporter

ROOT = Path(__file__).resolve().parents[2]
POLL_SECONDS = 0.05
RULES = RuleOptions(time_factor=3600, minimum_range_seconds=0.8, minimum_requests=10)
"""An hour in a second; ranges of four scrapes of 200 ms."""


@dataclass
class Pager:
    """What a person on call would have: notifications, as they come.

    Attributes:
        port: The port that Prometheus scrapes; each test serves its exporter there.
        prometheus_port: The port that Prometheus answers on.
        notifications: All that came, oldest first; appended to by the receiver's thread.
    """

    port: int
    prometheus_port: int = 0
    notifications: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, notification):
        """Take one notification; called by the receiver."""
        with self.lock:
            self.notifications.append(notification)

    def mark(self):
        """Return how many notifications there were so far."""
        with self.lock:
            return len(self.notifications)

    def wait_for_calm(self, alert, *, seconds=20.0):
        """Return when the exporter is being scraped and ``alert`` of an earlier test has ended."""
        until = time.monotonic() + seconds
        while not self._scrapes() or self._is_firing(alert):
            if time.monotonic() > until:
                pytest.fail(f"no scrape, or {alert} still firing, after {seconds} s")
            time.sleep(POLL_SECONDS)

    def _scrapes(self):
        answer = get_json(self.prometheus_port, "/api/v1/query?query=up%3D%3D1")
        return answer is not None and bool(answer["data"]["result"])

    def _is_firing(self, alert):
        with self.lock:
            states = {
                tuple(sorted(each.labels.items())): each.is_firing
                for each in self.notifications
                if each.alert == alert
            }
        return any(states.values())

    def wait(self, alert, *, firing, since, seconds=20.0, meanwhile=None, **labels):
        """Return the first notification after ``since`` of this alert with these labels.

        Args:
            alert: Its name.
            firing: False waits for the resolved one.
            since: A mark: earlier notifications are not looked at.
            seconds: How long to wait.
            meanwhile: Called again and again while waiting, such as traffic.
            labels: Labels that it must have.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with self.lock:
                came = self.notifications[since:]
            for notification in came:
                if (notification.alert, notification.is_firing) == (alert, firing) and labels.items() <= (
                    notification.labels.items()
                ):
                    return notification
            if meanwhile is not None:
                meanwhile()
            time.sleep(POLL_SECONDS)
        state = "firing" if firing else "resolved"
        came = [(each.alert, each.is_firing, each.labels) for each in came]
        pytest.fail(f"{alert} {labels} was not {state} after {seconds} s; came: {came}")


def _search_path():
    asked = subprocess.run(
        [ROOT / "scripts" / "install-prometheus", "--where"], capture_output=True, text=True, check=False
    )
    folders = [os.environ.get("PATH", "")]
    if asked.returncode == 0:
        folders.append(asked.stdout.strip())
    return os.pathsep.join(folders)


@pytest.fixture(scope="session")
def programs():
    """The paths of Prometheus and Alertmanager; skips where they are not, but fails in CI."""
    path = _search_path()
    found = tuple(find_program(names, path) for names in (prometheus.NAMES, alertmanager.NAMES))
    if None in found:
        reason = "Prometheus or Alertmanager is not there; `make set-up` fetches them"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def pager(programs, tmp_path_factory):
    """Prometheus scraping one port, the generated rules, Alertmanager, and what it sends."""
    folder = tmp_path_factory.mktemp("watch")
    rule_files = write_rule_files(folder / "rules", RULES)
    watch = Pager(free_port())
    children = []
    try:
        with Receiver(watch.accept) as receiver, isolated_exporter() as exporter:
            exporter.serve(port=watch.port)
            manager = alertmanager.start_alertmanager(programs[1], folder, receiver.url, children.append)
            manager.wait()
            configuration = prometheus.prometheus_configuration(
                f"{HOST}:{watch.port}", rule_files, manager.port
            )
            server = prometheus.start_prometheus(programs[0], configuration, folder, children.append)
            watch.prometheus_port = server.port
            server.wait(with_alertmanager=True)
            exporter.close()
            yield watch
    finally:
        for child in reversed(children):
            child.stop()
