"""The tree that the image would hold, and the image that it is, built once for all tests of this folder."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dockerfiles import copied_from_context, one, read_dockerfile, stages_of, values_of
from plain_container import USER, Container, Image, can_start, make_root
from real_programs import missing

ROOT = Path(__file__).resolve().parents[3]
EPOCH = 1_750_000_000
SETTLE = """
set -eu
mkdir -p "$1/steps"
for name in /usr /bin /sbin /lib /lib64; do
    [ -L "$name" ] || [ ! -d "$name" ] || mount --rbind "$name" "$1$name"
done
mount -t overlay -o "lowerdir=$2,upperdir=$3,workdir=$4" overlay "$1$2"
mount --bind "$5" "$1/steps"
exec chroot "$1" /usr/bin/env -i PATH="$2/bin:/usr/bin:/bin" PIP_DISABLE_PIP_VERSION_CHECK=1 /steps/settle
"""


@pytest.fixture(scope="session")
def root():
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def last_stage():
    """The instructions of the stage that becomes the image."""
    return stages_of(read_dockerfile(ROOT / "docker/exporter/Dockerfile"))[-1]


@functools.cache
def interpreter():
    """Return the interpreter that the image has, as to its minor version, or that of the tests if it is not there."""
    base = values_of(read_dockerfile(ROOT / "docker/exporter/Dockerfile"), "ARG")["BASE"]
    minor = ".".join(base.partition(":")[2].split(".")[:2])
    ask = "import os, sys; print(os.path.join(sys.base_prefix, 'bin', 'python%d.%d' % sys.version_info[:2]))"
    # Where pyenv chooses among several, it is told which.
    for command, version in ((f"python{minor}", minor), (sys.executable, "")):
        asked = subprocess.run(
            ["/usr/bin/env", command, "-c", ask], capture_output=True, text=True, check=False,
            env={**os.environ, **({"PYENV_VERSION": version} if version else {})},
        )  # fmt: skip
        if asked.returncode == 0 and Path(asked.stdout.strip()).is_file():
            return Path(asked.stdout.strip())
    raise AssertionError("no interpreter was found, not even that of the tests")


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    """A copy of what the image is made from: somebody may be writing in the checkout meanwhile."""
    copy = tmp_path_factory.mktemp("checkout")
    sources = copied_from_context(read_dockerfile(ROOT / "docker/exporter/Dockerfile"))
    for name in (*sources, "scripts/build-image-tree"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, copy / name)
    return copy


def build_tree(checkout, folder):
    """Run scripts/build-image-tree of a checkout; return what it said."""
    return subprocess.run(
        [checkout / "scripts" / "build-image-tree", folder],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHON": str(interpreter()), "SOURCE_DATE_EPOCH": str(EPOCH)},
    )  # fmt: skip


class Built:
    """A tree, and what building it said."""

    epoch = EPOCH

    def __init__(self, checkout, folder):
        self.folder = folder
        done = build_tree(checkout, folder)
        assert done.returncode == 0, done.stderr
        self.said, self.complained = done.stdout, done.stderr
        self.home = folder / "opt" / "mlexporter"
        (self.packages,) = self.home.glob("lib/python*/site-packages")


@pytest.fixture(scope="session")
def built(checkout, tmp_path_factory):
    """The tree, built once; pytest would keep its 200 MB."""
    folder = tmp_path_factory.mktemp("image") / "tree"
    yield Built(checkout, folder)
    shutil.rmtree(folder)


@pytest.fixture
def build_again(checkout, tmp_path):
    """Return what builds it a second time; likewise."""
    yield lambda: Built(checkout, tmp_path / "tree")
    shutil.rmtree(tmp_path / "tree", ignore_errors=True)


@pytest.fixture(scope="session")
def settled(tmp_path_factory):
    """The layer that docker/exporter/settle leaves above the base, and the machine in which it ran."""
    if not can_start():
        missing("starting the image without an engine needs root, unshare, setpriv and nsenter")
    folder = tmp_path_factory.mktemp("settled")
    python = interpreter().parents[1]
    image = Image(folder / "none", python, (), {}, (), ())
    image.tree.mkdir()
    machine = make_root(image, folder)
    (machine / "counts").rmdir()
    layer, work = folder / "layer", folder / "work"
    for each in (layer, work):
        each.mkdir(mode=0o755)
    done = subprocess.run(
        [
            "unshare", "--mount", "--propagation=private", "sh", "-c", SETTLE, "sh",
            machine, python, layer, work, ROOT / "docker" / "exporter",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return layer, machine


@pytest.fixture(scope="session")
def image(built, settled, last_stage):
    """The image: its tree, its base without pip, and what its Dockerfile sets."""
    layer, _ = settled
    environment = values_of(last_stage, "ENV")
    environment["PATH"] = environment["PATH"].replace("$PATH", "/usr/bin:/bin")
    return Image(
        built.folder, interpreter().parents[1], (layer,), environment,
        tuple(one(last_stage, "ENTRYPOINT").words), tuple(one(last_stage, "CMD").words),
    )  # fmt: skip


@pytest.fixture
def counts(tmp_path):
    """A folder as a volume of the image is: of its user, and closed to others."""
    folder = tmp_path / "counts"
    folder.mkdir(mode=0o700)
    os.chown(folder, USER, USER)
    return folder


@pytest.fixture
def start(image, tmp_path):
    """Return what starts the image; each one ends with the test."""
    started = []

    def run(counts, command=None, **settings):
        folder = tmp_path / f"machine{len(started)}"
        folder.mkdir()
        started.append(Container(image, folder, counts, command, **settings))
        return started[-1]

    yield run
    for container in started:
        container.close()
