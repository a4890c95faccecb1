"""What waits in the buffers of a model between the end of a call and the next drain."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from mlexporter.catalogue import SCHEMA_REASONS, STATUSES

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from mlexporter.records import Counts
    from mlexporter.state.lane import Lane
    from mlexporter.state.row_block import HeldRows

_UNKNOWN: Final = struct.pack("<d", math.nan)

UNKNOWN_DURATION = -1
"""Stands for a duration that nobody measured."""

OK, ERROR, CANCELLED, ABANDONED = range(len(STATUSES))
"""Positions in ``catalogue.STATUSES``."""

MISSING_FEATURE, EXTRA_FEATURE, UNREADABLE_ROW, UNREADABLE_PREDICTION = range(len(SCHEMA_REASONS))
"""Positions in ``catalogue.SCHEMA_REASONS``."""

Values: TypeAlias = tuple[object, ...]
"""Scalars of one row in the order of ``ProfileBlock.row_order``, or its outputs in theirs."""

Columns: TypeAlias = Sequence[Sequence[object]]
"""Columns of equal length, values of each row in the same place."""

PlainRow: TypeAlias = tuple[dict[str, object], int, object]
"""A call with one plain row that succeeded: a copy of the row, nanoseconds, what it answered."""


class PlainRows(NamedTuple):
    """Plain rows of one lane, column by column, ready to be binned.

    Attributes:
        n_rows: Rows, 1 or more.
        elapsed_nanoseconds: Durations as int64, each 0 or more.
        numbers: Numeric features in row order, one row after another, as float32, in
            the bytes of little-endian machines; NaN is missing, infinite is invalid.
        scores: The output as float32, where it is the only one and a number; else empty.
        others: All other features: for each piece of rows its columns, as ``ProfileBlock.coded`` returns them.
        outputs: All other outputs: for each piece of rows its columns.
        timestamps: Unix seconds as float64, NaN where a row has none; empty where none has.
    """

    n_rows: int
    elapsed_nanoseconds: bytes
    numbers: bytes
    scores: bytes
    others: tuple[Sequence[bytes | Sequence[object]], ...]
    outputs: tuple[Columns, ...]
    timestamps: bytes = b""

    @classmethod
    def joined(cls, pieces: Sequence[PlainRows]) -> PlainRows:
        """Return the rows of all ``pieces``, one or more, in their order."""
        if len(pieces) == 1:
            return pieces[0]
        n_rows, elapsed, numbers, scores, others, outputs, timestamps = zip(*pieces, strict=True)
        if any(timestamps):
            known = [part or _UNKNOWN * rows for part, rows in zip(timestamps, n_rows, strict=True)]
            timestamps = tuple(known)
        return cls(
            sum(n_rows), b"".join(elapsed), b"".join(numbers), b"".join(scores),
            tuple(chain.from_iterable(others)), tuple(chain.from_iterable(outputs)), b"".join(timestamps),
        )  # fmt: skip


def chained(pieces: Sequence[Columns], place: int) -> list[object]:
    """Return one column of all ``pieces``."""
    return list(chain.from_iterable([columns[place] for columns in pieces]))


class Call:
    """Any other call: a batch, a row with violations, one that failed or is in no bin.

    Args and attributes:
        lane: Where its rows are counted.
        n_rows: Rows that it was asked for, 0 or more.
        rows: Features of each row, or None where there is no profile or ``delta`` holds them.
        outputs: Outputs of each row, or None where there are none or ``delta`` holds them.
        delta: A batch already binned, in the layout of the block.
        violations: Rows by position in ``SCHEMA_REASONS``.
        drop_reason: Why its rows are in no bin, one of ``DROP_REASONS``; empty where they are.
        status: Position in ``STATUSES``.
        elapsed_nanoseconds: Duration, or ``UNKNOWN_DURATION``.
        error_name: Class of the exception where the status is ``error``.

    Attributes:
        timestamps: Unix seconds of each row, NaN where it has none; None where none has.
        scores: The only output of each row as float32, shape (n_rows,), where ``rows`` are here and their
            outputs are in ``delta``; else None.
        held: Rows of a batch that wait for their scores.
    """

    __slots__ = (
        "delta", "drop_reason", "elapsed_nanoseconds", "error_name", "held", "lane", "n_rows", "outputs", "rows",
        "scores", "status", "timestamps", "violations",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - one keyword for each thing that a call may bring
        self, lane: Lane, n_rows: int = 1, *, rows: tuple[Values, ...] | None = None,
        outputs: tuple[Values, ...] | None = None, delta: Counts | None = None,
        violations: list[int] | None = None, drop_reason: str = "", status: int = OK,
        elapsed_nanoseconds: int = UNKNOWN_DURATION, error_name: str | None = None,
    ) -> None:  # fmt: skip
        self.lane = lane
        self.n_rows = n_rows
        self.rows = rows
        self.outputs = outputs
        self.delta = delta
        self.violations = [0] * len(SCHEMA_REASONS) if violations is None else violations
        self.drop_reason = drop_reason
        self.status = status
        self.elapsed_nanoseconds = elapsed_nanoseconds
        self.error_name = error_name
        self.timestamps: npt.NDArray[np.float64] | None = None
        self.scores: npt.NDArray[np.float32] | None = None
        self.held: Sequence[HeldRows] = ()

    @property
    def counted_rows(self) -> int:
        """Rows that a drain has to account for."""
        return 0 if self.drop_reason else self.n_rows
