"""What is read from the kernel's files, and what is not there."""

import os

import pytest

from mlexporter.app.workers.processes import Processes


def test_everything_of_a_process_is_read(kernel):
    """Parent, start, flags, stack, program and command line, whatever the name of the process holds."""
    kernel.add(300, 20, program="/usr/bin/python3 (deleted)", command=("python3", "-m", "app"), stack=77,
               flags=0x40, start=1234, name="a) S 1 (b")  # fmt: skip

    found = kernel.processes.read(300)

    assert (found.parent, found.start, found.flags, found.stack) == (20, 1234, 0x40, 77)
    assert (found.program, found.command) == ("/usr/bin/python3", ("python3", "-m", "app"))
    assert found.is_forked


@pytest.mark.parametrize("content", ["", "300 (x", "300 (x) S", "300 (x) S a b c" + " 0" * 40, "\0\0"])
def test_rubbish_is_nobody(kernel, content):
    """A file that is no status is a process that is not there."""
    kernel.add(300, 20)
    (kernel.root / "300/stat").write_text(content)

    assert kernel.processes.read(300) is None


def test_who_ended_is_not_alive(kernel):
    """Gone, a zombie, or another process under the same number."""
    kernel.add(300, 20, start=5)
    kernel.add(301, 20, start=5, state="Z")

    assert kernel.processes.is_alive(300, 5)
    assert not kernel.processes.is_alive(300, 6)
    assert not kernel.processes.is_alive(301, 5)
    assert not kernel.processes.is_alive(302, 5)


def test_a_machine_is_this_boot_and_this_namespace(kernel):
    """Another boot or another namespace of numbers is another machine."""
    first = kernel.processes.machine()
    (kernel.root / "self/ns/pid").unlink()
    (kernel.root / "self/ns/pid").symlink_to("pid:[1]")
    second = kernel.processes.machine()
    (kernel.root / "sys/kernel/random/boot_id").write_text("another\n")

    assert len({first, second, kernel.processes.machine()}) == 3


def test_a_system_without_such_files_says_nothing(tmp_path):
    """MacOS has no /proc: nobody is known, and nothing is raised."""
    nothing = Processes(tmp_path / "none")

    assert nothing.read(os.getpid()) is None
    assert not nothing.is_alive(1, 0)
    assert len(nothing.machine()) == 8
