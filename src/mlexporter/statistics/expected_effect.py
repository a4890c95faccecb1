"""How far the drift of a feature moves predictions."""

from __future__ import annotations

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
        return transport(comparison.q, comparison.p, curves(features), is_ordered=comparison.is_ordered)
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


def curves(features: Sequence[FeatureReference]) -> Scores:
    """Return the partial dependence of features with equally many bins, shape (n_features, n_bins)."""
    return np.array(
        [feature.partial_dependence or (np.nan,) * feature.distribution.n_shape_bins for feature in features],
        dtype=np.float64,
    ).reshape(len(features), -1)


def transport(q: Scores, p: Scores, g: Scores, *, is_ordered: bool) -> Scores:
    """Return how far predictions move when rows move from the shares ``p`` to the shares ``q``.

    Ordered bins: the sum over inner edges of the share of rows that crosses the edge, times the step of
    the partial dependence there. Categories: half the sum of what each share changed by, times the
    distance of its partial dependence from their mean.

    Args:
        q: Shares of the window, shape (n_rows, n_bins).
        p: Shares of the reference, same shape.
        g: Partial dependence: mean prediction with the feature set to each bin, same shape.
        is_ordered: True where the bins have an order.

    Returns:
        In units of the prediction, >= 0, shape (n_rows,).

    Source: friedman2001 (partial dependence); vallender1974 (transport on the line).  Differs: the
    ground distance is the change of the prediction.
    """
    if is_ordered:
        crossed = np.abs(np.cumsum(q - p, axis=1))[:, :-1]
        moved: Scores = (crossed * np.abs(np.diff(g, axis=1))).sum(axis=1)
        return moved
    mean = (p * g).sum(axis=1, keepdims=True)
    changed: Scores = 0.5 * (np.abs(q - p) * np.abs(g - mean)).sum(axis=1)
    return changed
