from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from mlexporter.records import Distribution, FeatureReference, Kind, Reference, TrainingType
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.expected_effect import (
    expected_effect,
    has_partial_dependence,
    prediction_changes,
    transport,
)
from mlexporter.statistics.population_stability_index import population_stability_index

P = np.array([[0.5, 0.3, 0.2]])
Q = np.array([[0.2, 0.3, 0.5]])
CHANGES = np.array([[0.0, 3.0, 2.0]])


def test_ordered_bins_are_as_computed_by_hand():
    """0.3 of the rows crosses either edge, where predictions change by 3 and by 2: 0.3 x 5."""
    assert transport(Q, P, CHANGES, is_ordered=True) == pytest.approx([1.5])


def test_categories_are_as_computed_by_hand():
    """The shares of the first and last change by 0.3 each: 0.15 x (0 + 2)."""
    assert transport(Q, P, CHANGES, is_ordered=False) == pytest.approx([0.3])


def test_on_a_rising_curve_it_is_the_distance_of_transport():
    """With rising partial dependence it equals SciPy's Wasserstein distance between the two mixes of it."""
    generator = np.random.default_rng(31)
    q, p = generator.dirichlet(np.ones(18), (2, 5))
    g = np.cumsum(generator.exponential(size=(5, 18)), axis=1)
    expected = [wasserstein_distance(g[row], g[row], q[row], p[row]) for row in range(5)]
    changes = np.diff(g, axis=1, prepend=g[:, :1])
    np.testing.assert_allclose(transport(q, p, changes, is_ordered=True), expected)


def test_it_equals_a_loop():
    """The sums of the definition, term by term."""
    generator = np.random.default_rng(32)
    q, p = generator.dirichlet(np.ones(6), (2, 4))
    changes = generator.exponential(size=(4, 6))
    for row in range(4):
        ordered = sum(
            abs(sum(q[row, : edge + 1]) - sum(p[row, : edge + 1])) * changes[row, edge + 1]
            for edge in range(5)
        )
        named = 0.5 * sum(abs(q[row, place] - p[row, place]) * changes[row, place] for place in range(6))
        assert transport(q, p, changes, is_ordered=True)[row] == pytest.approx(ordered)
        assert transport(q, p, changes, is_ordered=False)[row] == pytest.approx(named)


def test_means_lend_their_changes_where_those_of_rows_are_not_known():
    """Ordered: steps of the curve 1, 4, 2. Categories: distances from its mean, 2.1 under the shares."""
    (feature,) = _reference([(1.0, 4.0, 2.0)], [None]).features
    assert prediction_changes([feature], P, is_ordered=True).tolist() == [[0.0, 3.0, 2.0]]
    np.testing.assert_allclose(prediction_changes([feature], P, is_ordered=False), [[1.1, 1.9, 0.1]])
    known = replace(feature, prediction_changes=(0.0, 5.0, 6.0))
    assert prediction_changes([known], P, is_ordered=True).tolist() == [[0.0, 5.0, 6.0]]


def test_without_partial_dependence_of_all_it_is_psi_times_importance():
    """One feature without a curve makes the whole model fall back; without importance it is absent."""
    reference = _reference([(1.0, 2.0), None], [2.0, None])
    comparison = Comparison(
        np.array([[100, 300], [100, 300]]), np.array([[500, 500], [500, 500]]), is_ordered=True
    )
    found = expected_effect(comparison, reference, np.array([0, 1]))
    debiased = population_stability_index(comparison)[0] - (1 / 400 + 1 / 1000)
    assert not has_partial_dependence(reference)
    assert found[0] == pytest.approx(2 * debiased)
    assert np.isnan(found[1])


def test_with_partial_dependence_of_all_it_is_in_units_of_the_prediction():
    """A quarter of the rows crosses the edge where predictions rise by 4."""
    reference = _reference([(1.0, 5.0), (0.0, 0.0)], [2.0, None])
    comparison = Comparison(
        np.array([[100, 300], [100, 300]]), np.array([[500, 500], [500, 500]]), is_ordered=True
    )
    np.testing.assert_allclose(expected_effect(comparison, reference, np.array([0, 1])), [1.0, 0.0])


def test_with_neither_it_is_absent():
    """Nothing is known, so nothing is said."""
    reference = _reference([None, None], [None, None])
    comparison = Comparison(np.array([[100, 300]]), np.array([[500, 500]]), is_ordered=True)
    assert np.isnan(expected_effect(comparison, reference, np.array([1]))).all()


def _reference(curves, importances):
    bins = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(0.0,), counts=(500, 500, 0, 0))
    features = tuple(
        FeatureReference(f"x{place}", bins, importance=importance, partial_dependence=curve)
        for place, (curve, importance) in enumerate(zip(curves, importances, strict=True))
    )
    return Reference("m", "1", features, (), "", "", 1000, 0.0)
