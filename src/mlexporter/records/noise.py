"""How much stable data move from block to block."""

from __future__ import annotations

from typing import NamedTuple


class ComponentNoise(NamedTuple):
    """Learned noise of one subject in one window: what replaces 1/n + 1/m where it is larger.

    Attributes:
        blocks: Blocks that it was learned from, 24 or more.
        location: Mean square of the location over the blocks; None for categories.
        spread: Mean square of the spread over the blocks; None for categories.
        omnibus: At least the mean square contingency over the blocks, divided by its degrees of freedom; larger where
            blocks vary along few directions (``statistics/learned_noise.py``).
    """

    blocks: int
    location: float | None
    spread: float | None
    omnibus: float
