"""The block of one profile: every row in one cell of each feature, in the bins of the profile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.records import Kind
from mlexporter.state.binning import Binner
from mlexporter.state.column_counts import Cells, Column
from mlexporter.state.column_rows import ColumnRows
from mlexporter.state.entries import PlainRows, chained
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.ledger import LEDGER_GROUPS, accepted_rows, add
from mlexporter.state.matrix import MatrixBinner
from mlexporter.state.row_block import Beside, HeldRows, RowBlock
from mlexporter.state.sides.counting import SideCounter
from mlexporter.state.slots import BlockDescription, BlockKind, Slot

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts, ModelKey, ProfileCounts, Reference

_SYNCHRONOUS: Final = Layout((*LEDGER_GROUPS, ("opened_nanoseconds", CellKind.NEWEST, 1)))
_COLUMNS_OF_A_STEP: Final = 2
"""Fewer would cost more for each step than for the columns."""
_NOTHING: Final = Beside()
_MOST_NUMBER_STEPS: Final = 8
"""Steps for all numeric columns: a chunk has to be counted before the next is there."""

OPENED: Final = _SYNCHRONOUS.index("opened_nanoseconds")
"""When a worker last opened the profile, Unix time."""


class ProfileBlock:
    """The cells of one profile in one slot.

    Args:
        slot: Where the block is opened; the same bins opened again go on in the same cells.
        key: The model.
        reference: The profile.
        opened_nanoseconds: Now, Unix time; of several profiles readers show the newest.
        wall_clock: Unix seconds: when rows arrive that bring no time of their own.
        on_side_error: Gets what goes wrong in what is counted beside the bins; the rows are binned.

    Attributes:
        sides: What is counted beside the bins.
        row_order: Features in the order in which a row's values are handed over: numbers first, so
            that a row can be checked in two strokes.
        has_one_number_output: Whether there is one output and it is a number.

    Raises:
        OSError: there is no room for it.
    """

    def __init__(
        self, slot: Slot, key: ModelKey, reference: Reference, *, opened_nanoseconds: int = 0,
        wall_clock: Callable[[], float] = time.time, on_side_error: Callable[[Exception], None],
    ) -> None:  # fmt: skip
        self.reference = reference
        self.sides = SideCounter(reference, on_side_error)
        self._wall_clock = wall_clock
        features, outputs = reference.features, reference.outputs
        self.block = slot.open_block(_description(key, reference, opened_nanoseconds))
        self.cells = self.block.cells
        self.layout = self.block.description.banked
        self.drained = self.layout.index("drained")
        self.committer = self.block.committer
        self._feature_binners = tuple(Binner(feature.distribution) for feature in features)
        self._output_binners = tuple(Binner(output.distribution) for output in outputs)
        numbers = [i for i, f in enumerate(features) if f.distribution.kind is Kind.NUMERIC]
        self.n_numbers = len(numbers)
        self.row_order = (*numbers, *(i for i in range(len(features)) if i not in set(numbers)))
        self._others = self.row_order[self.n_numbers :]
        self._codes = [self._feature_binners[place].codes for place in self._others]
        self._numbers = numbers
        kinds = [output.distribution.kind for output in outputs]
        self.has_one_number_output = kinds == [Kind.NUMERIC]
        scored = [outputs[0].distribution] if self.has_one_number_output else []
        self._width = max(_COLUMNS_OF_A_STEP, -(-len(numbers) // _MOST_NUMBER_STEPS))
        of_numbers = [features[i].distribution for i in numbers]
        self._feature_matrix = MatrixBinner(of_numbers)
        self._number_binner = MatrixBinner([*of_numbers, *scored])
        self._column_rows = ColumnRows(reference, self._feature_binners, numbers)
        starts = reference.feature_offsets
        ranges = [np.arange(starts[i], starts[i + 1]) for i in numbers]
        self._number_cells = np.concatenate([np.arange(0), *ranges])
        self._invalid_numbers = np.array([starts[place + 1] - 1 for place in numbers], dtype=np.intp)
        add(self.cells, ((OPENED, max(0, opened_nanoseconds - self.cells[OPENED])),))

    def coded(self, columns: Iterable[Sequence[object]]) -> list[bytes | Sequence[object]]:
        """Return columns of all features that are no numbers, in row order, as ``count_parts`` takes them."""
        return [codes(column) or column for codes, column in zip(self._codes, columns, strict=True)]

    def plain_steps(self, delta: Counts, plain: PlainRows) -> Iterator[None]:
        """Bin rows that are ready for it into ``delta``, a few columns with each step."""
        room = _COLUMNS_OF_A_STEP
        codes: dict[int, Cells] = {}
        for number, place in enumerate(self._others):
            if not room:
                yield
                room = _COLUMNS_OF_A_STEP
            parts = [piece[number] for piece in plain.others]
            codes[place], mismatches = self._feature_binners[place].cells_of_parts(parts)
            self._add_cells(delta, place, codes[place])
            delta[self.layout.index("type_mismatches", place)] += mismatches
            is_quick = all(isinstance(part, bytes) for part in parts)  # values take longer than codes
            room = room - 1 if is_quick else 0
        yield
        if not self.has_one_number_output:
            outputs = [chained(plain.outputs, place) for place in range(len(self._output_binners))]
            self.add_outputs(delta, outputs, plain.n_rows)
            yield
        numbers = np.frombuffer(plain.numbers, dtype=np.float32).reshape(plain.n_rows, self.n_numbers)
        score = np.frombuffer(plain.scores, dtype=np.float32) if self.has_one_number_output else None
        yield from self._number_steps(delta, numbers, score)
        yield
        invalid = delta[self.layout["features"]][self._invalid_numbers]
        rows = RowBlock(
            numbers,
            number_places=self._numbers,
            cells=codes,
            scores=score,
            are_finite=not invalid.any(),
            timestamps=np.frombuffer(plain.timestamps) if plain.timestamps else None,
            now=self._wall_clock(),
        )
        yield from self.sides.steps(rows, delta[self.layout["sides"]])
        delta[self.drained] += plain.n_rows

    def _number_steps(
        self, delta: Counts, numbers: npt.NDArray[np.float32], score: npt.NDArray[np.float32] | None
    ) -> Iterator[None]:
        blocks = [numbers[:, first : first + self._width] for first in range(0, self.n_numbers, self._width)]
        if score is not None:
            # One more column of a matrix is much cheaper than a column of its own.
            blocks[-1:] = [np.column_stack((*blocks[-1:], score))]
            yield
        if blocks:
            cells, out_of_range = yield from self._number_binner.steps(blocks)
            yield
            n_cells = len(self._number_cells)
            self._add_numbers(delta, cells[:n_cells], out_of_range[: self.n_numbers])
            if score is not None:
                delta[self.layout["outputs"]] += cells[n_cells:]

    def add_features(
        self, delta: Counts, columns: Sequence[Column | None], n_rows: int, beside: Beside = _NOTHING
    ) -> list[HeldRows]:
        """Bin one column a feature into ``delta``; every one of ``n_rows`` lands in one cell.

        Args:
            delta: Array of this layout that is added to.
            columns: Columns in profile order; None where the rows lack the feature. Values beyond
                ``n_rows`` are left out, those that a column is short of are missing.
            n_rows: Rows to account for.
            beside: What else is known of them.

        Returns:
            Rows for ``add_answers``, where that is to follow and has something to count.
        """
        held: list[HeldRows] = []
        sides = delta[self.layout["sides"]]
        for start, rows, mismatches in self._column_rows.blocks(columns, n_rows, beside, self._wall_clock()):
            self._add_numbers(delta, *self._feature_matrix.count(rows.numbers))
            for place in self._others:
                self._add_cells(delta, place, rows.codes(place))
            delta[self.layout["type_mismatches"]] += mismatches
            if beside.is_answered:
                self.sides.count(rows, sides)
                continue
            found = self.sides.count_begun(rows, sides)
            if found is not None:
                held.append(found._replace(places=found.places + start))
        return held

    def add_answers(self, delta: Counts, held: Iterable[HeldRows], scores: npt.NDArray[np.float32]) -> None:
        """Count what ``add_features`` returned.

        Args:
            delta: Array of this layout that is added to.
            held: Rows of one call.
            scores: Of all rows of that call.
        """
        for places, rows in held:
            self.sides.count_answered(rows.with_scores(scores[places]), delta[self.layout["sides"]])

    def _add_numbers(self, delta: Counts, cells: Counts, out_of_range: Counts) -> None:
        delta[self.layout["features"]][self._number_cells] += cells
        delta[self.layout["out_of_range"]][self._numbers] += out_of_range

    def _add_cells(self, delta: Counts, place: int, cells: Cells) -> None:
        start, stop = self.reference.feature_offsets[place : place + 2]
        delta[self.layout["features"]][start:stop] += np.bincount(cells, minlength=stop - start)

    def add_outputs(self, delta: Counts, columns: Sequence[Column | None], n_rows: int) -> None:
        """Bin one column an output into ``delta``, by the rules of ``add_features``."""
        cells = delta[self.layout["outputs"]]
        starts = self.reference.output_offsets
        for place, (binner, column) in enumerate(zip(self._output_binners, columns, strict=True)):
            _add_column(cells[starts[place] : starts[place + 1]], binner, column, n_rows)

    def add_unreadable_features(self, delta: Counts, n_rows: int) -> None:
        """Put ``n_rows`` rows that cannot be read into the cell ``invalid`` of every feature."""
        starts = self.reference.feature_offsets
        delta[self.layout["features"]][[start - 1 for start in starts[1:]]] += n_rows
        invalid = {place: np.array([starts[place + 1] - starts[place] - 1]) for place in self._others}
        row = RowBlock(
            np.full((1, self.n_numbers), np.inf, dtype=np.float32),
            number_places=self._numbers, cells=invalid, now=self._wall_clock(),
        )  # fmt: skip
        self.sides.count_slots(row, n_rows, delta[self.layout["sides"]])

    def add_unreadable_outputs(self, delta: Counts, n_rows: int) -> None:
        """Put ``n_rows`` predictions that cannot be read into the cell ``invalid`` of every output."""
        starts = self.reference.output_offsets
        delta[self.layout["outputs"]][[start - 1 for start in starts[1:]]] += n_rows


def _description(key: ModelKey, reference: Reference, opened_nanoseconds: int) -> BlockDescription:
    banked = Layout(
        (
            ("features", CellKind.COUNT, reference.feature_offsets[-1]),
            ("out_of_range", CellKind.COUNT, len(reference.features)),
            ("type_mismatches", CellKind.COUNT, len(reference.features)),
            ("outputs", CellKind.COUNT, reference.output_offsets[-1]),
            ("sides", CellKind.COUNT, max(place.stop for place in reference.side_places.values())),
            ("drained", CellKind.COUNT, 1),
        )
    )
    about = {"profile_id": reference.profile_id, "opened_nanoseconds": opened_nanoseconds}
    return BlockDescription(BlockKind.PROFILE, key, reference.fingerprint, _SYNCHRONOUS, banked, about)


def profile_counts(
    synchronous: Counts, banked: Counts, description: BlockDescription, *, life: str
) -> ProfileCounts:
    """Return the cells of a profile block, of one worker or of several together, as a record.

    Args:
        synchronous: Its synchronous cells.
        banked: Its banked cells.
        description: What they are.
        life: Names the life of these sums; differences never cross it.
    """
    from mlexporter.records import ProfileCounts  # noqa: PLC0415 - needed by readers only
    from mlexporter.records.cells import no_counts  # noqa: PLC0415 - likewise

    layout, live = description.banked, description.synchronous
    return ProfileCounts(
        fingerprint=description.name,
        epoch=life,
        accepted=accepted_rows(synchronous),
        drained=int(banked[layout.index("drained")]),
        dropped=int(synchronous[live["dropped"]].sum()),
        lost=int(synchronous[live.index("lost")]),
        feature_cells=banked[layout["features"]].copy(),
        out_of_range=banked[layout["out_of_range"]].copy(),
        type_mismatches=banked[layout["type_mismatches"]].copy(),
        output_cells=banked[layout["outputs"]].copy(),
        side_cells=banked[layout["sides"]].copy() if "sides" in layout else no_counts(),
    )


def _add_column(target: Counts, binner: Binner, column: Column | None, n_rows: int) -> tuple[int, int]:
    values = () if column is None else column[:n_rows]
    missing = n_rows - len(values)
    if missing:
        target[binner.distribution.n_shape_bins] += missing
    if missing == n_rows:
        return 0, 0
    counted = binner.count(values)
    target += counted.cells
    return counted.out_of_range, counted.type_mismatches
