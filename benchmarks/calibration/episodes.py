"""How many alerts a series of looks makes, as Prometheus counts: with and without ``for``."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

Firing = npt.NDArray[np.bool_]
PENDING_SECONDS: Final = 900.0
"""``for: 15m`` of the shipped rules."""
KEPT_SECONDS: Final = 300.0
"""``keep_firing_for: 5m`` of the shipped rules: a shorter pause does not end an alert."""


def starts(firing: Firing, step_seconds: float, *, pending_seconds: float) -> Firing:
    """Return at which looks an alert starts.

    Args:
        firing: Whether the expression holds, shape (n_looks, n_series).
        step_seconds: Time between two looks.
        pending_seconds: How long it has to hold first; 0 without ``for``.
    """
    pending = math.ceil(pending_seconds / step_seconds)
    kept = max(1, math.ceil(KEPT_SECONDS / step_seconds))
    is_due = _run_lengths(firing) > pending
    is_over = _run_lengths(~firing) >= kept
    last_due, last_over = _last(is_due), _last(is_over)
    before = np.full((1, *firing.shape[1:]), -1)
    last_due, last_over = np.concatenate([before, last_due[:-1]]), np.concatenate([before, last_over[:-1]])
    return is_due & ((last_due < 0) | (last_over > last_due))


def episodes(firing: Firing, step_seconds: float, *, pending_seconds: float) -> int:
    """Return how many alerts start; see ``starts``."""
    return int(starts(firing, step_seconds, pending_seconds=pending_seconds).sum())


def _last(happens: Firing) -> npt.NDArray[np.int64]:
    places = np.arange(len(happens)).reshape(-1, *([1] * (happens.ndim - 1)))
    return np.maximum.accumulate(np.where(happens, places, -1), axis=0)


def _run_lengths(holds: Firing) -> npt.NDArray[np.int64]:
    places = np.arange(len(holds)).reshape(-1, *([1] * (holds.ndim - 1)))
    return places - _last(~holds)
