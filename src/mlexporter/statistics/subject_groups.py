"""Subjects with equally many bins of one kind, which are compared at once: what a profile fixes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.records import Counts, FeatureReference, OutputReference, Reference, Scores
from mlexporter.statistics.bin_positions import bin_positions

Subject = FeatureReference | OutputReference
Places = npt.NDArray[np.intp]
_FEATURES: Final = "groups of features"
_OUTPUTS: Final = "groups of outputs"


@dataclass(frozen=True)
class SubjectGroup:
    """Features, or outputs, with n_bins bins of one kind each. Its arrays are never written to.

    Attributes:
        members: Their places among all features (or outputs), ascending, shape (n_members,).
        cells: The places of their shape bins in a flat vector of counts, shape (n_members, n_bins).
        is_ordered: True where the bins have an order.
        reference: Training rows in each bin, shape (n_members, n_bins).
        thresholds: Effects that matter, in standard deviations, shape (n_members,).
        positions: Where each bin lies (see ``bin_positions``), shape (n_members, n_bins).
    """

    members: Places
    cells: Places
    is_ordered: bool
    reference: Counts
    thresholds: Scores
    positions: Scores


def feature_groups(reference: Reference) -> tuple[SubjectGroup, ...]:
    """Return every feature in one group; formed once for a profile, and kept with it."""
    return _kept(reference, _FEATURES, reference.features, reference.feature_offsets)


def output_groups(reference: Reference) -> tuple[SubjectGroup, ...]:
    """Return every output in one group; formed once for a profile, and kept with it."""
    return _kept(reference, _OUTPUTS, reference.outputs, reference.output_offsets)


def _kept(
    reference: Reference,
    name: str,
    subjects: Sequence[Subject],
    offsets: Sequence[int],
) -> tuple[SubjectGroup, ...]:
    groups: tuple[SubjectGroup, ...] | None = reference.computed.get(name)
    if groups is None:
        groups = reference.computed[name] = _formed(subjects, offsets)
    return groups


def _formed(subjects: Sequence[Subject], offsets: Sequence[int]) -> tuple[SubjectGroup, ...]:
    places: dict[tuple[int, bool], list[int]] = {}
    for place, subject in enumerate(subjects):
        kind = (subject.distribution.n_shape_bins, subject.distribution.is_ordered)
        places.setdefault(kind, []).append(place)
    starts = np.asarray(offsets, dtype=np.intp)
    found = []
    for (n_bins, is_ordered), members in places.items():
        chosen = [subjects[place] for place in members]
        found.append(
            SubjectGroup(
                members=np.asarray(members, dtype=np.intp),
                cells=starts[members][:, None] + np.arange(n_bins),
                is_ordered=is_ordered,
                reference=np.stack([subject.distribution.shape_counts for subject in chosen]),
                thresholds=np.asarray([subject.threshold for subject in chosen], dtype=np.float64),
                positions=np.stack([bin_positions(subject.distribution) for subject in chosen]),
            )
        )
    return tuple(found)
