"""Statistics of windows, and the counts that they were computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mlexporter.records.cells import Counts, no_counts
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


NO_SUBJECTS: Final = SubjectScores(no_counts(), {}, ())
"""Where there is nothing to be scored."""


class Estimate(NamedTuple):
    """A quality of the model that was estimated without labels.

    Attributes:
        metric: Catalogue name, such as that of the accuracy.
        class_name: The class that it is about; empty for the whole model.
        value: In the unit of the metric.
        lower: Lower end of its error band.
        upper: Upper end.
    """

    metric: str
    class_name: str
    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class WindowReport:
    """Statistics of one window, and the counts that they were computed from.

    Attributes:
        features: Of each feature.
        outputs: Of each output.
        joints: Of each joint (``Reference.joints``).
        model: Of the model as a whole: catalogue name to value; what is absent is not in it.
        estimates: Performance without labels; empty where it cannot be told.
    """

    counts: WindowCounts
    features: SubjectScores
    outputs: SubjectScores
    joints: SubjectScores = NO_SUBJECTS
    model: Mapping[str, float] = field(default_factory=dict)
    estimates: tuple[Estimate, ...] = ()


@dataclass(frozen=True)
class Report:
    """Statistics of one model; ``evaluated_timestamp`` in Unix seconds, windows shortest first."""

    key: ModelKey
    fingerprint: str
    evaluated_timestamp: float
    required_observations: int
    windows: tuple[WindowReport, ...]
