"""Prometheus, Alertmanager and the receiver around the exporter, as far as they are installed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlexporter.demo import alertmanager, prometheus
from mlexporter.demo.chat import ChatMessage
from mlexporter.demo.programs import Child, find_program
from mlexporter.demo.receiver import Notification, Receiver
from mlexporter.errors import EnvironmentDegradedError
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import write_rule_files

SHORTEST_RANGE_SECONDS: Final = 0.8
"""Four scrapes: a rule's range and ``for`` shrink with the clock down to this."""

LEFT_OUT: Final = frozenset({"MLModelNoPredictions", "MLWatchdog"})
"""The first compares with the same minutes of yesterday, and here half an hour is shorter than four scrapes. The
second always fires, and nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Watching:
    """Who watches: addresses by name, and why something is not there.

    Attributes:
        addresses: Name of a program to the address of its page.
        absent: What is missing and what to do, in sentences.
        has_alerts: True when notifications can come.
    """

    addresses: dict[str, str]
    absent: tuple[str, ...]
    has_alerts: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is needed to watch a run.

    Attributes:
        folder: A folder of our own for files.
        target: Host and port of the exporter.
        factor: How many times faster than real the windows' clock runs.
        program_path: Folders with programs, separated as in PATH.
        on_notification: Called from a thread of the receiver for each alert that begins or ends.
        on_chat: Likewise for each message to a chat.
    """

    folder: Path
    target: str
    factor: float
    program_path: str
    on_notification: Callable[[Notification], None]
    on_chat: Callable[[ChatMessage], None] | None = None


def start_watching(stack: ExitStack, plan: Plan) -> Watching:
    """Start what is installed; everything ends with ``stack``."""
    server = find_program(prometheus.NAMES, plan.program_path)
    manager = find_program(alertmanager.NAMES, plan.program_path)
    names = [name for name, found in (("Prometheus", server), ("Alertmanager", manager)) if found is None]
    absent = tuple(
        f"{name} is not installed: scripts/install-prometheus unpacks Debian's, without installing a service"
        for name in names
    )
    if server is None:
        return Watching({}, absent, has_alerts=False)
    with ExitStack() as attempt:
        try:
            addresses = _start(attempt, server, manager, plan)
        except EnvironmentDegradedError as error:
            return Watching({}, (*absent, f"it goes on without alerts: {error}"), has_alerts=False)
        stack.push(attempt.pop_all())
    return Watching(addresses, absent, has_alerts=manager is not None)


def _start(stack: ExitStack, server: str, manager: str | None, plan: Plan) -> dict[str, str]:
    addresses = {}

    def stop_later(child: Child) -> None:
        stack.callback(child.stop)

    rules = write_rule_files(
        plan.folder / "rules",
        RuleOptions(
            time_factor=plan.factor,
            minimum_range_seconds=SHORTEST_RANGE_SECONDS,
            without=LEFT_OUT,
            dashboard_base=f"http://{plan.target}/",
        ),
    )
    port = None
    if manager is not None:
        receiver = stack.enter_context(Receiver(plan.on_notification, plan.on_chat))
        notifier = alertmanager.start_alertmanager(
            manager, plan.folder, receiver.url, plan.factor, stop_later
        )
        notifier.wait()
        port = notifier.port
        addresses["Alertmanager"] = notifier.url
    configuration = prometheus.prometheus_configuration(plan.target, rules, port)
    running = prometheus.start_prometheus(server, configuration, plan.folder, stop_later)
    running.wait(with_alertmanager=port is not None)
    addresses["Prometheus"] = running.url
    return addresses
