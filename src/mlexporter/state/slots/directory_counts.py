"""What ``SlotDirectory.read`` returns, and how it comes from the base and the slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlexporter.records import Counts
from mlexporter.state.slots.description import BlockDescription, Identity
from mlexporter.state.slots.merging import Totals
from mlexporter.state.slots.outsiders import Outsider
from mlexporter.state.slots.process_name import ProcessName
from mlexporter.state.slots.scanning import SlotState
from mlexporter.state.slots.sums_file import Sums


@dataclass(frozen=True)
class MergedBlock:
    """One block, added up over all slots, living and dead.

    Attributes:
        description: The newest one, by ``about["opened_nanoseconds"]``.
        synchronous: Sums of the synchronous cells; read-only.
        banked: Sums of the banked cells; read-only, never ahead of the synchronous ones.
        n_workers: Living slots that have this block.
    """

    description: BlockDescription
    synchronous: Counts
    banked: Counts
    n_workers: int


@dataclass(frozen=True)
class DirectoryCounts:
    """What all processes of a directory have counted.

    Attributes:
        blocks: By identity; different layouts are different blocks.
        processes: Those of the living slots, as they call themselves, ascending.
        set_aside: How many slots were or will be set aside, by reason.
        outsiders: Living processes whose counts are missing here, wholly or in part.
        failure: Why the directory cannot be written to; others may be unable to say that they are outside.
    """

    blocks: Mapping[Identity, MergedBlock]
    processes: tuple[ProcessName, ...]
    set_aside: Mapping[str, int]
    outsiders: tuple[Outsider, ...] = ()
    failure: OSError | None = None

    @property
    def workers(self) -> tuple[int, ...]:
        """Numbers of ``processes``: of different namespaces they may be equal."""
        return tuple(process.pid for process in self.processes)


def sum_up(base: Sums, states: Sequence[SlotState]) -> Totals:
    """Return the sums of ``base`` and of every slot; of the dead without what was live."""
    totals = Totals()
    totals.add_all(base.totals.items())
    for state in states:
        for block, vector in state.items:
            totals.add(block, vector if state.is_counting else block.rules.without_live(vector))
    return totals


def directory_counts(
    totals: Totals,
    states: Sequence[SlotState],
    set_aside: Mapping[str, int],
    outsiders: tuple[Outsider, ...] = (),
    failure: OSError | None = None,
) -> DirectoryCounts:
    """Return the record of sums; their vectors belong to it from now on."""
    counting = [state for state in states if state.is_counting]
    n_workers = Counter(block.identity for state in counting for block, _ in state.items)
    blocks = {}
    for block, vector in totals.items():
        vector.setflags(write=False)
        place = block.rules.n_synchronous
        blocks[block.identity] = MergedBlock(
            block.description, vector[:place], vector[place:], n_workers[block.identity]
        )
    processes = sorted(state.copy.process for state in counting if state.copy is not None)
    return DirectoryCounts(blocks, tuple(processes), dict(set_aside), outsiders, failure)
