"""The log of a real ``mlexporter serve``: each line is a record, whatever happens, and nothing else is written."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys

import pytest

from mlexporter.cli.health import health_command

pytestmark = pytest.mark.integration
FILE = "[models.fares]\nminimum_requests = {}\n"
BAD_NAME = 'f\n{"level": "error", "msg": "forged"}'


@pytest.fixture
def logged(start):
    """Return a function that starts ``mlexporter serve`` with a log of programs."""

    def begin(form, *arguments, **variables):
        return start(
            "-m", "mlexporter", "serve", "--port", "0", "--log-format", form, "--log-level", "info", *arguments,
            **variables,
        )  # fmt: skip

    return begin


def records(server):
    """Return every line as a record; each has a moment, a level, a logger and a message."""
    found = [json.loads(line) for line in server.log]
    for each in found:
        moment = dt.datetime.fromisoformat(each["time"])
        assert moment.tzinfo == dt.UTC
        assert each["time"].endswith("Z")
        assert len(each["time"]) == len("2026-01-01T00:00:00.000Z")
        assert each["level"] in {"info", "warning", "error"}
        assert {"logger", "msg"} < set(each)
    return found


def test_a_life_in_json(logged, work, write, path, until):
    """Start, models, election, reloads good and bad, a fold and the end: all of it, and nothing but records."""
    write(FILE.format(20))
    server = logged("json", "--config", path)
    said = lambda word: [each for each in records(server) if word in each["msg"]]  # noqa: E731 - asked ten times
    until(lambda: said("serving "))
    worker, _ = work("fares", MLEXPORTER_CONFIG=str(path))
    work(BAD_NAME)
    until(lambda: len(said("model ")) >= 2)

    write(FILE.format("'many'"))
    until(lambda: said("cannot be used"))
    write(FILE.format(30))
    until(lambda: said("was read anew"))
    server.process.send_signal(signal.SIGHUP)
    until(lambda: said("reload was asked for"))
    os.kill(worker.process.pid, signal.SIGKILL)
    until(lambda: said("folded"))
    status, out = server.end()

    assert (status, out) == (0, "")
    found = records(server)
    messages = [each["msg"] for each in found]
    assert "starts" in messages[0]
    assert messages[-1] == "ended"
    assert "forged" not in messages
    assert {each["model"] for each in found if "model" in each} >= {"fares"}
    assert any("forged" in each.get("model", "") for each in found)
    bad = next(each for each in found if "cannot be used" in each["msg"])
    assert (bad["level"], bad["reason"], bad["path"], bad["degraded"]) == (
        "error", "config_invalid", str(path), "begin",
    )  # fmt: skip
    again = next(each for each in found if "was read anew" in each["msg"])
    assert again["degraded"] == "end"
    assert [each["lock"] for each in found if "is elected" in each["msg"]] == ["evaluator"]
    assert any(each.get("slots") for each in found)


def test_logfmt_and_level(logged, until):
    """The same records as pairs; below the level nothing is written."""
    server = logged("logfmt")
    until(lambda: any('msg="serving ' in line for line in server.log))
    server.end()
    assert all(
        line.startswith("time=2") and " level=info logger=mlexporter msg=" in line for line in server.log
    )


def test_below_the_level_nothing_is_written(logged, write, path, until):
    """Warnings and errors are; that it serves is none."""
    write(FILE.format(20))
    server = logged("json", "--config", path, "--log-level", "warning")
    until(lambda: server.log == [] and (path.parent / "shared").is_dir())
    write(FILE.format("'many'"))
    until(lambda: server.log)

    assert {each["level"] for each in records(server)} == {"error"}


def test_a_start_that_fails_is_a_record_too(tmp_path):
    """Whoever collects the log sees why nothing runs."""
    (tmp_path / "file").write_text("")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MLEXPORTER_")}
    done = subprocess.run(
        [sys.executable, "-m", "mlexporter", "serve", "--dir", str(tmp_path / "file"), "--log-format", "json"],
        capture_output=True, text=True, check=False, timeout=60, env=environment,
    )  # fmt: skip

    (line,) = done.stderr.splitlines()
    assert done.returncode == 1
    assert done.stdout == ""
    assert json.loads(line)["level"] == "error"
    assert str(tmp_path / "file") in json.loads(line)["msg"]


def test_scrapes_leave_no_line(logged, ask, until):
    """A line for each of them would bury all others."""
    server = logged("json")
    until(lambda: any("serving http" in line for line in server.log))
    url = next(each["url"] for each in records(server) if "url" in each)
    before = len(server.log)

    for _ in range(5):
        assert ask(f"{url}/metrics")[0] == 200
    ask(f"{url}/nothing")

    assert [line for line in server.log[before:] if "metrics" in line or "nothing" in line] == []


def test_health_of_a_process(serve):
    """As a container asks: the same program, the port in the environment; then it is gone."""
    server, url = serve()
    port = url.rpartition(":")[2]
    command = [sys.executable, "-m", "mlexporter", health_command.name]
    environment = {**os.environ, "MLEXPORTER_PORT": port}

    well = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)
    server.end()
    gone = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)

    assert (well.returncode, well.stdout) == (0, f"{url} is healthy and ready\n")
    assert gone.returncode == 1
    assert gone.stderr.startswith(f"mlexporter: not healthy: {url} cannot be asked")
