"""Examples in a fresh copy of their folder, run by the very commands of their READMEs."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import types
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from example_pages import EXAMPLES, WRITTEN, commands
from mlexporter import catalogue
from mlexporter.demo.programs import free_port

BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.1
FOUND = Path(f"/dev/shm/mlexporter-{os.geteuid()}")
_CHANGES_FOLDER = re.compile(r"cd (\S+) && (.*)")
_KEPT = {name: value for name, value in os.environ.items() if not name.startswith(("MLEXPORTER_", "OTEL_"))}


def until(found, told=lambda: ""):
    """Return the first true answer of ``found``; fail after two minutes with what ``told`` says."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (answer := found()):
        if time.monotonic() > end:
            pytest.fail(f"it did not come about in {PATIENCE_SECONDS:g} s: {answer!r} {told()}")
        time.sleep(POLL_SECONDS)
    return answer


def get(port, path):
    """Return the body of a page of this machine; None where nobody answers with 200."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read().decode()
        except (OSError, http.client.HTTPException):
            return None
    return body if response.status == http.HTTPStatus.OK else None


class Scrape:
    """The samples of one exposition."""

    def __init__(self, text):
        self._samples = [
            sample for family in text_string_to_metric_families(text) for sample in family.samples
        ]

    def of(self, metric, **labels):
        """Return labels and values of the samples of a metric that have these labels."""
        return [
            (sample.labels, sample.value)
            for sample in self._samples
            if sample.name == metric.name and labels.items() <= sample.labels.items()
        ]

    def total(self, metric, **labels):
        """Return their sum."""
        return sum(value for _, value in self.of(metric, **labels))

    def severities(self, window="24h"):
        """Return the severity of drift of each feature; nothing before the first evaluation."""
        return {
            labels["feature"]: value
            for labels, value in self.of(catalogue.FEATURE_DRIFT_SEVERITY, window=window)
        }

    def calls(self):
        """Return the calls that went well, the rows, and those that are in bins of the feature ``carrier``."""
        return (
            self.total(catalogue.PREDICTION_REQUESTS, status="ok"),
            self.total(catalogue.PREDICTIONS),
            self.total(catalogue.FEATURE_OBSERVATIONS, feature="carrier"),
        )


def scrape(port, path="/metrics"):
    """Return what a port exposes; None where it does not."""
    text = get(port, path)
    return None if text is None else Scrape(text)


@dataclass
class Running:
    """A command that runs in a session of its own; ``log`` has what it says."""

    process: subprocess.Popen
    log: Path

    def said(self):
        """Return what it has said."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def await_page(self, port, path="/health"):
        """Return once a page of it answers; fail where it ends before."""

        def answered():
            if self.process.poll() is not None:
                pytest.fail(f"it ended with {self.process.returncode}: {self.said()}")
            return get(port, path) is not None

        until(answered, self.said)

    def left(self):
        """Return the processes of its session that still run."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(ProcessLookupError, psutil.Error):
                if os.getsid(process.pid) == self.process.pid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def end(self, number=signal.SIGTERM):
        """End it by a signal; return its exit status, once nothing of it runs any more."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE_SECONDS)
        until(lambda: not self.left(), lambda: f"{self.left()} {self.said()}")
        return self.process.returncode


@dataclass
class Example:
    """A fresh copy of an example, as a stranger has it below his clone.

    Attributes:
        clone: What stands for the root of the clone.
        folder: The copy.
        port: Where the service listens instead of port 8000.
        exporter_port: Where the exporter listens instead of port 9469.
        logs: Folder of what commands that run in the background say.
    """

    clone: Path
    folder: Path
    port: int
    exporter_port: int
    logs: Path

    def environment(self, **more):
        """Return the environment of its commands: ports that are free, and looks at drift every half second."""
        return {
            **_KEPT,
            "PATH": f"{BIN}{os.pathsep}{_KEPT['PATH']}",
            "PORT": str(self.port),
            "MLEXPORTER_PORT": str(self.exporter_port),
            "MLEXPORTER_DIR": str(self.clone / "counts"),
            "MLEXPORTER_EVALUATION_INTERVAL": "0.5",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            # Two processors are shared by all tests; threads of a matrix library would fight for them.
            "OPENBLAS_NUM_THREADS": "1",
            **more,
        }

    def placed(self, command):
        """Return a command with our ports, and the folder in which it is given."""
        found = _CHANGES_FOLDER.fullmatch(command)
        folder, command = (self.clone / found[1], found[2]) if found else (self.folder, command)
        return command.replace(":9469", f":{self.exporter_port}").replace(":8000", f":{self.port}"), folder

    def run(self, command, **more):
        """Run a command of the README to its end."""
        command, folder = self.placed(command)
        return subprocess.run(
            ["bash", "-c", command], cwd=folder, env=self.environment(**more),
            capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
        )  # fmt: skip

    def told(self, command, **more):
        """Run a command that has to end with 0; return what it printed."""
        done = self.run(command, **more)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def new_example(tmp_path_factory):
    """Return a function that copies an example and runs its command that trains, if it has one; once a session."""
    made = {}

    def make(name):
        if name not in made:
            clone = tmp_path_factory.mktemp(name)
            folder = clone / "examples" / name
            shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns(*WRITTEN))
            made[name] = example = Example(clone, folder, 0, 0, clone)
            for train in [command for command in commands(name) if command.endswith("python train.py")]:
                assert "trained on 25,970 flights" in example.told(train)
        return made[name]

    return make


@pytest.fixture
def example(new_example, tmp_path):
    """Return a function that hands out a trained example, with counts and ports of its own."""

    def hand(name):
        trained = new_example(name)
        clone = tmp_path / "clone"
        folder = clone / "examples" / name
        shutil.copytree(trained.folder, folder)
        return Example(clone, folder, free_port(), free_port(), tmp_path)

    return hand


@pytest.fixture
def background():
    """Return a function that starts a command, or words, in the background; what still runs at the end is killed."""
    started = []

    def start(example, command, **more):
        words, folder = command, example.folder
        if isinstance(command, str):
            text, folder = example.placed(command)
            words = ["bash", "-c", f"exec env {text}"]
        log = example.logs / f"log-{len(started)}"
        with log.open("wb") as file:
            process = subprocess.Popen(
                words, cwd=folder, env=example.environment(**more), stdin=subprocess.DEVNULL,
                stdout=file, stderr=file, start_new_session=True,
            )  # fmt: skip
        started.append(Running(process, log))
        return started[-1]

    yield start
    for running in started:
        for process in running.left():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        running.process.wait()
        for path in FOUND.glob(f"*-{running.process.pid}-*"):  # the next start of any server would remove it
            shutil.rmtree(path)


@pytest.fixture
def tools():
    """What tests need beside fixtures; modules of tests cannot import each other."""
    return types.SimpleNamespace(until=until, get=get, scrape=scrape)
