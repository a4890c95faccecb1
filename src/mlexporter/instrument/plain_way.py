"""``PlainWay``: all that a call of one plain row needs to know, bound before it comes."""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import TYPE_CHECKING, NamedTuple

from mlexporter.state.entries import PlainRow

if TYPE_CHECKING:
    from mlexporter.instrument.capture import Capture

NEVER = -1
"""A number of keys that no row has."""


class PlainWay(NamedTuple):
    """How calls of one plain row are counted; one assignment replaces all of it.

    Attributes:
        capture: Reads what is not plain.
        place: Position of the row among the arguments: 0, or 1 behind ``self``.
        n_keys: Keys that a plain row has; ``NEVER`` while no row is taken for plain.
        probe: One of them: its value tells a row from a dict of columns.
        cells: Synchronous cells in which the row is accounted for.
        append: Puts a row where it waits for the next drain.
        waiting: That place.
        result_type: What the function answers if there is nothing to look at.
        n_beside: Keys that rows may have beside their features, such as that of their time.
    """

    capture: Capture
    place: int
    n_keys: int
    probe: str
    cells: memoryview
    append: Callable[[PlainRow], None]
    waiting: Sized
    result_type: type
    n_beside: int = 0

    @property
    def steps(self) -> tuple[PlainWay, int, int, str, memoryview, Callable[[PlainRow], None], type]:
        """What the hot path unpacks: a plain tuple, which the interpreter takes apart in one step."""
        return self, self.place, self.n_keys, self.probe, self.cells, self.append, self.result_type


def no_way(capture: Capture) -> PlainWay:
    """Return the way that no row takes."""
    return PlainWay(capture, 0, NEVER, "", capture.lane.ledger, _keep_nothing, (), PlainWay)


def _keep_nothing(_: PlainRow) -> None:
    """Stand where a buffer would be: no row comes here."""
