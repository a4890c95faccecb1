"""Rows that the model was not trained on: opened, checked and read into memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from mlexporter.errors import FitError
from mlexporter.profile.options import listed
from mlexporter.profile.sections.training_rows import TrainingRows
from mlexporter.profile.sources import FileSource, FrameSource
from mlexporter.records import Reference
from mlexporter.state.columns import Column

MAXIMUM_ROWS: Final = 200_000
"""Held-out rows that are used; of more, a seeded choice."""
_MAXIMUM_VALUES: Final = 40_000_000
_LEAST_ROWS: Final = 10_000
_SEED: Final = 20_140_203


class Rows(Protocol):
    """Rows that can be read column by column: a source, or the rows of a fit."""

    @property
    def names(self) -> Sequence[str]:
        """The columns."""

    @property
    def row_count(self) -> int:
        """All rows."""

    def batches(self, names: Sequence[str]) -> Iterator[Mapping[str, Column]]:
        """Read the columns ``names`` from the first row to the last."""

    def plan_another(self) -> None:
        """Say that one pass more is to come than was planned."""


class HeldOutRows:
    """Held-out rows: a seeded choice of at most 200,000.

    Args:
        source: All of them.
        label: Column of the truth.
        outputs: Column of each output of the profile.
        n_features: Features of the profile; of many fewer rows are used.

    Raises:
        FitError: there is no such column.

    Attributes:
        predictions: One column for each output.
        labels: The truth.
    """

    def __init__(self, source: Rows, label: str, outputs: Sequence[str], n_features: int) -> None:
        self._source = source
        self._size = max(_LEAST_ROWS, min(MAXIMUM_ROWS, _MAXIMUM_VALUES // (n_features + 1)))
        self._check([label], "label")
        self._check(outputs, "prediction")
        read = read_chosen(source, [label, *outputs], self._size)
        self.predictions = tuple(read[name] for name in outputs)
        self.labels = read[label]

    def features(self, names: Sequence[str]) -> dict[str, Column]:
        """Return the columns ``names`` of the very same rows.

        Raises:
            FitError: one is missing.
        """
        self._check(names, "features")
        if not names:
            return {}
        self._source.plan_another()  # only errors of numbers need features, which the labels tell
        return read_chosen(self._source, names, self._size)

    def _check(self, names: Sequence[str], argument: str) -> None:
        for name in names:
            if name not in self._source.names:
                raise FitError(
                    f"held_out: there is no column {name!r} ({argument}=); its columns are: "
                    f"{listed(self._source.names)}"
                )


def read_held_out(reference: Reference, rows: TrainingRows) -> HeldOutRows | None:
    """Return the held-out rows of a fit; None where it has none.

    Args:
        reference: What is known by now; its outputs are wanted.
        rows: The rows of the fit; ``options["held_out"]`` is a frame, the path of a file, or True for these rows.

    Raises:
        FitError: they cannot be read, or lack a column; there is no label or no prediction.
    """
    given = rows.options.get("held_out")
    if given is None or given is False:
        return None
    label = rows.options.get("label")
    if not label or not reference.outputs:
        missing = "label" if not label else "prediction"
        raise FitError(
            f"held_out: rows with the truth are compared with predictions; name the column with {missing}="
        )
    return HeldOutRows(_opened(given, rows), label, rows.output_columns(reference), len(reference.features))


def chosen_of(column: Column, chosen: npt.NDArray[np.bool_]) -> Column:
    """Return the rows of ``column`` where ``chosen``, shape (n,), is True."""
    if isinstance(column, np.ndarray):
        kept: Column = column[chosen]
        return kept
    return list(compress(column, chosen.tolist()))


def seeded_choice(row_count: int, size: int) -> npt.NDArray[np.bool_] | None:
    """Return a seeded choice of ``size`` rows of ``row_count``; None where these are all."""
    if row_count <= size:
        return None
    chosen = np.zeros(row_count, dtype=np.bool_)
    chosen[np.random.default_rng(_SEED).choice(row_count, size, replace=False, shuffle=False)] = True
    return chosen


def read_chosen(source: Rows, names: Sequence[str], size: int) -> dict[str, Column]:
    """Return the columns ``names`` of a seeded choice of ``size`` rows, or of all rows if they are fewer."""
    chosen = seeded_choice(source.row_count, size)
    parts: dict[str, list[Column]] = {name: [] for name in names}
    start = 0
    for batch in source.batches(tuple(parts)):
        n_rows = len(next(iter(batch.values())))
        for name, found in parts.items():
            column = batch[name]
            found.append(column if chosen is None else chosen_of(column, chosen[start : start + n_rows]))
        start += n_rows
    return {name: _joined(found) for name, found in parts.items()}


def _opened(given: object, rows: TrainingRows) -> Rows:
    if given is True:
        return rows
    try:
        if isinstance(given, str | os.PathLike):
            return FileSource(given)
        return FrameSource(given)
    except FitError as error:
        raise FitError(f"held_out: {error}") from None


def _joined(parts: Sequence[Column]) -> Column:
    if len(parts) == 1:
        return parts[0]
    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    if len(arrays) == len(parts):
        joined: Column = np.concatenate(arrays)
        return joined
    return [value for part in parts for value in part]
