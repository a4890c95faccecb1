"""Takes counts along from memory of one process into a slot that others see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mlexporter.state.layout import CellKind
from mlexporter.state.ledger import add
from mlexporter.state.slots.block import Block
from mlexporter.state.slots.slot import Slot

_ADDED: Final = frozenset({CellKind.COUNT, CellKind.AMOUNT})


def carry_over(blocks: Iterable[Block], slot: Slot) -> None:
    """Add what ``blocks`` have counted to the blocks of the same identity in ``slot``.

    Nothing is counted into them any more, but by calls that began before.
    """
    for block in blocks:
        target = slot.open_block(block.description)
        banked = block.committer.banked()
        synchronous = block.synchronous().tolist()
        for group in block.description.synchronous.groups:
            if group.kind in _ADDED:
                places = range(group.start, group.start + group.length)
                add(target.cells, ((place, synchronous[place]) for place in places))
        if banked.size:
            target.committer.add(banked)
