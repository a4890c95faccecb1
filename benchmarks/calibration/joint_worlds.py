"""Worlds whose features stay as they were one by one, while what they have to do with each other changes.

Twenty standard normal features in groups that hang together; a world changes the dependence and leaves
every margin as it is, but for one that moves all means.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float64]
World = Callable[[Rows, np.random.Generator], Rows]

FEATURES: Final = 20
TWIST: Final = -0.4
"""By how much the world of one correlation changes that of the first two features."""


class Family(NamedTuple):
    """How features hang together: groups of ``size``, correlated ``within`` them and ``between`` them."""

    size: int
    within: float
    between: float


PAIRS: Final = Family(2, 0.8, 0.2)
"""Each feature has a twin: the world of goal G10."""

FOURS: Final = Family(4, 0.6, 0.1)
"""Each feature hangs on three others, so that changing one correlation is hard to see."""


def correlations(family: Family = PAIRS) -> Rows:
    """Return the correlations of a stable row, shape (FEATURES, FEATURES)."""
    groups = np.arange(FEATURES) // family.size
    found = np.where(groups[:, None] == groups, family.within, family.between)
    np.fill_diagonal(found, 1.0)
    return found


def stable(n_rows: int, generator: np.random.Generator, family: Family = PAIRS) -> Rows:
    """Return rows as in training, shape (n_rows, FEATURES)."""
    return generator.normal(size=(n_rows, FEATURES)) @ np.linalg.cholesky(correlations(family)).T


def wrong_join(rows: Rows, generator: np.random.Generator) -> Rows:
    """Join one feature from another feed by a wrong key: its values go to other rows."""
    rows = rows.copy()
    rows[:, 0] = rows[generator.permutation(len(rows)), 0]
    return rows


def sign_flip(rows: Rows, generator: np.random.Generator) -> Rows:
    """Turn the sign of one feature."""
    del generator
    rows = rows.copy()
    rows[:, 0] *= -1
    return rows


def scrambled(rows: Rows, generator: np.random.Generator) -> Rows:
    """In a tenth of the rows every feature comes from another row."""
    rows = rows.copy()
    chosen = np.flatnonzero(generator.random(len(rows)) < 0.1)
    for column in range(rows.shape[1]):
        rows[chosen, column] = rows[generator.permutation(len(rows))[: len(chosen)], column]
    return rows


def one_correlation(rows: Rows, generator: np.random.Generator, family: Family = PAIRS) -> Rows:
    """Draw rows anew with the correlation of the first two features changed by ``TWIST``."""
    changed = correlations(family)
    changed[0, 1] += TWIST
    changed[1, 0] += TWIST
    return generator.normal(size=rows.shape) @ np.linalg.cholesky(changed).T


def exclusive_or(rows: Rows, generator: np.random.Generator) -> Rows:
    """Give one feature the sign of the product of two others; what it had to do with its group goes too."""
    del generator
    rows = rows.copy()
    rows[:, 0] = np.abs(rows[:, 0]) * np.sign(rows[:, 5] * rows[:, 10])
    return rows


def all_means(rows: Rows, generator: np.random.Generator) -> Rows:
    """Move every feature by 0.08 of its standard deviation: no broken dependence, and yet seen."""
    del generator
    return rows + 0.08


BROKEN: Final[dict[str, World]] = {
    "one feed joined wrongly": wrong_join,
    "sign flip": sign_flip,
    "10 % of the rows scrambled": scrambled,
    "one correlation -.4": one_correlation,
    "xor": exclusive_or,
}
"""The five cases of goal G10."""

MARGINS: Final[dict[str, Callable[[Rows], Rows]]] = {
    "normal": lambda rows: rows,
    "exp": np.exp,
    "cubed": lambda rows: rows**3,
}
"""What measures the features: dependence must not hang on it."""
