"""How much every feature and output moves from block to block while all is well."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from mlexporter.records import ComponentNoise, Counts, Reference, Scores, WindowCounts
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.expected_counts import effective_reference, slot_rows
from mlexporter.statistics.location import location
from mlexporter.statistics.matching_cells import check_cells
from mlexporter.statistics.rare_share import has_rare_share_only, rare_share_rise
from mlexporter.statistics.spread import spread
from mlexporter.statistics.subject_groups import SubjectGroup, feature_groups, output_groups

REQUIRED_BLOCKS: Final = 24
"""Blocks without which noise is not learned: its own uncertainty would make it useless."""

_BATCH: Final = 32
"""Blocks that are held at once."""
_FAR: Final = 1e-6
"""Probability of what noise in all directions has to cover."""
_LARGEST_SHARE: Final = 2 / 3
"""Of the rows that a block is compared with, at most so many may be its own."""


class LearnedNoise(NamedTuple):
    """Noise of the blocks that were asked for; keys are positions in the reference.

    Attributes:
        features: Position in ``Reference.features`` to its noise; those with too few blocks are left out.
        outputs: Position in ``Reference.outputs`` likewise.
    """

    features: dict[int, ComponentNoise]
    outputs: dict[int, ComponentNoise]


def learn_noise(
    reference: Reference,
    blocks: Iterable[WindowCounts],
    *,
    required_observations: int,
    are_in_reference: bool = True,
) -> LearnedNoise:
    """Measure how much blocks of one length differ from the reference.

    Blocks must not overlap, and each must cover as much time as the window that the noise is for
    (an hour for ``1h``). Slots of the reference are taken out where a block counts them
    (``side_cells``), so a season is no noise. Blocks are read once, one after the other, so they may
    come from a generator; only their counts are used, not their names.

    Args:
        reference: The profile, or the baseline, that windows will be compared with.
        blocks: Counts of each block, in any order.
        required_observations: Rows in shape bins that a block of a subject needs to be used.
        are_in_reference: True where the rows of the blocks are also counted in ``reference`` (training
            data; a baseline made of the blocks): they then differ from it by less than new rows will,
            which is made up for. False where the reference is of other rows.

    Returns:
        Noise of every subject with ``REQUIRED_BLOCKS`` usable blocks. ``ComponentNoise.blocks`` are the
        degrees of freedom plus one: fewer than the blocks where slots leave few of them to be compared
        with each other, such as 24 of 48 when every slot has two.

    Raises:
        BinMismatchError: a block does not have the cells of the reference.
    """
    features = [_GroupSums(group, required_observations) for group in feature_groups(reference)]
    outputs = [_GroupSums(group, required_observations) for group in output_groups(reference)]
    for batch in _batches(blocks):
        check_cells(reference, batch)
        rows = slot_rows(reference, batch)
        for group_sums, cells in (
            (features, [block.feature_cells for block in batch]),
            (outputs, [block.output_cells for block in batch]),
        ):
            for sums in group_sums:
                sums.add(np.stack(cells), rows, are_in_reference=are_in_reference)
    return LearnedNoise(
        *(
            {place: noise for sums in group_sums for place, noise in sums.noise()}
            for group_sums in (features, outputs)
        )
    )


class _GroupSums:
    """Sums over blocks of what the members of one group moved by."""

    def __init__(self, group: SubjectGroup, required_observations: int) -> None:
        self._group = group
        self._required = max(required_observations, 1)
        self._sums = np.zeros((len(group.members), 5))
        self._blocks = np.zeros(len(group.members))
        self._freedom = np.zeros(len(group.members))

    def add(self, cells: Counts, rows_of_slots: Scores | None, *, are_in_reference: bool) -> None:
        """Count blocks in, cells of shape (n_blocks, n_cells)."""
        group = self._group
        current, reference = cells[:, group.cells], effective_reference(group, rows_of_slots)
        n, m = current.sum(axis=2), reference.sum(axis=2)
        own = n / np.maximum(m, 1.0) if are_in_reference else np.zeros(n.shape)
        is_usable = (n >= self._required) & (m >= self._required) & (own <= _LARGEST_SHARE)
        is_usable &= (reference > 0).sum(axis=2) >= 2
        blocks, members = np.nonzero(is_usable)
        if not blocks.size:
            return
        comparison = Comparison(
            current=current[blocks, members],
            reference=reference[blocks if len(reference) > 1 else 0, members],
            is_ordered=group.is_ordered,
        )
        # A block differs by the variance of 1/n - 1/m from a reference that it is part of, new rows
        # will by that of 1/n + 1/m.
        share = own[blocks, members]
        factor = (1 + share) / (1 - share)
        by_location, by_spread, rest = (squares * factor for squares in _squares(comparison))
        k = np.maximum(comparison.merged.degrees_of_freedom, 1)
        values = np.stack([by_location, by_spread, rest, rest**2, k], axis=1)
        np.add.at(self._sums, members, values)
        self._blocks += np.bincount(members, minlength=len(self._blocks))
        self._freedom += np.bincount(members, weights=1 - share, minlength=len(self._blocks))

    def noise(self) -> Iterator[tuple[int, ComponentNoise]]:
        """Yield the position and the noise of every member with enough blocks."""
        by_location, by_spread, rest, squared_rest, k = self._sums.T / np.maximum(self._blocks, 1.0)
        reach = _reach(rest, squared_rest, k - 2 if self._group.is_ordered else k, self._blocks)
        omnibus = (by_location + by_spread + rest * reach) / np.maximum(k, 1.0)
        # All blocks of a whole have one degree of freedom less than there are blocks.
        known = np.minimum(self._blocks, np.floor(self._freedom + 1 + 1e-6))
        for member, place in enumerate(self._group.members.tolist()):
            if known[member] >= REQUIRED_BLOCKS:
                is_ordered = self._group.is_ordered
                yield (
                    place,
                    ComponentNoise(
                        blocks=int(known[member]),
                        location=float(by_location[member]) if is_ordered else None,
                        spread=float(by_spread[member]) if is_ordered else None,
                        omnibus=float(omnibus[member]),
                    ),
                )


def _squares(comparison: Comparison) -> tuple[Scores, Scores, Scores]:
    """Return the squares of location and spread, and the rest of the mean square contingency."""
    contingency = comparison.merged.phi_squared
    if comparison.is_ordered:
        by_location, by_spread = location(comparison) ** 2, spread(comparison) ** 2
        return by_location, by_spread, np.maximum(contingency - by_location - by_spread, 0.0)
    rest = np.where(has_rare_share_only(comparison), rare_share_rise(comparison) ** 2, contingency)
    return np.zeros_like(rest), np.zeros_like(rest), rest


def _reach(rest: Scores, squared_rest: Scores, k: Scores, blocks: Scores) -> Scores:
    """Return by how much noise has to be larger so that a chi-square with k degrees reaches as far.

    What wanders along few directions varies more from block to block than noise in all directions with
    the same mean; its degrees of freedom follow from mean and variance.

    Source: satterthwaite1946.
    """
    from scipy.special import chdtri  # noqa: PLC0415 - scipy loads at the first evaluation

    variance = (squared_rest - rest**2) * blocks / np.maximum(blocks - 1, 1.0)
    all_degrees = np.maximum(k, 1.0)
    degrees = np.divide(2 * rest**2, variance, out=all_degrees.copy(), where=variance > 0)
    degrees = np.clip(degrees, 1.0, all_degrees)
    ratio: Scores = chdtri(degrees, _FAR) / degrees / (chdtri(all_degrees, _FAR) / all_degrees)
    return ratio


def _batches(blocks: Iterable[WindowCounts]) -> Iterator[Sequence[WindowCounts]]:
    remaining = iter(blocks)
    while batch := tuple(itertools.islice(remaining, _BATCH)):
        yield batch
