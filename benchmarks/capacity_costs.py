"""What `mlexporter capacity` cannot count: memory, processor time and bytes on disk; prints what measured.py holds.

    .venv/bin/python benchmarks/capacity_costs.py 20 200 2000 --promtool PATH

A directory is filled with a day of traffic on a clock that is moved by hand; then a real `mlexporter serve` takes
it over, evaluates and is scraped as Prometheus does it. The series of two hours become a block of Prometheus.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

_DAY_SECONDS = 90_000
_STEP_SECONDS = {20: 60, 200: 300}
_ROWS = 1_000
_WATCHED_SECONDS = 40
_INTERVAL_SECONDS = 2
_BETWEEN_SCRAPES = 0.3
_BLOCK_SCRAPES = 240
_SCRAPE_SECONDS = 30


def main() -> None:
    """Measure, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("features", type=int, nargs="*", default=[20, 200, 2000])
    parser.add_argument("--promtool", help="promtool of Prometheus, for bytes on disk")
    parser.add_argument("--as", dest="role", choices=["filler", "worker"], help=argparse.SUPPRESS)
    parser.add_argument("--dir", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.role == "filler":
        _fill(asked.features[0], asked.dir)
    elif asked.role == "worker":
        _work(asked.features[0])
    else:
        for n_features in asked.features:
            print(
                json.dumps({"features": n_features, **_worker(n_features), **_exporter(n_features)}),
                flush=True,
            )
        if asked.promtool:
            print(json.dumps(_disk(asked.features[0], asked.promtool)))


def _profile(n_features: int) -> Any:
    import numpy as np  # noqa: PLC0415 - a worker measures what comes after it

    from mlexporter import Profile  # noqa: PLC0415 - likewise

    random = np.random.default_rng(1)
    rows = {f"feature_{place:08d}": random.normal(size=4000) for place in range(n_features)}
    return Profile.fit({**rows, "score": random.random(4000)}, model="m", version="1", prediction="score")


def _monitored(exporter: Any, n_features: int) -> Any:
    import numpy as np  # noqa: PLC0415 - as above

    random = np.random.default_rng(2)
    names = [f"feature_{place:08d}" for place in range(n_features)]

    @exporter.monitor(model="m", version="1", profile=_profile(n_features))
    def predict(columns: dict[str, Any]) -> Any:
        return np.full(len(columns[names[0]]), 0.5)

    def call() -> None:
        drawn = random.normal(size=(n_features, _ROWS))
        predict(dict(zip(names, drawn, strict=True)))

    return call


def _fill(n_features: int, directory: str) -> None:
    """Leave a day of traffic in a directory."""
    from mlexporter.state.clock import WindowClock  # noqa: PLC0415 - as above
    from mlexporter.testing import FakeClock, isolated_exporter  # noqa: PLC0415 - as above

    clock = FakeClock(WindowClock().now() - _DAY_SECONDS)
    step = _STEP_SECONDS.get(n_features, 3000)
    with isolated_exporter(clock=clock, dir=directory, baseline_blocks=24) as exporter:
        call = _monitored(exporter, n_features)
        for _ in range(_DAY_SECONDS // step):
            call()
            clock.advance(step)
            exporter.evaluate()


def _work(n_features: int) -> None:
    """Print what mlexporter adds to a process that has numpy."""
    import numpy as np  # noqa: PLC0415, F401 - what every model has

    before = _resident(os.getpid())
    from mlexporter.testing import isolated_exporter  # noqa: PLC0415 - what is measured

    profile = Path(tempfile.mkdtemp()) / "profile.json"
    subprocess.run([sys.executable, "-c", _SAVE, str(n_features), str(profile)], check=True)  # noqa: S603 - this program
    with isolated_exporter(baseline="off") as exporter:
        names = [f"feature_{place:08d}" for place in range(n_features)]

        @exporter.monitor(model="m", version="1", profile=str(profile))
        def predict(columns: dict[str, Any]) -> Any:
            return [0.5] * len(columns[names[0]])

        for place in range(20):
            predict({name: [place / 10 - 1.0] * 64 for name in names})
        for place in range(3000):
            predict({name: [place / 1500 - 1.0] for name in names})
    print(_resident(os.getpid()) - before)
    shutil.rmtree(profile.parent)


_SAVE = """
import sys
sys.path.insert(0, "benchmarks")
from capacity_costs import _profile
_profile(int(sys.argv[1])).save(sys.argv[2])
"""


def _worker(n_features: int) -> dict[str, int]:
    asked = [sys.executable, __file__, str(n_features), "--as", "worker"]
    told = subprocess.run(asked, check=True, capture_output=True, text=True)  # noqa: S603 - this program
    return {"worker_bytes": int(told.stdout)}


def _exporter(n_features: int) -> dict[str, float]:
    """Return what a real exporter needs that takes over a full directory."""
    directory = tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: S108 - where counts live
    try:
        asked = [sys.executable, __file__, str(n_features), "--as", "filler", "--dir", directory]
        subprocess.run(asked, check=True, stderr=subprocess.DEVNULL)  # noqa: S603 - this program
        n_bytes = sum(path.stat().st_size for path in Path(directory).iterdir())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        program = Path(sys.executable).with_name("mlexporter")
        environment = {**os.environ, "MLEXPORTER_EVALUATION_INTERVAL": str(_INTERVAL_SECONDS)}
        with subprocess.Popen(  # noqa: S603 - mlexporter itself
            [program, "serve", "--dir", directory, "--port", str(port)],
            env=environment,
            stdout=subprocess.DEVNULL,
        ) as serving:
            try:
                return {**_watched(serving.pid, port), "directory_bytes": n_bytes}
            finally:
                serving.terminate()
    finally:
        shutil.rmtree(directory)


def _watched(pid: int, port: int) -> dict[str, float]:
    for _ in range(100):
        try:
            _scraped(port)
            break
        except OSError:
            time.sleep(0.2)
    time.sleep(3 * _INTERVAL_SECONDS)
    idle = _seconds(pid)
    time.sleep(_WATCHED_SECONDS)
    evaluating = (_seconds(pid) - idle) / _WATCHED_SECONDS * _INTERVAL_SECONDS
    before = _seconds(pid)
    n_scrapes = 10
    for _ in range(n_scrapes):
        text = _scraped(port)
        time.sleep(_BETWEEN_SCRAPES)
    spent = _seconds(pid) - before
    lines = [line for line in text.splitlines() if not line.startswith(b"#")]
    return {
        "series": len(lines),
        "text_bytes": len(text),
        "resident_bytes": _resident(pid),
        "evaluation_seconds": round(evaluating, 4),
        "scrape_seconds": round(spent / n_scrapes - evaluating * _BETWEEN_SCRAPES / _INTERVAL_SECONDS, 4),
    }


def _scraped(port: int) -> bytes:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
        return gzip.decompress(answer.read())


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _disk(n_features: int, promtool: str) -> dict[str, float]:
    """Return the bytes of a sample in a block of two hours."""
    from mlexporter.exposition.families import collect  # noqa: PLC0415 - one of the processes needs it
    from mlexporter.exposition.text import render_text  # noqa: PLC0415 - as above
    from mlexporter.testing import FakeClock, isolated_exporter  # noqa: PLC0415 - as above

    folder = Path(tempfile.mkdtemp())
    clock, began = FakeClock(1e6), 1_760_000_400
    by_metric: dict[str, list[str]] = {}
    with isolated_exporter(clock=clock, baseline="off") as exporter:
        call = _monitored(exporter, n_features)
        for place in range(_BLOCK_SCRAPES):
            call()
            clock.advance(_SCRAPE_SECONDS)
            exporter.evaluate()
            for family in collect(exporter.view()):
                lines = render_text((family,)).decode().splitlines()[2:]
                stamped = [f"{line} {began + place * _SCRAPE_SECONDS}" for line in lines]
                by_metric.setdefault(family.metric.name, []).extend(stamped)
    text = folder / "samples.txt"
    with text.open("w", encoding="utf-8") as file:
        for lines in by_metric.values():
            # promtool asks for the samples of a series in a row; without types it takes all for unknown.
            file.write("\n".join(sorted(lines, key=_series_of)) + "\n")
        file.write("# EOF\n")
    asked = [promtool, "tsdb", "create-blocks-from", "openmetrics", str(text), str(folder / "data")]
    subprocess.run(asked, check=True, capture_output=True)  # noqa: S603 - what the caller named
    n_bytes = sum(path.stat().st_size for path in (folder / "data").rglob("*") if path.is_file())
    shutil.rmtree(folder)
    n_samples = sum(map(len, by_metric.values()))
    return {"samples": n_samples, "bytes_of_a_sample": round(n_bytes / n_samples, 3)}


def _series_of(line: str) -> str:
    return line.rpartition(" ")[0].rpartition(" ")[0]


if __name__ == "__main__":
    main()
