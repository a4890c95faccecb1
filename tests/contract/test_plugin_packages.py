"""``scripts/install-plugin-packages``: a link into a cache, never half done, and nobody's own folder is touched."""

import json
import os
import shutil
import subprocess

import pytest

from real_programs import missing

NPM = """#!/bin/sh
[ "$STATUS" != refused ] || { echo "this package is not served"; exit 1; }
mkdir -p node_modules/esbuild
"""
NODE = """#!/bin/sh
case "$1" in
-e) exit "$STATUS" ;;
*) exec "$REAL_NODE" "$@" ;;
esac
"""
LIBRARIES = "tests/browser/grafana/libraries"
VERSIONS = ("12.4", "13.2")


@pytest.fixture
def install(root, tmp_path):
    """Return what runs a copy of the script with a made npm, beside a plugin and libraries with small lock files."""
    copied, fake = tmp_path / "copy", tmp_path / "fake"
    fake.mkdir()
    (copied / "scripts").mkdir(parents=True)
    shutil.copy(root / "scripts" / "install-plugin-packages", copied / "scripts")
    shutil.copytree(root / "scripts" / "shared", copied / "scripts" / "shared")
    for folder in ("grafana/plugin", *(f"{LIBRARIES}/{version}" for version in VERSIONS)):
        (copied / folder).mkdir(parents=True)
        (copied / folder / "package.json").write_text("{}", encoding="utf-8")
        packages = {"": {}, "node_modules/a": {"version": "1.0.0", "integrity": "sha512-a"}}
        (copied / folder / "package-lock.json").write_text(
            json.dumps({"packages": packages}), encoding="utf-8"
        )
    for name, text in (("npm", NPM), ("node", NODE)):
        (fake / name).write_text(text, encoding="utf-8")
        (fake / name).chmod(0o755)

    def run(*arguments, status="0", has_npm=True):
        path = os.environ["PATH"]
        environment = {
            "PATH": f"{fake}{os.pathsep}{path}" if has_npm else "/nowhere", "STATUS": status,
            "REAL_NODE": shutil.which("node") or "false", "MLEXPORTER_CACHE": str(tmp_path / "cache"),
        }  # fmt: skip
        script = [run.plugin.parents[1] / "scripts" / "install-plugin-packages", *arguments]
        return subprocess.run(script, capture_output=True, text=True, check=False, env=environment)

    run.plugin, run.link = copied / "grafana/plugin", copied / "grafana/plugin/node_modules"
    run.cache = tmp_path / "cache" / "npm"
    return run


def test_installs_once_links_and_prints_three_folders(install):
    """The plugin's, and one for each version of Grafana whose libraries are not the plugin's own."""
    assert install("--where").returncode == 1
    first = install()
    assert first.returncode == 0, first.stderr
    folders = first.stdout.splitlines()
    assert len(folders) == 1 + len(VERSIONS)
    assert install.link.is_symlink()
    assert str(install.link.readlink()) == f"{folders[0]}/node_modules"
    second = install()
    assert (second.stdout, second.stderr) == (first.stdout, "")
    assert install("--where").stdout == first.stdout
    assert len(list(install.cache.iterdir())) == len(folders)


def test_another_lock_file_moves_the_link(install):
    """Old packages are never taken for new ones."""
    old = install().stdout.splitlines()[0]
    with (install.plugin / "package-lock.json").open("a", encoding="utf-8") as lock:
        lock.write("\n")
    assert install("--where").returncode == 1
    assert str(install.link.readlink()) == f"{old}/node_modules"
    new = install().stdout.splitlines()[0]
    assert new != old
    assert str(install.link.readlink()) == f"{new}/node_modules"
    assert {path.name for path in install.plugin.iterdir()} == {
        "node_modules",
        "package.json",
        "package-lock.json",
    }


@pytest.mark.parametrize(("status", "told"), [("1", "does not start here"), ("refused", "is not served")])
def test_what_fails_leaves_nothing(install, status, told):
    """What npm refuses, and a compiler that does not start: the next run starts over."""
    broken = install(status=status)
    assert (broken.returncode, broken.stdout) == (1, "")
    assert told in broken.stderr
    assert not install.link.exists()
    assert list(install.cache.iterdir()) == []
    assert install().returncode == 0


def test_a_folder_of_somebody_is_used_or_left_alone(install):
    """With the right packages it is used; with others it says so, and removes nothing."""
    if shutil.which("node") is None:
        missing("node is missing: npm's own note of what is installed is read with it")
    install.link.mkdir()
    (install.link / "mine.txt").touch()
    wrong = install()
    assert wrong.returncode == 1
    assert "node_modules/a 1.0.0" in wrong.stderr
    assert "npm ci" in wrong.stderr
    shutil.copy(install.plugin / "package-lock.json", install.link / ".package-lock.json")
    right = install()
    assert right.returncode == 0, right.stderr
    assert right.stdout.splitlines()[0] == str(install.plugin)
    assert not install.link.is_symlink()
    assert (install.link / "mine.txt").exists()


def test_without_npm_it_says_what_to_install(install, tmp_path):
    """Exit 3 is what the Makefile and the tests take for: do without, or fail in CI."""
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("cksum", "dirname", "readlink", "tr", "uname"):
        (bare / name).symlink_to(shutil.which(name))
    script = install.plugin.parents[1] / "scripts" / "install-plugin-packages"
    environment = {"PATH": str(bare), "MLEXPORTER_CACHE": str(tmp_path / "cache")}
    done = subprocess.run([script], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout) == (3, "")
    assert "there is no npm" in done.stderr
    assert not install.link.exists()
