"""``TrainingRows``: the rows of a fit, read again by each section that needs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlexporter.profile.options import FitOptions
from mlexporter.profile.sources import Source
from mlexporter.records import Reference
from mlexporter.state.columns import Column


class TrainingRows:
    """What sections learn from.

    Args:
        source: The rows; can be read more than once, always in the same order.
        options: What the fit was asked for.
        columns: The column of each prediction, by output and class.

    Attributes:
        options: What the fit was asked for.
    """

    def __init__(self, source: Source, options: FitOptions, columns: Mapping[tuple[str, str], str]) -> None:
        self._source = source
        self._columns = columns
        self.options = options

    @property
    def row_count(self) -> int:
        """All rows."""
        return self._source.row_count

    @property
    def names(self) -> Sequence[str]:
        """All columns of the rows, features or not."""
        return self._source.names

    def output_columns(self, reference: Reference) -> tuple[str, ...]:
        """Return the column of each output of ``reference``, in its order."""
        return tuple(self._columns[output.name, output.class_name] for output in reference.outputs)

    def batches(self, names: Sequence[str]) -> Iterator[Mapping[str, Column]]:
        """Read the columns ``names`` from the first row to the last, some ten thousand rows at a time."""
        return self._source.batches(tuple(dict.fromkeys(names)))
