"""Subjects with equally many bins of one kind, which are compared at once: what a profile fixes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mlexporter.records import FeatureReference, OutputReference, Reference, Scores, Slots
from mlexporter.statistics.bin_positions import bin_positions

Subject = FeatureReference | OutputReference
Places = npt.NDArray[np.intp]
_FEATURES: Final = "groups of features"
_OUTPUTS: Final = "groups of outputs"


class GroupSlots(NamedTuple):
    """Training rows of the members of a group in each slot, as rates; ``n_slots`` rows each.

    Attributes:
        bin_rates: Rows in each shape bin for one row of the slot, shape (n_slots, n_members, n_bins).
        row_rates: Rows in all shape bins for one row of the slot, shape (n_slots, n_members).
        squared_rates: The square of that over the member's rows in the slot, same shape.
        is_unknown: 1 where a member has no rows in the slot, or is what tells segments apart and is therefore
            compared with all training rows; else 0, same shape.
    """

    bin_rates: Scores
    row_rates: Scores
    squared_rates: Scores
    is_unknown: Scores


@dataclass(frozen=True)
class SubjectGroup:
    """Features, or outputs, with n_bins bins of one kind each. Its arrays are never written to.

    Attributes:
        members: Their places among all features (or outputs), ascending, shape (n_members,).
        cells: The places of their shape bins in a flat vector of counts, shape (n_members, n_bins).
        is_ordered: True where the bins have an order.
        reference: Training rows in each bin, float64, shape (n_members, n_bins).
        thresholds: Effects that matter, in standard deviations (or PSI), shape (n_members,).
        uses_psi: True where severity is debiased PSI over the threshold, shape (n_members,).
        positions: Where each bin lies (see ``bin_positions``), shape (n_members, n_bins).
        slots: The same rows by slot; None where the profile tells none apart.
    """

    members: Places
    cells: Places
    is_ordered: bool
    reference: Scores
    thresholds: Scores
    uses_psi: npt.NDArray[np.bool_]
    positions: Scores
    slots: GroupSlots | None = None


def feature_groups(reference: Reference) -> tuple[SubjectGroup, ...]:
    """Return every feature in one group; formed once for a profile, and kept with it."""
    return _kept(reference, _FEATURES, reference.features, reference.feature_offsets, 0)


def output_groups(reference: Reference) -> tuple[SubjectGroup, ...]:
    """Return every output in one group; formed once for a profile, and kept with it."""
    first_cell = reference.feature_offsets[-1]
    return _kept(reference, _OUTPUTS, reference.outputs, reference.output_offsets, first_cell)


def _kept(
    reference: Reference,
    name: str,
    subjects: Sequence[Subject],
    offsets: Sequence[int],
    first_cell: int,
) -> tuple[SubjectGroup, ...]:
    groups: tuple[SubjectGroup, ...] | None = reference.computed.get(name)
    if groups is None:
        groups = reference.computed[name] = tuple(_formed(subjects, offsets, reference.slots, first_cell))
    return groups


def _formed(
    subjects: Sequence[Subject], offsets: Sequence[int], slots: Slots | None, first_cell: int
) -> Iterator[SubjectGroup]:
    places: dict[tuple[int, bool], list[int]] = {}
    for place, subject in enumerate(subjects):
        kind = (subject.distribution.n_shape_bins, subject.distribution.is_ordered)
        places.setdefault(kind, []).append(place)
    starts = np.asarray(offsets, dtype=np.intp)
    in_slots = None if slots is None else np.asarray(slots.cells, dtype=np.float64)
    for (n_bins, is_ordered), members in places.items():
        chosen = [subjects[place] for place in members]
        cells = starts[members][:, None] + np.arange(n_bins)
        yield SubjectGroup(
            members=np.asarray(members, dtype=np.intp),
            cells=cells,
            is_ordered=is_ordered,
            reference=np.asarray(
                [subject.distribution.counts[:n_bins] for subject in chosen], dtype=np.float64
            ),
            thresholds=np.asarray([subject.threshold for subject in chosen], dtype=np.float64),
            uses_psi=np.asarray([subject.statistic == "psi" for subject in chosen], dtype=np.bool_),
            positions=np.stack([bin_positions(subject.distribution) for subject in chosen]),
            slots=None
            if slots is None or in_slots is None
            else _by_slot(slots, in_slots[:, first_cell + cells], _tells_slots(slots, chosen)),
        )


def _tells_slots(slots: Slots, subjects: Sequence[Subject]) -> npt.NDArray[np.bool_]:
    """Return which subject is the segment: its mix is expected to be what it is, and would never drift."""
    return np.array(
        [isinstance(subject, FeatureReference) and subject.name == slots.segment for subject in subjects]
    )


def _by_slot(slots: Slots, counts: Scores, tells_slots: npt.NDArray[np.bool_]) -> GroupSlots:
    rows = np.maximum(np.asarray(slots.rows, dtype=np.float64), 1.0)[:, None]
    of_member = counts.sum(axis=2)
    return GroupSlots(
        bin_rates=counts / rows[:, :, None],
        row_rates=of_member / rows,
        squared_rates=of_member / rows**2,
        is_unknown=((of_member == 0) | tells_slots).astype(np.float64),
    )
