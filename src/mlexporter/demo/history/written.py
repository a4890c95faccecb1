"""Writes a history: trains, lets pods play, and computes what Prometheus would have."""

from __future__ import annotations

import functools
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlexporter.demo.console import Console
from mlexporter.demo.flights import Flights, data_folder, load_flights
from mlexporter.demo.history.blocks import BlockMaker
from mlexporter.demo.history.deployments import deployments_of, starts_of
from mlexporter.demo.history.era import Era, era_of
from mlexporter.demo.history.fired import Episode, fire
from mlexporter.demo.history.folder import DASHBOARDS, size_of, write_about
from mlexporter.demo.history.happenings import (
    FAULT_SERIES,
    MadeFault,
    fault_lines,
    faults_of,
    restarts_of,
)
from mlexporter.demo.history.options import HistoryOptions
from mlexporter.demo.history.past_prometheus import (
    CONFIGURATION,
    CONFIGURATION_TEXT,
    FLAGS,
    LOG,
    STORAGE,
    past_prometheus,
)
from mlexporter.demo.history.pod import PodPlan
from mlexporter.demo.history.pods import play_pods
from mlexporter.demo.history.recorded import record
from mlexporter.demo.history.releases import (
    TIME,
    Learned,
    Release,
    learn,
    one_thread,
    releases_of,
    side_profile_path,
)
from mlexporter.demo.history.steps import Stretch, stretches_of
from mlexporter.demo.history.traffic import POD, calls_of, flights_of
from mlexporter.demo.late_arrival import MODEL_NAME
from mlexporter.demo.programs import Child
from mlexporter.generate.dashboards.dashboard_files import dashboard_files
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.generated_files import write_generated

N_PODS: Final = 2
"""Pods that share the calls."""

MARKED: Final = DashboardOptions(
    annotations=(("Made faults", f"max by (fault) ({FAULT_SERIES} == 1)"),),
)
"""Dashboards that show what was made, beside what follows from it."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Paths of the programs that are needed."""

    prometheus: str
    promtool: str


@dataclass(frozen=True, slots=True)
class History:
    """What was written.

    Attributes:
        era: What it shows.
        stretches: With which steps.
        releases: Versions of the model.
        faults: What was made.
        episodes: When which alert fired.
        n_calls: Calls of the model with a profile.
        n_series: Series.
        n_samples: Samples.
        n_bytes: Size of the folder.
        seconds: How long it took.
    """

    era: Era
    stretches: tuple[Stretch, ...]
    releases: tuple[Release, ...]
    faults: tuple[MadeFault, ...]
    episodes: tuple[Episode, ...]
    n_calls: int
    n_series: int
    n_samples: int
    n_bytes: int
    seconds: float


def write_history(
    options: HistoryOptions, programs: Programs, folder: Path, stack: ExitStack, console: Console
) -> History:
    """Write a history into an empty folder.

    Args:
        options: What is wanted.
        programs: What is started.
        folder: Where it goes.
        stack: Ends whatever was started.
        console: Told of progress.

    Raises:
        EnvironmentDegradedError: what the demo needs is not installed, or a program failed.
    """
    return _Writing(options, programs, folder, stack, console).written()


class _Writing:
    def __init__(
        self, options: HistoryOptions, programs: Programs, folder: Path, stack: ExitStack, console: Console
    ) -> None:
        self._options = options
        self._programs = programs
        self._folder = folder
        self._stack = stack
        self._console = console
        self._era = era_of(options.seconds, options.now)
        self._stretches = tuple(stretches_of(self._era))
        self._work = folder / "work"
        self._began = time.monotonic()

    def written(self) -> History:
        self._work.mkdir()
        (self._folder / CONFIGURATION).write_text(CONFIGURATION_TEXT, encoding="utf-8")
        plans, releases, faults = self._planned()
        maker = BlockMaker(self._programs.promtool, self._folder / STORAGE, self._end_later)
        n_series, n_samples = play_pods(
            plans, maker, self._work, functools.partial(_marks, faults), self._told("pods play")
        )
        start = functools.partial(past_prometheus, self._programs.prometheus, self._folder, self._end_later)
        more_series, more_samples = record(
            self._stretches, start, maker, self._work, self._told("recording rules")
        )
        episodes = fire(self._stretches, start, maker, self._work, self._told("alerts"))
        shutil.rmtree(self._work)
        write_generated(self._folder / DASHBOARDS, dashboard_files(MARKED))
        (self._folder / LOG).unlink(missing_ok=True)
        history = History(
            self._era, self._stretches, releases, faults, tuple(episodes), sum(len(plan.calls) for plan in plans),
            n_series + more_series, n_samples + more_samples, size_of(self._folder), time.monotonic() - self._began,
        )  # fmt: skip
        write_about(self._folder, about(history))
        return history

    def _planned(self) -> tuple[list[PodPlan], tuple[Release, ...], tuple[MadeFault, ...]]:
        self._console.status("reading flights, weather and planes")
        with one_thread():
            return self._learned(load_flights(data_folder()))

    def _learned(self, flights: Flights) -> tuple[list[PodPlan], tuple[Release, ...], tuple[MadeFault, ...]]:
        options, era = self._options, self._era
        releases = releases_of(era)
        self._console.status(f"training {len(releases)} versions")
        learned = learn(flights, releases, era, self._work, seed=options.seed)
        table = flights_of(flights, era)
        faults = faults_of(era, options.faults, table[TIME].to_numpy())
        deployments = [deployments_of(releases, self._stretches, pod) for pod in range(N_PODS)]
        calls = calls_of(table, learned, deployments, faults, seed=options.seed)
        chunks = tuple(chunk for stretch in self._stretches for chunk in stretch.chunks())
        plans = [
            PodPlan(
                pod, calls[calls[POD] == pod].drop(columns=POD), tuple(each.version for each in releases),
                _profiles(learned), side_profile_path(self._work), deployments[pod],
                starts_of(deployments[pod], restarts_of(era, pod), self._stretches), chunks, self._work,
            )
            for pod in range(N_PODS)
        ]  # fmt: skip
        return plans, releases, faults

    def _told(self, what: str) -> Callable[[int, int], None]:
        def tell(done: int, total: int) -> None:
            seconds = time.monotonic() - self._began
            self._console.status(f"{what}: {done / max(total, 1):.0%} · {seconds:.0f} s")

        return tell

    def _end_later(self, child: Child) -> None:
        self._stack.callback(child.stop)


def about(history: History) -> dict[str, object]:
    """Return what ``history.json`` says."""
    era = history.era
    return {
        "begins": era.begins, "now": era.now, "ends": era.ends, "shift": era.shift,
        "flags": list(FLAGS),
        "steps": [
            {"begins": each.begins, "ends": each.ends, "step": each.step} for each in history.stretches
        ],
        "faults": [{"fault": each.name, "begins": each.begins, "ends": each.ends} for each in history.faults],
        "versions": [
            {"version": each.version, "tried": each.tried, "serves": each.serves} for each in history.releases
        ],
        "alerts": [
            {"alert": each.alert, "labels": dict(each.labels), "begins": each.begins, "ends": each.ends}
            for each in history.episodes
        ],
    }  # fmt: skip


def _profiles(learned: list[Learned]) -> tuple[Path, ...]:
    return tuple(each.profile for each in learned)


def _marks(faults: tuple[MadeFault, ...], chunk: Stretch) -> bytes:
    return b"".join(fault_lines(faults, MODEL_NAME, moment) for moment in chunk.moments())
