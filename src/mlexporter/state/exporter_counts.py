"""What mlexporter counts about itself; every method is safe from any thread and never raises."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.catalogue import (
    DENIED_ENDPOINTS,
    DENIED_REASONS,
    DRAIN_BOUNDS_SECONDS,
    EVENT_STATUSES,
    INTERNAL_STAGES,
    POINT_STATUSES,
    PUSH_STATUSES,
)
from mlexporter.state.forking import survives_fork
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.ledger import add
from mlexporter.state.log import LOG
from mlexporter.state.names import class_name
from mlexporter.state.slots import BlockDescription, BlockKind, PrivateMemory, Slot

if TYPE_CHECKING:
    from mlexporter.records import Counts, ExporterCounts, PushCounts

_NANOSECONDS: Final = 1_000_000_000
_LOGGED_KINDS_LIMIT: Final = 200


_SYNCHRONOUS: Final = Layout(
    (
        ("internal_errors", CellKind.COUNT, len(INTERNAL_STAGES)),
        ("denied", CellKind.COUNT, len(DENIED_ENDPOINTS) * len(DENIED_REASONS)),
        ("overflow", CellKind.COUNT, 1),
        ("drains", CellKind.COUNT, len(DRAIN_BOUNDS_SECONDS) + 1),
        ("drain_nanoseconds", CellKind.AMOUNT, 1),
        ("processor_nanoseconds", CellKind.AMOUNT, 1),
        ("pushes", CellKind.COUNT, len(PUSH_STATUSES)),
        ("push_points", CellKind.COUNT, len(POINT_STATUSES)),
        ("last_push_nanoseconds", CellKind.NEWEST, 1),
        ("push_failing", CellKind.LIVE, 1),
        ("events", CellKind.COUNT, len(EVENT_STATUSES)),
    )
)
_GROUPS: Final = {group.name: group for group in _SYNCHRONOUS.groups}
_FIRST_PUSH: Final = _SYNCHRONOUS.index("pushes")
_FROM_OUTSIDE: Final = ("internal_errors", "denied")
_OF_READERS: Final = Layout(
    (name, group.kind, group.length)
    for name, group in _GROUPS.items()
    if name in _FROM_OUTSIDE or group.start >= _FIRST_PUSH
)
"""What a process counts that serves and pushes only: not its processor time, which is none of the workers'."""
_DESCRIPTION: Final = BlockDescription(BlockKind.WORKER, None, "", _SYNCHRONOUS, Layout(()))
_DENIED: Final = [(endpoint, reason) for endpoint in DENIED_ENDPOINTS for reason in DENIED_REASONS]
_BOUNDS: Final = [round(bound * _NANOSECONDS) for bound in DRAIN_BOUNDS_SECONDS]
_DRAINS: Final = _SYNCHRONOUS.index("drains")
_DRAIN_NANOSECONDS: Final = _SYNCHRONOUS.index("drain_nanoseconds")
_PROCESSOR: Final = _SYNCHRONOUS.index("processor_nanoseconds")
_LAST_PUSH: Final = _SYNCHRONOUS.index("last_push_nanoseconds")
_PUSH_FAILING: Final = _SYNCHRONOUS.index("push_failing")


class ExporterCounter:
    """Counts internal errors, refusals, overflows and drains, and the processor time of this process.

    Args:
        slot: Where the block is opened; memory of this process alone if not given.
    """

    def __init__(self, slot: Slot | None = None) -> None:
        # Re-entrant: a finaliser may run in the middle and report an error itself.
        self._lock = survives_fork(threading.RLock())
        self._logged: set[tuple[str, str]] = set()
        self._block = (slot or Slot(PrivateMemory("private"))).open_block(_DESCRIPTION)

    def move(self, slot: Slot, *, takes_along: bool) -> None:
        """Count into ``slot`` from now on; ``takes_along`` what was counted until now.

        Raises:
            OSError: there is no room for it.
        """
        block = slot.open_block(_DESCRIPTION)
        with self._lock:
            before = self._block.synchronous()
            if takes_along and block is not self._block:
                add(block.cells, enumerate(before.tolist()))
            self._block = block

    def on_error(self, stage: str, error: BaseException) -> None:
        """Count an error of ours and log its class and place, once per stage and class.

        The message is not logged: it may quote a value of a user's row.
        """
        self._add(_SYNCHRONOUS.index("internal_errors", INTERNAL_STAGES.index(stage)))
        kind = (stage, class_name(error))
        with self._lock:
            if kind in self._logged or len(self._logged) >= _LOGGED_KINDS_LIMIT:
                return
            self._logged.add(kind)
        LOG.error(
            "mlexporter: internal error while %s: %s at %s; counted, not raised, logged once",
            stage, kind[1], _place(error),
        )  # fmt: skip

    def on_mistake(self, stage: str) -> None:
        """Count something that a user told wrongly; who knows the field logs it."""
        self._add(_SYNCHRONOUS.index("internal_errors", INTERNAL_STAGES.index(stage)))

    def on_denied(self, endpoint: str, reason: str) -> None:
        """Count a request or a connection that was turned away."""
        self._add(_SYNCHRONOUS.index("denied", _DENIED.index((endpoint, reason))))

    def on_overflow(self) -> None:
        """Count an observation that was filed under ``other`` because its label was full."""
        self._add(_SYNCHRONOUS.index("overflow"))

    def drained(self, nanoseconds: int) -> None:
        """Count one drain of a chunk and the time that it took."""
        bucket = _DRAINS + sum(bound < nanoseconds for bound in _BOUNDS)
        with contextlib.suppress(ValueError):  # forked in the middle: the parent counts it
            add(self._block.cells, ((bucket, 1), (_DRAIN_NANOSECONDS, nanoseconds)))

    def used_processor(self, nanoseconds: int) -> None:
        """Say how much processor time this process has used since it began."""
        with self._lock:
            cells = self._block.cells
            add(cells, ((_PROCESSOR, max(0, nanoseconds - cells[_PROCESSOR])),))

    def pushed(self, points: Mapping[str, int], *, unix_nanoseconds: int, is_taken: bool) -> None:
        """Count one push, and what became of its points by ``catalogue.POINT_STATUSES``."""
        status = PUSH_STATUSES[0] if is_taken else PUSH_STATUSES[1]
        steps = [(_SYNCHRONOUS.index("pushes", PUSH_STATUSES.index(status)), 1)]
        steps += [
            (_SYNCHRONOUS.index("push_points", POINT_STATUSES.index(each)), n) for each, n in points.items()
        ]
        with self._lock, contextlib.suppress(ValueError):  # forked in the middle: the parent counts it
            cells = self._block.cells
            if is_taken:
                steps.append((_LAST_PUSH, max(0, unix_nanoseconds - cells[_LAST_PUSH])))
            add(cells, steps)

    def push_fails(self, *, is_failing: bool) -> None:
        """Say whether the newest push of this process has failed."""
        with self._lock, contextlib.suppress(ValueError):  # forked in the middle: the parent says it
            cells = self._block.cells
            add(cells, ((_PUSH_FAILING, int(is_failing) - cells[_PUSH_FAILING]),))

    def on_event(self, status: str) -> None:
        """Count a prediction event by what became of it, one of ``catalogue.EVENT_STATUSES``."""
        self._add(_SYNCHRONOUS.index("events", EVENT_STATUSES.index(status)))

    def counts(self) -> ExporterCounts:
        """Return everything that this process has counted up to now."""
        return exporter_counts([(_SYNCHRONOUS, self._block.synchronous())])

    def reader_cells(self) -> tuple[Layout, Counts]:
        """Return layout and cells of what a process counts that monitors nothing."""
        cells = self._block.synchronous()
        return _OF_READERS, np.concatenate([cells[_GROUPS[group.name].cells] for group in _OF_READERS.groups])

    def _add(self, index: int, amount: int = 1) -> None:
        with contextlib.suppress(ValueError):  # forked in the middle: the parent counts it
            add(self._block.cells, ((index, amount),))


def exporter_counts(
    workers: Iterable[tuple[Layout, Counts]], slots_set_aside: Mapping[str, int] | None = None
) -> ExporterCounts:
    """Return the cells of the blocks of workers, of none or several together, as a record.

    Args:
        workers: Layout and synchronous cells of each; those of another version may know less, or more.
        slots_set_aside: Damaged slots by reason.
    """
    from mlexporter.records import ExporterCounts, HistogramCounts  # noqa: PLC0415 - needed by readers only

    layout = _SYNCHRONOUS
    cells = layout.zeros()
    for others, vector in workers:
        for group in others.groups:
            if group.name in _GROUPS:
                known = _GROUPS[group.name].cells
                found = vector[group.cells][: known.stop - known.start]
                target = cells[known][: found.size]
                is_time = group.kind is CellKind.NEWEST
                target[:] = np.maximum(target, found) if is_time else target + found
    errors, denied = cells[layout["internal_errors"]], cells[layout["denied"]]
    return ExporterCounts(
        internal_errors={name: n for name, n in zip(INTERNAL_STAGES, errors.tolist(), strict=True) if n},
        access_denied={pair: n for pair, n in zip(_DENIED, denied.tolist(), strict=True) if n},
        cardinality_overflow=int(cells[layout.index("overflow")]),
        observe_duration=HistogramCounts(
            cells[layout["drains"]].copy(),
            int(cells[layout.index("drain_nanoseconds")]) / _NANOSECONDS,
            DRAIN_BOUNDS_SECONDS,
        ),
        processor_seconds=int(cells[_PROCESSOR]) / _NANOSECONDS,
        slots_set_aside=dict(slots_set_aside or {}),
        push=_push_counts(cells),
        events=dict(zip(EVENT_STATUSES, cells[layout["events"]].tolist(), strict=True)),
    )


def _push_counts(cells: Counts) -> PushCounts:
    from mlexporter.records import PushCounts  # noqa: PLC0415 - needed by readers only

    last = int(cells[_LAST_PUSH])
    return PushCounts(
        pushes=dict(zip(PUSH_STATUSES, cells[_SYNCHRONOUS["pushes"]].tolist(), strict=True)),
        points=dict(zip(POINT_STATUSES, cells[_SYNCHRONOUS["push_points"]].tolist(), strict=True)),
        last_timestamp=last / _NANOSECONDS if last else None,
        failing=max(0, int(cells[_PUSH_FAILING])),
    )


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    if trace is None:
        return "an unknown place"
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
