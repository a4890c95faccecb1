"""How often a decision is expected to be right, by bin of a score: what recording rules add up."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Reference, Scores
from mlexporter.statistics.expected_outcomes import ExpectedOutcomes


def bin_accuracies(reference: Reference) -> dict[int, Scores]:
    """Return the expected share of right decisions in each bin of the score that decides between two classes.

    Weighted with the rows of a window in these bins its mean is the accuracy that ``estimates`` tells.

    Args:
        reference: A profile.

    Returns:
        Place of the output to shares between 0 and 1, shape (n_shape_bins,); empty where there is no
        estimation, no decision or more than two classes.
    """
    known = reference.estimation
    if known is None or len(known.tables) != 1 or not known.tables[0].predicted:
        return {}
    table = known.tables[0]
    outcome = ExpectedOutcomes.of(table, np.asarray(table.rows, dtype=np.float64))
    decided = np.zeros_like(outcome.hits) if outcome.predicted is None else outcome.predicted
    return {table.output: decided * outcome.hits + (1 - decided) * (1 - outcome.misses)}
