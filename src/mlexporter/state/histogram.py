"""Which bucket of a histogram a value belongs to, by the rule "at or below the bound"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts


def bucket_counts(values: npt.ArrayLike, bounds: Counts) -> Counts:
    """Return how many of ``values`` are in each bucket, the open one last.

    Args:
        values: Integers in the unit of ``bounds``, shape (n,).
        bounds: Ascending upper bounds, int64, shape (n_bounds,).

    Returns:
        Not cumulative, int64, shape (n_bounds + 1,).
    """
    places = bounds.searchsorted(np.asarray(values, dtype=np.int64), side="left")  # np.searchsorted is slower
    return np.bincount(places, minlength=len(bounds) + 1).astype(np.int64, copy=False)


def integer_bounds(bounds: Sequence[float], units: int) -> Counts:
    """Return ``bounds`` in whole units, ``units`` to one, int64, shape (n_bounds,).

    Raises:
        ValueError: the bounds do not ascend.
    """
    whole = np.asarray([round(bound * units) for bound in bounds], dtype=np.int64)
    if np.any(np.diff(whole) <= 0):
        raise ValueError(f"bounds {tuple(bounds)!r} have to ascend")
    return whole
