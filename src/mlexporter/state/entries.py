"""What waits in the buffers of a model between the end of a call and the next drain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from mlexporter.catalogue import SCHEMA_REASONS, STATUSES
from mlexporter.records import Counts

if TYPE_CHECKING:
    from mlexporter.state.lane import Lane

UNKNOWN_DURATION = -1
"""Stands for a duration that nobody measured."""

OK, ERROR, CANCELLED, ABANDONED = range(len(STATUSES))
"""Positions in ``catalogue.STATUSES``."""

MISSING_FEATURE, EXTRA_FEATURE, UNREADABLE_ROW, UNREADABLE_PREDICTION = range(len(SCHEMA_REASONS))
"""Positions in ``catalogue.SCHEMA_REASONS``."""

Values: TypeAlias = tuple[object, ...]
"""Scalars of one row in the order of ``ProfileBlock.row_order``, or its outputs in theirs."""

PlainRow: TypeAlias = tuple[dict[str, object], int, object]
"""A call with one plain row that succeeded: a copy of the row, nanoseconds, what it answered."""


@dataclass(frozen=True, slots=True)
class PlainRows:
    """Plain rows of one lane, column by column, ready to be binned.

    Attributes:
        n_rows: Rows, 1 or more.
        numbers: Numeric features in row order, float64, shape (n_rows, n_numbers); NaN is missing.
        others: All other features, each n_rows values.
        outputs: Outputs, each n_rows values.
        elapsed_nanoseconds: Durations, each 0 or more.
    """

    n_rows: int
    numbers: npt.NDArray[np.float64]
    others: Sequence[Sequence[object]]
    outputs: Sequence[Sequence[object]]
    elapsed_nanoseconds: Sequence[int]


@dataclass(slots=True)
class Call:
    """Any other call: a batch, a row with violations, one that failed or is in no bin.

    Attributes:
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
    """

    lane: Lane
    n_rows: int = 1
    rows: tuple[Values, ...] | None = None
    outputs: tuple[Values, ...] | None = None
    delta: Counts | None = None
    violations: list[int] = field(default_factory=lambda: [0] * len(SCHEMA_REASONS))
    drop_reason: str = ""
    status: int = OK
    elapsed_nanoseconds: int = UNKNOWN_DURATION
    error_name: str | None = None

    @property
    def counted_rows(self) -> int:
        """Rows that a drain has to account for."""
        return 0 if self.drop_reason else self.n_rows
