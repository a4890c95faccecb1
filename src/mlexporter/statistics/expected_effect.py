"""How far the drift of a feature moves predictions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mlexporter.records import FeatureReference, Reference, Scores
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.population_stability_index import population_stability_index
from mlexporter.statistics.subject_groups import Places


def expected_effect(comparison: Comparison, reference: Reference, places: Places) -> Scores:
    """Return how far the drift of each feature moves predictions: what to look at first.

    In units of the prediction where the profile knows the partial dependence of every feature; else, for
    the whole model, debiased PSI times importance, which only ranks; absent without either.

    Args:
        comparison: One feature in one window a row, all with equally many bins.
        reference: The profile.
        places: Position in ``Reference.features`` of each row, shape (n_rows,).

    Returns:
        >= 0, NaN where absent, shape (n_rows,).
    """
    features = [reference.features[place] for place in places.tolist()]
    if has_partial_dependence(reference):
        changes = prediction_changes(features, comparison.p, is_ordered=comparison.is_ordered)
        return transport(comparison.q, comparison.p, changes, is_ordered=comparison.is_ordered)
    importances = np.array(
        [np.nan if feature.importance is None else abs(feature.importance) for feature in features]
    )
    if np.isnan(importances).all():
        return importances
    surplus = population_stability_index(comparison) - (comparison.current.shape[1] - 1) * comparison.s
    debiased = np.maximum(surplus, 0.0)
    return np.where(np.isnan(importances), np.nan, debiased * importances)


def has_partial_dependence(reference: Reference) -> bool:
    """Return True where every feature has one: effects in different units are not compared."""
    return bool(reference.features) and all(
        feature.partial_dependence is not None for feature in reference.features
    )


def prediction_changes(features: Sequence[FeatureReference], p: Scores, *, is_ordered: bool) -> Scores:
    """Return how far a single prediction moves, on average, when a row comes into each bin.

    Where the profile has the means only, the changes are those of the means, which are smaller where
    features act together.

    Args:
        features: With equally many bins, each with a partial dependence.
        p: Shares of the reference, shape (n_features, n_bins).
        is_ordered: True where the bins have an order.

    Returns:
        In units of the prediction, shape (n_features, n_bins): from the bin before, 0 in the first, where
        bins are ordered; else from the mean over all bins. NaN where nothing is known.

    Source: goldstein2015 (individual conditional expectations); friedman2001 (their means).
    """
    shape = (len(features), p.shape[1])
    nothing = (math.nan,) * p.shape[1]
    known = np.array([feature.prediction_changes or nothing for feature in features]).reshape(shape)
    g = np.array([feature.partial_dependence or nothing for feature in features]).reshape(shape)
    of_means = (
        np.abs(np.diff(g, axis=1, prepend=g[:, :1]))
        if is_ordered
        else np.abs(g - (p * g).sum(axis=1, keepdims=True))
    )
    return np.where(np.isnan(known), of_means, known)


def transport(q: Scores, p: Scores, changes: Scores, *, is_ordered: bool) -> Scores:
    """Return how far predictions move when rows move from the shares ``p`` to the shares ``q``.

    Ordered bins: the sum over inner edges of the share of rows that crosses the edge, times the change of
    predictions there. Categories: half the sum of what each share changed by, times the change.

    Args:
        q: Shares of the window, shape (n_rows, n_bins).
        p: Shares of the reference, same shape.
        changes: As ``prediction_changes`` returns them, same shape.
        is_ordered: True where the bins have an order.

    Returns:
        In units of the prediction, >= 0, shape (n_rows,).

    Source: vallender1974 (transport on the line).  Differs: the ground distance is the mean absolute
    change of single predictions.
    """
    if is_ordered:
        crossed = np.abs(np.cumsum(q - p, axis=1))[:, :-1]
        moved: Scores = (crossed * changes[:, 1:]).sum(axis=1)
        return moved
    changed: Scores = 0.5 * (np.abs(q - p) * changes).sum(axis=1)
    return changed
