"""A lane: what the synchronous cells gain from a call, computed before any call comes."""

from __future__ import annotations

from mlexporter.catalogue import DROP_REASONS
from mlexporter.records import Counts
from mlexporter.state.profile_block import ProfileBlock
from mlexporter.state.synchronous import SYNCHRONOUS_LAYOUT


class Lane:
    """The way into one profile block, or into the service block alone.

    A call keeps the lane it was captured for: where the profile is replaced meanwhile, its row is
    still counted, and accounted for, in the block whose bins it was read with.

    Attributes:
        block: The bins, or None without a profile.
        one_row: Delta of a successful call with one row.
    """

    def __init__(self, block: ProfileBlock | None) -> None:
        self.block = block
        self.one_row = self.call_delta(0, 1)

    def call_delta(
        self, status: int, n_rows: int, *, drop_reason: str = "", error_place: int | None = None
    ) -> Counts:
        """Return what a call adds: one request, its rows, its error, its rows in no bin."""
        layout = SYNCHRONOUS_LAYOUT
        delta = layout.zeros()
        delta[layout.index("requests", status)] = 1
        delta[layout.index("accepted")] = n_rows
        if error_place is not None:
            delta[layout.index("errors", error_place)] = 1
        if self.block is not None:
            delta[layout.index("profile_accepted", self.block.generation)] = n_rows
        if drop_reason:
            delta += self.drop_delta(drop_reason, n_rows)
        return delta

    def drop_delta(self, reason: str, n_rows: int) -> Counts:
        """Return what ``n_rows`` accepted rows that reach no bin add, by reason."""
        layout = SYNCHRONOUS_LAYOUT
        delta = layout.zeros()
        delta[layout.index("dropped", DROP_REASONS.index(reason))] = n_rows
        if self.block is not None:
            delta[layout.index("profile_dropped", self.block.generation)] = n_rows
        return delta
