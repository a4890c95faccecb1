"""Noise of joints: blocks of training rows under the transforms that serving counts with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mlexporter.profile.block_counts import Blocks, Places
from mlexporter.profile.fit_rows import FitRows
from mlexporter.profile.vector_learner import MOST_FIT_ROWS
from mlexporter.records import ComponentNoise, Kind, Reference, WindowCounts
from mlexporter.records.cells import no_counts
from mlexporter.records.sides import JOINTS
from mlexporter.state.binning import flatten, read_numbers
from mlexporter.state.columns import Column
from mlexporter.state.matrix import finite
from mlexporter.state.row_block import RowBlock
from mlexporter.state.sides.joints import Joints
from mlexporter.statistics.joint_noise import learn_joint_noise


class JointBlocks:
    """Counts one joint in blocks, in the pass in which the bins are counted.

    Rows that clusters and axes of an embedding were fitted on are left out, as they are in its counts.

    Args:
        reference: The bins.
        place: Of the joint, in ``Reference.joints``.
        row_count: All rows of the fit.
        blocks: Blocks of each length.
    """

    def __init__(self, reference: Reference, place: int, row_count: int, blocks: Sequence[Blocks]) -> None:
        joint = reference.joints[place]
        self.place = place
        self._reference = reference
        self._joint = joint
        self._side = Joints(replace(reference, joints=(joint,)))
        self._numbers = [each.name for each in reference.features if each.distribution.kind is Kind.NUMERIC]
        self._embedding = reference.feature_names.index(joint.name) if joint.name else -1
        self._fit_rows = FitRows(row_count, MOST_FIT_ROWS) if joint.name else None
        self._blocks = blocks
        self._cells = [np.zeros((len(each.numbers), joint.n_cells), dtype=np.int64) for each in blocks]

    def add(self, batch: Mapping[str, Column], places: Sequence[Places]) -> None:
        """Count a batch.

        Args:
            batch: All columns of n rows.
            places: For each length, which rows lie in a chosen block, and in which.
        """
        n_rows = len(next(iter(batch.values())))
        numbers, vectors = self._numbers_of(batch, n_rows), self._vectors_of(batch)
        is_new: npt.NDArray[np.bool_] = np.ones(n_rows, dtype=np.bool_)
        if self._fit_rows is not None:
            is_new = ~self._fit_rows.next(n_rows)
        for cells, (in_block, block_of_rows) in zip(self._cells, places, strict=True):
            chosen = np.flatnonzero(in_block & is_new)
            chosen = chosen[np.argsort(block_of_rows[chosen], kind="stable")]
            blocks, starts = np.unique(block_of_rows[chosen], return_index=True)
            for block, own in zip(blocks.tolist(), np.split(chosen, starts[1:]), strict=True):
                self._side.count(self._rows_of(numbers, vectors, own), cells[block])

    def noise(self, required_rows: int) -> dict[str, ComponentNoise]:
        """Return the noise by window."""
        alone = replace(self._reference, joints=(self._joint,))
        found = {}
        for blocks, cells in zip(self._blocks, self._cells, strict=True):
            learned = learn_joint_noise(
                alone, _windows(blocks, cells, alone), required_observations=required_rows
            )
            if learned:
                (found[blocks.name],) = learned.values()
        return found

    def _numbers_of(self, batch: Mapping[str, Column], n_rows: int) -> npt.NDArray[np.float32]:
        """Return all numeric features; those that do not go in are zeros."""
        numbers = np.zeros((n_rows, len(self._numbers)), dtype=np.float32)
        for column, name in enumerate(self._numbers):
            if not self._joint.name and name in self._joint.inputs:
                numbers[:, column] = finite(read_numbers(flatten(batch[name]))[0])
        return numbers

    def _vectors_of(self, batch: Mapping[str, Column]) -> list[object] | npt.NDArray[Any]:
        return flatten(batch[self._joint.name]) if self._joint.name else []

    def _rows_of(
        self,
        numbers: npt.NDArray[np.float32],
        vectors: list[object] | npt.NDArray[Any],
        rows: npt.NDArray[np.intp],
    ) -> RowBlock:
        values = {}
        if self._embedding >= 0:
            chosen = (
                vectors[rows] if isinstance(vectors, np.ndarray) else [vectors[row] for row in rows.tolist()]
            )
            values[self._embedding] = chosen
        places = range(len(self._numbers))
        return RowBlock(numbers[rows], number_places=places, cells={}, values=values, now=0.0)


def joint_blocks(reference: Reference, row_count: int, blocks: Sequence[Blocks]) -> list[JointBlocks]:
    """Return what counts each joint of ``reference`` that has a transform."""
    return [
        JointBlocks(reference, place, row_count, blocks)
        for place, joint in enumerate(reference.joints)
        if joint.transform is not None
    ]


def _windows(blocks: Blocks, cells: npt.NDArray[np.int64], alone: Reference) -> Iterator[WindowCounts]:
    places = alone.side_places
    for each in cells:
        sides = np.zeros(max(place.stop for place in places.values()), dtype=np.int64)
        sides[places[JOINTS]] = each
        yield WindowCounts(
            blocks.name, blocks.length, 0, no_counts(), no_counts(), no_counts(), no_counts(), sides
        )
