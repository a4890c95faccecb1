"""What performance without labels is estimated from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimation:
    """Learned from rows that the model was not trained on.

    Attributes:
        row_count: Rows that it rests on.
        n_leaves: Leaves of the tree that expects the error of a regression; 0 without one.
    """

    row_count: int
    n_leaves: int = 0
