"""``RowBlock``: rows that are counted together, column by column, however they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

RawValues: TypeAlias = "Sequence[object] | npt.NDArray[Any]"
"""Values of one feature as they were handed over, one a row."""


class Beside(NamedTuple):
    """What is known of rows beside their features.

    Attributes:
        timestamps: Unix seconds, float64, shape (n_rows,), NaN where a row has none; None where none has.
        scores: The only output where it is a number, float32, shape (n_rows,); None where nobody knows.
        batches: Where rows of one call begin and end, for calls of several rows: pairs in rising order.
        is_answered: Whether all is known of them; else scores follow.
    """

    timestamps: npt.NDArray[np.float64] | None = None
    scores: npt.NDArray[np.float32] | None = None
    batches: Sequence[tuple[int, int]] = ()
    is_answered: bool = True


class HeldRows(NamedTuple):
    """Copies of some rows that wait for their scores.

    Attributes:
        places: Their numbers among the rows of their call, rising, shape (n,).
        rows: The rows, without the values of users.
    """

    places: npt.NDArray[np.intp]
    rows: RowBlock


class RowBlock:
    """Some rows of one profile, as the sides of a profile see them; nobody changes it.

    Args:
        numbers: Numeric features, float32, shape (n_rows, n_numbers), any order in memory.
        number_places: Their positions in ``Reference.features``.
        cells: For each other feature, by its position: the cell of each row, integers of shape (n_rows,).
        values: For features whose values are more than their cell (embeddings), by position: n_rows values.
        scores: The only output where it is a number, float32, shape (n_rows,).
        timestamps: Unix seconds, float64, shape (n_rows,); NaN where a row has none.
        now: When the rows arrived, Unix seconds.
        batches: Where rows of one call begin and end, for calls of several rows: pairs in rising order.
        are_finite: Whether somebody knows that no number is infinite.
        taken: The numbers of these rows in ``cells`` and ``values``, which hold more; None where they are all.

    Attributes:
        n_rows: How many rows there are, 0 or more.
        numbers: As given; NaN is missing, infinite is invalid, finite numbers are finite.
        number_places: As given, as a tuple; ``numbers[:, i]`` is feature ``number_places[i]``.
        scores: As given, or None; NaN where a row has no score.
        timestamps: As given, or None; ``now`` where a row has none.
        now: As given.
        are_finite: As given.
        batches: As given, as a tuple; empty where rows came one by one.
    """

    __slots__ = (
        "_cells", "_taken", "_values", "are_finite", "batches", "n_rows", "now", "number_places", "numbers", "scores", "timestamps",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - one keyword for each thing that rows may bring
        self, numbers: npt.NDArray[np.float32], *, number_places: Sequence[int],
        cells: Mapping[int, npt.NDArray[np.integer[Any]]], values: Mapping[int, RawValues] | None = None,
        scores: npt.NDArray[np.float32] | None = None, timestamps: npt.NDArray[np.float64] | None = None,
        now: float, batches: Sequence[tuple[int, int]] = (), taken: npt.NDArray[np.intp] | None = None,
        are_finite: bool = False,
    ) -> None:  # fmt: skip
        self.are_finite = are_finite
        self._taken = taken
        self.n_rows = len(numbers)
        self.numbers = numbers
        self.number_places = tuple(number_places)
        self.scores = scores
        self.timestamps = None if timestamps is None else np.where(np.isnan(timestamps), now, timestamps)
        self.now = now
        self.batches = tuple(batches)
        self._cells = cells
        self._values = {} if values is None else values

    def codes(self, place: int) -> npt.NDArray[np.integer[Any]]:
        """Return the cell of each row for a feature that is no number.

        Args:
            place: Position in ``Reference.features``.

        Returns:
            Integers of shape (n_rows,), 0 to ``n_cells`` - 1; perhaps of one byte: widen before adding.

        Raises:
            KeyError: the feature is a number, or there is none.
        """
        cells = self._cells[place]
        return cells if self._taken is None else cells[self._taken]

    def values(self, place: int) -> RawValues | None:
        """Return the values of a feature as they came, such as vectors; None where they are not kept.

        Args:
            place: Position in ``Reference.features``.

        Returns:
            n_rows values of users: anything may be among them.
        """
        values = self._values.get(place)
        if values is None or self._taken is None:
            return values
        if isinstance(values, np.ndarray):
            return values[self._taken]
        return [values[row] for row in self._taken.tolist()]

    def sampled(self, limit: int) -> RowBlock:
        """Return at most ``limit`` rows, evenly spaced from the first on; all of them where they are so few.

        Args:
            limit: 1 or more.

        Returns:
            Rows that tell no batches; what is not looked at is not copied.
        """
        return self if self.n_rows <= limit else self._at(self._spaced(limit))

    def held(self, limit: int) -> HeldRows:
        """Return copies of what ``sampled`` takes; no value of a user is among them."""
        places = self._spaced(limit)
        return HeldRows(
            places,
            RowBlock(
                self.numbers[places],
                number_places=self.number_places,
                cells={place: self.codes(place)[places] for place in self._cells},
                timestamps=None if self.timestamps is None else self.timestamps[places],
                now=self.now,
            ),
        )

    def with_scores(self, scores: npt.NDArray[np.float32]) -> RowBlock:
        """Return these rows with scores, float32 of shape (n_rows,)."""
        return RowBlock(
            self.numbers, number_places=self.number_places, cells=self._cells, values=self._values,
            scores=scores, timestamps=self.timestamps, now=self.now, batches=self.batches, taken=self._taken,
            are_finite=self.are_finite,
        )  # fmt: skip

    def _spaced(self, limit: int) -> npt.NDArray[np.intp]:
        n_taken = min(limit, self.n_rows)
        return np.arange(n_taken, dtype=np.intp) * self.n_rows // max(1, n_taken)

    def _at(self, rows: npt.NDArray[np.intp]) -> RowBlock:
        return RowBlock(
            self.numbers[rows],
            number_places=self.number_places,
            cells=self._cells,
            values=self._values,
            scores=None if self.scores is None else self.scores[rows],
            timestamps=None if self.timestamps is None else self.timestamps[rows],
            now=self.now,
            taken=rows if self._taken is None else self._taken[rows],
            are_finite=self.are_finite,
        )
