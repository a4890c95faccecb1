"""Folds dead slots into ``base``, each exactly once, whenever a folder dies itself.

The order is everything: first ``base`` is replaced by one that holds the sums of a slot *and* names
it, then the slot is removed. Who finds a named slot knows that it is counted.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from mlexporter.state.slots.asides import prune_asides, set_aside
from mlexporter.state.slots.file_format import VERSION_REASON, DamagedError
from mlexporter.state.slots.folder import Folder
from mlexporter.state.slots.merging import Totals
from mlexporter.state.slots.safety import is_full
from mlexporter.state.slots.scanning import SlotState
from mlexporter.state.slots.sums_file import Sums, SumsFile

BASE_NAME: Final = "base"


class Base:
    """The sums of the dead; the caller holds the lock of the directory.

    Args:
        folder: The shared directory.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._file = SumsFile(folder, BASE_NAME)

    def load(self) -> tuple[Sums, str]:
        """Return the sums of the dead, and why the file cannot be used (empty where it can).

        In place of a damaged one stands what this process last knew.
        """
        try:
            return self._file.load(), ""
        except DamagedError as error:
            return self._file.last or Sums(), error.reason

    def store(self, sums: Sums) -> None:
        """Replace the sums; where there is no room, the damaged files that were kept make some.

        Raises:
            OSError: they are as they were.
        """
        try:
            self._file.store(sums)
        except OSError as error:
            if not is_full(error):
                raise
            prune_asides(self._folder, keep=0)
            self._file.store(sums)


def can_fold(states: Sequence[SlotState]) -> bool:
    """Return whether what the living have is known exactly, so that the rest is the base."""
    return all(state.copy is None or state.copy.is_exact for state in states if state.is_counting)


def fold_slots(base: Sums, states: Sequence[SlotState], marks: Totals) -> Sums:
    """Return ``base`` with all dead and damaged slots in it, and the names of their files.

    Damaged slots give their last good copy. No cell is below what is published of it beyond the
    living, so that a lost base or copy lets no counter fall.

    Args:
        base: What was folded before; it names those slots only whose files are still there.
        states: Every slot that is in ``base`` under no name.
        marks: The largest sums that were published.
    """
    leaving = [state for state in states if is_leaving(state)]
    totals, living = Totals(), Totals()
    totals.add_all(base.totals.items())
    for state in states:
        if is_leaving(state):
            totals.add_all(
                (block, block.rules.settled(vector))
                for block, vector in state.items
                if not block.rules.is_passing
            )
        elif state.is_counting:
            living.add_all(state.items)
    for block, mark in marks.items():
        others = living.vectors.get(block.identity)
        totals.raise_to(block, mark if others is None else block.rules.remainder(mark, others))
    for block, vector in totals.items():
        totals.vectors[block.identity] = block.rules.settled(vector)
    damaged = {state.name: state.damage for state in leaving if state.damage}
    return Sums(
        totals,
        base.folded | {state.name for state in leaving if not state.damage},
        base.moved | damaged,
        dict(Counter(base.set_aside) + Counter(damaged.values())),
    )


def is_leaving(state: SlotState) -> bool:
    """Return whether a fold takes a slot: the dead, and the living that are damaged.

    A living slot of another version is left to the readers of its version.
    """
    return not state.is_living or state.damage not in ("", VERSION_REASON)


def without_gone(base: Sums, names: Collection[str]) -> Sums:
    """Return ``base`` that names only slots among ``names``: others cannot be counted twice."""
    moved = {name: reason for name, reason in base.moved.items() if name in names}
    return Sums(base.totals, base.folded & set(names), moved, base.set_aside)


def remove_leavers(folder: Folder, names: Sequence[str], base: Sums) -> None:
    """Remove the slots that ``base`` holds, and set aside the damaged ones, among ``names``."""
    for name in names:
        if name in base.folded:
            with contextlib.suppress(OSError):
                folder.remove(name)
        elif name in base.moved:
            set_aside(folder, name, base.moved[name])
