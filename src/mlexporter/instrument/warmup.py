"""The first rows of a model without a profile, kept until there are enough to learn one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from mlexporter.state.columns import Column

Learn: TypeAlias = Callable[[dict[str, list[object]]], None]
PREDICTION: str = "prediction"


class WarmUp:
    """Holds at most ``n_rows`` rows of scalars, hands them over once, and lets go of them.

    Safe with threads: it only uses operations that are one step each.

    Args:
        n_rows: Rows to collect, 1 or more.
        on_full: Gets the columns by name, ``prediction`` among them where every row has one;
            called once, in the thread that brought the last row, so it must return quickly.
    """

    def __init__(self, n_rows: int, on_full: Learn) -> None:
        self._n_rows = n_rows
        self._on_full = on_full
        self._rows: deque[dict[str, object]] = deque(maxlen=n_rows)
        self._turns = [object()]

    @property
    def is_full(self) -> bool:
        """True once the rows were handed over; nothing is kept from then on."""
        return not self._turns

    @property
    def collected(self) -> int:
        """Rows that are held now."""
        return len(self._rows)

    @property
    def wanted_rows(self) -> int:
        """Rows that are still needed, 0 or more."""
        return 0 if self.is_full else self._n_rows - len(self._rows)

    def add(self, columns: Mapping[str, Column], n_rows: int, prediction: Column | None) -> None:
        """Keep rows of a call that succeeded; columns are scalars or copies."""
        named = dict(columns)
        if prediction is not None and PREDICTION not in named:
            named[PREDICTION] = prediction
        listed = {name: _listed(column) for name, column in named.items()}
        for place in range(min(n_rows, self.wanted_rows)):
            self._rows.append(
                {name: column[place] if place < len(column) else None for name, column in listed.items()}
            )
        if len(self._rows) >= self._n_rows:
            self._hand_over()

    def _hand_over(self) -> None:
        try:
            self._turns.pop()
        except IndexError:
            return  # another thread does
        held, self._rows = self._rows, deque(maxlen=0)  # rows that come late are not kept
        rows = list(held)  # in one step: another thread may still append to what was held
        names = dict.fromkeys(name for row in rows for name in row)
        columns = {name: [row.get(name) for row in rows] for name in names}
        if any(PREDICTION not in row for row in rows):
            columns.pop(PREDICTION, None)
        self._on_full(columns)


def _listed(column: Column | Sequence[Any]) -> Sequence[object]:
    if isinstance(column, np.ndarray):
        # Times keep their type; numbers and booleans become those of Python.
        return list(column) if column.dtype.kind in "mM" else column.tolist()
    return column
