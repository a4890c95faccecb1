"""Takes counts along from blocks that are left, for memory of one process or a slot that was taken away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.ledger import add
from mlexporter.state.slots.block import Block
from mlexporter.state.slots.exemplar_cells import SampledCall, read_calls, write_call
from mlexporter.state.slots.slot import Slot

if TYPE_CHECKING:
    from mlexporter.records import Counts

_ADDED: Final = frozenset({CellKind.COUNT, CellKind.AMOUNT})


class Leftovers:
    """Blocks in which nothing begins any more; calls that were under way still end there.

    Args:
        blocks: The blocks.
        with_past: Whether what they have counted until now is carried over too, or only what follows.
    """

    def __init__(self, blocks: Iterable[Block], *, with_past: bool) -> None:
        self._blocks = tuple(blocks)
        self._carried: list[tuple[Counts, Counts] | None] = [
            None if with_past else (block.committer.banked(), block.synchronous()) for block in self._blocks
        ]

    def carry_over(self, slot: Slot) -> None:
        """Add what was counted since the last time to the blocks of the same identity in ``slot``."""
        for place, block in enumerate(self._blocks):
            # Accepted is read last: it may run ahead of what is binned, never behind.
            banked, synchronous = block.committer.banked(), block.synchronous()
            before = self._carried[place]
            self._carried[place] = banked, synchronous
            more_banked = banked if before is None else banked - before[0]
            more = synchronous if before is None else synchronous - before[1]
            records = _new_records(
                block.description.synchronous, synchronous, None if before is None else before[1]
            )
            steps = [
                (cell, int(more[cell]))
                for group in block.description.synchronous.groups
                if group.kind in _ADDED
                for cell in range(group.start, group.start + group.length)
                if more[cell]
            ]
            if not (steps or records or more_banked.any()):
                continue
            target = slot.open_block(block.description)
            add(target.cells, steps)
            _keep_newer(target, records)
            if more_banked.any():
                target.committer.add(more_banked)


def _new_records(layout: Layout, cells: Counts, before: Counts | None) -> dict[str, dict[int, SampledCall]]:
    """Return the exemplars that came since ``before``, by group and place."""
    found = {}
    for group in layout.groups:
        if group.kind is CellKind.EXEMPLAR:
            known = {} if before is None else read_calls(before[group.cells])
            calls = read_calls(cells[group.cells])
            found[group.name] = {place: call for place, call in calls.items() if call != known.get(place)}
    return {name: calls for name, calls in found.items() if calls}


def _keep_newer(target: Block, records: Mapping[str, Mapping[int, SampledCall]]) -> None:
    """Write exemplars where there is none or an older one; a call may do so at the same time, no matter."""
    synchronous = target.synchronous()
    for name, calls in records.items():
        place_of_group = target.description.synchronous[name]
        present = read_calls(synchronous[place_of_group])
        for place, call in calls.items():
            if place not in present or call.unix_nanoseconds > present[place].unix_nanoseconds:
                write_call(target.cells[place_of_group], place, call)


def take_off_live(blocks: Iterable[Block]) -> None:
    """Let what is live, such as calls in progress, not be counted in blocks that are left."""
    for block in blocks:
        for group in block.description.synchronous.groups:
            if group.kind is CellKind.LIVE:
                for cell in range(group.start, group.start + group.length):
                    block.cells[cell] = 0
