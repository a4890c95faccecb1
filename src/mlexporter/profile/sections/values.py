"""What bins do not tell of values: how often they repeat, and which a training set hardly had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from mlexporter.profile.sections.repeated_rows import RepeatedRows
from mlexporter.profile.sections.row_cells import RowCells, row_numbers
from mlexporter.records import Distribution, FeatureReference, Kind, Reference
from mlexporter.state.binning import flatten, tally
from mlexporter.state.coded import CodedColumn
from mlexporter.state.values import category_of

if TYPE_CHECKING:
    from mlexporter.profile.fields import Fields
    from mlexporter.profile.sections.training_rows import TrainingRows
    from mlexporter.state.columns import Column

SAMPLE_ROWS: Final = 10_000
"""Rows among which values of numbers are looked for that are equal."""

_SEED: Final = 20_130_101
_DIGITS: Final = 7


def learn(reference: Reference, rows: TrainingRows) -> Reference:
    """Return ``reference`` with what is known of its values.

    Two rows are equal in a feature as serving compares neighbours: numbers in float32, all else by
    their cell; missing and invalid values equal nothing. Memory holds ``SAMPLE_ROWS`` values of a feature and one
    word a row of a batch.
    """
    if not reference.features:
        return reference
    readers = [_Values(feature.distribution) for feature in reference.features]
    repeated = RepeatedRows()
    sample = _sample(rows.row_count)
    start = 0
    for batch in rows.batches(reference.feature_names):
        n_rows = len(next(iter(batch.values())))
        first, last = np.searchsorted(sample, (start, start + n_rows))
        chosen = sample[first:last] - start
        start += n_rows
        repeated.add(
            n_rows,
            (
                reader.read(batch[name], chosen)
                for name, reader in zip(reference.feature_names, readers, strict=True)
            ),
        )
    least = rows.options.get("minimum_bin_rows", 20)
    features = tuple(
        replace(
            feature,
            collision=reader.collision(feature.distribution),
            once_seen=reader.once_seen(feature, least),
        )
        for feature, reader in zip(reference.features, readers, strict=True)
    )
    return replace(reference, features=features, duplicate_rows=repeated.count())


def identity(reference: Reference) -> None:
    """Return None: none of this decides in which cell a row is counted."""
    del reference


def to_json(reference: Reference) -> Any:
    """Return the section as JSON values; None where nothing is known."""
    known = [
        {"feature": feature.name, "collision": feature.collision, "once_seen": feature.once_seen}
        for feature in reference.features
        if feature.collision is not None or feature.once_seen is not None
    ]
    if not known and reference.duplicate_rows is None:
        return None
    return {"duplicate_rows": reference.duplicate_rows, "features": known}


def from_json(fields: Fields, reference: Reference) -> Reference:
    """Return ``reference`` with the section that ``fields`` holds.

    Raises:
        ProfileFormatError: a field is missing, unknown or impossible.
    """
    found: dict[str, FeatureReference] = {feature.name: feature for feature in reference.features}
    for item in fields.objects("features", len(found)):
        name = item.name("feature")
        if name not in found:
            item.refuse("feature", "the name of a feature")
        collision = item.optional_number("collision", minimum=0)
        if collision is not None and collision > 1:
            item.refuse("collision", "a number from 0 to 1, or null")
        maximum = found[name].distribution.row_count
        once_seen = None if item.take("once_seen") is None else item.whole("once_seen", maximum=maximum)
        found[name] = replace(found[name], collision=collision, once_seen=once_seen)
        item.refuse_others()
    duplicates = fields.take("duplicate_rows")
    if duplicates is not None:
        duplicates = fields.whole("duplicate_rows", maximum=reference.row_count)
    fields.refuse_others()
    return replace(reference, features=tuple(found.values()), duplicate_rows=duplicates)


class _Values:
    """One feature: a sample of its numbers, or the rows of the names that share a bin."""

    def __init__(self, distribution: Distribution) -> None:
        self._is_number = distribution.kind is Kind.NUMERIC
        self._cells = RowCells(distribution)
        self._sampled: list[npt.NDArray[np.float32]] = []
        self._others = dict.fromkeys(distribution.other_categories, 0)

    def read(self, column: Column, chosen: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """Add a batch of n rows, of which ``chosen`` are sampled; return what tells its values apart, shape (n,)."""
        if self._is_number:
            numbers = row_numbers(column)
            self._sampled.append(numbers[chosen])
            return (numbers + np.float32(0)).view(np.uint32)  # -0.0 is 0.0
        for name, rows in self._named(column):
            if name in self._others:
                self._others[name] += rows
        return self._cells.of(column)

    def collision(self, distribution: Distribution) -> float | None:
        """Return the probability that two different rows are equal; None where there are no two, and for vectors.

        It is the unbiased estimate of the sum of squared shares (simpson1949 in docs/reference/sources.md).
        """
        if self._is_number:
            sample = np.concatenate(self._sampled)
            rows = np.unique(sample[np.isfinite(sample)], return_counts=True)[1].astype(np.float64)
            total = len(sample)
        elif distribution.kind is Kind.EMBEDDING:
            return None  # vectors are compared with nothing
        else:
            rows = distribution.shape_counts.astype(np.float64)
            total = distribution.row_count
        if total < 2:
            return None
        return float(f"{(rows * (rows - 1)).sum() / total / (total - 1):.{_DIGITS}g}")

    def once_seen(self, feature: FeatureReference, least: int) -> int | None:
        """Return the rows of categories that one row less would have made unknown; None for all else."""
        distribution = feature.distribution
        if distribution.kind in {Kind.NUMERIC, Kind.EMBEDDING}:
            return None
        known = [*distribution.counts[: len(distribution.categories)], *self._others.values()]
        return least * Counter(known)[least]

    def _named(self, column: Column) -> Sequence[tuple[str | None, int]]:
        if not self._others:
            return ()
        pairs = column.tally() if isinstance(column, CodedColumn) else tally(flatten(column))
        by_value: Counter[tuple[type, object]] = Counter()
        unhashable = []
        for value, rows in pairs:
            try:
                by_value[(type(value), value)] += rows
            except Exception:  # noqa: BLE001 - a user's object may have no hash, or one that raises
                unhashable.append((category_of(value)[1], rows))
        named = [(category_of(value)[1], rows) for (_, value), rows in by_value.items()]
        return [*named, *unhashable]


def _sample(row_count: int) -> npt.NDArray[np.int64]:
    if row_count <= SAMPLE_ROWS:
        return np.arange(row_count)
    generator = np.random.default_rng(_SEED)
    return np.sort(generator.choice(row_count, SAMPLE_ROWS, replace=False, shuffle=False))
