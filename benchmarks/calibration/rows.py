"""Rows of the worlds: what a feature holds while all is well, and seven ways in which it changes.

Everything takes a generator and nothing but numpy, because every peer makes its rows here, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
_Change = Callable[[np.random.Generator, Numbers, float], Numbers]

CLIPPED_AT: Final = 1.6
CONTAMINATION: Final = 5.0
FAR_BELOW: Final = -8.0


def _mean(_: np.random.Generator, rows: Numbers, size: float) -> Numbers:
    return rows + size


def _scale(_: np.random.Generator, rows: Numbers, size: float) -> Numbers:
    return rows * (1.0 + size)


def _tail(generator: np.random.Generator, rows: Numbers, size: float) -> Numbers:
    return np.where(generator.random(rows.shape) < size, CONTAMINATION * rows, rows)


def _bimodal(generator: np.random.Generator, rows: Numbers, size: float) -> Numbers:
    distance = min(size**0.25, 0.99)
    side = generator.integers(0, 2, rows.shape) * 2 - 1
    return np.asarray(side * distance + np.sqrt(1.0 - distance**2) * rows)


def _at(value: float) -> _Change:
    def change(generator: np.random.Generator, rows: Numbers, size: float) -> Numbers:
        return np.where(generator.random(rows.shape) < size, value, rows)

    return change


def _clip(generator: np.random.Generator, rows: Numbers, size: float) -> Numbers:
    return np.where(generator.random(rows.shape) < size, np.minimum(rows, CLIPPED_AT), rows)


CHANGES: Final[Mapping[str, _Change]] = {
    "mean": _mean,
    "scale": _scale,
    "tail": _tail,
    "bimodal": _bimodal,
    "spike": _at(0.0),
    "low spike": _at(FAR_BELOW),
    "clip": _clip,
}
"""Shape to what makes it of standard normal rows.

``mean`` adds the size, ``scale`` stretches by 1 + size; the others change the share ``size`` of the rows:
``tail`` puts them five times as far out, ``spike`` on the median, ``low spike`` far below the range, ``clip``
cuts them at 1.6. ``bimodal`` keeps mean and variance: half of the rows move up by size to the power 1/4,
half down, so that their fourth moment changes by twice the size.
"""

SIZES: Final[Mapping[str, float]] = {
    "mean": 3.8,
    "scale": 3.5,
    "tail": 1.25,
    "bimodal": 12.0,
    "spike": 1.65,
    "low spike": 0.4,
    "clip": 20.0,
}
"""Sizes of the changes for the comparison of powers, in units of sqrt(1/n + 1/m)."""


def size_of(shape: str, n_rows: int, n_training_rows: int) -> float:
    """Return the size of a change that asks as much of every number of rows; shares end at 1."""
    size = SIZES[shape] * (1.0 / n_rows + 1.0 / n_training_rows) ** 0.5
    return size if shape in {"mean", "scale"} else min(size, 1.0)


def changed(generator: np.random.Generator, shape: str, form: tuple[int, ...], size: float) -> Numbers:
    """Return standard normal rows of the form, changed; ``shape`` may be empty."""
    rows = generator.standard_normal(form)
    return CHANGES[shape](generator, rows, size) if shape else rows


def on_scale(rows: Numbers, scale: str) -> Numbers:
    """Return the rows themselves (``normal``) or their exponential (``lognormal``)."""
    return np.exp(rows) if scale == "lognormal" else rows


def stream(
    generator: np.random.Generator, world: str, n_steps: int, rows_a_step: float, n_features: int
) -> list[Any]:
    """Return the rows that arrive in each step, arrays of shape (n_rows, n_features).

    Args:
        generator: Of chance.
        world: ``iid``, or ``repeats`` where every row comes five times.
        n_steps: How many steps.
        rows_a_step: Rows in a step on average.
        n_features: Columns.
    """
    repeats = REPEATS if world == "repeats" else 1
    arrivals = generator.poisson(rows_a_step / repeats, n_steps)
    return [np.repeat(generator.standard_normal((n, n_features)), repeats, axis=0) for n in arrivals]


REPEATS: Final = 5
