"""Where plain rows wait between the end of their call and the next drain."""

from __future__ import annotations

import os
import sys
import threading
import time

import pytest

from mlexporter.state import inlet as module
from mlexporter.state.inlet import PIECE_ROWS

ODD = {"colour": "blue", "size": "text"}


def drained(lane):
    """Rows that are in the bins of a lane."""
    return int(lane.block.committer.banked()[lane.block.drained])


@pytest.fixture
def quiet(new_counted):
    """Counters whose calls do nothing for the rows that wait."""
    counted = new_counted(buffer_rows=100)
    counted.state.relieve_every = sys.maxsize
    return counted


@pytest.fixture
def halted(quiet):
    """An inlet with rows, and a thread that is in the middle of a step until it is let go."""
    lane, inlet, hook = quiet.open()
    quiet.plain(inlet, 10)
    is_within, goes_on = threading.Event(), threading.Event()

    def halt():
        hook.before = None
        is_within.set()
        goes_on.wait(10)

    hook.before = halt
    thread = threading.Thread(target=inlet.step)
    thread.start()
    is_within.wait(10)
    yield lane, inlet, lambda: (goes_on.set(), thread.join())
    goes_on.set()
    thread.join()


def test_a_step_does_a_little(quiet):
    """It takes some rows; those of a whole chunk are counted in several steps more."""
    lane, inlet, hook = quiet.open()
    quiet.plain(inlet, 150)
    inlet.step()

    assert (len(inlet.waiting), inlet.n_rows, hook.calls) == (150 - PIECE_ROWS, 150, 1)
    assert drained(lane) == 0
    for _ in range(30):
        inlet.step()
    assert inlet.n_rows < 100  # no chunk is left
    assert drained(lane) == 150 - inlet.n_rows


def test_finishing_counts_everything(quiet):
    """Also the rest that fills no chunk, and what is not plain."""
    lane, inlet, _ = quiet.open()
    quiet.plain(inlet, 130)
    inlet.step()
    quiet.plain(inlet, 3, row=ODD)
    inlet.finish()

    assert (drained(lane), inlet.n_rows) == (130, 0)
    assert quiet.balance() == (133, 133, 0)


def test_a_thread_in_the_middle_of_a_step_is_waited_for(halted, quiet, until):
    """Whoever finishes gets its rows too."""
    lane, inlet, let_go = halted
    quiet.plain(inlet, 5)
    other = threading.Thread(target=inlet.finish)
    other.start()
    until(lambda: not inlet.waiting)
    let_go()
    other.join()

    assert (drained(lane), inlet.n_rows) == (15, 0)


def test_a_thread_that_does_not_go_on_is_not_waited_for_twice(halted, quiet, monkeypatch):
    """All other rows are counted meanwhile, and its own as soon as it goes on."""
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.05)
    lane, inlet, let_go = halted
    quiet.plain(inlet, 5)
    inlet.finish()
    first = drained(lane)
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 60.0)
    began = time.monotonic()
    quiet.plain(inlet, 5)
    inlet.finish()

    assert (first, drained(lane)) == (5, 10)
    assert time.monotonic() - began < 30
    let_go()
    inlet.finish()
    assert drained(lane) == 20


def test_no_step_waits_for_another(halted, quiet):
    """Threads take turns at once, each with rows of its own."""
    lane, inlet, _ = halted
    quiet.plain(inlet, 200)
    for _ in range(30):
        inlet.step()

    assert drained(lane) == 200 - inlet.n_rows > 100


def test_a_finaliser_in_the_middle_of_a_step_may_finish(quiet, monkeypatch):
    """It is the same thread: what it interrupted is counted later, nothing twice."""
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.0)
    _, inlet, hook = quiet.open()
    quiet.plain(inlet, 200)
    reached = []

    def finalise():
        hook.before = None
        inlet.finish()
        reached.append(True)

    hook.before = finalise
    inlet.step()

    assert reached
    assert quiet.balance() == (200, 200, 0)


def test_rows_that_cannot_be_unpacked_are_dropped_and_counted(quiet):
    """Those of one step; the next ones are counted."""
    _, inlet, hook = quiet.open()
    quiet.plain(inlet, 7)
    hook.before = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        inlet.step()
    hook.before = None
    quiet.plain(inlet, 2)

    assert quiet.balance() == (9, 2, 7)
    assert quiet.service.dropped["internal_error"] == 7


def test_a_chunk_that_cannot_be_counted_is_dropped_and_counted(quiet, monkeypatch):
    """The next one is counted."""
    lane, inlet, _ = quiet.open()
    quiet.plain(inlet, 7)
    with monkeypatch.context() as patch:
        patch.setattr(lane.block, "plain_steps", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            inlet.finish()
    quiet.plain(inlet, 2)

    assert quiet.balance() == (9, 2, 7)


def test_rows_are_taken_newest_first(quiet):
    """No more than there are, and whoever takes them accounts for them."""
    _, inlet, _ = quiet.open()
    for size in (0.5, 1.5, 2.5):
        quiet.plain(inlet, row={"colour": "blue", "size": size})
    rows = inlet.take(2) + inlet.take(2)

    assert [row["size"] for row, _, _ in rows] == [2.5, 1.5, 0.5]
    assert inlet.take(5) == []


def test_what_is_forgotten_is_gone(quiet):
    """In every state: waiting, unpacked, on its way into the bins."""
    lane, inlet, _ = quiet.open()
    quiet.plain(inlet, 120)
    inlet.step()
    inlet.step()
    quiet.plain(inlet, 10)
    append = inlet.waiting.append
    inlet.forget()
    inlet.finish()

    assert (drained(lane), inlet.n_rows) == (0, 0)
    append(({"colour": "blue", "size": 1.5}, 5, 0.5))  # calls hold on to it
    inlet.finish()
    assert drained(lane) == 1


def test_eight_threads_lose_no_row(quiet):
    """They append, take turns and finish, all at once."""
    _, inlet, _ = quiet.open()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def work():
        for number in range(1500):
            quiet.plain(inlet, row=ODD if number % 50 == 0 else None)
            if number % 16 == 0:
                inlet.step()
            if number % 400 == 0:
                inlet.finish()

    try:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert quiet.balance() == (12_000, 12_000, 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_forked_in_the_middle_of_a_step_begins_anew(halted, quiet):
    """The thread that was in the middle is not there: nobody waits for it, and its rows are the parent's."""
    lane, inlet, let_go = halted
    child = os.fork()
    if child == 0:
        began = time.monotonic()
        quiet.state.forget()
        inlet.finish()
        is_well = (drained(lane), inlet.n_rows) == (0, 0) and time.monotonic() - began < 0.5
        os._exit(0 if is_well else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    let_go()
    inlet.finish()
    assert drained(lane) == 10
