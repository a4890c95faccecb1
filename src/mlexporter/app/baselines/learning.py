"""A baseline out of blocks of serving: their sum, and how much they move while all is well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.app.baselines.baseline import Baseline, Noise
from mlexporter.app.baselines.incidents import clean_places, incidents
from mlexporter.records.sides import SLOTS
from mlexporter.state.forking import IMPORTING
from mlexporter.state.track import unpack

if TYPE_CHECKING:
    from mlexporter.app.baselines.blocks import BlockLog
    from mlexporter.records import ComponentNoise, Counts, Reference

REQUIRED_CLEAN: Final = 24
"""Clean blocks without which there is no baseline: ``learned_noise`` needs as many."""
_BAD_SHARE: Final = 1 / 7
"""A week with more than one bad day is no clean week, and is not learned from without being asked."""


def is_clean_week(log: BlockLog, excluded: frozenset[str]) -> bool:
    """Return whether a baseline can be learned without anybody having asked for it.

    The log has to be full, with enough clean blocks, and incidents in no more than one block of seven. Quiet
    hours do not count as incidents: a night without callers is no fault.
    """
    if len(log.blocks) < log.limit or len(clean_places(log, excluded)) < REQUIRED_CLEAN:
        return False
    n_bad = sum(bool(incidents(block, excluded)) for block in log.blocks)
    return n_bad <= _BAD_SHARE * len(log.blocks)


def learn_baseline(  # noqa: PLR0913 - what is learned from, and what is to be told of it
    training: Reference, log: BlockLog, *, windows: Mapping[str, float], required_observations: int,
    accepted_timestamp: float, excluded: frozenset[str] = frozenset(), with_incidents: bool = False,
    who: str = "", why: str = "", decision: str = "",
) -> Baseline:  # fmt: skip
    """Return a baseline of the clean blocks of ``log``.

    Noise is learned for each window that is a whole number of blocks, from that many blocks in a row, so that
    what hours have in common stays in it.

    Args:
        training: The profile, with the bins of the log.
        log: At least ``REQUIRED_CLEAN`` clean blocks.
        windows: Names and lengths in seconds.
        required_observations: Rows of a feature that a block, or a sum of blocks, needs to tell of its noise.
        accepted_timestamp: Unix seconds.
        excluded: Features whose faults do not count.
        with_incidents: Whether incidents are what is right from now on.
        who: For ``Baseline``.
        why: Likewise.
        decision: Likewise.

    Raises:
        ValueError: a block is damaged.
    """
    clean = clean_places(log, excluded, with_incidents=with_incidents)
    total = np.zeros(log.size, dtype=np.int64)
    for place in sorted(clean):
        total += unpack(log.blocks[place].packed, log.size)
    slot_cells, slot_rows = _slots(training, log, clean)
    counts = log.window("baseline", len(clean) * log.length_seconds, total)
    baseline = Baseline(
        log.fingerprint, accepted_timestamp, len(clean), counts, slot_cells, slot_rows, who=who, why=why,
        decision=decision,
    )  # fmt: skip
    usable = clean | _quiet(log, excluded, with_incidents=with_incidents)
    features, outputs, joints = _noise(
        baseline.applied(training), log, usable, windows, required_observations
    )
    return replace(baseline, feature_noise=features, output_noise=outputs, joint_noise=joints)


def _quiet(log: BlockLog, excluded: frozenset[str], *, with_incidents: bool) -> frozenset[int]:
    """Return blocks without an incident, however few rows they have: a day has its nights."""
    return frozenset(
        place
        for place, block in enumerate(log.blocks)
        if not incidents(block, excluded, with_incidents=with_incidents)
    )


def _noise(
    reference: Reference, log: BlockLog, usable: frozenset[int], windows: Mapping[str, float],
    required_observations: int,
) -> tuple[Noise, Noise, Noise]:  # fmt: skip
    with IMPORTING:
        from mlexporter.statistics.joint_noise import learn_joint_noise  # noqa: PLC0415 - as below
        from mlexporter.statistics.learned_noise import learn_noise  # noqa: PLC0415 - it loads scipy, off the request path

    features: list[dict[str, ComponentNoise]] = [{} for _ in reference.features]
    outputs: list[dict[str, ComponentNoise]] = [{} for _ in reference.outputs]
    joints: list[dict[str, ComponentNoise]] = [{} for _ in reference.joints]
    for name, seconds in windows.items():
        n_blocks = round(seconds / log.length_seconds)
        if n_blocks < 1 or n_blocks * log.length_seconds != seconds:
            continue
        learned = learn_noise(
            reference, log.sums(n_blocks, usable, name), required_observations=required_observations
        )
        of_joints = learn_joint_noise(
            reference, log.sums(n_blocks, usable, name), required_observations=required_observations
        )
        for found, known in (
            (features, learned.features), (outputs, learned.outputs), (joints, of_joints)
        ):  # fmt: skip
            for place, component in known.items():
                found[place][name] = component
    return tuple(features), tuple(outputs), tuple(joints)


def _slots(training: Reference, log: BlockLog, clean: frozenset[int]) -> tuple[Counts | None, Counts | None]:
    slots = training.slots
    if slots is None:
        return None, None
    with IMPORTING:
        from mlexporter.statistics.slot_split import slot_shares, split  # noqa: PLC0415 - statistics load off the request path

    shares = slot_shares(training, slots)
    cells = np.zeros(shares.shape, dtype=np.int64)
    rows = np.zeros(slots.n_slots, dtype=np.int64)
    for place in sorted(clean):
        counts = log.counts(log.blocks[place])
        of_slots = counts.side_cells[training.side_places[SLOTS]]
        if of_slots.size != slots.n_slots:
            return None, None  # counted by a version that does not know of slots
        cells += split(np.concatenate((counts.feature_cells, counts.output_cells)), of_slots, shares)
        rows += of_slots
    return cells, rows
