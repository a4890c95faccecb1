import os
import threading

import pytest

from mlexporter.instrument.event_queue import EventQueue


class Clock:
    """Stands still until it is moved."""

    now = 100.0

    def __call__(self):
        """Return seconds."""
        return self.now


class Rig:
    """A queue, its clock, and what it dropped."""

    def __init__(self, per_second=10.0, limit=1000):
        self.clock = Clock()
        self.dropped = []
        self.queue = EventQueue(per_second, self.dropped.append, limit=limit, clock=self.clock)

    def offer(self, event):
        """Let an event in and wait; return whether that was possible."""
        admission = self.queue.admit()
        if admission is not None:
            self.queue.put(admission, event)
        return admission is not None


def test_first_in_first_out():
    """Nothing is lost between both ends."""
    rig = Rig()
    for event in "abc":
        rig.offer(event)

    assert [rig.queue.take(0.0) for _ in range(4)] == ["a", "b", "c", None]
    assert rig.dropped == []


def test_no_more_than_the_rate():
    """A second's worth at once, then one for each tenth of a second; time that goes back changes nothing."""
    rig = Rig(per_second=10.0)

    assert sum(rig.offer(number) for number in range(25)) == 10
    rig.clock.now += 0.25
    assert sum(rig.offer(number) for number in range(25)) == 2
    rig.clock.now -= 50
    assert sum(rig.offer(number) for number in range(25)) == 0
    rig.clock.now += 500
    assert sum(rig.offer(number) for number in range(25)) == 10
    assert rig.dropped == ["dropped_rate"] * (15 + 23 + 25 + 15)


def test_a_clock_that_goes_back_takes_nothing_away():
    """What was left is left."""
    rig = Rig(per_second=10.0)
    for number in range(5):
        rig.offer(number)
    rig.clock.now -= 50

    assert sum(rig.offer(number) for number in range(25)) == 5


def test_one_in_a_while():
    """A rate below one lets single events through."""
    rig = Rig(per_second=0.1)

    assert [rig.offer(1), rig.offer(2)] == [True, False]
    rig.clock.now += 9
    assert not rig.offer(3)
    rig.clock.now += 2
    assert rig.offer(4)


def test_no_more_than_the_limit():
    """A full queue refuses before anything is read, and what was admitted before it was full."""
    rig = Rig(per_second=1e6, limit=2)
    early = rig.queue.admit()

    assert [rig.offer(number) for number in range(3)] == [True, True, False]
    rig.queue.put(early, "late")
    assert rig.dropped == ["dropped_queue", "dropped_queue"]
    assert [rig.queue.take(0.0) for _ in range(3)] == [0, 1, None]


def test_a_closed_queue_gives_what_waits():
    """And lets nothing in, neither what comes nor what is under way."""
    rig = Rig()
    under_way = rig.queue.admit()
    rig.offer("a")
    rig.queue.close()
    rig.queue.close()
    rig.queue.put(under_way, "b")

    assert not rig.offer("c")
    assert rig.queue.take(0.0) == "a"
    assert not rig.queue.is_finished
    assert rig.queue.take(0.0) is None
    assert rig.queue.is_finished
    assert rig.dropped == ["dropped_end", "dropped_end"]


def test_what_is_abandoned_is_counted():
    """Each event once."""
    rig = Rig()
    for event in "abc":
        rig.offer(event)
    rig.queue.close()
    rig.queue.abandon()

    assert rig.dropped == ["dropped_end"] * 3
    assert rig.queue.is_finished


def test_many_threads_keep_the_bounds():
    """The rate and the limit hold whoever comes; each event is let in or counted."""
    rig = Rig(per_second=300.0, limit=200)
    admitted = []

    def work():
        admitted.append(sum(rig.offer(number) for number in range(500)))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waiting = 0
    while rig.queue.take(0.0) is not None:
        waiting += 1

    assert waiting == 200
    assert waiting + len(rig.dropped) == 4000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_has_a_queue_of_its_own():
    """What waits, and what was admitted, is the parent's."""
    rig = Rig()
    rig.offer("parent's")
    under_way = rig.queue.admit()
    child = os.fork()
    if not child:
        rig.queue.forget()
        rig.queue.put(under_way, "parent's")
        rig.offer("child's")
        found = [rig.queue.take(0.0), rig.queue.take(0.0)]
        os._exit(0 if found == ["child's", None] and not rig.dropped else 1)
    _, status = os.waitpid(child, 0)

    assert status == 0
    rig.queue.put(under_way, "second")
    assert [rig.queue.take(0.0), rig.queue.take(0.0)] == ["parent's", "second"]


def test_a_finaliser_within_the_queue_does_not_stop_it():
    """A generator may be collected, and end, in the middle of a call to the queue."""
    rig = Rig()
    with rig.queue._lock:
        assert rig.offer("from a finaliser")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_lock_that_another_thread_held_is_free_in_a_child():
    """The thread that would release it is the parent's."""
    rig = Rig()
    is_held, may_go = threading.Event(), threading.Event()

    def hold():
        with rig.queue._lock:
            is_held.set()
            may_go.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    is_held.wait(20)
    child = os.fork()
    if not child:
        os._exit(0 if rig.queue._lock.acquire(timeout=0.1) else 1)
    may_go.set()
    thread.join()

    assert os.waitpid(child, 0)[1] == 0
