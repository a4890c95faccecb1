"""The set-up scripts: idempotent, never half done, and clear where a system cannot do it."""

import os
import shutil
import stat
import subprocess
import sys

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
GO = """#!/bin/sh
[ "$1" = env ] || [ -z "$MEANWHILE" ] || { other=$MEANWHILE; MEANWHILE= "$other" >/dev/null; }
case "$1" in
env) echo "${VERSION:-go1.26.8}" ;;
mod) [ "$2" != download ] || printf '\t"Dir": "%s",\n\t"GoMod": "%s",\n' "$MODULE" "$MODULE/go.mod" ;;
get | install) [ "$STATUS" != refused ] || { echo "this module is not served"; exit 1; } ;;
build)
    while [ "$1" != -o ]; do shift; done
    for name in $PROGRAMS; do printf '#!/bin/sh\\nexit %s\\n' "$STATUS" >"$2/$name"; done
    chmod 755 "$2"/*
    ;;
esac
[ "$1" != install ] || cp "${0%/*}/builder" "$GOBIN/builder"
"""
BUILDER = """#!/bin/sh
mkdir source
printf '#!/bin/sh\\nexit %s\\n' "$STATUS" >source/otelcol
chmod 755 source/otelcol
"""
WITHOUT_GO = ("cat", "dirname", "mkdir", "mktemp", "mv", "rm", "tail", "tr", "uname")


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


@pytest.fixture(
    params=[
        ("install-prometheus-3", ("prometheus", "promtool")),
        ("install-alertmanager", ("alertmanager", "amtool")),
        ("install-collector", ("otelcol",)),
        ("install-compose", ("compose-config", "dockerfile-stages")),
        ("install-kubernetes", ("kube-apiserver", "etcd")),
        ("install-dockerfile-lint", ("dockerfile-lint",)),
    ],
    ids=lambda pair: pair[0],
)
def build(request, root, tmp_path):
    """Return what runs a script with a made Go, whose programs exit with a status, or with no Go at all."""
    script, programs = request.param
    fake, bare, module = tmp_path / "fake", tmp_path / "bare", tmp_path / "module"
    definitions = module / "example" / "prometheus-operator-crd"
    for folder in (fake, bare, definitions):
        folder.mkdir(parents=True)
    (module / "go.mod").write_text("\tk8s.io/api => ./staging/src/k8s.io/api\n", encoding="utf-8")
    (definitions / "rules.yaml").write_text("kind: CustomResourceDefinition\n", encoding="utf-8")
    for name, text in (("go", GO), ("builder", BUILDER)):
        (fake / name).write_text(text, encoding="utf-8")
        (fake / name).chmod(0o755)
    for name in WITHOUT_GO:
        (bare / name).symlink_to(shutil.which(name))

    def run(*arguments, status="0", has_go=True, version="", meanwhile=""):
        path = f"{fake}{os.pathsep}{os.environ['PATH']}" if has_go else str(bare)
        environment = {
            "PATH": path, "PROGRAMS": " ".join(programs), "STATUS": status, "VERSION": version, "MEANWHILE": meanwhile,
            "MLEXPORTER_CACHE": str(tmp_path / "cache"), "MODULE": str(module),
        }  # fmt: skip
        return subprocess.run(
            [run.script, *arguments], capture_output=True, text=True, check=False, env=environment
        )

    run.script, run.programs, run.cache = root / "scripts" / script, programs, tmp_path / "cache" / "go"
    return run


class TestBuildWithGo:
    """``scripts/install-prometheus-3``, ``-alertmanager``, ``-collector``, ``-compose``, ``-kubernetes`` and ``-dockerfile-lint``."""

    def test_builds_once_and_prints_the_folder(self, build):
        """It says that this takes a while; what is there is found without Go too."""
        assert build("--where").returncode == 1
        first = build()
        assert first.returncode == 0, first.stderr
        assert "minutes" in first.stderr
        second = build(has_go=False)
        assert (second.returncode, second.stderr) == (0, "")
        assert second.stdout == first.stdout == build("--where").stdout
        assert all(os.access(f"{first.stdout.strip()}/{program}", os.X_OK) for program in build.programs)
        assert len(list(build.cache.iterdir())) == 1

    def test_the_name_has_version_and_machine(self, build):
        """A new release, or a home shared by two kinds of machine, builds anew."""
        name = build().stdout.strip().rpartition("/")[2]
        assert f"-{os.uname().sysname}-{os.uname().machine}" in name
        version = [
            line for line in build.script.read_text(encoding="utf-8").splitlines() if "version=" in line
        ]
        assert version[0].split("=")[1].split(" ")[0] in name

    @pytest.mark.parametrize(("status", "told"), [("1", "does not start here"), ("refused", "is not served")])
    def test_what_fails_leaves_nothing(self, build, status, told):
        """A build that Go refuses, and programs that do not start: the next run starts over."""
        broken = build(status=status)
        assert (broken.returncode, broken.stdout) == (1, "")
        assert told in broken.stderr
        assert build("--where").returncode == 1
        assert list(build.cache.iterdir()) == []
        assert build().returncode == 0

    def test_a_folder_of_a_killed_run_is_not_taken_for_whole(self, build):
        """What was being built has another name until it is done."""
        (build.cache / ".building.dead" / "made").mkdir(parents=True)
        assert build("--where").returncode == 1

    def test_two_runs_at_once_are_one(self, build):
        """A second run begins and ends while the first builds; the first takes what it finds."""
        both = build(meanwhile=str(build.script))
        assert both.returncode == 0, both.stderr
        (folder,) = build.cache.iterdir()
        assert both.stdout.strip() == str(folder)
        assert "made" not in {path.name for path in folder.iterdir()}

    @pytest.mark.parametrize("lack", [{"has_go": False}, {"version": "go1.24.9"}, {"version": "go1.4"}])
    def test_without_a_go_that_is_new_enough_it_says_what_to_install(self, build, lack):
        """Exit 3 is what the Makefile and the tests take for: do without, or fail in CI."""
        done = build(**lack)
        assert (done.returncode, done.stdout) == (3, "")
        assert "there is no Go 1.25 or newer" in done.stderr
        assert build("--where", **lack).returncode == 1
        assert not build.cache.exists() or list(build.cache.iterdir()) == []


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


def test_only_the_slow_tests_build_with_go(root):
    """``make check`` stays quick: nothing in it waits for a compiler."""
    rules = (root / "Makefile").read_text(encoding="utf-8").split("\n\n")
    assert [rule.split(":")[0] for rule in rules if "$(BUILD_WITH_GO)" in rule] == ["slow-tests"]


def test_every_package_has_an_exact_version(root):
    """Two set-ups a year apart give the same; and no registry is named."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(len(line.split("==")) == 2 and "/" not in line for line in pins)
    assert len({line.split("==")[0].lower() for line in pins}) == len(pins)


@pytest.mark.parametrize(
    ("second", "status"), [("def test(): pass\n", 0), ("def test(): assert False\n", 1), ("", 1)]
)
def test_a_folder_that_fails_or_has_no_test_fails_the_run(root, tmp_path, second, status):
    """Every folder is run, whatever another one did, and those that failed are named."""
    for name, text in (("one", "def test(): pass\n"), ("two", second)):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"test_{name}.py").write_text(text)
    command = [sys.executable, root / "scripts" / "test-folders", tmp_path / "two", tmp_path / "one"]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=alone)

    assert done.returncode == status, done.stdout + done.stderr
    assert f"== {tmp_path / 'one'}:" in done.stdout
    assert done.stderr == (f"failed: {tmp_path / 'two'}\n" if status else "")
