"""Makes processes that count, read and fold in a shared directory, for tests that kill them.

A program: ``slot_nursery.py DIRECTORY JOURNAL``. Each line of its input is a command, each answer a
line. It imports once and forks, as a server does that preloads.

The journal is a file of int64 pairs, one for each worker: calls that were entered, and calls that
were answered. It is mapped, so that it is right after a kill too, and knows nothing of slots.
"""

from __future__ import annotations

import mmap
import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np

from mlexporter.records import ModelKey
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.slots import BlockDescription, BlockKind, Slot
from mlexporter.state.slots.directory import SlotDirectory

JOURNAL_WORKERS = 1024
FEATURES = 8
ROWS_PER_DRAIN = 20
SYNCHRONOUS = Layout(
    (
        ("plain", CellKind.COUNT, 1),
        ("accepted", CellKind.COUNT, 1),
        ("dropped", CellKind.COUNT, 1),
        ("lost", CellKind.COUNT, 1),
        ("entered", CellKind.LIVE, 1),
        ("newest", CellKind.NEWEST, 1),
    )
)
BANKED = Layout((("bins", CellKind.COUNT, FEATURES * 200), ("drained", CellKind.COUNT, 1)))
DESCRIPTION = BlockDescription(BlockKind.PROFILE, ModelKey("m", "1"), "ab", SYNCHRONOUS, BANKED, {})
KILLING_CALLS = ("open", "rename", "unlink", "pwrite", "pread", "link", "listdir", "close", "fstat")


def work(directory, journal, limit, rests):
    """Answer calls for ever, or ``limit`` of them: enter, count, answer; drain now and then.

    At the end it closes its slot, or ``rests`` with rows that wait until it is killed.
    """
    memory = directory.open_memory()
    block = Slot(memory).open_block(DESCRIPTION)
    cells, plain, entered, dropped = block.cells, 0, 4, 2
    waiting = 0
    delta = BANKED.zeros()
    while limit:
        limit -= 1
        journal[0] += 1
        cells[entered] += 1
        cells[plain] += 1
        if not journal[0] % 97:
            cells[dropped] += 1
        else:
            delta[(journal[0] % 200) : FEATURES * 200 : 200] += 1
            waiting += 1
        cells[5] = journal[0]
        cells[entered] -= 1
        journal[1] += 1
        if waiting == ROWS_PER_DRAIN:
            delta[-1] = waiting
            block.commit(delta)
            delta[:] = 0
            waiting = 0
            time.sleep(0.0005)
    if rests:
        signal.pause()
    if waiting:
        delta[-1] = waiting
        block.commit(delta)
    memory.close()


def fold_until(directory, call, turn):
    """Fold, and die by SIGKILL before call number ``turn`` of ``os.<call>``."""
    original, turns = getattr(os, call), []

    def step(*args, **names):
        turns.append(1)
        if len(turns) > turn:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **names)

    setattr(os, call, step)
    directory.fold()


def fold_for_ever(directory):
    """Fold again and again, in a thread beside the one that reads."""
    threading.Thread(target=read_for_ever, args=(directory,), daemon=True).start()
    while True:
        directory.fold()
        time.sleep(0.002)


def read_for_ever(directory):
    """Read again and again."""
    while True:
        directory.read()
        time.sleep(0.002)


def hold(directory, name):
    """Hold the lock of the directory, or a named one, until somebody kills us; a file says so."""
    sign = directory.path.with_name("held")
    if name == "directory":
        with directory._exclusive():  # the very lock that everybody waits for
            sign.touch()
            signal.pause()
    if directory.try_lock(name) is not None:
        sign.touch()
        signal.pause()


def spawn(action, *args):
    """Return the pid of a new process that does ``action``."""
    child = os.fork()
    if child:
        return child
    os.close(1)  # the test sees the end of our output should the nursery die
    try:
        action(*args)
    except BaseException as error:  # the test sees the exit status
        sys.stderr.write(f"{error!r}\n")
        os._exit(3)
    os._exit(0)


def answer(value):
    """Write one line that the test reads."""
    sys.stdout.write(f"{value}\n")
    sys.stdout.flush()


def main():
    """Obey until the end of the input."""
    path, journal_path = map(Path, sys.argv[1:])
    with journal_path.open("r+b") as file:
        journal = np.frombuffer(mmap.mmap(file.fileno(), 0), dtype=np.int64).reshape(-1, 2)
    directory = SlotDirectory(path)
    n_workers = 0
    answer("ready")
    for line in sys.stdin:
        command, *words = line.split()
        if command in ("work", "rest"):
            pair = memoryview(journal[n_workers])
            n_workers += 1
            answer(spawn(work, SlotDirectory(path), pair, int(words[0]), command == "rest"))
        elif command == "fold":
            child = spawn(fold_until, directory, words[0], int(words[1]))
            answer(os.waitpid(child, 0)[1])
        elif command == "folder":
            answer(spawn(fold_for_ever, directory))
        elif command == "hold":
            answer(spawn(hold, directory, words[0]))
        elif command == "wait":
            answer(os.waitpid(int(words[0]), 0)[1])


if __name__ == "__main__":
    main()
