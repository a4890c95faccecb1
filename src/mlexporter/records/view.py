"""All that one exposition shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mlexporter.records.baseline import BaselineState
from mlexporter.records.counts import ExporterCounts, Snapshot
from mlexporter.records.objectives import DEFAULT_OBJECTIVES, ConfigurationState, Objectives
from mlexporter.records.reference import Reference
from mlexporter.records.report import Report
from mlexporter.records.resources import ResourceUsage

STALE_AFTER_INTERVALS: Final = 3.0
STALE_AT_LEAST_SECONDS: Final = 5.0


@dataclass(frozen=True)
class ModelView:
    """All that a reader may see of one model.

    Attributes:
        notes: What is monitored, what is not, and why: (subject, sentence) pairs.
        degraded: Reasons from ``catalogue.DEGRADED_REASONS`` with a sentence each.
        has_failed: True where the newest evaluation ended in an error of ours.
        baseline: What is known of serving as a reference, and what people decided; None without a profile,
            and until the first evaluation.
        objectives: What is expected of it, by default or by the configuration file.
    """

    snapshot: Snapshot
    reference: Reference | None = None
    report: Report | None = None
    notes: tuple[tuple[str, str], ...] = ()
    degraded: Mapping[str, str] = field(default_factory=dict)
    has_failed: bool = False
    baseline: BaselineState | None = None
    objectives: Objectives = DEFAULT_OBJECTIVES


@dataclass(frozen=True)
class View:
    """Everything that one exposition shows, at one moment.

    Attributes:
        windows: Names and lengths in seconds, shortest first.
        time_factor: How many times faster than real the window clock runs (1 outside the demo).
        workers: Processes whose counts these are.
        directory: Where they count together; empty where this process counts in its own memory.
        is_fleet: Whether series that only recording rules of a fleet need are exposed.
        is_single_worker: True where they are one worker's although its server has several.
        configuration: How it stands with the configuration file; None without one.
    """

    models: tuple[ModelView, ...]
    exporter: ExporterCounts
    degraded: Mapping[str, str]
    windows: Mapping[str, float]
    evaluation_interval_seconds: float
    series_budget: int
    measures: str = "default"
    time_factor: float = 1.0
    resources: ResourceUsage = field(default_factory=ResourceUsage)
    workers: int = 1
    directory: str = ""
    is_single_worker: bool = False
    is_fleet: bool = False
    configuration: ConfigurationState | None = None

    @property
    def stale_after_seconds(self) -> float:
        """Age from which a report is not believed any more: three intervals, but not under 5 s.

        The floor keeps a busy machine with an interval below two seconds from blinking.
        """
        return max(STALE_AFTER_INTERVALS * self.evaluation_interval_seconds, STALE_AT_LEAST_SECONDS)
