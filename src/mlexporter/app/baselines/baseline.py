"""``Baseline``: counts and noise of a stretch of serving that stands in for the training data.

It holds what differs from the profile and no more: thresholds, importances and bins are those of the profile
that is in use, so that a threshold that is changed there holds at once. Counts of serving do not fit the
rules of a profile's file, either: an output has fewer rows than a feature where calls fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from mlexporter.records import (
    ComponentNoise,
    Counts,
    DerivedPair,
    Distribution,
    FeatureReference,
    JointReference,
    OutputReference,
    Reference,
    Slots,
    WindowCounts,
)
from mlexporter.records.sides import DUPLICATES, JOINTS, REPEATS, SKEWS

if TYPE_CHECKING:
    from collections.abc import Sequence

Noise = tuple[Mapping[str, ComponentNoise], ...]
"""Of each feature (or output): window to noise."""
_Subject = TypeVar("_Subject", FeatureReference, OutputReference)
REQUIRED_ROWS: Final = 500
"""Rows in shape bins that a feature needs in a baseline; with fewer it is compared with training as before."""


@dataclass(frozen=True)
class Baseline:
    """What was learned, when, and who wanted it.

    Attributes:
        fingerprint: Of the bins.
        accepted_timestamp: When it was learned, Unix seconds.
        n_blocks: Clean blocks that it rests on.
        counts: Their sum.
        slot_cells: Rows of each slot in each cell, features first, shape (n_slots, n_cells); None without slots.
        slot_rows: Rows of each slot, shape (n_slots,); None without slots.
        feature_noise: Of each feature.
        output_noise: Of each output.
        joint_noise: Of each joint.
        who: Who accepted it; empty where it was learned by itself.
        why: In the words of that person.
        decision: The decision that it follows; empty where it was learned by itself.
    """

    fingerprint: str
    accepted_timestamp: float
    n_blocks: int
    counts: WindowCounts
    slot_cells: Counts | None = None
    slot_rows: Counts | None = None
    feature_noise: Noise = ()
    output_noise: Noise = ()
    joint_noise: Noise = ()
    who: str = ""
    why: str = ""
    decision: str = ""

    def applied(self, training: Reference) -> Reference:
        """Return the profile with these counts and this noise in place of those of the training rows.

        What serving hardly showed, and what cannot be seen without labels, stays as it is in the profile.

        Args:
            training: A profile with the same fingerprint.
        """
        counts, sides = self.counts, training.side_places
        repeats = counts.side_cells[sides[REPEATS]]
        features = []
        for place, feature in enumerate(training.features):
            cells = counts.feature_cells[_cells(training.feature_offsets, place)]
            changed = _changed(feature, cells, _at(self.feature_noise, place))
            if changed is not feature:
                changed = replace(
                    changed,
                    distribution=replace(
                        changed.distribution,
                        out_of_range=int(counts.out_of_range[place]),
                        type_mismatches=int(counts.type_mismatches[place]),
                    ),
                    collision=_ratio(repeats[[place, -1]]) if repeats.size else feature.collision,
                    # How many new categories come is counted here, and need not be inferred.
                    once_seen=None if feature.once_seen is None else 0,
                )
            features.append(changed)
        outputs = [
            replace(changed, positives=None) if changed is not output else output
            for place, output in enumerate(training.outputs)
            for changed in [
                _changed(
                    output, counts.output_cells[_cells(training.output_offsets, place)],
                    _at(self.output_noise, place),
                )
            ]
        ]  # fmt: skip
        rows = max(counts.row_count, 1)
        duplicates = counts.side_cells[sides[DUPLICATES]]
        share = _ratio(duplicates) if duplicates.size else None
        return replace(
            training,
            features=tuple(features),
            outputs=tuple(outputs),
            row_count=rows,
            slots=self._slots(training),
            pairs=_pairs(training.pairs, counts.side_cells[sides[SKEWS]]),
            joints=_joints(training.joints, counts.side_cells[sides[JOINTS]], self.joint_noise),
            duplicate_rows=_scaled(training.duplicate_rows, training.row_count, rows)
            if share is None
            else round(share * rows),
        )

    def _slots(self, training: Reference) -> Slots | None:
        slots = training.slots
        if slots is None or self.slot_cells is None or self.slot_rows is None:
            return slots
        cells = self.slot_cells.copy()
        before = np.asarray(slots.cells, dtype=np.int64).reshape(cells.shape)
        start = 0
        features = [feature.distribution for feature in training.features]
        for distribution in (*features, *(output.distribution for output in training.outputs)):
            end = start + distribution.n_cells
            if not _is_enough(distribution, cells[:, start:end].sum(axis=0)):
                cells[:, start:end] = before[:, start:end]
            start = end
        return replace(
            slots,
            cells=tuple(tuple(row) for row in cells.tolist()),
            rows=tuple(self.slot_rows.tolist()),
        )


def _changed(subject: _Subject, cells: Counts, noise: Mapping[str, ComponentNoise]) -> _Subject:
    if not _is_enough(subject.distribution, cells):
        return subject
    distribution = replace(subject.distribution, counts=tuple(cells.tolist()))
    return replace(subject, distribution=distribution, noise=noise)


def _is_enough(distribution: Distribution, cells: Counts) -> bool:
    return int(cells[: distribution.n_shape_bins].sum()) >= REQUIRED_ROWS


def _joints(joints: tuple[JointReference, ...], cells: Counts, noise: Noise) -> tuple[JointReference, ...]:
    found, start = [], 0
    for number, joint in enumerate(joints):
        own = cells[start : start + joint.n_cells]
        start += joint.n_cells
        distributions, place = [], 0
        for distribution in joint.distributions:
            part = own[place : place + distribution.n_cells]
            place += distribution.n_cells
            is_enough = part.size == distribution.n_cells and _is_enough(distribution, part)
            distributions.append(
                replace(distribution, counts=tuple(part.tolist())) if is_enough else distribution
            )
        learned = _at(noise, number) or joint.noise
        found.append(replace(joint, distributions=tuple(distributions), noise=learned))
    return tuple(found)


def _pairs(pairs: tuple[DerivedPair, ...], cells: Counts) -> tuple[DerivedPair, ...]:
    if cells.size != 2 * len(pairs):
        return pairs
    return tuple(
        replace(pair, hits=hits, rows=rows) if rows >= REQUIRED_ROWS else pair
        for pair, (hits, rows) in zip(pairs, cells.reshape(-1, 2).tolist(), strict=True)
    )


def _cells(offsets: Sequence[int], place: int) -> slice:
    return slice(offsets[place], offsets[place + 1])


def _at(noise: Noise, place: int) -> Mapping[str, ComponentNoise]:
    return noise[place] if place < len(noise) else {}


def _ratio(hits_and_rows: Counts) -> float | None:
    hits, rows = hits_and_rows.tolist()
    return hits / rows if rows else None


def _scaled(hits: int | None, rows: int, new_rows: int) -> int | None:
    return None if hits is None or not rows else round(hits * new_rows / rows)
