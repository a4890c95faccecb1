"""The frozen content of a profile: what serving is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mlexporter.records.derived import DerivedPair
from mlexporter.records.distribution import Distribution
from mlexporter.records.estimation import Estimation
from mlexporter.records.joint import JointReference
from mlexporter.records.noise import ComponentNoise
from mlexporter.records.sides import SidePlaces, side_places
from mlexporter.records.slots import Slots


@dataclass(frozen=True)
class FeatureReference:
    """One feature of a profile.

    Attributes:
        threshold: The shift that matters: in standard deviations, or a PSI where ``statistic`` says so.
        alert: False shows its drift and never alerts on it.
        importance: For the model, any scale; None where unknown.
        statistic: What severity divides by the threshold, one of ``catalogue.DRIFT_STATISTICS``.
        noise: By window name, how much it moves from block to block while all is well.
        partial_dependence: Mean prediction with the feature set to each shape bin, in units of the
            prediction; None where the model was not asked.
        prediction_changes: Mean absolute change of single predictions, by shape bin: from the bin before
            where bins are ordered (0 for the first), else from the row's mean; None where unknown.
        collision: Probability that two training rows have the same value, 0 to 1; None where unknown.
        once_seen: Training rows of categories that one row less would have made unknown (those that occur
            once, where one row is enough to be known), for Good and Turing; None where unknown.
    """

    name: str
    distribution: Distribution
    threshold: float = 0.1
    alert: bool = True
    importance: float | None = None
    statistic: str = "effect"
    noise: Mapping[str, ComponentNoise] = field(default_factory=dict)
    partial_dependence: tuple[float, ...] | None = None
    prediction_changes: tuple[float, ...] | None = None
    collision: float | None = None
    once_seen: int | None = None


@dataclass(frozen=True)
class OutputReference:
    """One output of a profile: a score, a number or a label.

    Attributes:
        name: Name of the output; ``prediction`` for a single one.
        class_name: The class of a class score, else empty.
        distribution: Bins and training counts.
        positives: Training rows with a positive label in each shape bin, or None without labels.
        statistic: As of a feature.
        noise: As of a feature.
    """

    name: str
    distribution: Distribution
    class_name: str = ""
    threshold: float = 0.1
    alert: bool = True
    positives: tuple[int, ...] | None = None
    statistic: str = "effect"
    noise: Mapping[str, ComponentNoise] = field(default_factory=dict)


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
        slots: Seasons and segments that the reference tells apart, or None.
        joints: Transforms under which dependence between features, and embeddings, are watched.
        estimation: What performance without labels is estimated from, or None.
        pairs: Derived features and what they derive from.
        duplicate_rows: Rows of the training data that repeat an earlier one of their ``PIECE_ROWS`` rows;
            None where unknown.
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
    slots: Slots | None = None
    joints: tuple[JointReference, ...] = ()
    estimation: Estimation | None = None
    pairs: tuple[DerivedPair, ...] = ()
    duplicate_rows: int | None = None
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

    @cached_property
    def side_places(self) -> SidePlaces:
        """Where what is counted beside the bins stands in a flat vector: name to slice, in order."""
        return side_places(self)


def _offsets(distributions: Iterable[Distribution]) -> tuple[int, ...]:
    total, starts = 0, [0]
    for distribution in distributions:
        total += distribution.n_cells
        starts.append(total)
    return tuple(starts)
