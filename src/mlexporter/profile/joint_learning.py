"""Learn joints: transforms from some of the rows, counts in their bins from the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from mlexporter.profile.axes import learn_axes, weight_correlations
from mlexporter.profile.edges import number_edges
from mlexporter.profile.fit_rows import FIT_SHARE, FitRows
from mlexporter.profile.score_learning import learn_scores
from mlexporter.profile.sections.row_cells import row_numbers
from mlexporter.profile.vector_learner import MOST_FIT_ROWS
from mlexporter.records import (
    Distribution,
    EmbeddingTransform,
    FeatureReference,
    JointReference,
    Kind,
    Matrix,
    ScoreTransform,
    TrainingType,
)
from mlexporter.state.binning import Binner, flatten
from mlexporter.state.embedding_bins import read_vectors
from mlexporter.state.joint_transform import EmbeddingKernel, ScoreKernel
from mlexporter.state.matrix import MatrixBinner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from mlexporter.records import Counts
    from mlexporter.state.columns import Column

MOST_INPUTS: Final = 64
ROWS_OF_AN_INPUT: Final = 10
"""Rows that a transform is fitted on, for each feature that goes in."""

LEAST_FIT_ROWS: Final = 200
JOINT_THRESHOLD: Final = 0.1

_MOST_SCORE_ROWS: Final = 50_000
_MOST_WEIGHT_ROWS: Final = 50_000
_BLOCK_ROWS: Final = 65_536


class JointLearner(Protocol):
    """Learns one joint in two passes over the rows."""

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that it reads."""

    def sample(self, batch: Mapping[str, Column]) -> None:
        """See a batch of the first pass."""

    def fit(self) -> None:
        """Make the transform of the rows that were sampled."""

    def count(self, batch: Mapping[str, Column]) -> None:
        """See a batch of the second pass."""

    def joint(self) -> JointReference:
        """Return what was learned."""


class ScoreLearner:
    """Dependence between numeric features.

    Args:
        features: Those that may go in, two or more; the more important ones are preferred.
        row_count: All rows.
        minimum_rows: Training rows behind everything published.
    """

    def __init__(self, features: Sequence[FeatureReference], row_count: int, minimum_rows: int) -> None:
        self._minimum_rows = minimum_rows
        self._row_count = row_count
        limit = max(2, min(MOST_INPUTS, int(FIT_SHARE * row_count) // ROWS_OF_AN_INPUT))
        ranked = sorted(range(len(features)), key=lambda place: (-_importance(features[place]), place))
        self.names = tuple(features[place].name for place in sorted(ranked[:limit]))
        self._inputs = self.names
        self._fit_rows = FitRows(row_count, _MOST_SCORE_ROWS)
        self._sampled: list[npt.NDArray[np.float32]] = []
        self._transform: ScoreTransform | None = None
        self._distributions: tuple[Distribution, ...] = ()
        self._cells: Counts = np.zeros(0, dtype=np.int64)
        self._reason = ""

    def sample(self, batch: Mapping[str, Column]) -> None:
        """See a batch of the first pass."""
        numbers = _numbers(batch, self.names)
        self._sampled.append(numbers[self._fit_rows.next(len(numbers))])

    def fit(self) -> None:
        """Make the transform of the rows that were sampled."""
        sample = np.concatenate(self._sampled)
        self._sampled = []
        least = round(max(LEAST_FIT_ROWS, 5 * self._minimum_rows) / FIT_SHARE)
        if self._row_count < least:
            self._reason = f"dependence between features is learned from {least} rows or more, not from {self._row_count}"
            return
        found = learn_scores(sample, self._minimum_rows)
        if found is None:
            self._reason = "fewer than two numeric features have values enough"
            return
        self._transform, kept = found
        self._inputs = tuple(self.names[place] for place in kept)
        self._kernel = ScoreKernel(self._transform)
        self._distributions = component_bins(self._kernel(sample[:, kept]), self._minimum_rows)
        self._binner = MatrixBinner(self._distributions)
        self._cells = np.zeros(self._binner.n_cells, dtype=np.int64)
        self._fit_rows = FitRows(self._row_count, _MOST_SCORE_ROWS)

    def count(self, batch: Mapping[str, Column]) -> None:
        """See a batch of the second pass."""
        if self._transform is not None:
            numbers = _numbers(batch, self._inputs)
            others = numbers[~self._fit_rows.next(len(numbers))]
            self._cells += self._binner.count(self._kernel(others))[0]

    def joint(self) -> JointReference:
        """Return what was learned."""
        return JointReference(
            name="",
            inputs=self._inputs,
            distributions=_counted(self._distributions, self._cells),
            threshold=JOINT_THRESHOLD,
            transform=self._transform,
            reason=self._reason,
        )


class AxesLearner:
    """One embedding.

    Args:
        feature: Its clusters, with counts of all rows.
        row_count: All rows.
        minimum_rows: Training rows behind everything published.
    """

    def __init__(self, feature: FeatureReference, row_count: int, minimum_rows: int) -> None:
        centroids = feature.distribution.centroids
        self.names = (feature.name,)
        self._feature = feature
        self._n_dimensions = 0 if centroids is None else centroids.shape[1]
        self._row_count = row_count
        self._minimum_rows = minimum_rows
        self._fit_rows = FitRows(row_count, MOST_FIT_ROWS)
        self._clusters = Binner(feature.distribution)
        self._cluster_cells = np.zeros(feature.distribution.n_cells, dtype=np.int64)
        self._sampled: list[npt.NDArray[np.float32]] = []
        self._transform: EmbeddingTransform | None = None
        self._distributions: tuple[Distribution, ...] = ()
        self._cells: Counts = np.zeros(0, dtype=np.int64)
        self._codes: list[npt.NDArray[np.uint8]] = []
        self._n_codes = 0

    def sample(self, batch: Mapping[str, Column]) -> None:
        """See a batch of the first pass."""
        values = flatten(batch[self.names[0]])
        vectors = read_vectors(values, self._n_dimensions)
        chosen = self._fit_rows.next(len(values))
        self._sampled.append(vectors.rows[chosen & ~(vectors.is_missing | vectors.is_invalid)])

    def fit(self) -> None:
        """Make the transform of the rows that were sampled."""
        sample = np.concatenate(self._sampled)
        self._sampled = []
        self._fit_rows = FitRows(self._row_count, MOST_FIT_ROWS)
        self._transform = learn_axes(sample)
        if self._transform is not None:
            self._kernel = EmbeddingKernel(self._transform)
            self._distributions = component_bins(self._kernel(sample), self._minimum_rows)
            self._binner = MatrixBinner(self._distributions)
            self._binners = [Binner(distribution) for distribution in self._distributions[:-1]]
            self._cells = np.zeros(self._binner.n_cells, dtype=np.int64)

    def count(self, batch: Mapping[str, Column]) -> None:
        """See a batch of the second pass."""
        values = flatten(batch[self.names[0]])
        others = np.flatnonzero(~self._fit_rows.next(len(values)))
        chosen = (
            values[others] if isinstance(values, np.ndarray) else [values[place] for place in others.tolist()]
        )
        self._cluster_cells += self._clusters.count(chosen).cells
        if self._transform is None:
            return
        vectors = read_vectors(chosen, self._n_dimensions)
        components = self._kernel(vectors.rows)
        components[vectors.is_missing] = np.nan
        components[vectors.is_invalid] = np.inf
        self._cells += self._binner.count(components)[0]
        if self._n_codes < _MOST_WEIGHT_ROWS:
            codes = [
                binner.cells_of(column)[0]
                for binner, column in zip(self._binners, components.T, strict=False)
            ]
            self._codes.append(np.stack(codes, axis=1).astype(np.uint8))
            self._n_codes += len(chosen)

    def joint(self) -> JointReference:
        """Return what was learned."""
        distributions = _counted(self._distributions, self._cells)
        transform = self._transform
        if transform is not None:
            correlations = weight_correlations(distributions[:-1], np.concatenate(self._codes))
            transform = replace(transform, correlations=Matrix.of(correlations))
        return JointReference(
            name=self._feature.name,
            inputs=self.names,
            distributions=distributions,
            threshold=self._feature.threshold if self._feature.statistic == "effect" else JOINT_THRESHOLD,
            alert=self._feature.alert,
            transform=transform,
            reason="" if transform is not None else "its vectors do not vary",
        )

    def feature(self) -> FeatureReference:
        """Return the feature with counts of the rows that its clusters were not fitted on."""
        counts = tuple(self._cluster_cells.tolist())
        return replace(self._feature, distribution=replace(self._feature.distribution, counts=counts))


def blocks_of(batch: Mapping[str, Column]) -> Iterator[Mapping[str, Column]]:
    """Yield the rows of a batch some ten thousand at a time: a frame in memory is one batch."""
    columns = {name: flatten(column) for name, column in batch.items()}
    n_rows = len(next(iter(columns.values()), ()))
    for start in range(0, n_rows, _BLOCK_ROWS):
        yield {name: column[start : start + _BLOCK_ROWS] for name, column in columns.items()}


def component_bins(components: npt.NDArray[np.float32], minimum_rows: int) -> tuple[Distribution, ...]:
    """Return bins for each column of ``components``, shape (n_rows, n_components), without counts."""
    return tuple(
        Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=number_edges(column, minimum_rows))
        for column in components.T
    )


def _numbers(batch: Mapping[str, Column], names: Sequence[str]) -> npt.NDArray[np.float32]:
    return np.column_stack([row_numbers(batch[name]) for name in names])


def _importance(feature: FeatureReference) -> float:
    return float("-inf") if feature.importance is None else feature.importance


def _counted(distributions: Sequence[Distribution], cells: Counts) -> tuple[Distribution, ...]:
    found, start = [], 0
    for distribution in distributions:
        counts = tuple(cells[start : start + distribution.n_cells].tolist())
        found.append(replace(distribution, counts=counts))
        start += distribution.n_cells
    return tuple(found)
