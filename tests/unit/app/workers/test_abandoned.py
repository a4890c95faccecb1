"""Directories whose server is gone are removed; all others stay."""

import os
import time

import pytest

from mlexporter.app.workers.abandoned import (
    _REMOVED_AT_ONCE,
    group_name,
    remove_abandoned,
    remove_if_empty_of_members,
)
from mlexporter.app.workers.directory import MEMBERS, enter
from mlexporter.app.workers.master import find_master


@pytest.fixture
def group(kernel, tmp_path):
    """Return a function that makes the directory of a started server, with counts in it."""

    def made(pid):
        kernel.started(pid, 20)
        path = tmp_path / "base" / group_name(kernel.processes, find_master(kernel.processes, pid, None))
        path.mkdir(parents=True, mode=0o700)
        (path / "slot").write_text("counts")
        return path

    return made


def test_the_directory_of_a_dead_server_is_removed(kernel, group, tmp_path):
    """Its master is gone and nobody is in."""
    dead, living = group(100), group(101)
    kernel.end(100)

    assert remove_abandoned(tmp_path / "base", kernel.processes) == 1
    assert [path.name for path in (tmp_path / "base").iterdir()] == [living.name]
    assert not dead.exists()


def test_a_number_that_was_given_again_is_another_server(kernel, group, tmp_path):
    """The start time tells the two apart."""
    group(100)
    kernel.end(100)
    kernel.started(100, 20, start=99_999)

    assert remove_abandoned(tmp_path / "base", kernel.processes) == 1


def test_a_directory_stays_while_somebody_is_in(kernel, group, tmp_path):
    """Workers may outlive their master for a while, and their counts with them."""
    dead = group(100)
    kernel.end(100)
    lock = enter(dead)

    assert remove_abandoned(tmp_path / "base", kernel.processes) == 0
    lock.release()
    assert remove_abandoned(tmp_path / "base", kernel.processes) == 1


def test_a_directory_just_being_made_stays(kernel, group, tmp_path):
    """Its first process has not come in yet, but its master lives."""
    new = group(100)

    assert remove_abandoned(tmp_path / "base", kernel.processes) == 0
    assert new.exists()


def test_another_machine_is_judged_by_age(kernel, group, tmp_path):
    """The masters of another namespace cannot be seen: an hour without a newcomer has to pass."""
    foreign = group(100)
    foreign.joinpath(MEMBERS).write_text("")
    other = foreign.with_name("00000000-100-100")
    foreign.rename(other)

    assert remove_abandoned(tmp_path / "base", kernel.processes) == 0
    hours_ago = time.time() - 7200
    os.utime(other, (hours_ago, hours_ago))
    assert remove_abandoned(tmp_path / "base", kernel.processes) == 0
    os.utime(other / MEMBERS, (hours_ago, hours_ago))
    lock = enter(other)
    os.utime(other / MEMBERS, (hours_ago, hours_ago))
    assert remove_abandoned(tmp_path / "base", kernel.processes) == 0
    lock.release()
    assert remove_abandoned(tmp_path / "base", kernel.processes) == 1


def test_strange_names_are_left_alone(kernel, tmp_path):
    """What is not ours is not removed, what was half removed is."""
    base = tmp_path / "base"
    for name in ("notes", "00000000-x-1", ".removed-00000000-1-1-5"):
        (base / name).mkdir(parents=True)
        (base / name / "file").write_text("")

    assert remove_abandoned(base, kernel.processes) == 0
    assert sorted(path.name for path in base.iterdir()) == ["00000000-x-1", "notes"]
    assert remove_abandoned(tmp_path / "missing", kernel.processes) == 0


def test_a_start_removes_a_few_only(kernel, group, tmp_path):
    """Thousands of leftovers delay nobody's first row."""
    for pid in range(100, 100 + _REMOVED_AT_ONCE + 3):
        group(pid)
        kernel.end(pid)

    assert remove_abandoned(tmp_path / "base", kernel.processes) == _REMOVED_AT_ONCE
    assert remove_abandoned(tmp_path / "base", kernel.processes) == 3


def test_two_removers_do_not_meet(group):
    """The second finds nothing, and says so."""
    path = group(100)

    assert remove_if_empty_of_members(path)
    assert not remove_if_empty_of_members(path)
