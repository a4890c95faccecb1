"""``ModelSizes``: what one model exposes and keeps, before it is multiplied."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from mlexporter.app.capacity.exposed import Exposed, exposed
from mlexporter.app.capacity.kept import kept
from mlexporter.app.capacity.load import Load
from mlexporter.app.capacity.parts import Parts, sizes_of
from mlexporter.app.capacity.specimen import components_of, made_reference, specimen_of
from mlexporter.exposition.negotiation import compress
from mlexporter.records import Reference

_SAMPLE_PARTS: Final = Parts(24, 0, 1, 1)
"""A page of so many parts compresses like a larger one."""


class ModelSizes(NamedTuple):
    """One model, all its bins exposed.

    Attributes:
        series: By metric.
        text_bytes: By metric, with the two lines about it.
        files: Bytes by kind of file; of one worker, and those that stand in the directory once.
        subjects: (how many, series of bins of each) in the order in which the budget takes them.
        compression: Bytes on the wire for each byte of text.
    """

    series: Mapping[str, float]
    text_bytes: Mapping[str, float]
    files: Mapping[str, float]
    subjects: Sequence[tuple[int, int]]
    compression: float


def model_sizes(load: Load) -> ModelSizes:
    """Return the sizes of one model of a load that was checked."""
    return _made(load) if load.reference is None else _real(load.reference, load)


def _made(load: Load) -> ModelSizes:
    numbers = load.features - load.categorical
    parts = Parts(numbers, load.categorical, load.outputs, components_of(numbers))

    @functools.cache
    def shown(some: Parts) -> Exposed:
        return exposed(specimen_of(made_reference(some, load.bins), load), load)

    page = shown(_SAMPLE_PARTS)
    number, category, output = _costs(shown(Parts(1, 1, 1, 0)))
    counts = ((load.outputs, output), (numbers, number), (load.categorical, category))
    return ModelSizes(
        series=sizes_of(parts, lambda some: shown(some).series),
        text_bytes=sizes_of(parts, lambda some: shown(some).text_bytes),
        files=sizes_of(parts, lambda some: kept(specimen_of(made_reference(some, load.bins), load), load)),
        subjects=[(count, cost) for count, cost in counts if count],
        compression=len(compress(page.text)) / len(page.text),
    )


def _costs(page: Exposed) -> tuple[int, int, int]:
    output, number, category = page.subjects
    return number, category, output


def _real(reference: Reference, load: Load) -> ModelSizes:
    specimen = specimen_of(reference, load)
    page = exposed(specimen, load)
    n_outputs = len(reference.outputs)
    outputs, features = page.subjects[:n_outputs], page.subjects[n_outputs:]
    ranked = sorted(
        zip(reference.features, features, strict=True), key=lambda each: _rank(each[0].importance)
    )
    return ModelSizes(
        series=page.series,
        text_bytes=page.text_bytes,
        files=kept(specimen, load),
        subjects=[*((1, cost) for cost in outputs), *((1, cost) for _, cost in ranked)],
        compression=len(compress(page.text)) / len(page.text),
    )


def _rank(importance: float | None) -> tuple[bool, float]:
    return importance is None, 0.0 if importance is None else -importance
