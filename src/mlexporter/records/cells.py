"""The type of counts."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Counts: TypeAlias = np.ndarray[tuple[Any, ...], np.dtype[np.int64]]
"""Counts in cells, int64. What ``numpy.typing`` would call it, without the time to load that."""


def no_counts() -> Counts:
    """Return an array of no cells."""
    return np.zeros(0, dtype=np.int64)
