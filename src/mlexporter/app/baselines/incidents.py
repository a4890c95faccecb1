"""Which blocks of serving are clean enough to learn from, and why the others are not.

A block is unclean that shows an obvious incident: what alerts about data would say of it. Drift as such is
none: seasons, and a world that has moved on, are what a baseline is there to learn. Stuck and repeated rows
are none either: sessions, retries and batches repeat rows while all is well. Features that do not alert,
and those that a person has excluded, do not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter import catalogue
from mlexporter.app.baselines.blocks import TOO_FEW_ROWS, UNWATCHED, Block, BlockLog, Fault
from mlexporter.records import Objectives

if TYPE_CHECKING:
    from mlexporter.records import Reference, Scores

SCHEMA: Final = "schema"
_LIMITS: Final = Objectives()
"""What alerts compare with where nobody says otherwise: what would have alerted is an incident."""
_EXCESSES: Final = {
    catalogue.FEATURE_MISSING_EXCESS.name: "missing",
    catalogue.FEATURE_INVALID_EXCESS.name: "invalid",
    catalogue.FEATURE_OUT_OF_RANGE_EXCESS.name: "out_of_range",
    catalogue.FEATURE_UNSEEN_EXCESS.name: "unseen",
    catalogue.FEATURE_TYPE_MISMATCH_EXCESS.name: "type_mismatch",
}


def with_faults(
    block: Block, log: BlockLog, training: Reference, scores: Mapping[str, Scores], *, required_rows: int
) -> Block:
    """Return ``block`` with all that keeps it from being clean.

    Args:
        block: A block that was just closed.
        log: The log that it is of.
        training: The profile.
        scores: Scores of the features in this block against the profile, by catalogue name.
        required_rows: Rows below which a block says nothing.
    """
    faults = list(block.faults)
    n_rows = log.counts(block).row_count
    if n_rows < required_rows:
        faults.append(Fault(TOO_FEW_ROWS))
    elif log.violations(block) > _LIMITS.schema_violation_ratio * n_rows:
        faults.append(Fault(SCHEMA))
    for metric, kind in _EXCESSES.items():
        excess = scores.get(metric)
        if excess is None:
            continue
        # NaN is absent, and no incident.
        high = [training.features[place] for place in np.flatnonzero(excess > _LIMITS.quality_rise)]
        faults += [Fault(kind, feature.name) for feature in high if feature.alert]
    return block._replace(faults=tuple(faults))


def clean_places(log: BlockLog, excluded: frozenset[str], *, with_incidents: bool = False) -> frozenset[int]:
    """Return the positions of the blocks that a baseline can be learned from.

    Args:
        log: The blocks.
        excluded: Features whose faults do not count.
        with_incidents: Whether incidents count as clean: a person said that they are no incidents.
    """
    return frozenset(
        place
        for place, block in enumerate(log.blocks)
        if not (
            any(fault.kind == TOO_FEW_ROWS for fault in block.faults)
            or incidents(block, excluded, with_incidents=with_incidents)
        )
    )


def incidents(block: Block, excluded: frozenset[str], *, with_incidents: bool = False) -> tuple[Fault, ...]:
    """Return the faults of a block that are more than few rows.

    A block that nobody watched stays one, whatever a person says: nobody knows when its rows came.
    """
    return tuple(
        fault
        for fault in block.faults
        if fault.kind != TOO_FEW_ROWS
        and fault.feature not in excluded
        and not (with_incidents and fault.kind != UNWATCHED)
    )
