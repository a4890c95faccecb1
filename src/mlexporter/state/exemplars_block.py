"""Which sampled call took how long: the newest one of each status and bucket of durations."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from mlexporter.catalogue import STATUSES
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.ledger import is_released
from mlexporter.state.service_block import NANOSECONDS, bounds_name
from mlexporter.state.slots import Block, BlockDescription, BlockKind, Slot
from mlexporter.state.slots.exemplar_cells import RECORD_CELLS, SampledCall, read_calls, write_call

if TYPE_CHECKING:
    from mlexporter.records import Exemplar, ModelKey
    from mlexporter.state.cells import Cells

_GROUP: Final = "exemplars"


class ExemplarsBlock:
    """Keeps sampled calls of one model; safe with threads. The block is opened by the first of them.

    Args:
        slot: Where the block is opened.
        key: The model.
        latency_bounds: Upper bounds of the buckets of durations, seconds, ascending.
    """

    def __init__(self, slot: Slot, key: ModelKey, latency_bounds: Sequence[float]) -> None:
        self._slot = slot
        self._key = key
        self._bounds = tuple(latency_bounds)
        self._block: Block | None = None

    def keep(self, status: int, call: SampledCall) -> None:
        """Keep a call in place of the one that was there; in a forked child the parent keeps it.

        Args:
            status: Position in ``catalogue.STATUSES``.
            call: It stands in the bucket into which the duration falls that is shown.

        Raises:
            OSError: there is no room for the block.
            struct.error: the numbers of the call are none.
        """
        block = self._block or self._opened()
        bucket = bisect_left(self._bounds, call.nanoseconds / NANOSECONDS)
        try:
            write_call(block.cells, status * (len(self._bounds) + 1) + bucket, call)
        except ValueError:
            if not is_released(block.cells):
                raise

    def _opened(self) -> Block:
        # Two threads may come here at once: the slot gives them the same block.
        block = self._block = self._slot.open_block(_description(self._key, self._bounds))
        return block


def _description(key: ModelKey, latency_bounds: tuple[float, ...]) -> BlockDescription:
    n_records = len(STATUSES) * (len(latency_bounds) + 1)
    cells = Layout(((_GROUP, CellKind.EXEMPLAR, n_records * RECORD_CELLS),))
    return BlockDescription(BlockKind.EXEMPLARS, key, bounds_name(latency_bounds), cells, Layout(()))


def exemplars_of(blocks: Iterable[Cells], name: str, n_bounds: int) -> dict[str, dict[int, Exemplar]]:
    """Return the newest sampled call of each bucket, by status and bucket.

    Args:
        blocks: Blocks of sampled calls of one model, of any bounds.
        name: Of the bounds that are shown; sampled calls in other buckets are left out.
        n_bounds: How many bounds that are.
    """
    from mlexporter.records import Exemplar  # noqa: PLC0415 - needed by readers only

    newest: dict[int, SampledCall] = {}
    for block in blocks:
        for group in block.description.synchronous.groups:
            if block.description.name == name and group.name == _GROUP:
                for place, call in read_calls(block.synchronous[group.cells]).items():
                    known = newest.get(place)
                    if known is None or call.unix_nanoseconds > known.unix_nanoseconds:
                        newest[place] = call
    found: dict[str, dict[int, Exemplar]] = {status: {} for status in STATUSES}
    for place, call in newest.items():
        status, bucket = divmod(place, n_bounds + 1)
        if status < len(STATUSES):  # workers of a newer version may know more
            found[STATUSES[status]][bucket] = Exemplar(
                call.trace_id,
                call.span_id,
                call.nanoseconds / NANOSECONDS,
                call.unix_nanoseconds / NANOSECONDS,
            )
    return found
