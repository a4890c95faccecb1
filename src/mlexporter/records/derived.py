"""Features that are computed from other features."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DerivedPair:
    """A derived feature, what it derives from, and which pairs of bins training hardly had.

    Attributes:
        derived: The feature that is computed.
        source: The feature that it is computed from.
    """

    derived: str
    source: str
