"""How vectors of cells of several processes become one: by the kind of each cell.

A vector has the synchronous cells of a block, then its banked ones.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from mlexporter.records import Counts
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.slots.description import BlockDescription, Identity
from mlexporter.state.slots.exemplar_cells import RECORD_CELLS, newest

_Places: TypeAlias = npt.NDArray[np.intp]

LARGEST_COUNT: Final = 2**53
"""No process counts so far: more is garbage."""
LARGEST_AMOUNT: Final = 2**62
_LARGEST: Final = {
    CellKind.COUNT: LARGEST_COUNT,
    CellKind.AMOUNT: LARGEST_AMOUNT,
    CellKind.NEWEST: LARGEST_AMOUNT,
    CellKind.LIVE: 2**64 - 1,
    CellKind.EXEMPLAR: 2**64 - 1,
}


class Ledger(NamedTuple):
    """Places of the cells that account for rows; each sum over its places."""

    accepted: _Places
    settled: _Places
    lost: int


class CellRules:
    """What may be done with the cells of one layout; ``cell_rules`` returns one.

    Attributes:
        n_synchronous: Cells in front that are synchronous.
        size: All cells.
        is_passing: Nothing stays of such a block when its process has died.

    Raises:
        ValueError: cells of exemplars are no whole records.
    """

    def __init__(self, synchronous: Layout, banked: Layout) -> None:
        self.n_synchronous = synchronous.size
        self.size = synchronous.size + banked.size
        kinds = np.array(
            [
                group.kind.value
                for each in (synchronous, banked)
                for group in each.groups
                for _ in range(group.length)
            ],
            dtype="U8",
        )
        self._exemplars: _Places = np.flatnonzero(kinds == CellKind.EXEMPLAR.value)
        if self._exemplars.size % RECORD_CELLS:
            raise ValueError(f"{self._exemplars.size} cells of exemplars are no records of {RECORD_CELLS}")
        self._passing: _Places = np.flatnonzero(
            (kinds == CellKind.LIVE.value) | (kinds == CellKind.EXEMPLAR.value)
        )
        self._newest: _Places = np.flatnonzero(kinds == CellKind.NEWEST.value)
        self._bounds = np.array([_LARGEST[CellKind(kind)] for kind in kinds], dtype=np.uint64)
        self._ledger = _ledger(synchronous, banked)
        self.is_passing = self._passing.size == self.size > 0

    def zeros(self) -> Counts:
        """Return a vector of zeros."""
        return np.zeros(self.size, dtype=np.int64)

    def is_plausible(self, vector: Counts) -> bool:
        """Return whether a process can have counted this; LIVE and EXEMPLAR cells can be anything."""
        # As an unsigned number anything negative is larger than every bound.
        return bool((vector.view(np.uint64) <= self._bounds).all())

    def add(self, total: Counts, vector: Counts) -> None:
        """Add ``vector`` to ``total`` in place; of times the larger one stays, of exemplars the newer one."""
        if self._newest.size == 0 == self._exemplars.size:
            np.add(total, vector, out=total)
            return
        times = np.maximum(total[self._newest], vector[self._newest])
        exemplars = total[self._exemplars]
        if exemplars.size:
            exemplars = newest(exemplars, vector[self._exemplars])
        np.add(total, vector, out=total)
        total[self._newest] = times
        total[self._exemplars] = exemplars

    def copy(self, vector: Counts) -> Counts:
        """Return a copy without exemplars that are torn."""
        copied = vector.copy()
        if self._exemplars.size:
            exemplars = vector[self._exemplars]
            copied[self._exemplars] = newest(exemplars, np.zeros_like(exemplars))
        return copied

    def without_live(self, vector: Counts) -> Counts:
        """Return a copy of what stays of a vector when its process has died: no exemplar does."""
        kept = vector.copy()
        kept[self._passing] = 0
        return kept

    def settled(self, vector: Counts) -> Counts:
        """Return what a dead process leaves: nothing is live, and rows that waited are lost."""
        kept = self.without_live(vector)
        if self._ledger is not None:
            waiting = int(kept[self._ledger.accepted].sum() - kept[self._ledger.settled].sum())
            kept[self._ledger.lost] += max(0, waiting)
        return kept

    def raised(self, vector: Counts, mark: Counts) -> Counts:
        """Return the larger one of each cell, but live cells and exemplars as they are in ``vector``."""
        raised: Counts = np.maximum(vector, mark)
        raised[self._passing] = vector[self._passing]
        return raised

    def remainder(self, mark: Counts, living: Counts) -> Counts:
        """Return what ``mark`` has beyond ``living``, 0 where it has less; times as they are in ``mark``."""
        rest: Counts = np.maximum(mark - living, 0)
        rest[self._newest] = mark[self._newest]
        rest[self._passing] = 0
        return rest


@functools.lru_cache(maxsize=1024)
def cell_rules(synchronous: Layout, banked: Layout) -> CellRules:
    """Return the rules of a pair of layouts."""
    return CellRules(synchronous, banked)


class Described:
    """A description as it stands in a file, with what follows from it; ``described`` returns one.

    Attributes:
        text: One line of JSON.
        description: The same, read.
        identity: What blocks must share to be added.
        rules: How they are added.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.description = BlockDescription.from_json(text)
        self.identity: Identity = self.description.identity
        self.rules = cell_rules(self.description.synchronous, self.description.banked)

    @property
    def opened_nanoseconds(self) -> int:
        """When the block was opened, as its ``about`` says; -1 where it does not."""
        opened: Any = self.description.about.get("opened_nanoseconds", -1)
        return opened if isinstance(opened, int) else -1


@functools.lru_cache(maxsize=64)
def described(text: str) -> Described:
    """Return a description with what follows from it.

    Who reads a slot keeps its own; what is kept here is for the sums, which are read at each look. It is few, for
    each worker writes descriptions of its own: with hundreds of features, those of the dead were megabytes.

    Raises:
        ValueError: the text is no description.
    """
    return Described(text)


class Totals:
    """Sums by identity, each with its newest description."""

    def __init__(self) -> None:
        self.descriptions: dict[Identity, Described] = {}
        self.vectors: dict[Identity, Counts] = {}

    def add(self, block: Described, vector: Counts) -> None:
        """Add a vector, which is copied."""
        identity = block.identity
        total = self.vectors.get(identity)
        if total is None:
            self.descriptions[identity] = block
            self.vectors[identity] = block.rules.copy(vector)
            return
        block.rules.add(total, vector)
        self.describe(block)

    def add_all(self, others: Iterable[tuple[Described, Counts]]) -> None:
        """Add several vectors."""
        for block, vector in others:
            self.add(block, vector)

    def describe(self, block: Described) -> None:
        """Take over a description of an identity that is here, if it is newer."""
        if block.opened_nanoseconds > self.descriptions[block.identity].opened_nanoseconds:
            self.descriptions[block.identity] = block

    def raise_to(self, block: Described, mark: Counts) -> None:
        """Let no cell of an identity be below ``mark``, live ones excepted."""
        vector = self.vectors.get(block.identity)
        if vector is None:
            self.add(block, block.rules.without_live(mark))
            return
        self.vectors[block.identity] = block.rules.raised(vector, mark)
        self.describe(block)

    def items(self) -> list[tuple[Described, Counts]]:
        """Return every description with its vector."""
        return [(self.descriptions[identity], vector) for identity, vector in self.vectors.items()]


def _ledger(synchronous: Layout, banked: Layout) -> Ledger | None:
    outer = {group.name: group for group in synchronous.groups}
    inner = {group.name: group for group in banked.groups}
    if not (outer.keys() >= {"plain", "accepted", "dropped", "lost"} and "drained" in inner):
        return None
    places = {
        name: np.arange(outer[name].start, outer[name].start + outer[name].length, dtype=np.intp)
        for name in ("plain", "accepted", "dropped", "lost")
    }
    drained = synchronous.size + np.arange(
        inner["drained"].start, inner["drained"].start + inner["drained"].length, dtype=np.intp
    )
    return Ledger(
        np.concatenate((places["plain"], places["accepted"])),
        np.concatenate((drained, places["dropped"], places["lost"])),
        int(places["lost"][0]),
    )
