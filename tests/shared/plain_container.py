"""What a container engine does, done with namespaces: a tree is started as process 1 of a machine that is read-only.

It needs root. Beside the tree there is what its interpreter and its system libraries need, all of it read-only; the
network is that of the machine, for a container has none to test with otherwise.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

USER = 65532
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64")
DEVICES = ("null", "zero", "urandom")
SECONDS = 30.0

# $1 is the new root. What is bound is made read-only one by one, because a bound folder keeps the rights of its source.
PREPARE = """
set -eu
root=$1
mount --bind "$root" "$root"
bound() { mount --bind "$1" "$root$2"; mount -o "remount,bind,$3nosuid" "$root$2"; }
"""
START = """
mount -t proc proc "$root/proc"
mount -o remount,bind,ro "$root"
cd "$root"
exec chroot . /usr/bin/setpriv --reuid={user} --regid={user} --clear-groups --no-new-privs --bounding-set=-all \\
    --inh-caps=-all /usr/bin/env -i {environment} {command}
"""


def quoted(text):
    """Quote a word for the shell."""
    return "'" + str(text).replace("'", "'\\''") + "'"


def can_start():
    """Tell whether this user may make namespaces and mount in them."""
    if os.geteuid() != 0 or not all(
        shutil.which(name) for name in ("unshare", "setpriv", "nsenter", "chroot")
    ):
        return False
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "none", "/tmp"],
        capture_output=True, check=False,
    )  # fmt: skip
    return tried.returncode == 0


class Image(NamedTuple):
    """What an image is: a tree, the installation of Python below it, what its Dockerfile sets, and its user."""

    tree: Path
    """What stands above the base."""
    python: Path
    """The installation that the tree's interpreter belongs to."""
    layers: tuple[Path, ...]
    """What was changed in that installation: layers of an overlay file system, the newest first."""
    environment: Mapping[str, str]
    entrypoint: tuple[str, ...]
    command: tuple[str, ...]


class Container:
    """A command of an image that runs; ``counts`` is the folder on /counts, or the options of a new tmpfs there."""

    def __init__(self, image, folder, counts, command=None, **settings):
        image = image._replace(entrypoint=settings.pop("entrypoint", image.entrypoint))
        self._image, self._settings = image, settings
        self.python = image.python
        self.root = make_root(image, folder)
        self._log = (folder / "log").open("wb+")
        program = (*image.entrypoint, *(image.command if command is None else command))
        self._process = subprocess.Popen(
            [
                "unshare", "--mount", "--propagation=private", "--pid", "--fork", "--kill-child",
                "sh", "-c", self._script(counts, program), "sh", self.root,
            ],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def _script(self, counts, program):
        image = self._image
        system = [name for name in SYSTEM if Path(name).is_dir() and not Path(name).is_symlink()]
        lines = [PREPARE, *(f"bound {name} {name} ro," for name in system)]
        layers = ":".join(map(str, (*image.layers, image.python)))
        if image.layers:
            lines.append(f"mount -t overlay -o ro,nosuid,lowerdir={layers} overlay $root{image.python}")
        else:
            lines.append(f"bound {image.python} {image.python} ro,")
        # One by one: /usr of the machine is there already and has the libraries.
        folders = [folder for folder in image.tree.iterdir() if folder.name != "usr"]
        lines += [f"bound {quoted(folder)} /{folder.name} ro," for folder in folders]
        lines += [f"touch $root/dev/{name}; mount --bind /dev/{name} $root/dev/{name}" for name in DEVICES]
        if isinstance(counts, Path):
            lines.append(f"bound {quoted(counts)} /counts ''")
        else:
            lines.append(f"mount -t tmpfs -o {counts} tmpfs $root/counts")
        start = START.format(
            user=USER, environment=self._variables(), command=" ".join(quoted(word) for word in program)
        )
        return "\n".join([*lines, start])

    def _variables(self):
        variables = {**self._image.environment, **self._settings}
        return " ".join(quoted(f"{name}={value}") for name, value in variables.items())

    @property
    def pid(self):
        """The number outside of what is process 1 inside."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        (child,) = children.read_text(encoding="ascii").split()
        return int(child)

    @property
    def said(self):
        """What it has printed so far."""
        self._log.flush()
        return Path(self._log.name).read_text(encoding="utf-8")

    def wait_until(self, condition, what):
        """Wait until ``condition()`` is true; an end before that fails."""
        end = time.monotonic() + SECONDS
        while not condition():
            assert self._process.poll() is None, f"it ended before {what}: {self.said}"
            assert time.monotonic() < end, f"no {what} in {SECONDS:.0f} seconds: {self.said}"
            time.sleep(0.05)

    def status(self):
        """Return what the kernel says of process 1: name to text."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def run(self, *command):
        """Run a command inside, as a health check is: same user, same environment; return what became of it."""
        inside = (
            f"exec /usr/bin/setpriv --reuid={USER} --regid={USER} --clear-groups --no-new-privs --bounding-set=-all "
            f"/usr/bin/env -i {self._variables()} " + " ".join(quoted(word) for word in command)
        )
        return subprocess.run(
            ["nsenter", f"--target={self.pid}", "--mount", "--pid", "--root", "--wdns=/", "sh", "-c", inside],
            capture_output=True, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip

    def signal(self, number):
        """Send a signal to process 1 from outside, as an engine does."""
        os.kill(self.pid, number)

    def wait(self):
        """Wait for its end and return its exit status."""
        return self._process.wait(timeout=SECONDS)

    def close(self):
        """End it, at once."""
        with contextlib.suppress(ValueError, ProcessLookupError, FileNotFoundError):
            self.signal(signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._log.close()


def make_root(image, folder):
    """Make the empty folders on which everything is mounted; return the new root."""
    root = folder / "root"
    for name in ("proc", "dev", "etc", "tmp", "counts", str(image.python).lstrip("/")):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in SYSTEM:
        target = root / name.lstrip("/")
        if Path(name).is_symlink():
            target.symlink_to(Path(name).readlink())
        elif Path(name).is_dir():
            target.mkdir(exist_ok=True)
    for layer in image.tree.iterdir():
        (root / layer.name).mkdir(exist_ok=True)
    (root / "etc" / "hosts").write_text("127.0.0.1 localhost\n", encoding="utf-8")
    root.chmod(0o755)
    return root
