"""``Office``: whether this process is the one of its directory that pushes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from mlexporter.app.election import Election
from mlexporter.errors import EnvironmentDegradedError

if TYPE_CHECKING:
    from mlexporter.app.place import Place
    from mlexporter.state.slots.directory import SlotDirectory

_NANOSECONDS: Final = 1_000_000_000
_PAUSE_SECONDS: Final = 0.02


class Life(NamedTuple):
    """One life of the counters that are pushed.

    Attributes:
        name: Of it.
        began: When, nanoseconds since 1970.
    """

    name: str
    began: int


class Office:
    """In a directory one process pushes, the others stand by; without one each pushes its own counts.

    Args:
        place: Where this process counts.
        name: Of the lock.
        own_life: Returns the life of counters that stand in memory of this process.
        notes: What is written where there is no directory, by name; for all who push these counters.
    """

    def __init__(
        self, place: Place, name: str, own_life: Callable[[], Life], notes: dict[str, bytes] | None = None
    ) -> None:
        self.name = name
        self._notes = {} if notes is None else notes
        self._has_resigned = False
        self._place = place
        self._own_life = own_life
        self._election = Election(place, name)
        self._directory: SlotDirectory | None = None

    @property
    def is_single_worker(self) -> bool:
        """True where the counts are those of one worker although its server has several."""
        return self._place.is_single_worker

    def life(self) -> Life:
        """Return the life of the counters of now."""
        directory = self._place.directory
        if directory is None:
            return self._own_life()
        return Life(directory.life, round(directory.began * _NANOSECONDS) or self._own_life().began)

    def is_held(self) -> bool:
        """Return whether this process pushes, after trying to become the one that does."""
        self._has_resigned = False
        self._place.enter()
        directory = self._place.directory
        if directory is not self._directory:  # found, lost, or another in its place
            self._election.resign()
            self._directory = directory
        return directory is None or self._election.is_evaluator()

    def wait(self, seconds: float) -> bool:
        """Return whether this process pushes, or does so within ``seconds``: another one may be at its end too."""
        until = time.monotonic() + seconds
        while not self.is_held():
            if time.monotonic() >= until:
                return False
            time.sleep(_PAUSE_SECONDS)
        return True

    def write(self, data: bytes) -> None:
        """Leave a note for whoever pushes next; nobody does who has resigned: it would hide that of the next one."""
        if self._has_resigned:
            return
        directory = self._place.directory
        if directory is None:
            self._notes[self.name] = data
            return
        # Without it the next process that pushes would begin at what was taken before.
        with contextlib.suppress(EnvironmentDegradedError, OSError):
            directory.write_shared(self.name, data)

    def read(self) -> bytes | None:
        """Return what the one before has left, if it has."""
        directory = self._place.directory
        if directory is None:
            return self._notes.get(self.name)
        with contextlib.suppress(EnvironmentDegradedError, OSError):
            return directory.read_shared(self.name)
        return None

    def resign(self) -> None:
        """Let another process push."""
        self._has_resigned = True
        self._election.resign()
