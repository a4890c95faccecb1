"""A lane: the cells that a call is counted in, fixed when the call begins."""

from __future__ import annotations

from mlexporter.state.ledger import DROPPED, add
from mlexporter.state.profile_block import ProfileBlock
from mlexporter.state.service_block import ServiceBlock


class Lane:
    """The way into one profile block, or into the service block alone.

    A call keeps the lane it was captured for: where the profile is replaced meanwhile, its row is
    still counted, and accounted for, in the block whose bins it was read with.

    Args and attributes:
        service: Requests, durations and what else needs no profile.
        block: The bins, or None without a profile.
    """

    __slots__ = ("block", "service")

    def __init__(self, service: ServiceBlock, block: ProfileBlock | None = None) -> None:
        self.service = service
        self.block = block

    @property
    def ledger(self) -> memoryview:
        """The synchronous cells in which the rows of this lane are accounted for."""
        return self.service.cells if self.block is None else self.block.cells

    def drop(self, reason: str, n_rows: int) -> None:
        """Count ``n_rows`` accepted rows that reach no bin."""
        if n_rows:
            add(self.ledger, ((DROPPED[reason], n_rows),))
