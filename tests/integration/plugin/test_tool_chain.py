"""What `make plugin` does, step by step: types, lint, tests of the plugin, a build that is the same twice, the zip."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mlexporter._version import __version__
from plugin_site import APP, PLUGIN, package_folders, run_node

pytestmark = [pytest.mark.integration, pytest.mark.slow]

PACK = Path(__file__).resolve().parents[3] / "scripts" / "pack-plugin"


@pytest.fixture(scope="module", autouse=True)
def packages():
    """Skip without npm's packages, or fail in CI."""
    return package_folders()


@pytest.fixture(scope="module")
def root():
    """The root of the repository."""
    return PACK.parents[1]


def contents(folder):
    """Return what is in a folder, by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("step", ["typecheck", "lint", "test"])
def test_a_step_passes(step):
    """With what the step says where it does not."""
    done = subprocess.run(
        ["npm", "run", "--silent", step], cwd=PLUGIN, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


def test_the_guard_lets_the_built_plugin_pass(built_plugin):
    """And not one that asks for what no Grafana shares."""
    run_node("build/guard.mjs", str(built_plugin))


def test_the_guard_stops_a_planted_fault(built_plugin, tmp_path):
    """A bundle with its own React, and no plugin at all."""
    broken = shutil.copytree(built_plugin, tmp_path / "dist")
    with (broken / "module.js").open("a", encoding="utf-8") as script:
        script.write('\ndefine(["react/jsx-runtime"], () => {});\n')
    for folder, told in ((broken, "asks for react/jsx-runtime"), (tmp_path / "nothing", "no built plugin")):
        done = subprocess.run(
            ["node", "build/guard.mjs", str(folder)], cwd=PLUGIN, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert told in done.stderr


def test_a_build_elsewhere_has_the_same_bytes(built_plugin, tmp_path, root):
    """In another folder, of another clone whose packages are in a folder of its own depth."""
    clone = tmp_path / "deeper" / "clone"
    for path in ("grafana/dashboards", "grafana/plugin"):
        shutil.copytree(
            root / path,
            clone / path,
            ignore=shutil.ignore_patterns("node_modules", "dist", "artifacts", "*.tsbuildinfo"),
        )
    (clone / "src" / "mlexporter").mkdir(parents=True)
    shutil.copy(root / "src" / "mlexporter" / "_version.py", clone / "src" / "mlexporter")
    shutil.copy(root / "LICENSE", clone)
    (clone / "grafana" / "plugin" / "node_modules").symlink_to((PLUGIN / "node_modules").resolve())
    committed = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()
    subprocess.run(
        ["node", "build/build.mjs"], cwd=clone / "grafana" / "plugin", check=True, capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": committed},
    )  # fmt: skip
    assert contents(clone / "grafana" / "plugin" / "dist") == contents(built_plugin)


def test_the_build_has_all_that_a_plugin_has(built_plugin):
    """Both plugins, the dashboards, the texts; the version is the package's."""
    built = contents(built_plugin)
    for path in (
        "module.js", "panels/compare/module.js", "panels/compare/plugin.json", "README.md", "CHANGELOG.md", "LICENSE",
        "dashboards/fleet.json", "dashboards/compare.json", "img/logo.svg",
    ):  # fmt: skip
        assert built[path], path
    for path in ("plugin.json", "panels/compare/plugin.json"):
        info = json.loads(built[path])["info"]
        assert info["version"] == __version__
        assert info["updated"].count("-") == 2
    assert not any(b"%VERSION%" in text for path, text in built.items() if path.endswith((".json", ".md")))


def test_the_zip_is_the_same_twice_and_its_checksums_are_right(built_plugin, tmp_path):
    """One folder, named as the plugin, with every file of the build."""
    packed = []
    for place in ("a", "b"):
        subprocess.run(
            [sys.executable, PACK, built_plugin, tmp_path / place], check=True, capture_output=True
        )
        packed.append(tmp_path / place / f"{APP}-{__version__}.zip")
    assert packed[0].read_bytes() == packed[1].read_bytes()
    with zipfile.ZipFile(packed[0]) as archive:
        assert {name.removeprefix(f"{APP}/") for name in archive.namelist()} == set(contents(built_plugin))
        assert all(name.startswith(f"{APP}/") for name in archive.namelist())
    for kind in ("sha256", "sha1"):
        written = packed[0].with_name(f"{packed[0].name}.{kind}").read_text(encoding="utf-8")
        assert written == f"{hashlib.new(kind, packed[0].read_bytes()).hexdigest()}  {packed[0].name}\n"


def test_nothing_is_packed_where_nothing_is_built(tmp_path):
    """It says what to run."""
    done = subprocess.run([sys.executable, PACK, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "make plugin" in done.stderr
