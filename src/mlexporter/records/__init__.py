"""The frozen records that travel between the stages: Reference, Snapshot, Report and their parts.

Rows become a Snapshot of integer counts in ``state``; two snapshots and a Reference become a Report
in ``statistics``; a View of both is what ``exposition`` renders. Nothing here computes statistics.
Arrays inside records are read-only by agreement: whoever makes one hands over a copy.

A record is loaded when it is first asked for: most are needed by readers only, and making such
classes is what an import costs. ``import records`` and ``records.View`` loads it at its use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mlexporter.records.baseline import BaselineState
    from mlexporter.records.cells import Counts
    from mlexporter.records.counts import (
        Exemplar,
        ExporterCounts,
        HistogramCounts,
        ProfileCounts,
        PushCounts,
        ServiceCounts,
        Snapshot,
        WindowCounts,
    )
    from mlexporter.records.derived import DerivedPair
    from mlexporter.records.distribution import Distribution
    from mlexporter.records.estimation import PREDICTION, ErrorTree, Estimation, LeafErrors, OutcomeTable
    from mlexporter.records.generation import GenerationCounts, GenerationSeries
    from mlexporter.records.joint import EmbeddingTransform, JointReference, ScoreTransform
    from mlexporter.records.kinds import Kind, TrainingType
    from mlexporter.records.matrix import Matrix
    from mlexporter.records.model import ModelKey
    from mlexporter.records.noise import ComponentNoise
    from mlexporter.records.objectives import ConfigurationState, Objectives
    from mlexporter.records.reference import FeatureReference, Lineage, OutputReference, Reference
    from mlexporter.records.report import Estimate, Report, Scores, SubjectScores, WindowReport
    from mlexporter.records.resources import ResourceSample, ResourceUsage
    from mlexporter.records.slots import Slots
    from mlexporter.records.view import ModelView, View

__all__ = [
    "PREDICTION",
    "BaselineState",
    "ComponentNoise",
    "ConfigurationState",
    "Counts",
    "DerivedPair",
    "Distribution",
    "EmbeddingTransform",
    "ErrorTree",
    "Estimate",
    "Estimation",
    "Exemplar",
    "ExporterCounts",
    "FeatureReference",
    "GenerationCounts",
    "GenerationSeries",
    "HistogramCounts",
    "JointReference",
    "Kind",
    "LeafErrors",
    "Lineage",
    "Matrix",
    "ModelKey",
    "ModelView",
    "Objectives",
    "OutcomeTable",
    "OutputReference",
    "ProfileCounts",
    "PushCounts",
    "Reference",
    "Report",
    "ResourceSample",
    "ResourceUsage",
    "ScoreTransform",
    "Scores",
    "ServiceCounts",
    "Slots",
    "Snapshot",
    "SubjectScores",
    "TrainingType",
    "View",
    "WindowCounts",
    "WindowReport",
]

_HOMES: Final = {
    "BaselineState": "baseline",
    "Counts": "cells",
    "Exemplar": "counts",
    "ExporterCounts": "counts",
    "HistogramCounts": "counts",
    "ProfileCounts": "counts",
    "PushCounts": "counts",
    "ServiceCounts": "counts",
    "Snapshot": "counts",
    "WindowCounts": "counts",
    "Distribution": "distribution",
    "GenerationCounts": "generation",
    "GenerationSeries": "generation",
    "ComponentNoise": "noise",
    "DerivedPair": "derived",
    "Estimate": "report",
    "ErrorTree": "estimation",
    "Estimation": "estimation",
    "LeafErrors": "estimation",
    "OutcomeTable": "estimation",
    "PREDICTION": "estimation",
    "EmbeddingTransform": "joint",
    "JointReference": "joint",
    "ScoreTransform": "joint",
    "Matrix": "matrix",
    "Slots": "slots",
    "Kind": "kinds",
    "TrainingType": "kinds",
    "ModelKey": "model",
    "ConfigurationState": "objectives",
    "Objectives": "objectives",
    "FeatureReference": "reference",
    "Lineage": "reference",
    "OutputReference": "reference",
    "Reference": "reference",
    "Report": "report",
    "Scores": "report",
    "SubjectScores": "report",
    "WindowReport": "report",
    "ResourceSample": "resources",
    "ResourceUsage": "resources",
    "ModelView": "view",
    "View": "view",
}

if not TYPE_CHECKING:  # a type checker would take this for a promise of any name at all

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
