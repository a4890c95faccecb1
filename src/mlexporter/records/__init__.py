"""The frozen records that travel between the stages: Reference, Snapshot, Report and their parts.

Rows become a Snapshot of integer counts in ``state``; two snapshots and a Reference become a Report
in ``statistics``; a View of both is what ``exposition`` renders. Nothing here computes statistics.
Arrays inside records are read-only by agreement: whoever makes one hands over a copy.
"""

from mlexporter.records.counts import (
    Counts,
    ExporterCounts,
    HistogramCounts,
    ProfileCounts,
    ServiceCounts,
    Snapshot,
    WindowCounts,
)
from mlexporter.records.distribution import Distribution, Kind, TrainingType
from mlexporter.records.model import ModelKey
from mlexporter.records.reference import FeatureReference, Lineage, OutputReference, Reference
from mlexporter.records.report import Report, Scores, SubjectScores, WindowReport
from mlexporter.records.view import ModelView, View

__all__ = [
    "Counts",
    "Distribution",
    "ExporterCounts",
    "FeatureReference",
    "HistogramCounts",
    "Kind",
    "Lineage",
    "ModelKey",
    "ModelView",
    "OutputReference",
    "ProfileCounts",
    "Reference",
    "Report",
    "Scores",
    "ServiceCounts",
    "Snapshot",
    "SubjectScores",
    "TrainingType",
    "View",
    "WindowCounts",
    "WindowReport",
]
