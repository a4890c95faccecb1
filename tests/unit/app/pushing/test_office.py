"""One process of a directory pushes, the next one takes over; without one each pushes its own."""

from __future__ import annotations

from mlexporter.app.pushing.office import Life, Office
from mlexporter.state.slots.directory import SlotDirectory

OWN = Life("own", 5)


class Place:
    """Where a pretended process counts."""

    is_single_worker = False

    def __init__(self, directory):
        self.directory = directory

    def enter(self):
        """Be there already."""

    def try_lock(self, name):
        """Ask the directory."""
        return self.directory.try_lock(name)


def office(directory):
    return Office(Place(directory), "push", lambda: OWN)


def test_one_pushes_and_the_next_one_takes_over(tmp_path):
    """When the first gives it up."""
    first, second = (office(SlotDirectory(tmp_path / "shared")) for _ in range(2))
    assert first.is_held()
    assert not second.is_held()
    assert not second.wait(0.03)
    first.resign()
    assert second.wait(5)
    assert not first.is_held()
    second.resign()


def test_without_a_directory_everybody_pushes():
    """Each its own counts, of its own life."""
    alone = office(None)
    assert alone.is_held()
    assert alone.life() == OWN


def test_a_life_is_that_of_the_directory(tmp_path):
    """All who count in it push the same counters."""
    directory = SlotDirectory(tmp_path / "shared")
    found = office(directory).life()
    assert found.name == directory.life
    assert abs(found.began / 1e9 - directory.began) < 1


def test_another_directory_is_another_office(tmp_path):
    """The lock of one that was removed is worth nothing in the one that has taken its place."""
    before, after = (SlotDirectory(tmp_path / name) for name in ("before", "after"))
    place = Place(before)
    moving, other = Office(place, "push", lambda: OWN), office(after)
    assert moving.is_held()
    assert other.is_held()
    place.directory = after
    assert not moving.is_held()
    other.resign()
    assert moving.is_held()
    assert before.try_lock("push") is not None
    moving.resign()
