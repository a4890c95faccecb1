"""Real ``mlexporter serve`` processes beside real workers, as somebody who operates them sees them."""

import os
import re
import ssl
import subprocess
import sys
import time
import types
import urllib.error
import urllib.request

import pytest

from mlexporter import catalogue

PATIENCE_SECONDS = 40
WORKER = """
import signal, sys, mlexporter
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which nohup, where it runs the tests, has changed
predict = mlexporter.monitor(model=sys.argv[1], version="1")(lambda row: 1.0)
predict({"distance": 1.0})
handle = mlexporter.serve(0) if "serve" in sys.argv else None
print("ready", handle.url if handle else "", flush=True)
sys.stdin.read()
"""


class Started:
    """A process, its output as it comes, and what was written into its log."""

    def __init__(self, process, log):
        self.process = process
        self._log = log

    @property
    def log(self):
        """The lines of the standard error up to now."""
        return self._log.read_text().splitlines()

    def line(self):
        """Return the next line of the standard output."""
        return self.process.stdout.readline()

    def end(self):
        """End it in order and return what it leaves: exit status and the rest of its output."""
        self.process.terminate()
        out, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, out


@pytest.fixture
def path(tmp_path):
    """The configuration file of all."""
    return tmp_path / "mlexporter.toml"


@pytest.fixture
def write(path):
    """Return a function that replaces the configuration file in one step."""

    def replace(text):
        new = path.with_suffix(".new")
        new.write_text(text)
        new.replace(path)

    return replace


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a program of Python in one directory; all are ended."""
    running = []

    def begin(*arguments, **variables):
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("MLEXPORTER_")
        }
        ours = {"MLEXPORTER_DIR": str(tmp_path / "shared"), "MLEXPORTER_EVALUATION_INTERVAL": "0.3"}
        log = tmp_path / f"log-{len(running)}"
        with log.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, *map(str, arguments)], text=True, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=file, env={**environment, **ours, **variables},
            )  # fmt: skip
        running.append(process)
        return Started(process, log)

    yield begin
    for process in reversed(running):
        process.kill()
        process.communicate(timeout=10)


@pytest.fixture
def serve(start):
    """Return a function that starts ``mlexporter serve`` on a free port, and returns it with its address."""

    def begin(*arguments, **variables):
        found = start("-m", "mlexporter", "serve", "--port", "0", *arguments, **variables)
        first = found.line()
        assert first.startswith("serving "), (first, found.log)
        return found, first.split()[1].removesuffix("/metrics")

    return begin


@pytest.fixture
def work(start):
    """Return a function that starts a worker of a model and waits until it has counted a call."""

    def begin(model, *arguments, **variables):
        found = start("-c", WORKER, model, *arguments, **variables)
        words = found.line().split()
        assert words[:1] == ["ready"], found.log
        return found, words[-1]

    return begin


@pytest.fixture
def ask():
    """Return a function that sends a request and returns status, text and headers."""
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=unchecked)
    )

    def send(url, method="GET", **headers):
        try:
            with opener.open(
                urllib.request.Request(url, method=method, headers=headers), timeout=30
            ) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers

    return send


@pytest.fixture
def minimum(ask):
    """Return a function that scrapes how many requests a model needs at least; None where nothing is said."""

    def read(url, model="fares"):
        _, text, _ = ask(f"{url}/metrics")
        found = re.search(
            rf'^{catalogue.SLO_MINIMUM_REQUESTS.name}{{model_name="{model}".*}} (\S+)$', text, re.MULTILINE
        )
        return float(found[1]) if found else None

    return read


@pytest.fixture
def until():
    """Return a function that waits for a true answer."""

    def wait(question):
        end = time.monotonic() + PATIENCE_SECONDS
        while not (answer := question()):
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.05)
        return answer

    return wait


@pytest.fixture
def site(path, write, work, minimum, ask):
    """Return the configuration file, and the functions that write it, start workers, and ask."""
    return types.SimpleNamespace(path=path, write=write, work=work, minimum=minimum, ask=ask)
