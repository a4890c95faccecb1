"""A process is known by number, namespace and start together."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlexporter.state.slots.process_name import ProcessName, own_process, visible_pids

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's files tell it")


@pytest.fixture
def child():
    """A process that lives until the test ends it."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.stdin.close()
    process.wait(10)


@linux
def test_the_living_of_this_namespace_are_seen(child):
    """This process and a child of it, each once."""
    own = own_process()
    stat = Path(f"/proc/{child.pid}/stat").read_text(encoding="utf-8")
    start = int(stat.rpartition(")")[2].split()[19])
    other = ProcessName(child.pid, own.namespace, start)

    assert own.pid == os.getpid()
    assert own.namespace == Path("/proc/self/ns/pid").stat().st_ino
    assert visible_pids((own, other, own)) == (os.getpid(), child.pid)


@linux
@pytest.mark.parametrize("field", ["namespace", "start"])
def test_a_stranger_with_the_number_of_a_worker_is_not_taken_for_it(field):
    """Another namespace, or another start: nothing is told of anybody, for a part looks like all."""
    own = own_process()
    stranger = own._replace(**{field: getattr(own, field) + 1})

    assert visible_pids((own, stranger)) == ()


@linux
def test_who_has_ended_is_left_out():
    """A worker that ends between two looks does not hide the others."""
    own = own_process()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(10)

    assert visible_pids((ProcessName(ended.pid, own.namespace, 5), own)) == (own.pid,)


def test_a_system_that_tells_nothing_is_taken_at_its_word(tmp_path):
    """Without the kernel's files there are no namespaces either: the number is all there is."""
    own = own_process(str(tmp_path))

    assert own == (os.getpid(), 0, 0)
    assert visible_pids((own, ProcessName(7)), str(tmp_path)) == (own.pid, 7)
    assert visible_pids((ProcessName(7, 4),), str(tmp_path)) == ()
