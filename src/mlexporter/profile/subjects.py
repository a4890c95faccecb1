"""Features and outputs as one row of subjects, in the order in which all their cells stand."""

from __future__ import annotations

from typing import TypeAlias

from mlexporter.records import FeatureReference, OutputReference, Reference

Subject: TypeAlias = "FeatureReference | OutputReference"


def subjects_of(reference: Reference) -> tuple[Subject, ...]:
    """Return all features, then all outputs."""
    return (*reference.features, *reference.outputs)


def slices_of(reference: Reference) -> tuple[slice, ...]:
    """Return where the cells of each subject stand in those of all: of features, then of outputs."""
    start, found = 0, []
    for subject in subjects_of(reference):
        found.append(slice(start, start + subject.distribution.n_cells))
        start = found[-1].stop
    return tuple(found)
