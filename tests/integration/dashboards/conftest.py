"""A day of two pods, as blocks that are written once for all workers, and each Prometheus on a copy of them."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from dashboard_fleet import NOW, write_day
from mlexporter.demo.history.past_prometheus import STORAGE, past_prometheus
from real_programs import program_of


@pytest.fixture(scope="session")
def recorded_day(tmp_path_factory):
    """Return the folder of the blocks; who comes first writes them."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "recorded-day"
    promtool = Path(program_of("install-prometheus", "promtool"))
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "done"
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            write_day(promtool.parent, folder, NOW)
            done.touch()
    return folder


@pytest.fixture(scope="session", params=["install-prometheus", "install-prometheus-3"])
def past(request, recorded_day, tmp_path_factory):
    """Return the port of a Prometheus that knows the day: Debian's 2.42, and 3.x."""
    program = program_of(request.param, "prometheus")
    own = tmp_path_factory.mktemp("past")
    shutil.copy(recorded_day / "prometheus.yml", own)
    shutil.copytree(recorded_day / STORAGE, own / STORAGE)
    started = []
    with past_prometheus(program, own, started.append) as running:
        yield running.port
