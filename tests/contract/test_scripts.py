"""The set-up scripts: idempotent, never half done, and clear where a system cannot do it."""

import os
import stat
import subprocess

import pytest

APT = """#!/bin/sh
case "$*" in
*download*) [ -e "$FAKE/refreshed" ] || exit 100; touch prometheus.deb ;;
*update*) touch "$FAKE/refreshed" ;;
esac
"""
DPKG = """#!/bin/sh
if [ "$1" = --print-architecture ]; then echo fake; exit 0; fi
mkdir -p "$3/usr/bin"
for name in prometheus promtool prometheus-alertmanager amtool; do
    printf '#!/bin/sh\\nexit %s\\n' "$STATUS" > "$3/usr/bin/$name"
    chmod 755 "$3/usr/bin/$name"
done
"""


@pytest.fixture
def install(root, tmp_path):
    """Run the script with made programs apt-get and dpkg, whose packages hold programs that exit with a status."""
    fake = tmp_path / "fake"
    fake.mkdir()
    for name, text in (("apt-get", APT), ("dpkg", DPKG)):
        (fake / name).write_text(text, encoding="utf-8")
        (fake / name).chmod(0o755)

    def run(*arguments, status=0):
        environment = {
            "PATH": f"{fake}{os.pathsep}{os.environ['PATH']}", "FAKE": str(fake), "STATUS": str(status),
            "MLEXPORTER_CACHE": str(tmp_path / "cache"),
        }  # fmt: skip
        return subprocess.run(
            [root / "scripts" / "install-prometheus", *arguments],
            capture_output=True, text=True, check=False, env=environment,
        )  # fmt: skip

    return run


@pytest.mark.skipif(not os.path.exists("/etc/os-release"), reason="Linux only")  # noqa: PTH110 - at collection
class TestInstallPrometheus:
    """``scripts/install-prometheus``."""

    def test_unpacks_once_and_prints_the_folder(self, install, tmp_path):
        """The lists are refreshed because the first download fails; the second run finds what is there."""
        assert install("--where").returncode == 1
        first = install()
        assert first.returncode == 0, first.stderr
        (tmp_path / "fake" / "refreshed").unlink()
        second = install()
        assert (second.returncode, second.stderr) == (0, "")
        assert second.stdout == first.stdout == install("--where").stdout
        assert os.access(f"{first.stdout.strip()}/promtool", os.X_OK)
        assert len(list((tmp_path / "cache" / "debian").iterdir())) == 1

    def test_programs_that_do_not_start_are_not_taken_for_whole(self, install, tmp_path):
        """Nothing is left behind, and the next run starts over."""
        broken = install(status=1)
        assert broken.returncode == 1
        assert "does not start here" in broken.stderr
        assert install("--where").returncode == 1
        assert list((tmp_path / "cache" / "debian").iterdir()) == []
        assert install().returncode == 0

    def test_a_folder_of_a_killed_run_is_not_taken_for_whole(self, install, tmp_path):
        """What was being unpacked has another name until it is done."""
        (tmp_path / "cache" / "debian" / ".unpacking.dead" / "root" / "usr" / "bin").mkdir(parents=True)
        assert install("--where").returncode == 1


@pytest.mark.parametrize("name", ["install-prometheus", "install-chromium"])
def test_a_system_without_apt_gets_told_what_to_install(root, tmp_path, name):
    """Exit 3 is what the Makefile and the tests take for: do without, or fail in CI."""
    done = subprocess.run(
        [root / "scripts" / name], capture_output=True, text=True, check=False, env={"PATH": str(tmp_path)}
    )
    assert done.returncode == 3
    assert "on the PATH" in done.stderr
    assert done.stdout == ""


def test_scripts_can_be_executed(root):
    """Git keeps the right; an editor may lose it."""
    for path in (*(root / "scripts").iterdir(), root / ".ci" / "run"):
        if path.is_file():
            assert path.stat().st_mode & stat.S_IXUSR, path


def test_ci_runs_what_a_contributor_runs(root):
    """One command, and no second list of steps that could differ."""
    lines = (root / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1].startswith("exec make test")
    assert "set -euo pipefail" in lines


def test_every_package_has_an_exact_version(root):
    """Two set-ups a year apart give the same; and no registry is named."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(len(line.split("==")) == 2 and "/" not in line for line in pins)
    assert len({line.split("==")[0].lower() for line in pins}) == len(pins)
