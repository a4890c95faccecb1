"""Statistics of windows, and the counts that they were computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlexporter.records.cells import Counts
from mlexporter.records.counts import WindowCounts
from mlexporter.records.model import ModelKey

Scores = npt.NDArray[np.float64]


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
