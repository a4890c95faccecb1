"""Real servers with real workers, asked over HTTP as a client and as Prometheus would."""

import concurrent.futures
import contextlib
import dataclasses
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import numpy as np
import pytest

from lock_files import holder
from mlexporter import Profile, catalogue
from mlexporter.demo.programs import free_port

collect_ignore = ["application.py", "family.py"]
"""Programs that are started, not imported."""
HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 40.0
POLL_SECONDS = 0.05
FEATURES = ("amount", "age", "score", "colour")
EVALUATION_SECONDS = "0.4"
FOUND = Path(f"/dev/shm/mlexporter-{os.geteuid()}")
_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]+)")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')


def until(found, *, seconds=PATIENCE_SECONDS, told="it did not come about"):
    """Return the first true answer of ``found``; fail with its last one, or what ``told`` says of it."""
    end = time.monotonic() + seconds
    while not (answer := found()):
        if time.monotonic() > end:
            pytest.fail(f"{told() if callable(told) else told} within {seconds:g} s: {answer!r}")
        time.sleep(POLL_SECONDS)
    return answer


class Scrape:
    """One exposition: samples by name and labels, and the names of families that only grow."""

    def __init__(self, text):
        self.samples, self.growing, kinds = {}, {}, {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, family, kind = line.split(" ")
                kinds[family] = kind
            elif not line.startswith("#"):
                name, labels, value = _SAMPLE.fullmatch(line).groups()
                key = name, tuple(sorted(_LABEL.findall(labels or "")))
                self.samples[key] = float(value)
                family = re.sub(r"_(bucket|sum|count)$", "", name)
                if kinds.get(name) == "counter" or kinds.get(family) == "histogram":
                    self.growing[key] = float(value)

    def of(self, metric, **labels):
        """Return the samples of a metric that have these labels: values by all labels."""
        wanted = set(labels.items())
        return {
            key[1]: value
            for key, value in self.samples.items()
            if key[0] == metric.name and wanted <= set(key[1])
        }

    def total(self, metric, **labels):
        """Return the sum of the samples of a metric that have these labels."""
        return sum(self.of(metric, **labels).values())

    def bins(self, version="1"):
        """Return the rows in the bins of each feature."""
        return {
            feature: self.total(catalogue.FEATURE_OBSERVATIONS, model_version=version, feature=feature)
            for feature in FEATURES
        }

    def counted(self, version="1"):
        """Return calls, accepted rows, and rows in the bins of each feature, of one version."""
        calls = self.total(catalogue.PREDICTION_REQUESTS, model_version=version)
        rows = self.total(catalogue.PREDICTIONS, model_version=version)
        return calls, rows, tuple(self.bins(version).values())

    def value(self, metric, **labels):
        """Return the only sample; None where there is none."""
        found = list(self.of(metric, **labels).values())
        assert len(found) < 2, found
        return found[0] if found else None

    def degraded(self):
        """Return the reasons that are told."""
        return {dict(labels)["reason"] for labels, value in self.of(catalogue.DEGRADED).items() if value}


def get(port, path, *, timeout=10.0, connection=None):
    """Return the body of an answer with status 200; raises OSError or HTTPException without one."""
    own = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        own.request("GET", path, headers={} if connection else {"Connection": "close"})
        response = own.getresponse()
        body = response.read()
        if response.status != 200:
            raise OSError(f"{path}: status {response.status}: {body[:200]!r}")
        return body
    finally:
        if connection is None:
            own.close()


@dataclasses.dataclass
class Server:
    """A process that serves on a port; ``log`` is a file with all that it said."""

    process: subprocess.Popen
    port: int
    log: Path

    def get(self, path):
        """Return what it answers, trying again while it starts or a worker is replaced."""

        def attempt():
            with contextlib.suppress(OSError, http.client.HTTPException):
                return get(self.port, path)
            if self.process.poll() is not None:
                pytest.fail(f"the server ended: {self.said()}")
            return None

        return until(attempt, told=self.said)

    def scrape(self):
        """Return one exposition of whichever worker answers."""
        return Scrape(self.get("/metrics").decode())

    def pids(self, n_workers, path="/who"):
        """Return the processes that answer, once so many have."""
        found = set()

        def ask():
            found.add(json.loads(self.get(path))["pid"])
            return len(found) >= n_workers

        until(ask, told=lambda: f"only {found} answered; {self.said()}")
        return found

    def settled(self, version="1"):
        """Return the first scrape in which every accepted row is in bins, lost or dropped."""

        def found():
            scrape = self.scrape()
            gone = scrape.total(catalogue.ROWS_LOST, model_version=version)
            gone += scrape.total(catalogue.DROPPED_ROWS, model_version=version)
            rows = scrape.counted(version)[1]
            return {each + gone for each in scrape.bins(version).values()} == {rows} and scrape

        return until(found, told=lambda: f"{self.scrape().counted(version)}; {self.said()}")

    def said(self):
        """Return what it has written."""
        return self.log.read_text()

    def stop(self):
        """End it as an operator does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(PATIENCE_SECONDS)


def fit(seed, n_rows=4000):
    """Return a profile of the rows that ``application.new_row`` makes."""
    chance = np.random.default_rng(seed)
    frame = {
        "amount": chance.random(n_rows),
        "age": chance.integers(0, 60, n_rows),
        "score": chance.normal(size=n_rows),
        "colour": chance.choice(["red", "green", "blue", "mauve"], n_rows),
        "prediction": chance.random(n_rows),
    }
    return Profile.fit(frame, model="paint", version="1", prediction="prediction")


@pytest.fixture(scope="session")
def profiles(tmp_path_factory):
    """Paths of two profiles of one model, whose bins differ."""
    folder = tmp_path_factory.mktemp("profiles")
    paths = [folder / f"{seed}.json" for seed in (1, 2)]
    for seed, path in enumerate(paths, 1):
        fit(seed, 2000 * seed).save(path)
    return paths


def _path():
    return os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH"))))


@pytest.fixture
def start(tmp_path, profiles):
    """Return a function that starts a program in an environment with our application."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLEXPORTER_")}
    servers = []

    def started(command, port=0, **environment):
        log = tmp_path / f"log-{len(servers)}"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [str(BIN / command[0]), *map(str, command[1:])], cwd=HERE, stdout=file, stderr=file,
                env={
                    **kept, "PYTHONPATH": _path(), "PYTHONUNBUFFERED": "1", "PROFILE": str(profiles[0]),
                    "MLEXPORTER_EVALUATION_INTERVAL": EVALUATION_SECONDS,
                    "MLEXPORTER_REQUIRED_OBSERVATIONS": "20", "MLEXPORTER_BUFFER_ROWS": "16", **environment,
                },
            )  # fmt: skip
        servers.append(Server(process, port, log))
        return servers[-1]

    yield started
    for server in reversed(servers):
        server.stop()
        for path in FOUND.glob(f"*-{server.process.pid}-*"):  # the next start of any server would remove it
            shutil.rmtree(path)


@pytest.fixture
def reader(start):
    """Return a function that starts ``mlexporter serve`` beside the workers of a directory."""

    def started(directory, **environment):
        port = free_port()
        return start(
            ["mlexporter", "serve", "--dir", directory, "--port", port],
            port,
            MLEXPORTER_DIR="",
            **environment,
        )

    return started


@pytest.fixture
def gunicorn(start):
    """Return a function that starts gunicorn with further options."""

    def started(*options, **environment):
        port = free_port()
        command = ["gunicorn", "-b", f"127.0.0.1:{port}", "--no-control-socket", *options, "application:wsgi"]
        return start(command, port, **environment)

    return started


def ask(server, path, n_calls, *, n_clients=4):
    """Call a path so many times, from several clients; return the process that answered each call."""
    with concurrent.futures.ThreadPoolExecutor(n_clients) as clients:
        return [json.loads(body)["pid"] for body in clients.map(server.get, [path] * n_calls)]


def remove(path):
    """Remove a directory in which others are writing."""
    aside = path.rename(path.with_name(f"{path.name}-removed"))
    until(lambda: shutil.rmtree(aside, ignore_errors=True) or not aside.exists())


@pytest.fixture
def tools():
    """What tests need beside fixtures; modules of tests cannot import each other."""
    return types.SimpleNamespace(
        Scrape=Scrape,
        get=get,
        until=until,
        free_port=free_port,
        FEATURES=FEATURES,
        ask=ask,
        holder=holder,
        remove=remove,
    )
