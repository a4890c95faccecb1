"""Transforms of several features, or of an embedding, whose results are counted in bins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from mlexporter.records.distribution import Distribution
from mlexporter.records.matrix import Matrix
from mlexporter.records.noise import ComponentNoise


@dataclass(frozen=True)
class ScoreTransform:
    """From numbers to normal scores, and from these to directions in which training looks round.

    Components are the whitened inputs (what each one says beyond the others), the projections of these,
    then the distance from the middle (Mahalanobis).

    Attributes:
        knots: Values of each input at which its score is known, ascending in float32 precision.
        scores: The normal score at each knot; between two of them it is linear, beyond them constant.
        center: Mean score of each input.
        whitening: Turns centred scores into uncorrelated ones of variance 1, shape (n_inputs, n_inputs).
        projections: Directions of length 1, shape (n_inputs, n_projections).
    """

    knots: tuple[tuple[float, ...], ...]
    scores: tuple[tuple[float, ...], ...]
    center: tuple[float, ...]
    whitening: Matrix
    projections: Matrix


@dataclass(frozen=True)
class EmbeddingTransform:
    """From vectors to their principal components, and to what these leave over.

    Components are the principal ones, each of variance 1, then the length of the residual.

    Attributes:
        center: Mean vector, shape (n_dimensions,).
        axes: Principal directions of length 1, shape (n_dimensions, n_axes).
        scales: Standard deviation along each of them.
        correlations: Of the rank weights of the principal components among the rows that are counted,
            shape (n_axes, n_axes): their shifts make one test only if it knows how they hang together.
    """

    center: Matrix
    axes: Matrix
    scales: tuple[float, ...]
    correlations: Matrix


Transform: TypeAlias = ScoreTransform | EmbeddingTransform


@dataclass(frozen=True)
class JointReference:
    """One transform and the bins of what comes out of it.

    A joint that could not be learned has no transform and no distributions, and says why.

    Attributes:
        name: The embedding; empty for the dependence between features.
        inputs: Features that go in, in order.
        distributions: Bins of each component, with counts of rows that the transform was not fitted on.
        threshold: Shift that matters, in standard deviations.
        alert: False shows it and never alerts on it.
        noise: As of a feature.
        transform: What makes components of the inputs; None where nothing could be learned.
        reason: Why there is none; empty where there is one.
    """

    name: str
    inputs: tuple[str, ...]
    distributions: tuple[Distribution, ...]
    threshold: float = 0.1
    alert: bool = True
    noise: Mapping[str, ComponentNoise] = field(default_factory=dict)
    transform: Transform | None = None
    reason: str = ""

    @property
    def n_cells(self) -> int:
        """Cells of all components."""
        return sum(distribution.n_cells for distribution in self.distributions)
