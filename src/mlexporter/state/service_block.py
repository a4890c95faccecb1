"""The block of a model that needs no profile: durations, batch sizes, schema violations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.catalogue import BATCH_BOUNDS_ROWS, DROP_REASONS, LOST_REASONS, SCHEMA_REASONS, STATUSES
from mlexporter.state.entries import OK, Call, PlainRows
from mlexporter.state.histogram import bucket_counts, integer_bounds
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.ledger import LEDGER_GROUPS
from mlexporter.state.slots import BlockDescription, BlockKind, Slot

if TYPE_CHECKING:
    from mlexporter.records import Counts, Exemplar, ModelKey, ServiceCounts
    from mlexporter.state.cells import Cells

NANOSECONDS: Final = 1_000_000_000

_SYNCHRONOUS: Final = Layout(
    (
        *LEDGER_GROUPS,
        ("requests", CellKind.COUNT, len(STATUSES)),
        ("in_progress", CellKind.LIVE, 1),
        ("loaded_nanoseconds", CellKind.NEWEST, 1),
    )
)
REQUESTS: Final = tuple(_SYNCHRONOUS.index("requests", status) for status in range(len(STATUSES)))
"""The synchronous cell of each status; calls that are counted as ``plain`` are not in them."""
IN_PROGRESS: Final = _SYNCHRONOUS.index("in_progress")
LOADED: Final = _SYNCHRONOUS.index("loaded_nanoseconds")


class ServiceBlock:
    """The service cells of one model in one slot.

    Args:
        slot: Where the block is opened.
        key: The model.
        latency_bounds: Upper bounds of the buckets of durations, seconds, ascending.

    Raises:
        OSError: there is no room for it.
    """

    def __init__(self, slot: Slot, key: ModelKey, latency_bounds: Sequence[float]) -> None:
        self._latency_nanoseconds = integer_bounds(latency_bounds, NANOSECONDS)
        self._batch_bounds = integer_bounds(BATCH_BOUNDS_ROWS, 1)
        self._n_buckets = len(latency_bounds) + 1
        self.block = slot.open_block(_description(key, tuple(latency_bounds)))
        self.cells = self.block.cells
        self.layout = self.block.description.banked
        self.committer = self.block.committer
        self._duration_sums = self.layout.index("duration_nanoseconds")
        self._first_batch = self.layout.index("batch_rows")
        self._all_batches = self.layout.index("batch_rows_total")
        self._drained = self.layout.index("drained")

    def delta(self, plain: PlainRows | None, calls: Sequence[Call], *, owns_rows: bool) -> Counts:
        """Return what rows and calls of one lane add to the banked cells, int64, shape (layout.size,).

        Args:
            plain: Rows that succeeded one by one.
            calls: Calls that were counted otherwise.
            owns_rows: Whether rows are accounted for here, and not in a profile block.
        """
        delta = self.layout.zeros()
        if plain is not None:
            self._add_durations(delta, OK, np.frombuffer(plain.elapsed_nanoseconds, dtype=np.int64))
            delta[self._first_batch] = plain.n_rows  # one row is at or below the first bound
            delta[self._all_batches] = plain.n_rows
            if owns_rows:
                delta[self._drained] = plain.n_rows
        if calls:
            self._add_calls(delta, calls, owns_rows=owns_rows)
        return delta

    def _add_calls(self, delta: Counts, calls: Sequence[Call], *, owns_rows: bool) -> None:
        for status in {call.status for call in calls}:
            elapsed = np.array([call.elapsed_nanoseconds for call in calls if call.status == status])
            self._add_durations(delta, status, elapsed[elapsed >= 0])
        n_rows = [call.n_rows for call in calls]
        delta[self.layout["batch_rows"]] += bucket_counts(n_rows, self._batch_bounds)
        delta[self._all_batches] += sum(n_rows)
        for call in calls:
            delta[self.layout["schema_violations"]] += call.violations
        if owns_rows:
            delta[self._drained] += sum(call.counted_rows for call in calls)

    def _add_durations(self, delta: Counts, status: int, elapsed: Counts) -> None:
        start = status * self._n_buckets  # durations stand first
        delta[start : start + self._n_buckets] += bucket_counts(elapsed, self._latency_nanoseconds)
        delta[self._duration_sums + status] += elapsed.sum()


def _description(key: ModelKey, latency_bounds: tuple[float, ...]) -> BlockDescription:
    banked = Layout(
        (
            ("durations", CellKind.COUNT, len(STATUSES) * (len(latency_bounds) + 1)),
            ("duration_nanoseconds", CellKind.AMOUNT, len(STATUSES)),
            ("batch_rows", CellKind.COUNT, len(BATCH_BOUNDS_ROWS) + 1),
            ("batch_rows_total", CellKind.COUNT, 1),
            ("schema_violations", CellKind.COUNT, len(SCHEMA_REASONS)),
            ("drained", CellKind.COUNT, 1),
        )
    )
    # Workers whose bounds differ never mix: the bounds are part of the identity.
    about = {"latency_bounds": list(latency_bounds)}
    return BlockDescription(BlockKind.SERVICE, key, bounds_name(latency_bounds), _SYNCHRONOUS, banked, about)


def bounds_name(latency_bounds: Sequence[float]) -> str:
    """Return the name of the blocks in which durations have these bounds."""
    return " ".join(map(repr, latency_bounds))


def service_counts(
    newest: Cells,
    others: Sequence[Cells],
    *,
    errors: Mapping[str, int],
    exemplars: Mapping[str, Mapping[int, Exemplar]],
) -> ServiceCounts:
    """Return the cells of a model as a record.

    Args:
        newest: Its service block, of one worker or of several together; its bounds of durations are shown.
        others: All other blocks in which calls and rows of this model are counted: those of profiles, and
            service blocks with other bounds of durations.
        errors: Calls by class of their exception.
        exemplars: A sampled call by status and bucket of the durations that are shown.
    """
    from mlexporter.records import HistogramCounts, ServiceCounts  # noqa: PLC0415 - needed by readers only

    everywhere = (newest, *others)
    synchronous = [(each.description.synchronous, each.synchronous) for each in everywhere]
    banked = [(each.description.banked, each.banked) for each in everywhere]
    layout = newest.description.banked
    bounds = tuple(map(float, newest.description.about["latency_bounds"]))
    plain, accepted, lost, in_progress, batch_rows_total = (
        int(_sum(group, 1, cells)[0])
        for group, cells in (
            ("plain", synchronous), ("accepted", synchronous), ("lost", synchronous),
            ("in_progress", synchronous), ("batch_rows_total", banked),
        )
    )  # fmt: skip
    requests = _sum("requests", len(STATUSES), synchronous)
    requests[OK] += plain
    durations = newest.banked[layout["durations"]].reshape(len(STATUSES), len(bounds) + 1)
    amounts = newest.banked[layout["duration_nanoseconds"]]
    batch_rows = _sum("batch_rows", len(BATCH_BOUNDS_ROWS) + 1, banked)
    return ServiceCounts(
        accepted=plain + accepted,
        in_progress=max(0, in_progress),
        requests=_named(STATUSES, requests),
        durations={
            status: HistogramCounts(
                durations[place].copy(), int(amounts[place]) / NANOSECONDS, bounds, exemplars.get(status, {})
            )
            for place, status in enumerate(STATUSES)
        },
        batch_rows=HistogramCounts(batch_rows, float(batch_rows_total), BATCH_BOUNDS_ROWS),
        errors=dict(errors),
        dropped=_named(DROP_REASONS, _sum("dropped", len(DROP_REASONS), synchronous)),
        lost=_named(LOST_REASONS, np.array([lost])),
        schema_violations=_named(SCHEMA_REASONS, _sum("schema_violations", len(SCHEMA_REASONS), banked)),
        loaded_timestamp=int(newest.synchronous[newest.description.synchronous.index("loaded_nanoseconds")])
        / NANOSECONDS,
    )


def _sum(group: str, length: int, cells: Sequence[tuple[Layout, Counts]]) -> Counts:
    """Return the sum of a group of cells, over vectors of any layout."""
    total = np.zeros(length, dtype=np.int64)
    for layout, vector in cells:
        for each in layout.groups:
            if each.name == group:
                found = vector[each.cells][:length]  # workers of a newer version may know more reasons
                total[: found.size] += found
    return total


def _named(names: Sequence[str], values: Counts) -> Mapping[str, int]:
    return dict(zip(names, values.tolist(), strict=True))
