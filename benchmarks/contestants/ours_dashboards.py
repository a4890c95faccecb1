"""mlexporter, how long somebody waits who opens a dashboard: its dearest queries, asked of a real Prometheus.

The series are those of ``tests/shared/wide_fleet.py``, whose test weighs every query of every dashboard. Here a day
is written of what the dearest of them read, which takes minutes, and is kept in the cache of benchmarks.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from contest import NotMeasurable, Numbers, require
from environments import cache
from mlexporter.demo.history.past_prometheus import (
    CONFIGURATION,
    CONFIGURATION_TEXT,
    past_prometheus,
    start_past_prometheus,
)
from mlexporter.generate.dashboards.dashboard_files import dashboard_files

_ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.append(str(_ROOT / "tests" / "shared"))

import wide_fleet  # noqa: E402 - series and questions are those of the tests
from grafana_asking import Asking, questions_of  # noqa: E402 - see above
from query_cost import DayOfQueries  # noqa: E402 - see above

_NOW: Final = 1_767_614_400
_DAY, _QUICK_SECONDS = 86_400, 900
_DEAREST: Final = 10


class Dearest:
    """The dearest queries of all dashboards over a day."""

    def __init__(self, *, quick: bool) -> None:
        asked = subprocess.run(  # noqa: S603 - a script of this repository
            [_ROOT / "scripts" / "install-prometheus", "--where"], capture_output=True, text=True, check=False
        )
        self._programs = Path(asked.stdout.strip())
        if asked.returncode or not (self._programs / "promtool").exists():
            raise NotMeasurable("there is no Prometheus; scripts/install-prometheus provides it")
        self._seconds = _QUICK_SECONDS if quick else _DAY
        dashboards = {name: json.loads(text) for name, text in dashboard_files().items()}
        self._chosen = self._dearest(dashboards)
        series = wide_fleet.series_of([question.text for question in self._chosen.values()])
        self._folder = tempfile.TemporaryDirectory(prefix="mlexporter-dashboards-")
        folder = Path(self._folder.name)
        self._write(folder, series, is_kept=not quick)
        self._running = start_past_prometheus(str(self._programs / "prometheus"), folder, lambda _: None)
        self._running.wait()
        self._asking = Asking(
            self._running.port, _NOW, seconds=self._seconds, scrape_seconds=wide_fleet.SCRAPE_SECONDS,
            chosen=wide_fleet.CHOSEN,
        )  # fmt: skip
        self.n_series = len(series)

    def repeat(self) -> Numbers:
        """Return the seconds of each of them by the wall; ``slowest`` is the longest."""
        times = {}
        for name, question in self._chosen.items():
            started = time.perf_counter()
            found = self._asking.ask(question)
            times[name] = time.perf_counter() - started
            require(f"{name} is answered", holds="result" in found)
        return {"slowest": max(times.values()), "series": self.n_series, **times}

    def close(self) -> None:
        """End Prometheus."""
        self._running.child.stop()
        self._folder.cleanup()

    def _dearest(self, dashboards: Mapping[str, Any]) -> dict[str, Any]:
        every = {
            f"{file}: {question.where} ({question.ref})": question
            for file, dashboard in dashboards.items()
            for question in questions_of(dashboard)
        }
        with tempfile.TemporaryDirectory(prefix="mlexporter-dashboards-") as name:
            folder = Path(name)
            self._write_blocks(folder, wide_fleet.series_read(dashboards.values()), wide_fleet.SCRAPE_SECONDS)
            with self._prometheus(folder) as port:
                day = DayOfQueries(port, _NOW)
                touched = {name: day.samples_touched(question) for name, question in every.items()}
        return {name: every[name] for name in sorted(touched, key=touched.__getitem__)[-_DEAREST:]}

    def _write(self, folder: Path, series: list[Any], *, is_kept: bool) -> None:
        if not is_kept:
            self._write_blocks(folder, series, self._seconds)
            return
        content = repr([(each.name, each.labels, each.step) for each in series])
        kept = cache().parent / f"dashboards-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
        if not kept.exists():
            print("writing a day of series (once, some minutes)", file=sys.stderr)
            kept.parent.mkdir(parents=True, exist_ok=True)
            work = Path(tempfile.mkdtemp(prefix=".dashboards.", dir=kept.parent))
            try:
                self._write_blocks(work, series, self._seconds)
                with contextlib.suppress(OSError):  # else another run was faster
                    work.rename(kept)
            finally:
                shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(kept, folder, dirs_exist_ok=True)

    def _write_blocks(self, folder: Path, series: list[Any], seconds: int) -> None:
        wide_fleet.write_blocks(self._programs / "promtool", folder, series, now=_NOW, seconds=seconds)
        (folder / CONFIGURATION).write_text(CONFIGURATION_TEXT, encoding="utf-8")

    @contextlib.contextmanager
    def _prometheus(self, folder: Path) -> Iterator[int]:
        with past_prometheus(str(self._programs / "prometheus"), folder, lambda _: None) as running:
            yield running.port
