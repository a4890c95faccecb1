"""Every command of docs/tutorials/operations.md runs as it stands there, in its order, against one exporter."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from real_programs import missing

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "tutorials" / "operations.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
COUNTS, STATE, PORT = "/dev/shm/my-service", "/var/lib/my-service", "9469"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a script of the page in a folder with its file, and elsewhere than it says."""
    for name in ("curl", "pgrep", "tar"):
        if shutil.which(name) is None:
            missing(f"{name} is not there, which the page uses")
    (tmp_path / "state" / "windows").mkdir(parents=True)

    def bash(script, port, **options):
        for there, here in (
            (COUNTS, str(tmp_path / "shared")),
            (STATE, str(tmp_path / "state")),
            (PORT, port),
        ):
            script = script.replace(there, here)
        # From a file: what looks for a process by its words must not find this very script.
        (tmp_path / "script").write_text(script)
        environment = {"PATH": f"{BIN}:/usr/bin:/bin", "MLEXPORTER_PORT": port, "HOME": str(tmp_path)}
        return subprocess.Popen(
            ["bash", "-eu", "script"], cwd=tmp_path, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
        )  # fmt: skip

    return bash


def test_every_command_runs(run, tmp_path, work, until, ask):
    """The file of the page is good; the exporter of the page is started, reloaded twice, and asked how it is."""
    (configuration,) = blocks("toml")
    (tmp_path / "mlexporter.toml").write_text(configuration.replace(STATE, str(tmp_path / "state")))
    work("fares", MLEXPORTER_CONFIG=str(tmp_path / "mlexporter.toml"))
    scripts = blocks("sh")
    assert len(scripts) == 10
    (start,) = (script for script in scripts if "mlexporter serve --dir" in script and "kill" not in script)
    # Port 0 is no part of the page: a free one is taken beforehand.
    port = str(free_port())
    server = run(f"exec {start}", port)
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: server.poll() is not None or is_up(ask, url))
        outputs = {script: finished(run(script, port)) for script in scripts if script != start}
    finally:
        server.terminate()
        _, log = server.communicate(timeout=30)

    assert server.returncode == 0
    (checked,) = (out for script, out in outputs.items() if "config check" in script)
    assert checked == "mlexporter.toml: good\n"
    (asked,) = (out for script, out in outputs.items() if "curl" in script)
    assert "was read; what it says of models holds from now on" in asked
    assert log.count('"reload was asked for: ') == 2
    assert tomllib.loads((tmp_path / "everything.toml").read_text())["models"]["fares"]["label_delay"] == "7d"
    assert (tmp_path / "configuration.schema.json").read_text() == (
        ROOT / "docs/reference/configuration.schema.json"
    ).read_text()
    assert (tmp_path / "rules" / "rules.yaml").is_file()
    assert (tmp_path / "windows.tar").stat().st_size


def finished(process):
    out, error = process.communicate(timeout=60)
    assert process.returncode == 0, (process.args, out, error)
    return out


def is_up(ask, url):
    try:
        return ask(f"{url}/-/ready")[0] == 200
    except OSError:
        return False


def free_port():
    from mlexporter.demo.programs import free_port as found

    return found()
