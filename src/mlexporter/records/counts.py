"""Counts at one moment, and their differences over windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlexporter.records.cells import Counts, no_counts
from mlexporter.records.model import ModelKey

if TYPE_CHECKING:
    from mlexporter.records.generation import GenerationCounts  # which needs this module


@dataclass(frozen=True)
class Exemplar:
    """One call that a trace tells more of.

    Attributes:
        trace_id: 1 to 2**128 - 1.
        span_id: 1 to 2**64 - 1.
        value: What was measured of it, in the unit of its histogram; it lies in its bucket.
        timestamp: When it ended, Unix seconds.
    """

    trace_id: int
    span_id: int
    value: float
    timestamp: float


@dataclass(frozen=True)
class HistogramCounts:
    """A histogram: rows at or below each bound (not cumulative, the open bucket last) and a sum.

    ``bounds`` are the upper bounds without the open one; empty means those of the catalogue.
    ``exemplars`` are keyed by the position of their bucket; most buckets have none.
    """

    buckets: Counts
    total: float
    bounds: tuple[float, ...] = ()
    exemplars: Mapping[int, Exemplar] = field(default_factory=dict)


@dataclass(frozen=True)
class ServiceCounts:
    """Counts that need no profile, at one moment.

    ``requests`` and ``durations`` are keyed by status, ``errors`` by exception class, ``dropped``
    and ``lost`` by reason. Seconds.
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
    lost: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ProfileCounts:
    """Counts in the bins of one profile, at one moment.

    ``accepted`` rows = rows in any one feature's cells + ``dropped`` + ``lost`` (died with their
    worker) + rows still in a buffer. Arrays follow ``Reference.features`` and ``Reference.outputs``.

    Attributes:
        fingerprint: Of the bins that the cells belong to.
        epoch: Names one life of the counters; differences never cross it.
        feature_cells: Flat, at ``Reference.feature_offsets``, int64.
        out_of_range: Rows outside the training range, shape (n_features,), int64.
        type_mismatches: Rows of another type than in training, shape (n_features,), int64.
        output_cells: Flat, at ``Reference.output_offsets``, int64.
        side_cells: What is counted beside the bins, flat, at ``Reference.side_places``, int64.
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
    lost: int = 0
    side_cells: Counts = field(default_factory=no_counts)


@dataclass(frozen=True)
class Snapshot:
    """All counts of one model at one moment; ``taken_at`` in seconds of the window clock."""

    key: ModelKey
    taken_at: float
    service: ServiceCounts
    profile: ProfileCounts | None = None
    generation: GenerationCounts | None = None


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
    side_cells: Counts = field(default_factory=no_counts)


@dataclass(frozen=True)
class PushCounts:
    """What became of pushes over OTLP.

    Attributes:
        pushes: Keyed by ``catalogue.PUSH_STATUSES``.
        points: Keyed by ``catalogue.POINT_STATUSES``.
        last_timestamp: When the newest one was taken, Unix seconds; None before the first.
        failing: Living processes whose newest push has failed.
    """

    pushes: Mapping[str, int] = field(default_factory=dict)
    points: Mapping[str, int] = field(default_factory=dict)
    last_timestamp: float | None = None
    failing: int = 0


@dataclass(frozen=True)
class ExporterCounts:
    """What mlexporter counts about itself. Keys of ``access_denied`` are (endpoint, reason)."""

    internal_errors: Mapping[str, int]
    access_denied: Mapping[tuple[str, str], int]
    cardinality_overflow: int
    observe_duration: HistogramCounts
    evaluation_duration_seconds: float | None = None
    last_evaluation_timestamp: float | None = None
    processor_seconds: float = 0.0
    slots_set_aside: Mapping[str, int] = field(default_factory=dict)
    push: PushCounts = field(default_factory=PushCounts)
    events: Mapping[str, int] = field(default_factory=dict)
