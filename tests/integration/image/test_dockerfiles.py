"""What two other programs say of every Dockerfile of the repository: BuildKit's own checks, and hadolint."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from real_programs import missing, program_of

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(
    str(path.relative_to(ROOT))
    for folder in ("docker", "examples")
    for path in ROOT.glob(f"{folder}/**/Dockerfile")
)
MAIN = "docker/exporter/Dockerfile"
FAULTS = (
    ("StageNameCasing", "FROM python AS builder", "FROM python AS Builder"),
    ("FromAsCasing", "FROM python AS builder", "FROM python as builder"),
    ("ConsistentInstructionCasing", "WORKDIR /\n", "workdir /\n"),
    ("DuplicateStageName", "FROM python AS builder", "FROM python AS python"),
    ("JSONArgsRecommended", 'ENTRYPOINT ["mlexporter"]', "ENTRYPOINT mlexporter"),
    ("MultipleInstructionsDisallowed", "STOPSIGNAL SIGTERM", 'CMD ["serve"]'),
    ("MaintainerDeprecated", "STOPSIGNAL SIGTERM", "MAINTAINER nobody"),
    ("LegacyKeyValueFormat", "STOPSIGNAL SIGTERM", "ENV SIGNAL SIGTERM"),
    ("SecretsUsedInArgOrEnv", "STOPSIGNAL SIGTERM", "ENV PASSWORD=secret"),
    ("UndefinedVar", "WORKDIR /\n", "COPY $nothing /x\n"),
    ("UndefinedArgInFrom", "FROM ${BASE}", "FROM ${NOTHING}"),
    ("WorkdirRelativePath", "WORKDIR /\n", "WORKDIR here\n"),
    ("FromPlatformFlagConstDisallowed", "FROM ${BASE}", "FROM --platform=linux/amd64 ${BASE}"),
    ("ExposeInvalidFormat", "EXPOSE 9469", "EXPOSE 127.0.0.1:9469:9469"),
    ("Mistake", "STOPSIGNAL SIGTERM", "STOPSIGNALS SIGTERM"),
)
MATTERS = (
    ("DL3007", "python:3.12.12-slim-bookworm", "python:latest", "ARG BASE=", "FROM "),
    ("DL3000", "WORKDIR /\n", "WORKDIR here\n"),
    ("DL3020", "COPY src src", "ADD src src"),
    ("DL3025", 'ENTRYPOINT ["mlexporter"]', "ENTRYPOINT mlexporter"),
    ("DL3042", "STOPSIGNAL SIGTERM", "RUN pip install numpy==2.4.6"),
    ("DL3004", "STOPSIGNAL SIGTERM", "RUN sudo true"),
    ("DL3011", "EXPOSE 9469", "EXPOSE 94690"),
)


@pytest.fixture(scope="module")
def checks():
    """Return what lets BuildKit's checks read a file."""
    program = program_of("install-dockerfile-lint", "dockerfile-lint")
    return lambda path: subprocess.run([program, path], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def hadolint():
    """Return what lets hadolint read a file."""
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    program = shutil.which("hadolint", path=search)
    if program is None:
        missing("hadolint is not there; `make set-up` installs it")
    return lambda path: subprocess.run([program, path], capture_output=True, text=True, check=False)


def planted(tmp_path, old, new):
    """Return a Dockerfile with a fault in it."""
    text = (ROOT / MAIN).read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "Dockerfile"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FILES)
class TestEveryDockerfile:
    """No warning at all: each would be one that everybody has to read who builds it."""

    def test_buildkit_has_nothing_against_it(self, checks, name):
        """What `docker build --check` would say."""
        done = checks(ROOT / name)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_hadolint_has_nothing_against_it(self, hadolint, name):
        """Rules of another origin, and of the shell in RUN."""
        done = hadolint(ROOT / name)
        assert (done.returncode, done.stdout) == (0, "")


def test_what_the_tutorial_shows_is_one_that_can_be_built(checks, tmp_path):
    """People copy it."""
    text = (ROOT / "docs/tutorials/image.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```dockerfile\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    path = tmp_path / "Dockerfile"
    path.write_text(shown, encoding="utf-8")
    done = checks(path)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_among_them():
    """Else nothing would be read."""
    assert {MAIN, "docker/Dockerfile"} <= set(FILES)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault[0] for fault in FAULTS])
def test_buildkit_finds_a_planted_fault(checks, tmp_path, fault):
    """It is named with its line."""
    rule, old, new = fault
    done = checks(planted(tmp_path, old, new))
    assert done.returncode == 1
    assert re.search(rf"^{re.escape(str(tmp_path))}/Dockerfile:\d+: {rule}: ", done.stdout, re.MULTILINE), (
        done.stdout
    )


@pytest.mark.parametrize("fault", MATTERS, ids=[fault[0] for fault in MATTERS])
def test_hadolint_finds_a_planted_fault(hadolint, tmp_path, fault):
    """It is named by its rule."""
    rule, old, new, *change = fault
    path = planted(tmp_path, old, new)
    if change:
        path.write_text(path.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    done = hadolint(path)
    assert done.returncode == 1
    assert rule in done.stdout


def test_a_file_that_is_not_there_is_told(checks, tmp_path):
    """It is another exit status than that of a warning."""
    done = checks(tmp_path / "Dockerfile")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no such file" in done.stderr
