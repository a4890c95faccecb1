"""Everything that runs in a soak: two pods, their callers, those who watch, and the one who looks at all of it."""

from __future__ import annotations

import contextlib
import random
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

from mlexporter.demo.console import Console
from soak import memory
from soak.callers import Callers, Traffic
from soak.faults import FAULTS, NORTH, SOUTH
from soak.ledger import Ledger
from soak.looking import Looker, final_counts
from soak.pod import Kind, Pod
from soak.programs import SoakError, until
from soak.rows import save_profile
from soak.scale import Scale
from soak.tower import Tower

VERSIONS: Final = ("1", "2")
SERVERS: Final = {NORTH: "gunicorn", SOUTH: "uvicorn"}
_PATIENCE_SECONDS: Final = 90.0
_SAMPLE_SECONDS: Final = 5.0
_SOURCE: Final = Path(__file__).parents[2]


class World:
    """A context manager; ``folder`` is its own and is removed by whoever made it.

    Attributes:
        pods: Those that run, by life: ``north-1``, ``south-1``.
        evidence: What was found so far, in what JSON can hold.
    """

    def __init__(
        self, folder: Path, scale: Scale, seed: int, *, programs: Iterable[str], source: Path | None
    ) -> None:
        self.scale, self.seed, self._folder = scale, seed, folder
        self.console: Console | None = None
        self.pods: dict[str, Pod] = {}
        self.ledger = Ledger()
        self.now: dict[str, Any] | None = None
        self.evidence: dict[str, Any] = {
            "faults": [],
            "lives": [],
            "use": {},
            "disks": [],
            "traffic": [],
            "logs": [],
        }
        self._traffic: dict[str, Traffic] = {}
        self._callers: list[Callers] = []
        self._numbers = dict.fromkeys(SERVERS, 0)
        self._shared = folder / "shared"
        _freeze(source or _SOURCE, self._shared)
        for version in VERSIONS:
            save_profile(self._shared / f"fares-{version}.profile.json", version, seed)
        self.tower = Tower(folder / "tower", scale, programs)
        self.looker = Looker(self.ledger)
        self._end = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        try:
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _begin(self) -> None:
        for where in SERVERS:
            pod = self._new_pod(where, VERSIONS[0])
            self.pods[pod.life] = pod
            pod.start()
        self.tower.watch(self._targets())
        self.tower.__enter__()
        until(lambda: len(self.tower.query("up == 1")) == len(self.pods), seconds=_PATIENCE_SECONDS,
              told="Prometheus scrapes both pods")  # fmt: skip
        for where in SERVERS:
            self._traffic[where] = Traffic(self.pod(where).target)
            self._callers.append(
                Callers(
                    self._traffic[where],
                    self.ledger,
                    seed=f"{self.seed}-{where}",
                    calls_per_second=self.scale.calls_per_second,
                )
            )
        self._watching.start()

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for callers in self._callers:
            with contextlib.suppress(RuntimeError):
                callers.stop()
        for pod in list(self.pods.values()):
            self._read_logs(pod)
            pod.close()
        self.tower.__exit__()

    def pod(self, where: str) -> Pod:
        """Return the pod that takes the calls of the north or the south."""
        return next(pod for life, pod in reversed(self.pods.items()) if life.startswith(where))

    def rest(self, seconds: float) -> None:
        """Let time go by."""
        self._end.wait(seconds)

    def do(self, name: str, where: str, chance: random.Random) -> None:
        """Do one fault and write down when, to whom, and whether it came to its end."""
        pod = self.pod(where)
        fault: dict[str, Any] = {
            "what": name,
            "to": pod.life,
            "began": time.time(),
            "began_monotonic": time.monotonic(),
        }
        self.now = fault
        self.say(f"{name}, {pod.life}")
        try:
            fault["detail"] = FAULTS[name][0](self, pod, chance)
        except SoakError as error:
            fault["failed"] = str(error)
            self.say(f"  FAILED: {error}")
        fault |= {"over": time.time(), "over_monotonic": time.monotonic()}
        self.evidence["faults"].append(fault)
        self.now = None

    def drift(self) -> None:
        """Let distances come in another unit until somebody is told, or until the time is over."""
        fault: dict[str, Any] = {
            "what": "unit error",
            "to": "callers",
            "began": time.time(),
            "began_monotonic": time.monotonic(),
            "detail": {},
        }
        self.now = fault
        self.say("unit error: distances come in metres")
        for traffic in self._traffic.values():
            traffic.begin_unit_error()
        with contextlib.suppress(SoakError):
            until(lambda: any(one.alert == "MLFeatureDrift" and one.labels.get("feature") == "distance"
                              and one.at >= fault["began"] for one in list(self.tower.messages)),
                  seconds=self.scale.drift, told="a page for the drift")  # fmt: skip
        fault |= {"over": time.time(), "over_monotonic": time.monotonic()}
        self.evidence["faults"].append(fault)
        self.now = None

    def replace(self, pod: Pod) -> dict[str, Any]:
        """Start a pod with the other version, move the calls to it, and end the old one in order."""
        where = pod.life.partition("-")[0]
        version = next(each for each in VERSIONS if each != pod.kind.version)
        new = self._new_pod(where, version)
        new.start()
        self.pods[new.life] = new
        self.tower.watch(self._targets())
        until(lambda: any(labels.get("instance") == new.life for labels, _ in self.tower.query("up == 1")),
              seconds=_PATIENCE_SECONDS, told=f"Prometheus scrapes {new.life}")  # fmt: skip
        self._traffic[where].target = new.target
        self.finish(pod)
        self.pods.pop(pod.life)
        self.tower.watch(self._targets())
        # As Kubernetes has it: who is not served any more is not scraped either. Discovery takes some seconds.
        until(lambda: self.tower.has_let_go(pod.life), seconds=_PATIENCE_SECONDS,
              told=f"Prometheus lets go of {pod.life}")  # fmt: skip
        pod.close()
        self._read_logs(pod)
        return {"new": new.life, "version": version}

    def finish(self, pod: Pod) -> None:
        """Write down what the ledger and the exporter say of a pod that gets no calls any more."""
        until(lambda: not self.ledger.in_progress(pod.life), seconds=_PATIENCE_SECONDS,
              told=f"the calls under way at {pod.life}")  # fmt: skip
        self.rest(2 * self.scale.interval)
        life = final_counts(
            pod, self.ledger, self.tower, patience=_PATIENCE_SECONDS, interval=self.scale.interval
        )
        self.evidence["lives"].append(life)

    def stop_calls(self) -> None:
        """Make no call any more."""
        for callers in self._callers:
            callers.stop()
        self._callers.clear()

    def say(self, text: str) -> None:
        """Print a line that stays."""
        if self.console is not None:
            self.console.line(time.strftime("%H:%M:%S ", time.gmtime()) + text)

    def _targets(self) -> dict[str, int]:
        return {life: pod.exporter_port for life, pod in self.pods.items()}

    def _new_pod(self, where: str, version: str) -> Pod:
        self._numbers[where] += 1
        life = f"{where}-{self._numbers[where]}"
        return Pod(life, Kind(SERVERS[where], version, self._shared), self._folder / life, self.scale)

    def _watch(self) -> None:
        while not self._end.wait(_SAMPLE_SECONDS):
            now = self.now
            for pod in list(self.pods.values()):
                self.looker.look(pod, has_room=now is None or now["what"] != "counts disk full")
                self._note_disks(pod)
            for name, use in memory.look(dict(self.pods)).items():
                self.evidence["use"].setdefault(name, []).append(use)
            totals = self.ledger.totals()
            self.evidence["traffic"].append([time.time(), totals["answered"], totals["rows"]])
            if self.console is not None:
                self.console.status(
                    f"{totals['answered']:,} calls and {totals['rows']:,} rows answered, {totals['unanswered']} not; "
                    f"{len(self.evidence['faults'])} faults; {len(self.tower.messages)} messages; "
                    f"{len(self.looker.complaints)} complaints"
                )

    def _note_disks(self, pod: Pod) -> None:
        for disk in (pod.counts, pod.snapshots):
            with contextlib.suppress(OSError):
                self.evidence["disks"].append([time.time(), f"{pod.life} {disk.path.name}", *disk.used()])

    def _read_logs(self, pod: Pod) -> None:
        for program in (pod.server, pod.exporter):
            self.evidence["logs"].append({"of": program.name, "says": _noteworthy(program.said())})


def _freeze(source: Path, shared: Path) -> None:
    """Copy the code: what somebody edits meanwhile must not reach processes that are started later."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source / "src", shared / "src", ignore=ignored)
    shutil.copytree(Path(__file__).parent, shared / "benchmarks" / "soak", ignore=ignored)


def _noteworthy(text: str) -> list[str]:
    lines = list(_lines(text))
    return lines[:20] + lines[20:][-20:]


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if "mlexporter" in line.lower() or line.startswith(("Traceback", "Fatal")):
            yield line[:300]
