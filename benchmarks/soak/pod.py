"""A pod: a real server with workers, an exporter beside them, and the small disks that they share."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from mlexporter.demo.programs import free_port
from soak.callers import Target
from soak.exposition import Scrape, get, scrape
from soak.mounts import SmallDisk
from soak.programs import Program, until
from soak.scale import Scale

COUNTS_MEBIBYTES: Final = 8
SNAPSHOT_MEBIBYTES: Final = 4
N_WORKERS: Final = {"gunicorn": 3, "uvicorn": 2}
_READY_SECONDS: Final = 60.0
_CONFIGURATION: Final = """# The soak makes one call in a hundred fail on purpose.
[models."*"]
error_objective = 0.9
"""
BAD_CONFIGURATION: Final = '[models."*"]\nerror_objective = 17\n'


class Kind(NamedTuple):
    """What a pod is started from: its server, the version of its model, and the folder of what all pods read."""

    server: str
    version: str
    shared: Path


class Pod:
    """A pod named ``life``, with all its files in ``folder``; ``close`` ends it."""

    def __init__(self, life: str, kind: Kind, folder: Path, scale: Scale) -> None:
        folder.mkdir(parents=True)
        self.life, self.kind = life, kind
        self.port, self.exporter_port = free_port(), free_port()
        self.counts = SmallDisk(folder / "counts", mebibytes=COUNTS_MEBIBYTES)
        self.snapshots = SmallDisk(folder / "snapshots", mebibytes=SNAPSHOT_MEBIBYTES)
        self.configuration = folder / "mlexporter.toml"
        self.configure(_CONFIGURATION)
        self.clocks = {name: _Clock(folder / f"{name}-clock") for name in ("workers", "exporter")}
        self.server = Program(
            f"{life} server",
            self._server_command(),
            folder / "server.log",
            self._environment(scale, "workers"),
        )
        command = [sys.executable, "-m", "mlexporter", "serve", "--dir", str(self.counts.path)]
        self.exporter = Program(
            f"{life} exporter", [*command, "--port", str(self.exporter_port)], folder / "exporter.log",
            self._environment(scale, "exporter"),
        )  # fmt: skip

    @property
    def target(self) -> Target:
        """Where callers go."""
        return Target(self.port, self.life, self.kind.version)

    def start(self) -> None:
        """Start both and return once both answer."""
        self.server.start()
        self.exporter.start()
        self.until_ready()

    def until_ready(self) -> None:
        """Return once the server has all its workers and the exporter answers."""
        until(lambda: len(self.workers()) >= N_WORKERS[self.kind.server], seconds=_READY_SECONDS,
              told=f"the workers of {self.life}: {self.server.said()[-600:]}")  # fmt: skip
        until(lambda: get(self.port, "/who"), seconds=_READY_SECONDS, told=f"an answer of {self.life}")
        until(
            self.scrape,
            seconds=_READY_SECONDS,
            told=f"the exporter of {self.life}: {self.exporter.said()[-600:]}",
        )

    def workers(self) -> list[int]:
        """Return the processes that serve, oldest first: those that were started later stand behind."""
        try:
            children = psutil.Process(self.server.pid).children()
            living = [
                (child.create_time(), child.pid)
                for child in children
                if child.status() != psutil.STATUS_ZOMBIE
                and "resource_tracker" not in " ".join(child.cmdline())
            ]
        except psutil.Error:
            return []
        return [pid for _, pid in sorted(living)]

    def scrape(self) -> Scrape | None:
        """Return a scrape of the exporter."""
        return scrape(self.exporter_port)

    def configure(self, text: str | None = None) -> None:
        """Replace the configuration file, by the good one unless told otherwise."""
        aside = self.configuration.with_suffix(".new")
        aside.write_text(text or _CONFIGURATION, encoding="utf-8")
        aside.replace(self.configuration)

    def close(self) -> None:
        """End the server, then the exporter; unmount the disks."""
        for program in (self.server, self.exporter):
            program.stop()
        for disk in (self.counts, self.snapshots):
            disk.close()

    def _server_command(self) -> list[str]:
        n_workers = str(N_WORKERS[self.kind.server])
        if self.kind.server == "gunicorn":
            return [
                sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{self.port}", "-w", n_workers, "--threads", "3",
                "--no-control-socket", "--timeout", "60", "--graceful-timeout", "20", "--log-level", "warning",
                "soak.application:wsgi",
            ]  # fmt: skip
        return [
            sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", str(self.port), "--workers", n_workers,
            "--log-level", "warning", "--no-access-log", "soak.application:asgi",
        ]  # fmt: skip

    def _environment(self, scale: Scale, clock: str) -> dict[str, str]:
        shared = self.kind.shared
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("MLEXPORTER_", "OTEL_"))
        }
        paths = (shared / "src", shared / "benchmarks", shared / "benchmarks" / "soak" / "wall_clock")
        return kept | {
            "PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONUNBUFFERED": "1", "OPENBLAS_NUM_THREADS": "1",
            "PROFILE": str(shared / f"fares-{self.kind.version}.profile.json"), "VERSION": self.kind.version,
            "WALL_CLOCK_OFFSET": str(self.clocks[clock].path), "MLEXPORTER_DIR": str(self.counts.path),
            "MLEXPORTER_CONFIG": str(self.configuration), "MLEXPORTER_FLEET": "1",
            "MLEXPORTER_WINDOWS": scale.windows, "MLEXPORTER_EVALUATION_INTERVAL": f"{scale.evaluation:g}",
            "MLEXPORTER_SNAPSHOT_DIR": str(self.snapshots.path),
            "MLEXPORTER_BASELINE_BLOCK": f"{round(3600 / scale.factor)}s",
        }  # fmt: skip


class _Clock:
    """What the wall clock of some processes is wrong by."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(struct.pack("d", 0.0))

    def set(self, seconds: float) -> None:
        """Let it be wrong by so many seconds from now on."""
        with self.path.open("r+b") as file:
            file.write(struct.pack("d", seconds))
