"""One worker listens, the others stand by and take over; strangers are told."""

import pytest

from mlexporter.app import standby
from mlexporter.app.standby import Standby
from mlexporter.errors import DirectoryError, PortInUseError


class Locks:
    """The locks of a directory, for several pretended workers."""

    def __init__(self):
        self.held = set()
        self.is_broken = False

    def try_lock(self, name):
        """Give the lock to the first."""
        if self.is_broken:
            raise DirectoryError("gone")
        if name in self.held:
            return None
        self.held.add(name)
        return Lock(self.held, name)


class Lock:
    """A lock of them."""

    def __init__(self, held, name):
        self.held, self.name = held, name

    def release(self):
        """Give it back."""
        self.held.discard(self.name)


class Machine:
    """Ports of one machine."""

    def __init__(self):
        self.taken = set()
        self.starts = 0

    def start(self, port=9469):
        """Listen as a server does."""
        self.starts += 1
        if port in self.taken:
            raise PortInUseError(f"port {port} is taken")
        self.taken.add(port)
        return Handle(self.taken, port)


class Handle:
    """What a server gives."""

    def __init__(self, taken, port):
        self.taken, self.port, self.is_closed, self.is_forgotten = taken, port, False, False
        self.url = f"http://127.0.0.1:{port}"

    def close(self):
        """Free the port."""
        self.is_closed = True
        self.taken.discard(self.port)

    def forget(self):
        """Let go in a child."""
        self.is_forgotten = True


@pytest.fixture
def locks():
    return Locks()


@pytest.fixture
def machine(monkeypatch):
    monkeypatch.setattr(standby.time, "sleep", lambda _: None)
    return Machine()


@pytest.fixture
def worker(locks, machine):
    """Return a function that calls serve() as one more worker."""

    def made(host="127.0.0.1", port=9469):
        return Standby(locks, lambda: machine.start(port), host=host, port=port)

    return made


def test_the_first_serves_and_the_others_stand_by_in_silence(worker, machine, caplog):
    """All of them know the address; the port is tried once."""
    first, second, third = worker(), worker(), worker()

    assert [each.is_serving for each in (first, second, third)] == [True, False, False]
    assert {each.url for each in (first, second, third)} == {"http://127.0.0.1:9469"}
    assert [each.problem for each in (first, second, third)] == ["", "", ""]
    assert machine.starts == 1
    assert [record for record in caplog.records if record.levelname != "INFO"] == []


def test_one_of_them_takes_over(worker):
    """The next look after the end of the first finds the port; nobody else is disturbed."""
    first, second, third = worker(), worker(), worker()
    second.retry()
    assert not second.is_serving

    first.close()
    second.retry()
    third.retry()

    assert (first.is_serving, second.is_serving, third.is_serving) == (False, True, False)
    assert first.url == ""


def test_a_port_that_is_freed_a_moment_later_is_no_stranger(locks, machine):
    """A killed worker gives back its lock before its port: the first attempts wait for that."""
    machine.taken.add(9469)

    def start():
        if machine.starts == 1:
            machine.taken.clear()
        return machine.start()

    found = Standby(locks, start, host="127.0.0.1", port=9469)

    assert found.is_serving
    assert found.problem == ""


def test_a_stranger_is_told_and_waited_for(worker, machine, locks):
    """The reason is there at once; when the stranger goes, so does the reason."""
    machine.taken.add(9469)

    found = worker()
    assert "taken" in found.problem
    assert found.url == ""
    assert locks.held == set()

    machine.taken.clear()
    found.retry()
    assert found.is_serving
    assert found.problem == ""


def test_who_waited_for_a_stranger_stands_by_when_a_worker_got_the_port(worker, machine):
    """It is served then, by another one."""
    machine.taken.add(9469)
    first, second = worker(), worker()
    machine.taken.clear()

    second.retry()
    first.retry()

    assert (first.problem, first.is_serving, second.is_serving) == ("", False, True)


def test_other_addresses_are_other_servers(worker):
    """Port and host make the lock."""
    assert all(worker(*address).is_serving for address in [("127.0.0.1", 1), ("127.0.0.1", 2), ("::1", 3)])


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:9469"),
        ("::", "http://127.0.0.1:9469"),
        ("[::1]", "http://[::1]:9469"),
        ("localhost", "http://localhost:9469"),
    ],
)
def test_the_address_of_one_that_stands_by_can_be_opened(worker, host, url):
    """Wildcards are no addresses to open."""
    worker(host=host)

    assert worker(host=host).url == url


def test_a_broken_directory_does_not_stop_who_can_have_the_port(worker, locks):
    """Without a lock the port itself decides."""
    locks.is_broken = True

    first, second = worker(), worker()

    assert first.is_serving
    assert "taken" in second.problem


def test_closing_ends_it(worker, locks, machine):
    """Closed is closed: nothing is taken over any more, and a second call does nothing."""
    first, second = worker(), worker()
    second.close()
    first.close()
    first.close()
    second.retry()

    assert not second.is_serving
    assert (locks.held, machine.taken) == (set(), set())
    with worker() as third:
        assert third.is_serving
    assert third.is_closed


def test_a_forked_child_stands_by(worker, locks):
    """The port stays with the parent."""
    found = worker()
    handle = found._handle

    found.forget()
    found.retry()

    assert handle.is_forgotten
    assert not handle.is_closed
    assert not found.is_serving
    assert found.url == "http://127.0.0.1:9469"
    assert len(locks.held) == 1


def test_it_says_what_it_does(worker):
    """For somebody at a prompt."""
    first, second = worker(), worker()

    assert "serving" in repr(first)
    assert "standing by" in repr(second)
    first.close()
    assert "closed" in repr(first)
