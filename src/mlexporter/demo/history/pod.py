"""One pod: the real exporter on a clock that is moved by hand, scraped into files of samples.

It runs in a process of its own. Nothing in it is random, and of this machine it says nothing: calls with their
durations are given, and what would be measured is made.
"""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from mlexporter.app import Exporter
from mlexporter.app.explicit import Monitor
from mlexporter.demo.features import FEATURE_NAMES
from mlexporter.demo.history.deployments import Deployment, serving_at
from mlexporter.demo.history.machine import MEASURED, machine_lines
from mlexporter.demo.history.releases import (
    CANARY,
    PLAIN_MODEL,
    PRIMARY,
    SIDE_FEATURES,
    SIDE_MODEL,
    TIME,
    VERSION_OF_OTHERS,
)
from mlexporter.demo.history.samples import SampleWriter
from mlexporter.demo.history.steps import RECENT_STEP, Stretch
from mlexporter.demo.history.traffic import (
    FAILURE,
    FAILURES,
    IS_CANARY,
    IS_PLAIN,
    RELEASE,
    SCORE,
    SECONDS,
    SIDE_SCORE,
)
from mlexporter.demo.late_arrival import MODEL_NAME
from mlexporter.exposition.families import collect
from mlexporter.exposition.text import render_text
from mlexporter.settings import Settings, read_settings
from mlexporter.state.clock import StandingClock

if TYPE_CHECKING:
    import pandas as pd

JOB: Final = "mlexporter"
LATENCY_OBJECTIVE_SECONDS: Final = 0.5
_EVALUATION_SECONDS: Final = 3600
_DOWN_SECONDS: Final = RECENT_STEP
"""A pod that begins anew answers after so long, also where steps are longer."""

_WRITER: Final = "mlexporter-snapshots"
"""What the thread is called that writes windows."""


@dataclass(frozen=True, slots=True)
class PodPlan:
    """All that one pod is to do.

    Attributes:
        number: Which one, from 0.
        calls: Its calls, from ``traffic.calls_of``, in order.
        versions: Name of each release.
        profiles: Profile of each release.
        side_profile: That of the side model.
        deployments: When it serves which release.
        starts: Scrapes at which its process begins anew.
        chunks: What is written into one file each.
        folder: Where files go.
    """

    number: int
    calls: pd.DataFrame
    versions: tuple[str, ...]
    profiles: tuple[Path, ...]
    side_profile: Path
    deployments: tuple[Deployment, ...]
    starts: frozenset[int]
    chunks: tuple[Stretch, ...]
    folder: Path

    @property
    def name(self) -> str:
        """Its label ``instance``."""
        return f"pod-{self.number + 1}"

    def path(self, chunk: int) -> Path:
        """Return where the samples of a chunk go."""
        return self.folder / f"{self.name}-{chunk:04d}.om"


def history_settings(windows: Path) -> Settings:
    """Return the settings of the pods, whatever the environment says; ``windows`` keeps windows over restarts."""
    return read_settings(
        {}, strict=True, dir="off", snapshot_dir=str(windows), evaluation_interval=_EVALUATION_SECONDS,
        latency_objective=LATENCY_OBJECTIVE_SECONDS,
        # The first week of April as a baseline would make drift mere skew.
        baseline="off",
    )  # fmt: skip


class Life:
    """One life of the process of a pod, from a start to the next: counters begin at zero.

    Args:
        plan: That of the pod.
        now: When it begins, Unix seconds.
    """

    def __init__(self, plan: PodPlan, now: int) -> None:
        self.started = self.now = now
        self._plan = plan
        self._calls = 0
        self._clock = StandingClock(float(now))
        windows = plan.folder / f"{plan.name}-windows"
        windows.mkdir(exist_ok=True)
        self._exporter = Exporter(
            history_settings(windows), clock=self._clock, wall_clock=lambda: float(self.now)
        )
        serving = serving_at(plan.deployments, now)
        self._monitors = {(serving.primary, False): self._monitor(serving.primary, PRIMARY)}
        if serving.canary is not None:
            self._monitors[serving.canary, True] = self._monitor(serving.canary, CANARY)
        self._side = Monitor(
            exporter=self._exporter, model=SIDE_MODEL, version=VERSION_OF_OTHERS, profile=plan.side_profile
        )
        self._plain = Monitor(exporter=self._exporter, model=PLAIN_MODEL, version=VERSION_OF_OTHERS)
        self._exporter.evaluate()

    def _monitor(self, release: int, variant: str) -> Monitor:
        return Monitor(
            exporter=self._exporter, model=MODEL_NAME, version=self._plan.versions[release], variant=variant,
            profile=self._plan.profiles[release], timestamp=TIME,
        )  # fmt: skip

    def move(self, now: int) -> None:
        """Let time go by until ``now``."""
        self._clock.advance(float(now - self.now))
        self.now = now

    def call(self, row: Mapping[str, Any]) -> None:
        """Answer one call of the table, and what goes along with it."""
        failure = FAILURES[row[FAILURE]]
        error = None if failure is None else failure()
        features = {name: row[name] for name in FEATURE_NAMES}
        self._calls += 1
        self._monitors[row[RELEASE], row[IS_CANARY]].record(
            {**features, TIME: row[TIME]},
            None if error else row[SCORE],
            duration_seconds=row[SECONDS],
            error=error,
        )
        if row[SIDE_SCORE] is not None:
            own = {name: row[name] for name in SIDE_FEATURES}
            self._side.record(own, row[SIDE_SCORE], duration_seconds=row[SECONDS] / 2)
        if row[IS_PLAIN]:
            asked = {name: features[name] for name in ("distance", "seats")}
            self._plain.record(asked, duration_seconds=row[SECONDS] / 4)

    def evaluate(self) -> None:
        """Compute the reports."""
        _wait_for_files()
        self._exporter.evaluate()

    def scrape(self) -> tuple[bytes, bytes]:
        """Return the text of a scrape, and what is made beside it."""
        view = self._exporter.view(include_process=False)
        text = render_text(collect(view, now=float(self.now), include_process=False))
        return text, machine_lines(self._plan.number, self.now, self.started, self._calls)

    def end(self) -> None:
        """Stop as kindly as a rollout does: what the windows know is on file."""
        self.evaluate()
        _wait_for_files()
        self._exporter.close()


def _wait_for_files() -> None:
    """Wait until windows are on file: here hours go by while a disk is still writing."""
    for thread in threading.enumerate():
        if thread.name == _WRITER:
            thread.join()


class Pod:
    """Serves the calls of a plan, chunk after chunk."""

    def __init__(self, plan: PodPlan) -> None:
        self._plan = plan
        self.samples = SampleWriter(job=JOB, instance=plan.name, leave_out=MEASURED)
        self._life = Life(plan, plan.chunks[0].begins)
        self._place = 0
        self._times = plan.calls[TIME].to_numpy()

    def play(self, number: int) -> None:
        """Write the samples of a chunk; chunks come in order."""
        chunk = self._plan.chunks[number]
        with self._plan.path(number).open("wb") as file:
            rows = self._chunk_rows(chunk)
            for now in chunk.moments():
                self._until(now, rows, file, chunk)

    def end(self) -> None:
        """Close what is open."""
        self._life.end()

    def _until(self, now: int, rows: list[dict[str, Any]], file: BinaryIO, chunk: Stretch) -> None:
        while rows and rows[-1][TIME] < now:
            self._life.call(rows.pop())
        if now in self._plan.starts:
            self._restart(now, file, chunk)
            return
        self._life.move(now)
        if now % chunk.evaluation == 0:
            self._life.evaluate()
        self._write_scrape(now, file)

    def _restart(self, now: int, file: BinaryIO, chunk: Stretch) -> None:
        """Begin anew: a last scrape of the old process, so that no call is lost, then one that fails."""
        self._life.move(now - 1)
        self._write_scrape(now - 1, file)
        self._life.move(now)
        self._life.end()
        self._life = Life(self._plan, now)
        self.samples.write(file, b"", now, is_up=False)
        if chunk.step > _DOWN_SECONDS:
            self._life.move(now + _DOWN_SECONDS)
            self._write_scrape(now + _DOWN_SECONDS, file)

    def _write_scrape(self, now: int, file: BinaryIO) -> None:
        text, made = self._life.scrape()
        self.samples.write(file, text, now, made=made)

    def _chunk_rows(self, chunk: Stretch) -> list[dict[str, Any]]:
        """Return the rows up to the last scrape of a chunk, the last one first."""
        last = chunk.moments()[-1]
        until = int(self._times.searchsorted(last))
        own = self._plan.calls.iloc[self._place : until]
        self._place = until
        values = own.astype(object)
        records = values.where(values.notna(), None).to_dict("records")
        return [{str(name): value for name, value in record.items()} for record in reversed(records)]


def run_pod(plan: PodPlan, line: Connection) -> None:
    """Play all chunks of a plan: one for each message that comes over ``line``, answered with its number.

    After the last one follow the numbers of series and samples. An error is answered as its text.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; it ends this process
    try:
        pod = Pod(plan)
        for number in range(len(plan.chunks)):
            while not line.poll(1.0):
                parent = parent_process()
                if parent is None or not parent.is_alive():
                    return
            line.recv()
            pod.play(number)
            line.send(number)
        pod.end()
        line.send((pod.samples.series_count, pod.samples.sample_count))
    except EOFError:
        return
    except Exception:  # noqa: BLE001 - told by the parent, which waits for this process
        line.send(traceback.format_exc())
