import pytest

from mlexporter.exposition import guard as guard_module
from mlexporter.exposition.guard import Guard


class _Connection:
    """A connection in a given state, which notes how it was cut off."""

    def __init__(self, guard, *, completed=False, answering=False, unsent_bytes=0):
        self.guard, self.has_completed_request = guard, completed
        self.is_answering, self.unsent_bytes = answering, unsent_bytes
        self.reason = None
        guard.connections[self] = None

    def cut_off(self, reason):
        self.reason = reason
        del self.guard.connections[self]


@pytest.fixture
def guard():
    return Guard(connection_limit=3, header_timeout=1.0, on_denied=lambda *_: None)


def _cut_off(connections):
    return [index for index, connection in enumerate(connections) if connection.reason == "connection_limit"]


def test_up_to_the_limit_everybody_stays(guard):
    """Exactly the limit is allowed."""
    connections = [_Connection(guard) for _ in range(3)]
    guard.make_room()
    assert _cut_off(connections) == []


@pytest.mark.parametrize(
    ("states", "victim"),
    [
        ([{}, {}, {}, {}], 0),
        ([{"completed": True}, {"completed": True, "answering": True}, {}, {}], 2),
        ([{"completed": True, "answering": True}, {"completed": True}, {"completed": True}, {}], 1),
        ([{"completed": True, "answering": True}] * 3 + [{}], 3),
    ],
)
def test_who_gives_way(guard, states, victim):
    """The oldest silent one, else the oldest idle one, else the newest."""
    connections = [_Connection(guard, **state) for state in states]
    guard.make_room()
    assert _cut_off(connections) == [victim]


def test_unsent_bytes_are_limited_together(guard, monkeypatch):
    """The oldest slow readers go until the rest fits; the newest is never one of them."""
    monkeypatch.setattr(guard_module, "UNSENT_LIMIT_BYTES", 100)
    connections = [_Connection(guard, unsent_bytes=size) for size in (60, 0, 60, 90)]
    guard.limit_unsent()
    assert _cut_off(connections) == [0, 2]
    assert [connection.unsent_bytes for connection in guard.connections] == [0, 90]
