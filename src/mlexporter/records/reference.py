"""The frozen content of a profile: what serving is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mlexporter.records.distribution import Distribution


@dataclass(frozen=True)
class FeatureReference:
    """One feature of a profile; ``threshold`` in standard deviations, ``alert`` False = show only."""

    name: str
    distribution: Distribution
    threshold: float = 0.1
    alert: bool = True
    importance: float | None = None


@dataclass(frozen=True)
class OutputReference:
    """One output of a profile: a score, a number or a label.

    Attributes:
        name: Name of the output; ``prediction`` for a single one.
        class_name: The class of a class score, else empty.
        distribution: Bins and training counts.
        positives: Training rows with a positive label in each shape bin, or None without labels.
    """

    name: str
    distribution: Distribution
    class_name: str = ""
    threshold: float = 0.1
    alert: bool = True
    positives: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Lineage:
    """Where a model comes from; empty text where unknown."""

    dataset: str = ""
    run_id: str = ""
    commit: str = ""
    framework: str = ""


@dataclass(frozen=True)
class Reference:
    """The frozen content of a profile: what serving is compared with. It holds no rows.

    Attributes:
        fingerprint: 8 hex digits that identify the bins (names, kinds, edges, categories).
        profile_id: 16 hex digits that identify the whole content.
        row_count: Training rows.
        created_timestamp: Unix time at which it was learned, seconds.
        time_zone: IANA name in which seasons are told.
        decision_threshold: Score from which the decision is positive, or None.
        expose_names: False hides the names of categories from every output.
        skipped: Columns of the training data that are not monitored, with the reason.
        computed: What ``statistics`` derived from all this and keeps, by its name; no part of the value.
    """

    model_name: str
    model_version: str
    features: tuple[FeatureReference, ...]
    outputs: tuple[OutputReference, ...]
    fingerprint: str
    profile_id: str
    row_count: int
    created_timestamp: float
    lineage: Lineage = field(default_factory=Lineage)
    time_zone: str = "UTC"
    decision_threshold: float | None = None
    expose_names: bool = True
    skipped: Mapping[str, str] = field(default_factory=dict)
    computed: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the features, in the order of every per-feature array."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def feature_offsets(self) -> tuple[int, ...]:
        """Start of each feature's cells in a flat vector of feature counts, and its length last."""
        return _offsets(feature.distribution for feature in self.features)

    @cached_property
    def output_offsets(self) -> tuple[int, ...]:
        """Start of each output's cells in a flat vector of output counts, and its length last."""
        return _offsets(output.distribution for output in self.outputs)


def _offsets(distributions: Iterable[Distribution]) -> tuple[int, ...]:
    total, starts = 0, [0]
    for distribution in distributions:
        total += distribution.n_cells
        starts.append(total)
    return tuple(starts)
