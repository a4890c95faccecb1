"""What scripts/build-image-tree makes, which is what the Dockerfile puts above its base."""

import csv
import re
import stat
import subprocess
import sys
import tomllib
from importlib.metadata import distributions

import pytest

from dockerfiles import one, read_dockerfile, stages_of
from plain_container import USER

COMPILERS = re.compile(r"(gcc|g\+\+|cc|c\+\+|clang|gfortran|ld|as|make|cmake|ninja|rustc|cargo|go)(-\d+)?")


@pytest.fixture(scope="module")
def files(built):
    """Every file and folder of the tree, as paths relative to it."""
    return [path.relative_to(built.folder) for path in built.folder.rglob("*")]


class TestFiles:
    """What is in it, and what is not."""

    def test_it_says_how_large_it_became(self, built):
        """People look at sizes before they add to it; nothing is complained of."""
        assert re.search(rf"^\d+M\t{re.escape(str(built.folder))}$", built.said, re.MULTILINE)
        assert built.complained == ""

    def test_it_is_one_environment_and_its_documents(self, built, files):
        """Nothing else is put above the base."""
        assert {path.parts[:3] for path in files if len(path.parts) >= 3} == {
            ("opt", "mlexporter", "bin"),
            ("opt", "mlexporter", "lib"),
            ("opt", "mlexporter", "pyvenv.cfg"),
            ("usr", "share", "doc"),
        }
        assert sorted(path.name for path in (built.home / "bin").iterdir()) == ["mlexporter", "python"]
        assert sorted(path.name for path in (built.folder / "usr/share/doc/mlexporter").iterdir()) == [
            "LICENSE",
            "sbom.cdx.json",
        ]

    def test_it_has_what_runs_and_nothing_that_builds_or_tests(self, files):
        """No tests of packages, no compiler, no static library, no cache of pip, no pip."""
        unwanted = [
            path
            for path in files
            if {"tests", "pip", "setuptools", ".cache", ".git", ".venv"} & set(path.parts)
            or path.suffix in {".a", ".whl", ".exe"}
            or COMPILERS.fullmatch(path.name)
        ]
        assert unwanted == []

    def test_nobody_gets_rights_from_it(self, built):
        """No file runs as somebody else, none can be changed by others, none is a device."""
        for path in built.folder.rglob("*"):
            mode = path.lstat().st_mode
            if not stat.S_ISLNK(mode):
                assert mode & (stat.S_ISUID | stat.S_ISGID | 0o022) == 0, path
                assert stat.S_ISDIR(mode) or stat.S_ISREG(mode), path
                assert mode & 0o444 == 0o444, path

    def test_no_path_of_the_builder_is_in_it(self, built):
        """Its commands and its compiled files name the place in the image, wherever it was built."""
        command = (built.home / "bin" / "mlexporter").read_text(encoding="utf-8")
        assert command.startswith("#!/opt/mlexporter/bin/python\n")
        for path in built.packages.rglob("*"):
            if path.is_file() and path.suffix in {"", ".pyc", ".json", ".cfg", ".pth"}:
                assert str(built.folder).encode() not in path.read_bytes(), path

    def test_every_module_is_compiled(self, built):
        """The file system is read-only, so it is now or at each start; by content, not by time."""
        lacking = []
        for path in built.packages.rglob("*.py"):
            compiled = list((path.parent / "__pycache__").glob(f"{path.stem}.cpython-*.pyc"))
            if not compiled:
                lacking.append(path)
            # The flags of PEP 552: 1 is a hash that is not looked at.
            assert all(each.read_bytes()[4:8] == b"\x01\x00\x00\x00" for each in compiled), path
        # A module for another Python, such as one with `async` as a name, cannot be compiled and is never imported.
        assert [path for path in lacking if "mlexporter" in path.parts[-3:]] == []
        assert len(lacking) < 5

    def test_what_pip_noted_is_true(self, built):
        """A scanner that compares files with RECORD finds them whole, although some were left out."""
        for record in built.packages.glob("*.dist-info/RECORD"):
            rows = list(csv.reader(record.read_text(encoding="utf-8").splitlines()))
            assert [name for name, *_ in rows if not (built.packages / name).resolve().is_file()] == []
            assert all(name.count("/tests/") == 0 for name, *_ in rows)

    def test_all_files_have_the_time_that_was_asked_for(self, built):
        """Else no layer could be made again."""
        assert {int(path.lstat().st_mtime) for path in built.home.rglob("*")} == {built.epoch}


class TestPackage:
    """mlexporter in it."""

    def test_the_package_is_whole(self, built, checkout):
        """Its types, its pages and all modules are there, and no test."""
        package = checkout / "src" / "mlexporter"
        sources = {
            path.relative_to(package)
            for path in package.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        installed = built.packages / "mlexporter"
        packed = {
            path.relative_to(installed)
            for path in installed.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert packed == sources
        assert any(path.name == "py.typed" for path in packed)

    def test_its_metadata_say_what_the_project_says(self, built, root):
        """Licence, versions of Python, dependencies and extras."""
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        (metadata,) = [
            each.metadata
            for each in distributions(path=[str(built.packages)])
            if each.metadata["Name"] == "mlexporter"
        ]
        assert metadata["License-Expression"] == project["license"]
        assert metadata["Requires-Python"] == project["requires-python"]
        assert set(metadata.get_all("Provides-Extra")) == set(project["optional-dependencies"])
        assert metadata["Description-Content-Type"] == "text/markdown"
        needed = [text for text in metadata.get_all("Requires-Dist") if "extra ==" not in text]
        assert len(needed) == len(project["dependencies"])

    @pytest.mark.parametrize(
        ("words", "status", "told"),
        [
            (["--version"], 0, "mlexporter"),
            (["--help"], 0, "serve"),
            (["capacity", "--features", "20"], 0, "series"),
            (["serve"], 2, "MLEXPORTER_DIR"),
        ],
    )
    def test_commands_run_without_what_developers_have(self, built, words, status, told):
        """The tree has nothing but what the package asks for; a release that lacks one thing would fail here."""
        done = subprocess.run(
            [built.home / "bin" / "python", "-m", "mlexporter", *words],
            capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert done.returncode == status, done.stderr
        assert told in done.stdout + done.stderr

    def test_a_configuration_is_checked(self, built, tmp_path):
        """By the command that people run in a pipeline."""
        path = tmp_path / "mlexporter.toml"
        path.write_text('[settings]\nwindows = "1h"\n', encoding="utf-8")
        done = subprocess.run(
            [built.home / "bin" / "python", "-m", "mlexporter", "config", "check", path],
            capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


class TestScript:
    """scripts/build-image-tree itself."""

    def test_the_dockerfile_runs_the_same_steps(self, root):
        """One script builds both, and what it puts into the tree is what is copied."""
        builder, last = stages_of(read_dockerfile(root / "docker/exporter/Dockerfile"))[-2:]
        assert one(builder, "RUN").rest.endswith("docker/exporter/install /tree")
        assert one(last, "COPY").words == ["--from=builder", "/tree", "/"]
        assert one(last, "RUN").rest.endswith("/steps/settle")
        assert one(last, "USER").rest == f"{USER}:{USER}"

    def test_the_checkout_stays_as_it_was(self, built, checkout):
        """No folder of a build, nothing compiled: it is copied first."""
        assert sorted(path.name for path in checkout.iterdir()) == [
            "LICENSE", "README.md", "docker", "pyproject.toml", "scripts", "src",
        ]  # fmt: skip
        assert [path for path in checkout.rglob("*") if path.name in {"__pycache__", "build", "dist"}] == []

    def test_a_folder_with_something_in_it_is_left_alone(self, root, tmp_path):
        """It may be a home."""
        (tmp_path / "letter").touch()
        done = subprocess.run(
            [root / "scripts/build-image-tree", tmp_path], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "not empty" in done.stderr

    @pytest.mark.parametrize("arguments", [[], ["one", "two"]])
    def test_it_wants_one_folder(self, root, arguments):
        """Anything else is told."""
        done = subprocess.run(
            [root / "scripts/build-image-tree", *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2

    def test_two_builds_are_alike(self, built, build_again):
        """Byte for byte, with the time that was asked for: a layer can be made again and compared."""
        again = build_again()
        done = subprocess.run(
            ["diff", "--recursive", "--brief", "--no-dereference", built.folder, again.folder],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout == ""

    @pytest.mark.parametrize("platform", ["manylinux_2_28_x86_64", "manylinux_2_28_aarch64"])
    def test_every_package_comes_as_a_wheel_for_both_machines(self, root, last_stage, platform, tmp_path):
        """For the Python of the image, by their hashes: nothing has to be compiled on either."""
        (base,) = [
            each.rest
            for each in read_dockerfile(root / "docker/exporter/Dockerfile")
            if each.rest.startswith("BASE=")
        ]
        minor = ".".join(re.findall(r"\d+", base)[:2])
        done = subprocess.run(
            [
                sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps", "--require-hashes",
                "--only-binary", ":all:", "--python-version", minor, "--platform", platform,
                "--platform", platform.replace("2_28", "2_17"), "--platform", platform.replace("_2_28", "2014"),
                "--target", tmp_path, "--requirement", root / "docker/exporter/requirements.txt",
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
