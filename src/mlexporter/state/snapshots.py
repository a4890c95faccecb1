"""Cells of blocks, of one process or summed over many, as the snapshots of their models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from mlexporter.state.cells import BlockCells, Cells
from mlexporter.state.exemplars_block import exemplars_of
from mlexporter.state.generation_block import generation_counts
from mlexporter.state.profile_block import profile_counts
from mlexporter.state.service_block import service_counts
from mlexporter.state.slots import BlockKind, Slot

if TYPE_CHECKING:
    from mlexporter.records import ModelKey, Reference, Snapshot


def cells_of(slot: Slot) -> list[BlockCells]:
    """Return copies of the cells of every block of this process."""
    blocks = slot.blocks()
    # Accepted is read last: it may run ahead of what is binned, never behind.
    banked = [block.committer.banked() for block in blocks]
    return [
        BlockCells(block.description, block.synchronous(), each)
        for block, each in zip(blocks, banked, strict=True)
    ]


def together(shared: Iterable[Cells], own: Iterable[Cells]) -> list[Cells]:
    """Return ``shared``, one block of each identity, with ``own`` added cell by cell."""
    from mlexporter.state.slots.merging import cell_rules  # noqa: PLC0415 - needed by readers only

    found = {block.description.identity: block for block in shared}
    for cells in own:
        known = found.get(cells.description.identity)
        if known is not None:
            rules = cell_rules(cells.description.synchronous, cells.description.banked)
            total = np.concatenate((known.synchronous, known.banked))
            rules.add(total, np.concatenate((cells.synchronous, cells.banked)))
            synchronous, banked = total[: rules.n_synchronous], total[rules.n_synchronous :]
            cells = BlockCells(known.description, synchronous, banked)  # noqa: PLW2901 - the sum takes its place
        found[cells.description.identity] = cells
    return list(found.values())


def _newest(block: Cells) -> int:
    """Return when it was last opened: that stands in the last synchronous cell of service and profile."""
    return int(block.synchronous[-1])


def snapshots(
    blocks: Iterable[Cells],
    *,
    life: str,
    taken_at: float,
    chosen: Mapping[ModelKey, Reference | None],
) -> dict[ModelKey, Snapshot]:
    """Return the snapshot of every model that has a service block.

    Args:
        blocks: Cells of all blocks, any order.
        life: Names the life of these sums.
        taken_at: Seconds of the window clock.
        chosen: The profile to show of a model, None for none; where a model is not named, the
            profile that was opened last.
    """
    of_model: dict[ModelKey, dict[BlockKind, list[Cells]]] = {}
    for block in blocks:
        if block.description.key is not None:
            kinds = of_model.setdefault(block.description.key, {kind: [] for kind in BlockKind})
            kinds[block.description.kind].append(block)
    return {
        key: _snapshot(key, kinds, life, taken_at, chosen.get(key, _newest_profile(kinds)))
        for key, kinds in of_model.items()
        if kinds[BlockKind.SERVICE]
    }


def _newest_profile(kinds: Mapping[BlockKind, list[Cells]]) -> str | None:
    profiles = kinds[BlockKind.PROFILE]
    return max(profiles, key=_newest).description.name if profiles else None


def _snapshot(
    key: ModelKey,
    kinds: Mapping[BlockKind, list[Cells]],
    life: str,
    taken_at: float,
    chosen: Reference | str | None,
) -> Snapshot:
    from mlexporter.records import Snapshot  # noqa: PLC0415 - needed by readers only

    *older, service = sorted(kinds[BlockKind.SERVICE], key=_newest)
    name = chosen if chosen is None or isinstance(chosen, str) else chosen.fingerprint
    of_name = [block for block in kinds[BlockKind.PROFILE] if block.description.name == name]
    # More than one only where versions of mlexporter lay out the same bins in different ways.
    shown = sorted(of_name, key=_newest)[-1:]
    return Snapshot(
        key=key,
        taken_at=taken_at,
        service=service_counts(
            service, (*older, *kinds[BlockKind.PROFILE]),
            errors={block.description.name: int(block.synchronous[0]) for block in kinds[BlockKind.ERROR]},
            exemplars=exemplars_of(
                kinds[BlockKind.EXEMPLARS], service.description.name,
                len(service.description.about["latency_bounds"]),
            ),
        ),
        profile=profile_counts(
            shown[0].synchronous, shown[0].banked, shown[0].description, life=life
        ) if shown else None,
        generation=generation_counts(kinds[BlockKind.GENERATION]),
    )  # fmt: skip
