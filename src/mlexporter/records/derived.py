"""Features that are computed from other features."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DerivedPair:
    """A derived feature, what it derives from, and which pairs of bins training hardly had.

    The rows of the fit are split by chance: ``unlikely`` was learned from one half, and ``hits`` and
    ``rows`` were counted in the other, so that they tell what to expect of rows that are new. They are
    those of the one source cell with the largest share of hits: whatever becomes of the source, no more
    are to be expected.

    Attributes:
        derived: The feature that is computed.
        source: The feature that it is computed from.
        unlikely: For each cell of the source, in order, a text with a ``1`` for each cell of the derived
            feature that training hardly had beside it and a ``0`` for each other. All are ``0`` for a
            source cell with too few training rows to tell, or too loose a relation.
        hits: Training rows of the other half in unlikely pairs, in the source cell that has most of them.
        rows: Training rows of the other half in this source cell; 0 where no source cell can be judged.
    """

    derived: str
    source: str
    unlikely: tuple[str, ...] = ()
    hits: int = 0
    rows: int = 0
