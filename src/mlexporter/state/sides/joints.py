"""Sampled rows in the bins of joint transforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from mlexporter.records.joint import EmbeddingTransform, ScoreTransform
from mlexporter.records.kinds import Kind
from mlexporter.state.embedding_bins import read_vectors
from mlexporter.state.joint_transform import EmbeddingKernel, ScoreKernel
from mlexporter.state.matrix import MatrixBinner

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts, JointReference, Reference
    from mlexporter.state.embedding_bins import Vectors
    from mlexporter.state.row_block import RowBlock


class Joints:
    """Counts rows into the components of every joint of ``reference``.

    A row lands in one cell of each component: where an embedding is missing or invalid, so is each of its
    components; a number that is missing is in the middle of its scores, as it was in training.
    """

    def __init__(self, reference: Reference) -> None:
        self._parts = [_part(reference, joint) for joint in reference.joints]

    def count(self, rows: RowBlock, cells: Counts) -> None:
        """Add ``rows`` to the cells of the joints, one joint after another.

        Args:
            rows: What came; of each chunk only some, evenly spaced.
            cells: Of this side, int64; changed in place.
        """
        start = 0
        for part in self._parts:
            part.count(rows, cells[start : start + part.n_cells])
            start += part.n_cells


class ScoreCounter:
    """Counts numbers into the components of a transform.

    Args:
        transform: Of as many inputs as there are columns.
        joint: Its bins.
    """

    def __init__(self, transform: ScoreTransform, joint: JointReference) -> None:
        self.n_cells = joint.n_cells
        self._kernel = ScoreKernel(transform)
        self._binner = MatrixBinner(joint.distributions)

    def add(self, numbers: npt.NDArray[np.floating], cells: Counts) -> None:
        """Add rows of numbers, shape (n_rows, n_inputs), to the cells of all components."""
        cells += self._binner.count(self._kernel(numbers))[0]


class EmbeddingCounter:
    """Counts vectors into the components of a transform.

    Args:
        transform: What makes components.
        joint: Their bins.
    """

    def __init__(self, transform: EmbeddingTransform, joint: JointReference) -> None:
        self.n_cells = joint.n_cells
        self._kernel = EmbeddingKernel(transform)
        self.n_dimensions = self._kernel.n_dimensions
        self._binner = MatrixBinner(joint.distributions)

    def add(self, vectors: Vectors, cells: Counts) -> None:
        """Add vectors to the cells of all components."""
        components = self._kernel(vectors.rows)
        components[vectors.is_missing] = np.nan
        components[vectors.is_invalid] = np.inf
        cells += self._binner.count(components)[0]


class _Part(Protocol):
    n_cells: int

    def count(self, rows: RowBlock, cells: Counts) -> None: ...


class _NoPart:
    n_cells = 0

    def count(self, rows: RowBlock, cells: Counts) -> None:
        """Count nothing: there was nothing to be learned."""


class _ScorePart:
    def __init__(self, reference: Reference, joint: JointReference, transform: ScoreTransform) -> None:
        self._counter = ScoreCounter(transform, joint)
        self.n_cells = joint.n_cells
        names = [feature.name for feature in reference.features if feature.distribution.kind is Kind.NUMERIC]
        self._columns = np.array([names.index(name) for name in joint.inputs], dtype=np.intp)

    def count(self, rows: RowBlock, cells: Counts) -> None:
        self._counter.add(rows.numbers[:, self._columns], cells)


class _EmbeddingPart:
    def __init__(self, reference: Reference, joint: JointReference, transform: EmbeddingTransform) -> None:
        self._counter = EmbeddingCounter(transform, joint)
        self.n_cells = joint.n_cells
        self._place = reference.feature_names.index(joint.inputs[0])

    def count(self, rows: RowBlock, cells: Counts) -> None:
        values = rows.values(self._place)
        if values is not None:
            self._counter.add(read_vectors(values, self._counter.n_dimensions), cells)


def _part(reference: Reference, joint: JointReference) -> _Part:
    if joint.transform is None:
        return _NoPart()
    if isinstance(joint.transform, ScoreTransform):
        return _ScorePart(reference, joint, joint.transform)
    return _EmbeddingPart(reference, joint, joint.transform)
