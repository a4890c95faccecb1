"""A Prometheus on blocks of the past: it scrapes nothing, evaluates no rule, and answers questions."""

from __future__ import annotations

import contextlib
import http.client
import json
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mlexporter.demo.history.steps import LOOKBACK
from mlexporter.demo.programs import HOST, Child, answers, free_port
from mlexporter.errors import EnvironmentDegradedError
from mlexporter.generate.options import duration_text

STORAGE: Final = "data"
"""Name of the folder with the blocks."""

CONFIGURATION: Final = "prometheus.yml"
LOG: Final = "prometheus.log"
CONFIGURATION_TEXT: Final = "# Nothing is scraped: the past is in the blocks.\nglobal: {}\n"
FLAGS: Final = (
    # A sample of long ago is good until the next one comes.
    f"--query.lookback-delta={duration_text(LOOKBACK)}",
    # By default blocks older than 15 days are removed at the start.
    "--storage.tsdb.retention.time=100y",
)
"""What a Prometheus on these blocks has to be started with."""

_READY_SECONDS: Final = 120.0
_ANSWER_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Answered:
    """One series of an answer: its labels, times (Unix seconds) and values as text."""

    labels: Mapping[str, str]
    samples: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class PastPrometheus:
    """A running Prometheus; ``port`` is on the loopback interface."""

    child: Child
    port: int

    @property
    def url(self) -> str:
        """Its address, for a data source of Grafana."""
        return f"http://{HOST}:{self.port}"

    def wait(self) -> None:
        """Return when it is ready; raises EnvironmentDegradedError when it does not get there."""
        self.child.wait_until(lambda: answers(self.port, "/-/ready"), seconds=_READY_SECONDS)

    def range(self, expression: str, times: range) -> list[Answered]:
        """Return what an expression is at each of some times; ``times`` has one at least."""
        found = self._asked(
            "query_range", query=expression, start=times[0], end=times[-1], step=times.step
        )  # fmt: skip
        return [_answered(each["metric"], each["values"]) for each in found]

    def at(self, expression: str, moment: float) -> list[Answered]:
        """Return what an expression is at one time."""
        return [
            _answered(each["metric"], [each["value"]])
            for each in self._asked("query", query=expression, time=moment)
        ]

    def _asked(self, path: str, **parameters: object) -> list[dict[str, Any]]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=_ANSWER_SECONDS)
        with contextlib.closing(connection):
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/api/v1/{path}", urllib.parse.urlencode(parameters), kind)
            answer = json.loads(connection.getresponse().read())
        if answer["status"] != "success":
            raise EnvironmentDegradedError(f"Prometheus: {answer.get('error')}: {parameters.get('query')}")
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found


def start_past_prometheus(
    program: str, folder: Path, on_started: Callable[[Child], object], *, port: int | None = None
) -> PastPrometheus:
    """Start ``program`` on the blocks in ``folder``; ``on_started`` gets the child before anything can fail.

    Args:
        program: Path of Prometheus.
        folder: Has the configuration, and the blocks in ``STORAGE``.
        on_started: Called at once.
        port: Port of the loopback interface; a free one if not given.
    """
    chosen = free_port() if port is None else port
    child = Child(
        "Prometheus",
        (
            program, f"--config.file={folder / CONFIGURATION}", f"--storage.tsdb.path={folder / STORAGE}", *FLAGS,
            f"--web.listen-address={HOST}:{chosen}", f"--query.timeout={_ANSWER_SECONDS:.0f}s", "--log.level=error",
        ),
        folder / LOG,
    )  # fmt: skip
    on_started(child)
    return PastPrometheus(child, chosen)


@contextlib.contextmanager
def past_prometheus(
    program: str, folder: Path, on_started: Callable[[Child], object]
) -> Iterator[PastPrometheus]:
    """Within, a Prometheus knows all blocks that are there now."""
    running = start_past_prometheus(program, folder, on_started)
    try:
        running.wait()
        yield running
    finally:
        running.child.stop()


def _answered(labels: Mapping[str, str], values: list[list[Any]]) -> Answered:
    return Answered(labels, tuple((float(moment), str(value)) for moment, value in values))
