import math

import numpy as np
import pytest
from scipy.stats import norm

from mlexporter.catalogue import (
    FEATURE_MISSING_EXCESS,
    FEATURE_OUT_OF_RANGE_EXCESS,
    FEATURE_TYPE_MISMATCH_EXCESS,
    FEATURE_UNSEEN_EXCESS,
)
from mlexporter.records import Distribution, Kind, TrainingType

TRAINING = [2_000, 5_000, 2_000, 1_000, 0]


def _excess(found, metric, place=0):
    return found.windows[0].features.scores[metric.name][place]


def test_missing_excess_equals_its_formula(profile, number, window, report):
    """30 % of 1,000 rows against 10 % of 10,000, as one feature in one window."""
    found = report(profile([number(TRAINING)]), [window([[200, 300, 200, 300, 0]])])
    rise = 2 * (math.asin(math.sqrt(0.3)) - math.asin(math.sqrt(0.1)))
    expected = rise - norm.isf(1e-4) * math.sqrt(1 / 1_000 + 1 / 10_000)
    assert _excess(found, FEATURE_MISSING_EXCESS) == pytest.approx(expected)


def test_out_of_range_and_type_mismatches_come_from_their_own_counts(profile, number, window, report):
    """Each compares its counter with what training had, over all rows of the feature."""
    reference = profile([number(TRAINING, out_of_range=40, type_mismatches=5)] * 2)
    counts = window([[300, 400, 200, 100, 0]] * 2, out_of_range=[400, 4], type_mismatches=[0, 100])
    found = report(reference, [counts])
    noise = norm.isf(1e-4 / 2) * math.sqrt(1 / 1_000 + 1 / 10_000)
    outside = 2 * (math.asin(math.sqrt(0.4)) - math.asin(math.sqrt(0.004))) - noise
    mistyped = 2 * (math.asin(math.sqrt(0.1)) - math.asin(math.sqrt(0.0005))) - noise
    assert _excess(found, FEATURE_OUT_OF_RANGE_EXCESS, 0) == pytest.approx(outside)
    assert _excess(found, FEATURE_OUT_OF_RANGE_EXCESS, 1) == 0.0
    assert _excess(found, FEATURE_TYPE_MISMATCH_EXCESS, 0) == 0.0
    assert _excess(found, FEATURE_TYPE_MISMATCH_EXCESS, 1) == pytest.approx(mistyped)


def test_unseen_excess_compares_with_the_unseen_of_training(profile, category, window, report):
    """2 % unknown in training excuse 2 % in serving, not 30 %."""
    reference = profile([category([8_000, 1_700, 100, 200, 0, 0])] * 2)
    found = report(reference, [window([[800, 170, 10, 20, 0, 0], [500, 190, 10, 300, 0, 0]])])
    noise = norm.isf(1e-4 / 2) * math.sqrt(1 / 1_000 + 1 / 10_000)
    expected = 2 * (math.asin(math.sqrt(0.3)) - math.asin(math.sqrt(0.02))) - noise
    assert _excess(found, FEATURE_UNSEEN_EXCESS, 0) == 0.0
    assert _excess(found, FEATURE_UNSEEN_EXCESS, 1) == pytest.approx(expected)


def test_each_kind_has_its_own_scores(profile, number, category, window, report):
    """Numbers have no unknown categories; categories, and numbers without a range, have no range."""
    flag = Distribution(
        Kind.BOOLEAN, TrainingType.BOOLEAN, categories=("false", "true"), counts=(60, 40, 0, 0, 0, 0)
    )
    unbounded = number(TRAINING, minimum=None, maximum=None)
    half_bounded = number(TRAINING, minimum=None)
    reference = profile([number(TRAINING), category([60, 40, 0, 0, 0]), flag, unbounded, half_bounded])
    cells = [
        [50, 50, 50, 0, 0],
        [150, 0, 0, 0, 0],
        [150, 0, 0, 0, 0, 0],
        [50, 50, 50, 0, 0],
        [50, 50, 50, 0, 0],
    ]
    scores = report(reference, [window(cells)]).windows[0].features.scores
    present = {
        metric: (~np.isnan(scores[metric.name])).tolist()
        for metric in (
            FEATURE_MISSING_EXCESS,
            FEATURE_TYPE_MISMATCH_EXCESS,
            FEATURE_OUT_OF_RANGE_EXCESS,
            FEATURE_UNSEEN_EXCESS,
        )
    }
    assert present == {
        FEATURE_MISSING_EXCESS: [True] * 5,
        FEATURE_TYPE_MISMATCH_EXCESS: [True] * 5,
        FEATURE_OUT_OF_RANGE_EXCESS: [True, False, False, False, True],
        FEATURE_UNSEEN_EXCESS: [False, True, True, False, False],
    }


def test_rows_of_any_kind_make_up_the_required_ones(profile, number, window, report):
    """99 rows are too few; 100 are enough even if 99 of them are missing or invalid."""
    reference = profile([number(TRAINING)] * 2)
    found = report(reference, [window([[99, 0, 0, 0, 0], [1, 0, 0, 50, 49]])])
    assert np.isnan(_excess(found, FEATURE_MISSING_EXCESS, 0))
    assert _excess(found, FEATURE_MISSING_EXCESS, 1) > 0


def test_a_profile_without_rows_has_no_shares(profile, number, window, report):
    """Nothing to compare with: absent, not infinite."""
    found = report(profile([number([0] * 5)]), [window([[500, 0, 0, 500, 0]])])
    assert np.isnan(_excess(found, FEATURE_MISSING_EXCESS))


def test_more_hits_than_rows_stay_within_bounds(profile, number, window, report):
    """A counter ahead of the bins by a few rows, read between two drains, is a share of 1."""
    found = report(profile([number(TRAINING)]), [window([[100, 0, 0, 0, 0]], type_mismatches=[103])])
    expected = math.pi - norm.isf(1e-4) * math.sqrt(1 / 103 + 1 / 10_000)
    assert _excess(found, FEATURE_TYPE_MISMATCH_EXCESS) == pytest.approx(expected)


def test_every_window_takes_its_share_of_alpha(profile, number, window, report):
    """The same counts in three windows have the same, wider bound."""
    counts = [window([[200, 300, 200, 300, 0]], name=name) for name in ("1h", "6h", "24h")]
    found = report(profile([number(TRAINING)]), counts)
    rise = 2 * (math.asin(math.sqrt(0.3)) - math.asin(math.sqrt(0.1)))
    expected = rise - norm.isf(1e-4 / 3) * math.sqrt(1 / 1_000 + 1 / 10_000)
    for entry in found.windows:
        assert entry.features.scores[FEATURE_MISSING_EXCESS.name][0] == pytest.approx(expected)
