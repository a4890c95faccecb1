"""Learn under which transform dependence between numeric features is watched."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlexporter.profile.edges import HYBRID_PROBABILITIES, Values, edge_between
from mlexporter.records.joint import ScoreTransform
from mlexporter.records.matrix import Matrix
from mlexporter.state.joint_transform import ScoreLines

if TYPE_CHECKING:
    import numpy.typing as npt

PROJECTIONS: Final = 16
LEAST_KNOTS: Final = 3
"""A feature with fewer has hardly any distinct values: two values have no normal scores."""

SMALLEST_VARIANCE: Final = 1e-3
"""Of a direction in which features hang together, beside the mean variance of 1: copies have none at all."""

_SEED: Final = 20_130_103
_SCORE_DIGITS: Final = 6
_NORMAL: Final = NormalDist()

Knots = tuple[tuple[float, ...], tuple[float, ...]]


def score_knots(numbers: npt.NDArray[Any], minimum_rows: int) -> Knots:
    """Return values of a column and their normal scores, for lines between them.

    A value that ``minimum_rows`` rows share may be a knot, with the score of its middle rank; all
    others lie in gaps between values. So many rows lie between any two knots, and beyond the last.

    Args:
        numbers: Values of the column, shape (n_rows,); those that are not finite do not count.
        minimum_rows: Training rows behind everything published.

    Returns:
        Values ascending in float32 precision, and scores ascending; empty where there are too few rows.

    Source: vanderwaerden1952.  Differs: linear between quantiles, constant beyond them.
    """
    values = Values.of(numbers[np.isfinite(numbers)])
    total = int(values.rows.sum())
    if total < 2 * minimum_rows:
        return (), ()
    cumulative = np.cumsum(values.rows)
    knots: list[float] = []
    scores: list[float] = []
    used = 0
    for probability in HYBRID_PROBABILITIES:
        place = int(np.searchsorted(cumulative, probability * total))
        is_shared = values.rows[place] >= minimum_rows
        if not is_shared and place + 1 == len(cumulative):
            continue
        rank = float(cumulative[place] - values.rows[place] / 2 if is_shared else cumulative[place])
        start = cumulative[place] - values.rows[place] if is_shared else cumulative[place]
        is_supported = is_shared or (rank - used >= minimum_rows and total - rank >= minimum_rows)
        knot = (
            float(values.distinct[place])
            if is_shared
            else edge_between(values.distinct[place], values.distinct[place + 1])
        )
        if not is_supported or start < used or (knots and np.float32(knot) <= np.float32(knots[-1])):
            continue
        knots.append(knot)
        scores.append(round(_NORMAL.inv_cdf(rank / total), _SCORE_DIGITS))
        used = int(cumulative[place])
    return tuple(knots), tuple(scores)


def learn_scores(sample: npt.NDArray[Any], minimum_rows: int) -> tuple[ScoreTransform, list[int]] | None:
    """Return the transform of some columns, and which columns it takes.

    Left out are columns with fewer than ``LEAST_KNOTS`` knots, and those that never vary.

    Args:
        sample: Floats of shape (n_rows, n_columns), NaN or infinite where there is no number.
        minimum_rows: Training rows behind everything published.

    Returns:
        None where fewer than two columns are left.

    Source: mahalanobis1936 (distance); kessy2018 (whitening by the root of the correlations).
    Differs: of normal scores; variances of directions are ``SMALLEST_VARIANCE`` at least.
    """
    found = [score_knots(column, minimum_rows) for column in sample.T]
    kept = [place for place, (knots, _) in enumerate(found) if len(knots) >= LEAST_KNOTS]
    knots = [found[place][0] for place in kept]
    heights = [found[place][1] for place in kept]
    scores = ScoreLines(knots, heights)(sample[:, kept]) if len(kept) > 1 else np.empty((0, 0))
    varies = [row for row, each in enumerate(scores) if each.std() > 1 / len(each)]
    if len(varies) < 2:
        return None
    scores = scores[varies]
    center = scores.mean(axis=1).round(_SCORE_DIGITS)
    whitening = whitening_of(scores - center[:, None])
    directions = np.random.default_rng(_SEED).normal(size=(len(varies), PROJECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    transform = ScoreTransform(
        knots=tuple(knots[row] for row in varies),
        scores=tuple(heights[row] for row in varies),
        center=tuple(center.tolist()),
        whitening=Matrix.of(whitening),
        projections=Matrix.of(directions),
    )
    return transform, [kept[row] for row in varies]


def whitening_of(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the matrix W that makes ``scores.T @ W`` uncorrelated, of variance 1.

    Of all such matrices it is the one that changes standardised columns least, so that it does not
    hang on the order of directions that vary alike.

    Args:
        scores: Centred columns, each of which varies, shape (n_columns, n_rows).

    Returns:
        Shape (n_columns, n_columns).

    Source: kessy2018.
    """
    deviations = scores.std(axis=1)
    standard = scores / deviations[:, None]
    variances, directions = np.linalg.eigh(standard @ standard.T / scores.shape[1])
    roots = 1 / np.sqrt(np.maximum(variances, SMALLEST_VARIANCE))
    whitening: npt.NDArray[np.float64] = (directions * roots) @ directions.T / deviations[:, None]
    return whitening
