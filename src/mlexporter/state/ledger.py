"""Where each row of a model is accounted for: the cells that every service and profile block begins with.

Rows accepted = ``plain`` + ``accepted``, and always rows accepted = drained + dropped + lost + waiting.
Whoever folds the block of a dead worker moves what waited there to ``lost``.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from typing import Final

from mlexporter.catalogue import DROP_REASONS
from mlexporter.records import Counts
from mlexporter.state.forking import survives_fork
from mlexporter.state.layout import CellKind, Layout

LEDGER_GROUPS: Final = (
    ("plain", CellKind.COUNT, 1),
    ("accepted", CellKind.COUNT, 1),
    ("dropped", CellKind.COUNT, len(DROP_REASONS)),
    ("lost", CellKind.COUNT, 1),
)
"""``plain``: calls of one row that succeeded, each one request and one row; ``accepted``: rows of all others."""

LEDGER: Final = Layout(LEDGER_GROUPS)
PLAIN: Final = LEDGER.index("plain")
ACCEPTED: Final = LEDGER.index("accepted")
DROPPED: Final = {reason: LEDGER.index("dropped", place) for place, reason in enumerate(DROP_REASONS)}


def has_global_lock() -> bool:
    """Return whether this interpreter runs one thread at a time."""
    is_enabled: Callable[[], bool] = getattr(sys, "_is_gil_enabled", lambda: True)
    return is_enabled()


_LOCK: Final = survives_fork(threading.RLock())


def add(cells: memoryview, steps: Iterable[tuple[int, int]], *, locked: bool = not has_global_lock()) -> None:
    """Add to cells, each exactly, however many threads do; no step waits where there is a global lock.

    Args:
        cells: Synchronous cells of a block.
        steps: Index and amount.
        locked: Take a lock, as an interpreter without a global lock has to.

    Raises:
        ValueError: the cells belong to the parent of this forked process.
    """
    if locked:
        with _LOCK:
            for index, amount in steps:
                cells[index] += amount
        return
    for index, amount in steps:
        # The interpreter lets other threads in at calls and jumps only: none between load and store.
        cells[index] += amount


def accepted_rows(synchronous: Counts) -> int:
    """Return the rows that the cells of a block have accepted."""
    return int(synchronous[PLAIN]) + int(synchronous[ACCEPTED])


def is_released(cells: memoryview) -> bool:
    """Return whether these cells are those of a parent, which a forked child has let go of."""
    try:
        len(cells)
    except ValueError:
        return True
    return False
