import os

import pytest

from mlexporter.app.workers.processes import Processes

FORKED = 0x40
STARTED = 0x400000
"""Flags of every process of a kernel that tells any; never 0."""


class Kernel:
    """A folder that looks like /proc, filled process by process."""

    def __init__(self, root):
        self.root = root
        self.processes = Processes(root)
        boot = root / "sys/kernel/random"
        boot.mkdir(parents=True)
        (boot / "boot_id").write_text("cba86b99-e1c2-43b1-99f6-5fd733a535d3\n")
        (root / "self/ns").mkdir(parents=True)
        (root / "self/ns/pid").symlink_to("pid:[4026531836]")

    def started(self, pid, parent, *, program="/usr/bin/python3", command=("python3", "serve.py"), **more):
        """Add a process that a parent has started: new program, new stack."""
        self.add(pid, parent, program=program, command=command, **{"stack": pid * 4096, **more})

    def forked(self, pid, parent, **more):
        """Add a process that was forked from ``parent`` and runs what it ran."""
        of = self.processes.read(parent)
        same = {"program": of.program, "command": of.command, "stack": of.stack}
        self.add(pid, parent, **{"flags": STARTED | FORKED, **same, **more})

    def add(self, pid, parent, *, program="", command=(), stack=0, flags=STARTED, start=None, state="S",
            name="python3"):  # fmt: skip
        """Add a process."""
        folder = self.root / str(pid)
        folder.mkdir()
        fields = ["0"] * 50
        fields[0], fields[1], fields[6] = state, str(parent), str(flags)
        fields[19], fields[25] = str(pid if start is None else start), str(stack)
        (folder / "stat").write_text(f"{pid} ({name}) {' '.join(fields)}\n")
        (folder / "cmdline").write_bytes(b"".join(os.fsencode(part) + b"\0" for part in command))
        if program:
            (folder / "exe").symlink_to(program)

    def end(self, pid):
        """Remove a process."""
        for file in (self.root / str(pid)).iterdir():
            file.unlink()
        (self.root / str(pid)).rmdir()


@pytest.fixture
def kernel(tmp_path):
    """A machine on which a shell, process 20, was started by process 1."""
    root = tmp_path / "proc"
    root.mkdir()
    made = Kernel(root)
    made.started(1, 0, program="/usr/lib/systemd/systemd", command=("/sbin/init",))
    made.started(20, 1, program="/usr/bin/bash", command=("-bash",))
    return made
