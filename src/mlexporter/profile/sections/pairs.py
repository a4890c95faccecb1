"""Derived features, and what they derive from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from mlexporter.errors import FitError
from mlexporter.profile.options import MAXIMUM_FEATURES
from mlexporter.profile.sections.row_cells import RowCells
from mlexporter.records import Distribution, Reference
from mlexporter.records.derived import DerivedPair

if TYPE_CHECKING:
    from mlexporter.profile.fields import Fields
    from mlexporter.profile.sections.training_rows import TrainingRows

UNLIKELY_SHARE: Final = 0.01
"""Share of the rows of a source cell below which a derived cell is unlikely beside it."""

LARGEST_UNLIKELY_SHARE: Final = 0.05
"""Share of the rows of a source cell in unlikely pairs above which the relation is too loose to be judged."""

_SEED: Final = 20_130_101


def learn(reference: Reference, rows: TrainingRows) -> Reference:
    """Return ``reference`` with the pairs that the option ``derived`` declares.

    The rows are split by a seeded coin. In one half a pair of cells is unlikely that holds fewer rows
    than 1 % of its source cell, or than ``minimum_bin_rows``: no row alone decides. Source cells with
    too few rows, or with more than 5 % of them in unlikely pairs, are not judged. The other half tells
    how many rows lie in unlikely pairs while all is well: those of the source cell that has most of
    them, so that a source that drifts is no skew.

    Raises:
        FitError: a feature that it names is not monitored.
    """
    declared = _declared(rows.options.get("derived"), reference)
    if not declared:
        return reference
    places = {name: place for place, name in enumerate(reference.feature_names)}
    readers = {
        name: RowCells(reference.features[places[name]].distribution)
        for pair in declared.items()
        for name in pair
    }
    tables = {
        derived: np.zeros((2, _n_cells(reference, source), _n_cells(reference, derived)), dtype=np.int64)
        for derived, source in declared.items()
    }
    coin = np.random.default_rng(_SEED)
    for batch in rows.batches(list(readers)):
        cells = {name: reader.of(batch[name]) for name, reader in readers.items()}
        half = coin.integers(0, 2, len(next(iter(cells.values()))))
        for derived, source in declared.items():
            np.add.at(tables[derived], (half, cells[source], cells[derived]), 1)
    least = rows.options.get("minimum_bin_rows", 20)
    pairs = tuple(_pair(derived, source, tables[derived], least) for derived, source in declared.items())
    return replace(reference, pairs=pairs)


def identity(reference: Reference) -> object:
    """Return which pairs of cells are unlikely; None where no pair is declared."""
    if not reference.pairs:
        return None
    return [[pair.derived, pair.source, list(pair.unlikely)] for pair in reference.pairs]


def to_json(reference: Reference) -> Any:
    """Return the section as JSON values; None where there is none."""
    if not reference.pairs:
        return None
    return {
        "pairs": [
            {
                "derived": pair.derived,
                "source": pair.source,
                "unlikely": list(pair.unlikely),
                "hits": pair.hits,
                "rows": pair.rows,
            }
            for pair in reference.pairs
        ]
    }


def from_json(fields: Fields, reference: Reference) -> Reference:
    """Return ``reference`` with the section that ``fields`` holds.

    Raises:
        ProfileFormatError: a field is missing, unknown or impossible.
    """
    distributions = {feature.name: feature.distribution for feature in reference.features}
    pairs = tuple(
        _read(item, distributions, reference.row_count) for item in fields.objects("pairs", MAXIMUM_FEATURES)
    )
    fields.refuse_others()
    if not pairs or len({pair.derived for pair in pairs}) < len(pairs):
        fields.refuse("pairs", "a list of pairs, each derived feature once")
    return replace(reference, pairs=pairs)


def _declared(given: Mapping[str, str] | None, reference: Reference) -> dict[str, str]:
    if given is None:
        return {}
    for name in (name for pair in given.items() for name in pair):
        if name not in reference.feature_names:
            reason = reference.skipped.get(str(name), "it is no feature")
            raise FitError(f"derived: {name!r} is not monitored: {reason}; leave it out of derived=")
    return dict(given)


def _n_cells(reference: Reference, name: str) -> int:
    return reference.features[reference.feature_names.index(name)].distribution.n_cells


def _pair(derived: str, source: str, table: npt.NDArray[np.int64], least: int) -> DerivedPair:
    learned, held = table
    rows, held_rows = learned.sum(axis=1), held.sum(axis=1)
    unlikely = learned < np.maximum(rows * UNLIKELY_SHARE, least)[:, None]
    is_judged = (
        (np.minimum(rows, held_rows) >= 2 * least)
        & ((learned * unlikely).sum(axis=1) <= LARGEST_UNLIKELY_SHARE * rows)
    )  # fmt: skip
    unlikely &= is_judged[:, None]
    hits = (held * unlikely).sum(axis=1)
    worst = int(np.argmax(np.where(is_judged, hits / np.maximum(held_rows, 1), -1.0)))
    return DerivedPair(
        derived,
        source,
        unlikely=tuple("".join("01"[int(cell)] for cell in row) for row in unlikely),
        hits=int(hits[worst]) if is_judged.any() else 0,
        rows=int(held_rows[worst]) if is_judged.any() else 0,
    )


def _read(fields: Fields, distributions: Mapping[str, Distribution], row_count: int) -> DerivedPair:
    names = [fields.name(key) for key in ("derived", "source")]
    for key, name in zip(("derived", "source"), names, strict=True):
        if name not in distributions:
            fields.refuse(key, "the name of a feature")
    derived, source = names
    rows = fields.whole("rows", maximum=row_count)
    shape = (distributions[source].n_cells, distributions[derived].n_cells)
    texts = fields.items("unlikely", shape[0])
    is_table = len(texts) == shape[0] and all(
        isinstance(text, str) and len(text) == shape[1] and set(text) <= {"0", "1"} for text in texts
    )
    if not is_table or derived == source:
        fields.refuse("unlikely", f"a list of {shape[0]} texts of {shape[1]} letters 0 and 1")
    pair = DerivedPair(derived, source, tuple(texts), fields.whole("hits", maximum=rows), rows)
    fields.refuse_others()
    return pair
