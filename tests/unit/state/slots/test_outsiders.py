"""Who counts outside a directory says so in it, with an empty file, for as long as it lives."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

import pytest

from mlexporter.errors import DirectoryError
from mlexporter.state.slots.directory import SlotDirectory
from mlexporter.state.slots.process_name import own_process

OUTSIDE = """
import os, signal, sys
from pathlib import Path
from mlexporter.state.slots.directory import SlotDirectory
directory = SlotDirectory(Path(sys.argv[1]))
directory.stand_outside("directory_full")
print(os.getpid(), flush=True)
os.kill(os.getpid(), signal.SIGKILL if sys.argv[2] == "dies" else signal.SIGSTOP)
"""


def marks(directory):
    return [each for each in directory.path.iterdir() if each.name.startswith("outside-")]


def test_every_reader_is_told_until_it_is_taken_back(directory):
    """Once, whatever is said twice; with the reason, by an empty file; and not as a slot."""
    reader = SlotDirectory(directory.path)
    directory.stand_outside("directory_full")
    directory.stand_outside("directory_unusable")
    (found,) = reader.read().outsiders
    (own,) = directory.read().outsiders

    assert found == (own_process(), "directory_full", False)
    assert own.is_own
    assert [mark.stat().st_size for mark in marks(directory)] == [0]
    assert reader.read().workers == ()
    directory.come_inside()
    directory.come_inside()
    assert reader.read().outsiders == ()
    assert marks(directory) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_a_living_outsider_is_kept_and_a_dead_one_swept_and_told(directory, caplog):
    """A fold leaves the file of a living process, stopped as it is, and removes that of a dead one."""
    living = subprocess.Popen(
        [sys.executable, "-c", OUTSIDE, directory.path, "stops"], stdout=subprocess.PIPE, text=True
    )
    try:
        pid = int(living.stdout.readline())
        subprocess.run(
            [sys.executable, "-c", OUTSIDE, directory.path, "dies"], check=False, capture_output=True
        )
        assert len(marks(directory)) == 2
        with caplog.at_level(logging.WARNING):
            directory.fold()
        assert [found.process.pid for found in directory.read().outsiders] == [pid]
    finally:
        living.kill()
        living.wait(10)
        living.stdout.close()

    assert len(marks(directory)) == 1
    assert caplog.text.count("what it counted there is lost") == 1
    assert directory.read().outsiders == ()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_child_does_not_keep_the_word_of_its_parent(directory):
    """The file goes with the parent, and a child takes nothing back that it did not say."""
    reader = SlotDirectory(directory.path)
    directory.stand_outside("directory_full")
    child = os.fork()
    if not child:
        directory.come_inside()
        is_its_own = any(each.is_own for each in directory.read().outsiders)
        os._exit(17 if is_its_own else 0)

    assert os.waitpid(child, 0)[1] == 0
    assert len(reader.read().outsiders) == 1


def test_what_is_no_reason_or_cannot_be_written_is_refused(directory, tmp_path):
    """A name that others could not read; a directory that is only read."""
    with pytest.raises(ValueError, match="name one of a directory"):
        directory.stand_outside("port_in_use")
    with pytest.raises(DirectoryError, match="read_only"):
        SlotDirectory(directory.path, read_only=True).stand_outside("directory_full")
    assert marks(directory) == []
