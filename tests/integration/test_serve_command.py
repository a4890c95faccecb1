"""``mlexporter serve``: what it says, where it ends, and that it ends cleanly."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from click.testing import CliRunner

from mlexporter.catalogue import BUILD_INFO
from mlexporter.cli import command_line


@pytest.fixture
def started():
    """Return a function that starts the command and returns it with its first lines."""
    running = []

    def start(*arguments, n_lines=2):
        process = subprocess.Popen(
            [sys.executable, "-m", "mlexporter", "serve", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
        )  # fmt: skip
        running.append(process)
        return process, [process.stdout.readline() for _ in range(n_lines)]

    yield start
    for process in running:
        process.kill()
        process.communicate(timeout=10)


def environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("MLEXPORTER_")}


def run(*arguments):
    return CliRunner(env={"MLEXPORTER_DIR": None}).invoke(command_line, ["serve", *map(str, arguments)])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_end(started, tmp_path, number):
    """A signal is a clean end: exit 0, a last line, no traceback."""
    process, (first, second) = started("--dir", tmp_path / "shared", "--port", 0)
    url = first.split()[1]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as answer:
        assert BUILD_INFO.name in answer.read().decode()

    process.send_signal(number)
    out, err = process.communicate(timeout=10)

    assert "waiting for workers" in second
    assert f"MLEXPORTER_DIR={tmp_path / 'shared'}" in second
    assert (process.returncode, out, err) == (0, "ended\n", "")


def test_every_model_that_comes_is_told(started, tmp_path, monkeypatch):
    """Not only the first: versions follow each other while a reader goes on."""
    monkeypatch.setattr(sys.modules[__name__], "environment", lambda: {
        **os.environ, "MLEXPORTER_DIR": str(tmp_path / "shared"), "MLEXPORTER_EVALUATION_INTERVAL": "1",
    })  # fmt: skip
    process, _ = started("--port", 0)
    program = (
        "import sys, mlexporter\n"
        "predict = mlexporter.monitor(model='fares', version=sys.argv[1])(lambda row: 1.0)\n"
        "predict({'a': 1.0})\n"
    )
    for version in ("1", "2"):
        subprocess.run([sys.executable, "-c", program, version], env=environment(), check=True, timeout=60)
        assert process.stdout.readline() == f"model fares {version} (primary)\n"


def test_a_directory_that_is_missing_is_made_and_told(started, tmp_path):
    """It may start before the workers; a typing error shows in the line."""
    _, (_, missing) = started("--dir", tmp_path / "shared", "--port", 0)
    _, (_, empty) = started("--dir", tmp_path / "shared", "--port", 0)

    assert "it was not there and is made now" in missing
    assert "nothing is counted there yet" in empty
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o700


def test_a_directory_is_needed():
    """Without one there is nothing to read; off is none."""
    for arguments in ([], ["--dir", ""]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "MLEXPORTER_DIR" in result.output


def test_what_is_no_directory_ends_it(tmp_path):
    """A file at that place is told in one line, with the way out."""
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "mlexporter", "serve", "--dir", str(tmp_path / "file")],
        capture_output=True, text=True, check=False, timeout=60, env=environment(),
    )  # fmt: skip

    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_link_is_not_followed(tmp_path):
    """It may come to point elsewhere."""
    (tmp_path / "target").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "target")

    result = run("--dir", tmp_path / "link", "--port", 0)

    assert result.exit_code == 1
    assert "symbolic link" in str(result.exception)


def test_a_port_of_a_stranger_ends_it(tmp_path):
    """There is nothing else to do for it: the port is named."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        result = run("--dir", tmp_path / "shared", "--port", port)

    assert result.exit_code == 1
    assert str(port) in result.output


def test_disabled_workers_count_nothing(tmp_path):
    """So there is nothing to serve."""
    result = CliRunner(env={"MLEXPORTER_DISABLED": "1"}).invoke(
        command_line, ["serve", "--dir", str(tmp_path)]
    )

    assert result.exit_code == 1
    assert "MLEXPORTER_DISABLED" in result.output


def test_options_win_over_the_environment(tmp_path):
    """A setting that is impossible is told as everywhere."""
    result = CliRunner(env={"MLEXPORTER_PORT": "many"}).invoke(
        command_line, ["serve", "--dir", str(tmp_path)]
    )

    assert result.exit_code == 1
    assert "MLEXPORTER_PORT" in str(result.exception)


def test_it_pushes_beside_serving(started, tmp_path, otlp_http_receiver, monkeypatch):
    """A reader beside the workers takes the push off them, and does a last one when it ends."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", otlp_http_receiver.endpoint)
    process, (_, _, third) = started("--dir", tmp_path / "shared", "--port", 0, "--push", n_lines=3)
    otlp_http_receiver.wait_for(1, seconds=30)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)

    assert third == "pushing over OTLP, or standing by to\n"
    assert process.returncode == 0
    assert BUILD_INFO.name in otlp_http_receiver.newest_metrics()
    assert len(otlp_http_receiver.metrics) == 2


def test_what_is_not_pushed_is_told(started, tmp_path, monkeypatch):
    """The variables of OpenTelemetry say no."""
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    monkeypatch.setenv("MLEXPORTER_PUSH", "on")
    _, (_, _, third) = started("--dir", tmp_path / "shared", "--port", 0, "--push", n_lines=3)
    assert third == "nothing is pushed: OTEL_METRICS_EXPORTER=none names no otlp\n"
