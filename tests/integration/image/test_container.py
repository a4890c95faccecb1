"""The image as it runs: its entry point as process 1, as its user, without capabilities, on a file system to read."""

import os
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from dockerfiles import one
from mlexporter.demo.programs import free_port
from plain_container import USER

CALLS = """
import signal, sys, mlexporter
predict = mlexporter.monitor(model="fares", version="7")(lambda trip: 2.5)
for _ in range(100):
    predict({"distance": 2.4})
print("counted")
if sys.argv[1] == "stays":
    signal.pause()
"""
ASKS = """
import sys, urllib.request, mlexporter
predict = mlexporter.monitor(model="fares", version="7")(lambda trip: 2.5)
predict({"distance": 2.4})
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
with opener.open(f"http://127.0.0.1:{sys.argv[1]}/metrics", timeout=10) as answer:
    print(*(line for line in answer.read().decode().splitlines() if line.startswith("mlexporter_degraded")), sep="\\n")
"""
WRITES = """
import os, sys
written = []
for folder in ("/", "/tmp", "/usr", "/opt/mlexporter", "/etc", os.path.dirname(os.__file__), "/counts"):
    try:
        with open(os.path.join(folder, "written"), "w"):
            written.append(folder)
    except OSError:
        pass
print(*written)
"""


@pytest.fixture
def served(start, counts):
    """Return what starts the image's own command and waits until it serves; it gives container and port."""

    def run(where=counts, **settings):
        port = free_port()
        container = start(where, MLEXPORTER_PORT=port, MLEXPORTER_EVALUATION_INTERVAL=1, **settings)
        container.wait_until(lambda: "serving http://" in container.said, "serving")
        return container, port

    return run


def scrape(port):
    """Return what a scrape gets."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return answer.read().decode()


def listening(port):
    """Return the addresses that somebody listens on at ``port``, as the kernel writes them."""
    found = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return {
        words[1].partition(":")[0]
        for words in found
        if words[1].endswith(f":{port:04X}") and words[3] == "0A"
    }


class TestServing:
    """The command that the Dockerfile names, with what it sets."""

    def test_it_runs_as_the_image_says(self, served):
        """Process 1, nobody, no capability to have or to get, and no child: there is nobody to reap."""
        container, port = served()
        status = container.status()
        assert set(status["Uid"].split()) == set(status["Gid"].split()) == {str(USER)}
        assert {int(status[f"Cap{name}"], 16) for name in ("Prm", "Eff", "Bnd", "Inh", "Amb")} == {0}
        assert (status["NoNewPrivs"], status["NSpid"].split()[-1], status["Groups"]) == ("1", "1", "")
        assert Path(f"/proc/{container.pid}/task/{container.pid}/children").read_text(encoding="ascii") == ""
        assert listening(port) == {"00000000"}

    def test_a_worker_in_another_container_counts_into_it(self, served, start, counts):
        """Two namespaces of processes share nothing but the volume; one worker ends, one is killed."""
        _, port = served()
        for end in ("ends", "stays"):
            worker = start(
                counts,
                ["-c", CALLS, end],
                MLEXPORTER_DIR="/counts",
                entrypoint=("/opt/mlexporter/bin/python",),
            )
            if end == "stays":
                worker.wait_until(lambda worker=worker: "counted" in worker.said, "counting")
                worker.signal(signal.SIGKILL)
            assert (worker.wait() == 0) == (end == "ends"), worker.said
        text = scrape(port)
        assert 'ml_predictions_total{model_name="fares",model_version="7",variant="primary"} 200\n' in text

    def test_its_health_check_passes_and_fails(self, served, last_stage):
        """As the engine runs it: beside process 1, with the variables of the container."""
        container, _ = served()
        words = one(last_stage, "HEALTHCHECK").rest
        command = eval(words[words.index("[") :])  # a list of words, in our own file
        done = container.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        failed = container.run("/usr/bin/env", f"MLEXPORTER_PORT={free_port()}", *command)
        assert failed.returncode == 1
        assert "Traceback" not in failed.stderr

    def test_nothing_but_the_counts_can_be_written(self, served):
        """Not even /tmp, unless somebody mounts one; and what runs needs none of it."""
        container, _ = served()
        done = container.run("/opt/mlexporter/bin/python", "-c", WRITES)
        assert done.stdout.split() == ["/counts"], done.stderr

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_ends_it_cleanly(self, served, number):
        """The kernel hands process 1 only signals that it asked for: an engine would wait ten seconds, then kill."""
        container, _ = served()
        container.signal(number)
        assert container.wait() == 0
        assert container.said.splitlines()[-1].endswith("ended")

    def test_a_hang_up_does_not_end_it(self, served):
        """It reads its configuration again, which may be none."""
        container, port = served()
        container.signal(signal.SIGHUP)
        assert "mlexporter_build_info" in scrape(port)
        container.signal(signal.SIGTERM)
        assert container.wait() == 0


class TestTrouble:
    """What people do wrong with volumes."""

    def test_a_volume_that_is_not_writable_is_told(self, start):
        """In one line that names the folder; a restart loop with a riddle helps nobody."""
        container = start("size=1m,mode=0755,uid=0,gid=0")
        assert container.wait() == 1
        said = container.said
        assert "/counts" in said
        assert said.count("\n") == 1, said

    def test_no_volume_on_a_file_system_to_read_is_told(self, start, tmp_path):
        """The folder of the image is there, and nothing can be made in it."""
        folder = tmp_path / "forgotten"
        folder.mkdir()
        os.chown(folder, USER, USER)
        container = start("size=1m,mode=0700,uid=65532,gid=65532,ro")
        assert container.wait() == 1
        said = container.said
        assert "/counts" in said
        assert said.count("\n") == 1, said

    def test_a_full_volume_is_told_and_served_around(self, served):
        """Every page says so; nothing ends."""
        container, port = served("size=8k,mode=0700,uid=65532,gid=65532")
        worker = container.run(
            "/usr/bin/env", "MLEXPORTER_DIR=/counts", "/opt/mlexporter/bin/python", "-c", ASKS, port
        )
        assert 'mlexporter_degraded{reason="directory_full"} 1' in worker.stdout, worker.stderr
        container.signal(signal.SIGTERM)
        assert container.wait() == 0


class TestBase:
    """docker/exporter/settle, which ran on the base that the image runs on."""

    def test_the_folder_for_counts_is_of_the_user_alone(self, settled):
        """A new volume takes owner and mode from it."""
        _, machine = settled
        status = (machine / "counts").stat()
        assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (USER, USER, 0o700)

    @pytest.mark.parametrize("name", ["pip", "setuptools", "ensurepip"])
    def test_nothing_that_installs_is_left(self, served, name):
        """Neither in the environment of mlexporter, nor in the Python below it."""
        container, _ = served()
        for python in ("/opt/mlexporter/bin/python", f"{container.python}/bin/python3"):
            done = container.run(python, "-c", f"import {name}")
            assert "ModuleNotFoundError" in done.stderr

    def test_steps_leave_the_machine_alone(self, settled):
        """They ran above a copy: the Python of this machine has its pip still."""
        layer, _ = settled
        assert any(layer.rglob("*"))
        assert subprocess.run(["python3", "-m", "ensurepip", "--version"], check=False).returncode == 0
