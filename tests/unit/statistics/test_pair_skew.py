"""The share of rows in which a derived feature does not fit, at least."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from mlexporter.catalogue import FEATURE_SKEW
from mlexporter.records import ComponentNoise
from mlexporter.records.derived import DerivedPair
from mlexporter.records.sides import SKEWS
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.pair_skew import share_difference_lower_bound
from mlexporter.statistics.quality_scores import quality_scores


def _wilson(share, n, z):
    """Return the two roots of (share - p)^2 = z^2 p (1 - p) / n, solved as a polynomial."""
    roots = np.roots([1 + z * z / n, -2 * share - z * z / n, share * share])
    return sorted(roots.real)


def _newcombe(q, n, p, m, z):
    low, high = _wilson(q, n, z)[0], _wilson(p, m, z)[1]
    return max(q - p - np.hypot(q - low, high - p), 0.0)


def test_the_bound_equals_an_independent_oracle(compare):
    """Roots of the quadratic of Wilson, combined as Newcombe's method 10 has it."""
    z = norm.isf(1e-4)
    for hits, n, training_hits, m in (
        (50, 256, 10, 5_000),
        (3, 100, 0, 400),
        (256, 256, 0, 20),
        (0, 99, 9, 99),
    ):
        comparison = compare([hits, n - hits], [training_hits, m - training_hits], is_ordered=False)
        expected = _newcombe(hits / n, n, training_hits / m, m, z)
        assert share_difference_lower_bound(comparison)[0] == pytest.approx(expected, abs=1e-9)


def test_a_hand_computed_case():
    """All of 100 rows against none of 100 at z = 2: Wilson's limits are 100/104 and 4/104."""
    alpha = norm.sf(2.0)
    comparison = Comparison(
        np.array([[100, 0]]), np.array([[0, 100]]), is_ordered=False, false_alarm_probability=alpha
    )
    expected = 1 - np.sqrt(2) * 4 / 104
    assert share_difference_lower_bound(comparison)[0] == pytest.approx(expected)


def test_no_rows_have_no_bound(compare):
    """An empty window, or an empty profile, is 0 rather than a division by zero."""
    assert share_difference_lower_bound(compare([0, 0], [0, 10], is_ordered=False))[0] == 0.0


def test_it_covers_the_truth():
    """At 1 % a bound lies above the true rise in about 1 % of 20,000 draws, or rarer."""
    generator = np.random.default_rng(6)
    for q, p in ((0.02, 0.02), (0.3, 0.1), (0.01, 0.001)):
        hits, training = generator.binomial(256, q, 20_000), generator.binomial(2_000, p, 20_000)
        comparison = Comparison(
            np.column_stack([hits, 256 - hits]),
            np.column_stack([training, 2_000 - training]),
            is_ordered=False,
            false_alarm_probability=0.01,
        )
        bound = share_difference_lower_bound(comparison)
        assert np.mean(bound > max(q - p, 1e-12)) < 0.02


@pytest.fixture
def paired(profile, number):
    """``feature1`` derives from ``feature0``; 20 of 2,000 held-out rows did not fit."""
    reference = profile([number([500, 500, 0, 0])] * 3)
    pair = DerivedPair("feature1", "feature0", ("0100", "1000", "0000", "0000"), hits=20, rows=2_000)
    return replace(reference, pairs=(pair,))


def _counted(reference, window, cells, **others):
    side = np.zeros(max(place.stop for place in reference.side_places.values()), dtype=np.int64)
    side[reference.side_places[SKEWS]] = cells
    return replace(window([[100, 100, 0, 0]] * 3), side_cells=side, **others)


def test_only_the_derived_feature_has_a_score(paired, window):
    """Half of 1,000 rows do not fit: about 45 % more than training had, at least."""
    found = quality_scores(paired, [_counted(paired, window, [500, 1_000])], required_observations=100)
    scores = found[FEATURE_SKEW.name][0]
    assert np.isnan(scores[[0, 2]]).all()
    expected = _newcombe(0.5, 1_000, 0.01, 2_000, norm.isf(1e-4 / 3))
    assert scores[1] == pytest.approx(expected, abs=1e-9)
    assert 0.40 < scores[1] < 0.49


def test_clean_rows_and_few_rows(paired, window):
    """What training had, too, is no skew; 99 rows are too few, and so is a profile that held out none."""

    def score(reference, cells):
        windows = [_counted(reference, window, cells)]
        return quality_scores(reference, windows, required_observations=100)[FEATURE_SKEW.name][0, 1]

    assert score(paired, [12, 1_000]) == 0.0
    assert np.isnan(score(paired, [99, 99]))
    assert np.isnan(score(paired, [0, 0]))
    unknown = replace(paired, pairs=(replace(paired.pairs[0], hits=0, rows=0),))
    assert np.isnan(score(unknown, [500, 1_000]))


def test_learned_noise_counts_as_fewer_rows(paired, window):
    """A feature that moves much from block to block needs a larger skew."""
    noisy_feature = replace(paired.features[1], noise={"1h": ComponentNoise(24, None, None, 0.02)})
    noisy = replace(paired, features=(paired.features[0], noisy_feature, paired.features[2]))
    counts = [_counted(paired, window, [100, 1_000])]
    plain, quiet = (
        quality_scores(reference, counts, required_observations=100)[FEATURE_SKEW.name][0, 1]
        for reference in (paired, noisy)
    )
    assert 0 == quiet < plain


def test_without_pairs_there_is_no_such_score(profile, number, window):
    """Nothing was declared, nothing is published."""
    found = quality_scores(
        profile([number([500, 500, 0, 0])]), [window([[100, 100, 0, 0]])], required_observations=100
    )
    assert FEATURE_SKEW.name not in found
