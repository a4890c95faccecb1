"""What a person on call has: a real Prometheus that rules, a real Alertmanager, and what it sends.

Fixtures in ``tests/integration/pager/conftest.py`` start them.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mlexporter import Monitor
from mlexporter.app import Exporter
from mlexporter.demo import prometheus
from mlexporter.demo.programs import HOST, Child, answers, free_port, get_json
from mlexporter.demo.receiver import Receiver
from mlexporter.generate.alertmanager import CONFIGURATION_FILE, alertmanager_files
from mlexporter.generate.notifications.notification_options import NotificationOptions
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import fleet_rule_files, write_rule_files
from mlexporter.settings import read_settings
from mlexporter.testing import FakeClock

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 60.0
READY_SECONDS = 30.0
INTERVAL = "400ms"
"""Longer than in the demo: twenty exporters in one process, on a machine that does other work, answer later."""

RULES = RuleOptions(time_factor=1800, minimum_range_seconds=1.6)
"""An hour in two seconds; ranges of four scrapes."""

SOURCES = {
    "2.42-0.25": ("install-prometheus", "install-prometheus"),
    "3-0.28": ("install-prometheus-3", "install-alertmanager"),
}
"""Each pair: the scripts that print where its Prometheus and its Alertmanager are."""


@dataclass
class Pager:
    """Notifications, as they come, and the Prometheus that they begin at.

    Attributes:
        ports: Ports that Prometheus scrapes and nobody serves yet; ``port`` hands them out.
        prometheus_port: The port that Prometheus answers on.
        notifications: All that came, oldest first; appended to by the receiver's thread.
    """

    ports: list
    prometheus_port: int = 0
    notifications: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, notification):
        """Take one notification; called by the receiver."""
        with self.lock:
            self.notifications.append(notification)

    def port(self):
        """Return a port that is scraped and that no test before this one had."""
        return self.ports.pop()

    def mark(self):
        """Return how many notifications there were so far."""
        with self.lock:
            return len(self.notifications)

    def came(self, since=0, **labels):
        """Return the notifications after the mark ``since`` that have these labels."""
        with self.lock:
            found = self.notifications[since:]
        return [each for each in found if labels.items() <= each.labels.items()]

    def query(self, expression):
        """Return the answer to an instant query: pairs of labels (a dict, ``__name__`` in it) and value."""
        answer = get_json(self.prometheus_port, f"/api/v1/query?query={urllib.parse.quote(expression)}")
        result = [] if answer is None else answer["data"]["result"]
        return [(each["metric"], float(each["value"][1])) for each in result]

    def until(self, expression, *, seconds=PATIENCE_SECONDS, meanwhile=None):
        """Return the first answer to ``expression`` that is not empty; ``meanwhile`` is called while waiting."""
        told = f"no answer to {expression}"
        return self._until(functools.partial(self.query, expression), seconds, meanwhile, lambda: told)

    def scraped(self, *ports):
        """Return when each of ``ports`` was scraped."""
        for port in ports:
            self.until(f'up{{instance="{HOST}:{port}"}} == 1')

    def wait(self, alert, *, firing, since, seconds=PATIENCE_SECONDS, meanwhile=None, **labels):
        """Return the first notification after ``since`` of this alert with these labels.

        Args:
            alert: Its name.
            firing: False waits for the resolved one.
            since: A mark: earlier notifications are not looked at.
            seconds: How long to wait.
            meanwhile: Called again and again while waiting, such as traffic.
            labels: Labels that it must have.
        """

        def found():
            return [
                each for each in self.came(since, **labels) if (each.alert, each.is_firing) == (alert, firing)
            ]

        def told():
            state = "firing" if firing else "resolved"
            came = [(each.alert, each.is_firing, each.labels) for each in self.came(since)]
            return f"{alert} {labels} was not {state}; came: {came}"

        return self._until(found, seconds, meanwhile, told)[0]

    @staticmethod
    def _until(found, seconds, meanwhile, told):
        end = time.monotonic() + seconds
        while not (answer := found()):
            if time.monotonic() > end:
                pytest.fail(f"after {seconds:g} s: {told()}")
            if meanwhile is not None:
                meanwhile()
            time.sleep(POLL_SECONDS)
        return answer


class Pod:
    """An exporter of its own, with a clock that is moved by hand, on a port that is scraped.

    Args:
        pager: Hands out the port.
        settings: Fields of ``Settings`` that differ from those of tests.
    """

    def __init__(self, pager, **settings):
        chosen = {"strict": True, "dir": "off", "evaluation_interval": 3600.0, **settings}
        self.settings = read_settings({}, **chosen)
        self.clock = FakeClock()
        self.exporter = Exporter(self.settings, clock=self.clock)
        self.port = pager.port()
        self._pager = pager

    def __enter__(self):
        """Serve, and return once it was scraped: counters that rise from then on are seen to rise."""
        self.exporter.evaluate()
        self.serve()
        return self

    def __exit__(self, *_):
        """End it."""
        self.exporter.close()

    def serve(self):
        """Serve, and return once it was scraped."""
        self.handle = self.exporter.serve(port=self.port)
        self._pager.scraped(self.port)

    def restart(self):
        """End it and begin anew on the same port, with nothing counted and nothing monitored."""
        self.exporter.close()
        self.exporter = Exporter(self.settings, clock=self.clock)
        self.exporter.evaluate()
        self.serve()

    @property
    def instance(self):
        """The label of its target."""
        return f"{HOST}:{self.port}"

    def monitor(self, **arguments):
        """Return a Monitor that counts here."""
        return Monitor(exporter=self.exporter, **arguments)

    def look(self, *, hours=0.0):
        """Let time go by, ten minutes at least, and evaluate."""
        self.clock.advance(600.0 + 3600.0 * hours)
        self.exporter.evaluate()


@contextlib.contextmanager
def paging(prometheus_program, alertmanager_program, folder, *, n_ports=24, options=RULES):
    """Start a pair with its files in ``folder`` and give a Pager, once it has found its Alertmanager.

    Args:
        prometheus_program: Path of Prometheus.
        alertmanager_program: Path of Alertmanager.
        folder: Where files go.
        n_ports: How many ports are scraped; tests serve on them, each on its own.
        options: Of the rules.
    """
    pager = Pager([free_port() for _ in range(n_ports)])
    targets = [f"{HOST}:{port}" for port in pager.ports]
    rules = [*write_rule_files(folder / "rules", options)]
    for name, content in fleet_rule_files(options).items():
        rules.append(folder / "rules" / name)
        rules[-1].write_text(content, encoding="utf-8")
    with contextlib.ExitStack() as stack:

        def started(child):
            stack.callback(child.stop)

        receiver = stack.enter_context(Receiver(pager.accept))
        # One exporter that is always there: where all were gone, every other alert would be inhibited.
        steady = Exporter(read_settings({}, dir="off", strict=True))
        stack.callback(steady.close)
        steady_port = pager.port()
        steady.serve(port=steady_port)
        manager = _start_alertmanager(alertmanager_program, folder, receiver.url, started)
        pager.prometheus_port = _start_prometheus(
            prometheus_program, folder, targets, rules, manager=manager, on_started=started
        )
        pager.scraped(steady_port)
        yield pager


def _start_alertmanager(program, folder, url, on_started):
    secrets = folder / "secrets"
    secrets.mkdir()
    for name in ("webhook-token", "dead-man-token"):
        (secrets / name).write_text("told to nobody but the receiver", encoding="utf-8")
    files = alertmanager_files(
        NotificationOptions(
            channels=("webhook",), webhook_url=url, dead_man_url=url, secrets=str(secrets),
            working_days="sunday:saturday", working_hours=("00:00", "24:00"), time_factor=RULES.time_factor,
        )
    )  # fmt: skip
    for name, content in files.items():
        path = folder / "notifications" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    configuration = folder / "notifications" / CONFIGURATION_FILE
    port = free_port()
    child = Child(
        "Alertmanager",
        (
            program, f"--config.file={configuration}", f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address={HOST}:{port}", "--cluster.listen-address=", "--log.level=warn",
        ),
        folder / "alertmanager.log",
    )  # fmt: skip
    on_started(child)
    child.wait_until(lambda: answers(port, "/-/ready"), seconds=READY_SECONDS)
    return port


def _start_prometheus(program, folder, targets, rules, *, manager, on_started):
    settings = prometheus.prometheus_configuration(targets[0], rules, manager)
    settings["scrape_configs"][0]["static_configs"][0]["targets"] = targets
    settings["global"] = dict.fromkeys(settings["global"], INTERVAL)
    running = prometheus.start_prometheus(program, settings, folder, on_started)
    running.wait(with_alertmanager=True)
    return running.port
