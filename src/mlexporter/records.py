"""The frozen records that travel between the stages: Reference, Snapshot, Report and their parts.

Rows become a Snapshot of integer counts in ``state``; two snapshots and a Reference become a Report
in ``statistics``; a View of both is what ``exposition`` renders. Nothing here computes statistics.
Arrays inside records are read-only by agreement: whoever makes one hands over a copy.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, order=True)
class ModelKey:
    """What a set of counters belongs to; ``variant`` is ``primary``, ``shadow`` or ``canary``."""

    name: str
    version: str
    variant: str = "primary"

    @property
    def label_values(self) -> tuple[str, str, str]:
        """The values of ``catalogue.MODEL_LABELS``."""
        return (self.name, self.version, self.variant)


class Kind(StrEnum):
    """How the values of a feature or an output are binned."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    BOOLEAN = "boolean"


class TrainingType(StrEnum):
    """The type that the values had in training; another one at serving time is a mismatch."""

    FLOAT = "float"
    INTEGER = "integer"
    TEXT = "text"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Distribution:
    """The bins of one feature or output and the training counts in them.

    A vector of counts has one cell for each shape bin, then ``missing``, then ``invalid``.
    Shape bins of a numeric distribution are the ``len(edges) + 1`` intervals
    ``(edges[i-1], edges[i]]``, both ends open; those of a categorical one are one bin for each of
    ``categories`` (by falling training share), then ``other``, then ``unseen``.

    Attributes:
        kind: How values are binned.
        training_type: The type of the values in training.
        edges: Ascending upper bounds in float32 precision; empty for categories.
        categories: Names with a bin of their own; empty for numbers.
        other_categories: Known names that share the bin ``other``.
        counts: Training rows in each cell, ``n_cells`` integers.
        type_mismatches: Training rows of another type than ``training_type``.
        minimum: k-th smallest training value, or None where too few rows support it.
        maximum: k-th largest training value, or None.
        out_of_range: Training rows strictly below ``minimum`` or above ``maximum``.
        mean: Mean of the finite training values, or None.
        standard_deviation: Their standard deviation, or None.
        quantiles: Published (probability, value) pairs.
        expose_names: False shows a category as ``category 07``; binning still knows its name.
    """

    kind: Kind
    training_type: TrainingType
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()
    other_categories: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    type_mismatches: int = 0
    minimum: float | None = None
    maximum: float | None = None
    out_of_range: int = 0
    mean: float | None = None
    standard_deviation: float | None = None
    quantiles: tuple[tuple[float, float], ...] = ()
    expose_names: bool = True

    @property
    def is_ordered(self) -> bool:
        """True where the bins have an order, so that location and spread mean something."""
        return self.kind is Kind.NUMERIC

    @property
    def n_shape_bins(self) -> int:
        """Number of bins that enter shape measures."""
        if self.kind is Kind.NUMERIC:
            return len(self.edges) + 1
        return len(self.categories) + 2

    @property
    def n_cells(self) -> int:
        """Number of cells in a vector of counts: the shape bins, ``missing``, ``invalid``."""
        return self.n_shape_bins + 2

    @cached_property
    def bin_labels(self) -> tuple[str, ...]:
        """The value of the label ``bin`` for each cell; text order is the order of the bins."""
        numbered = self.n_shape_bins if self.kind is Kind.NUMERIC else len(self.categories)
        width = max(2, len(str(max(numbered - 1, 0))))
        names = [f"{index:0{width}d}" for index in range(numbered)]
        if self.kind is not Kind.NUMERIC:
            names += ["other", "unseen"]
        return (*names, "missing", "invalid")

    @cached_property
    def bin_ranges(self) -> tuple[str, ...]:
        """What each cell holds, for people: ``≤ 1.07``, ``1.07 - 1.46``, ``> 9``, a category."""
        if self.kind is not Kind.NUMERIC:
            names = self.categories
            if not self.expose_names:
                names = tuple(f"category {label}" for label in self.bin_labels[: len(self.categories)])
            return (*names, "other", "unseen", "missing", "invalid")
        texts = [_edge_text(edge) for edge in self.edges]
        if not texts:
            return ("any", "missing", "invalid")
        middle = [_range_text(low, high) for low, high in itertools.pairwise(self.edges)]
        return (f"≤ {texts[0]}", *middle, f"> {texts[-1]}", "missing", "invalid")

    @cached_property
    def shape_counts(self) -> Counts:
        """Training counts of the shape bins, int64, shape (n_shape_bins,)."""
        return np.asarray(self.counts[: self.n_shape_bins], dtype=np.int64)

    @property
    def row_count(self) -> int:
        """All training rows, those without a value included."""
        return sum(self.counts)


_NEAR_ZERO = 1e-36  # the bin of an atom at zero is this wide at most


def _range_text(low: float, high: float) -> str:
    center = (low + high) / 2
    # A bin of a few float32 steps holds one value, an atom.
    if high - low <= max(8 * float(np.spacing(np.float32(abs(center)))), _NEAR_ZERO):
        return f"= {_edge_text(center)}"
    return f"{_edge_text(low)} – {_edge_text(high)}"


def _edge_text(edge: float) -> str:
    return "0" if abs(edge) < _NEAR_ZERO else f"{edge:.6g}"


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


def _offsets(distributions: object) -> tuple[int, ...]:
    total, starts = 0, [0]
    for distribution in distributions:  # type: ignore[attr-defined]
        total += distribution.n_cells
        starts.append(total)
    return tuple(starts)


@dataclass(frozen=True)
class HistogramCounts:
    """A histogram: rows at or below each bound (not cumulative, the open bucket last) and a sum.

    ``bounds`` are the upper bounds without the open one; empty means those of the catalogue.
    """

    buckets: Counts
    total: float
    bounds: tuple[float, ...] = ()


@dataclass(frozen=True)
class ServiceCounts:
    """Counts that need no profile, at one moment.

    ``requests`` and ``durations`` are keyed by status, ``errors`` by exception class. Seconds.
    """

    accepted: int
    in_progress: int
    requests: Mapping[str, int]
    durations: Mapping[str, HistogramCounts]
    batch_rows: HistogramCounts
    errors: Mapping[str, int]
    dropped: Mapping[str, int]
    schema_violations: Mapping[str, int]
    loaded_timestamp: float


@dataclass(frozen=True)
class ProfileCounts:
    """Counts in the bins of one profile, at one moment.

    ``accepted`` rows since the block was opened = rows in any one feature's cells + ``dropped``
    + rows still in a buffer. Arrays follow ``Reference.features`` and ``Reference.outputs``.

    Attributes:
        fingerprint: Of the bins that the cells belong to.
        epoch: Names one life of the counters; differences never cross it.
        feature_cells: Flat, at ``Reference.feature_offsets``, int64.
        out_of_range: Rows outside the training range, shape (n_features,), int64.
        type_mismatches: Rows of another type than in training, shape (n_features,), int64.
        output_cells: Flat, at ``Reference.output_offsets``, int64.
    """

    fingerprint: str
    epoch: str
    accepted: int
    drained: int
    dropped: int
    feature_cells: Counts
    out_of_range: Counts
    type_mismatches: Counts
    output_cells: Counts


@dataclass(frozen=True)
class Snapshot:
    """All counts of one model at one moment; ``taken_at`` in seconds of the window clock."""

    key: ModelKey
    taken_at: float
    service: ServiceCounts
    profile: ProfileCounts | None = None


@dataclass(frozen=True)
class WindowCounts:
    """What was counted in one window: the difference of two snapshots of one epoch.

    ``name`` is a Prometheus duration (``1h``); ``span_seconds`` is what it really covers.
    """

    name: str
    span_seconds: float
    row_count: int
    feature_cells: Counts
    out_of_range: Counts
    type_mismatches: Counts
    output_cells: Counts


@dataclass(frozen=True)
class SubjectScores:
    """Scores of all features (or of all outputs) in one window.

    Attributes:
        observations: Rows in shape bins, int64, shape (n_subjects,).
        scores: Catalogue name to values, float64, shape (n_subjects,); NaN marks an absent value
            and is never rendered.
        absent: For each subject the reason for having no scores, or empty text.
    """

    observations: Counts
    scores: Mapping[str, Scores]
    absent: tuple[str, ...]


@dataclass(frozen=True)
class WindowReport:
    """Statistics of one window, and the counts that they were computed from."""

    counts: WindowCounts
    features: SubjectScores
    outputs: SubjectScores


@dataclass(frozen=True)
class Report:
    """Statistics of one model; ``evaluated_timestamp`` in Unix seconds, windows shortest first."""

    key: ModelKey
    fingerprint: str
    evaluated_timestamp: float
    required_observations: int
    windows: tuple[WindowReport, ...]


@dataclass(frozen=True)
class ModelView:
    """All that a reader may see of one model.

    Attributes:
        notes: What is monitored, what is not, and why: (subject, sentence) pairs.
        degraded: Reasons from ``catalogue.DEGRADED_REASONS`` with a sentence each.
    """

    snapshot: Snapshot
    reference: Reference | None = None
    report: Report | None = None
    notes: tuple[tuple[str, str], ...] = ()
    degraded: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExporterCounts:
    """What mlexporter counts about itself. Keys of ``access_denied`` are (endpoint, reason)."""

    internal_errors: Mapping[str, int]
    access_denied: Mapping[tuple[str, str], int]
    cardinality_overflow: int
    observe_duration: HistogramCounts
    evaluation_duration_seconds: float | None = None
    last_evaluation_timestamp: float | None = None


@dataclass(frozen=True)
class View:
    """Everything that one exposition shows, at one moment.

    Attributes:
        windows: Names and lengths in seconds, shortest first.
        time_factor: How many times faster than real the window clock runs (1 outside the demo).
    """

    models: tuple[ModelView, ...]
    exporter: ExporterCounts
    degraded: Mapping[str, str]
    windows: Mapping[str, float]
    evaluation_interval_seconds: float
    series_budget: int
    measures: str = "default"
    time_factor: float = 1.0
    process: Mapping[str, float] = field(default_factory=dict)
