"""The work that every contestant does: the same rows, frames and model, made from one seed.

A row is a dict of 20 features, 15 numbers and 5 texts; the model returns one float.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

NUMBERS: Final = tuple(f"number_{place:02d}" for place in range(15))
TEXTS: Final = tuple(f"text_{place:02d}" for place in range(5))
FEATURES: Final = NUMBERS + TEXTS
WORDS: Final = ("amber", "blue", "coral", "green", "indigo", "olive", "red", "white")
PREDICTION: Final = "score"
CENTRE: Final = 8.0
"""Of the numbers, whose standard deviation is 1: histograms of OpenTelemetry refuse negative numbers."""
BUCKET_BOUNDS: Final = tuple(
    CENTRE + step
    for step in (-2.0, -1.5, -1.1, -0.8, -0.5, -0.25, -0.05, 0.05, 0.25, 0.5, 0.8, 1.1, 1.5, 2.0)
)
"""With the open one 15 buckets, filled about evenly by the numbers."""

Row = dict[str, Any]
Columns = dict[str, npt.NDArray[Any]]


def model(row: Row) -> float:
    """Return a prediction; as cheap as a model can be, so that what is measured is the monitoring."""
    prediction: float = row["number_00"]
    return prediction


def columns(n_rows: int, *, seed: int = 1, with_prediction: bool = False) -> Columns:
    """Return ``n_rows`` rows by column: float64, and Python texts in object arrays."""
    generator = np.random.default_rng(seed)
    found: Columns = {name: generator.normal(CENTRE, size=n_rows) for name in NUMBERS}
    words = np.array(WORDS, dtype=object)
    found |= {name: words[generator.integers(0, len(WORDS), size=n_rows)] for name in TEXTS}
    if with_prediction:
        found[PREDICTION] = found["number_00"]
    return found


def rows(n_rows: int, *, seed: int = 2) -> list[Row]:
    """Return rows as a web service has them: dicts of Python floats and texts."""
    values = [column.tolist() for column in columns(n_rows, seed=seed).values()]
    return [dict(zip(FEATURES, row, strict=True)) for row in zip(*values, strict=True)]


def matrix(n_rows: int, *, seed: int = 3) -> npt.NDArray[np.float64]:
    """Return 20 numbers a row, shape (n_rows, 20), in C order."""
    return np.random.default_rng(seed).normal(CENTRE, size=(n_rows, len(FEATURES)))


def wide(n_rows: int, n_features: int, *, seed: int = 4, shift: float = 0.0) -> Columns:
    """Return ``n_features`` columns of numbers, moved by ``shift`` standard deviations."""
    generator = np.random.default_rng(seed)
    return {
        f"feature_{place:04d}": generator.normal(CENTRE + shift, size=n_rows) for place in range(n_features)
    }
