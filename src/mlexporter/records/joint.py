"""Transforms of several features, or of an embedding, whose results are counted in bins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlexporter.records.distribution import Distribution
from mlexporter.records.noise import ComponentNoise


@dataclass(frozen=True)
class JointReference:
    """One transform and the bins of what comes out of it.

    Attributes:
        name: The embedding; empty for the dependence between features.
        inputs: Features that go in, in order.
        distributions: Bins of each component, with counts of rows that the transform was not fitted on.
        threshold: Shift that matters, in standard deviations.
        alert: False shows it and never alerts on it.
        noise: As of a feature.
    """

    name: str
    inputs: tuple[str, ...]
    distributions: tuple[Distribution, ...]
    threshold: float = 0.1
    alert: bool = True
    noise: Mapping[str, ComponentNoise] = field(default_factory=dict)

    @property
    def n_cells(self) -> int:
        """Cells of all components."""
        return sum(distribution.n_cells for distribution in self.distributions)
