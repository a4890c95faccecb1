"""Many features looked at together: how many drifted, and whether the data as a whole did."""

from __future__ import annotations

from typing import Final

import numpy as np

from mlexporter.catalogue import DATASET_P_VALUE, DRIFTED_FEATURES, DRIFTED_FEATURES_RATIO
from mlexporter.records import Scores

FALSE_DISCOVERIES: Final = 0.05
"""Share of stable features among those that are counted as drifted, at most, on average."""

_SMALLEST: Final = 1e-300
_LARGEST: Final = 0.99
"""Beyond it a p-value says nothing more for stability: a single 1 would outweigh any evidence."""


def model_scores(p_values: Scores) -> dict[str, float]:
    """Return the scores of the whole model in one window.

    Args:
        p_values: Of all features, NaN where a feature has no score; ``alert`` does not matter.

    Returns:
        Catalogue name to value; empty where no feature has a score.
    """
    known = p_values[~np.isnan(p_values)]
    if not known.size:
        return {}
    drifted = drifted_features(known)
    return {
        DATASET_P_VALUE.name: dataset_p_value(known),
        DRIFTED_FEATURES.name: float(drifted),
        DRIFTED_FEATURES_RATIO.name: drifted / known.size,
    }


def drifted_features(p_values: Scores) -> int:
    """Return how many features drifted, with false discoveries kept to 5 %.

    Args:
        p_values: At least one, each between 0 and 1, shape (n_features,).

    Source: benjamini1995.
    """
    ordered = np.sort(p_values)
    allowed = FALSE_DISCOVERIES * np.arange(1, ordered.size + 1) / ordered.size
    (significant,) = np.nonzero(ordered <= allowed)
    return int(significant[-1]) + 1 if significant.size else 0


def dataset_p_value(p_values: Scores) -> float:
    """Return the probability of p-values as small as these without any drift.

    It holds its level for correlated features too, unlike Fisher's combination.

    Args:
        p_values: At least one, each between 0 and 1, shape (n_features,).

    Returns:
        Above 0, at most 0.99.

    Source: liu2020.  Differs: a p-value above 0.99 counts as 0.99.
    """
    bounded = np.clip(p_values, _SMALLEST, _LARGEST)
    statistic = float(np.mean(1 / np.tan(np.pi * bounded)))
    return float(np.arctan2(1.0, statistic) / np.pi)
