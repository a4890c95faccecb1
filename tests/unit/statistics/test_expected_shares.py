"""What to expect of missing, invalid and unknown values: of all training rows, or of the slots of the window."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from mlexporter.catalogue import FEATURE_INVALID_EXCESS, FEATURE_MISSING_EXCESS, FEATURE_UNSEEN_EXCESS
from mlexporter.records import ComponentNoise, Slots
from mlexporter.records.sides import SLOTS
from mlexporter.statistics.expected_shares import expected_rows
from mlexporter.statistics.quality_scores import quality_scores


def _score(reference, window, metric):
    return quality_scores(reference, [window], required_observations=100)[metric.name][0, 0]


def _bound(q, p, n, m):
    return 2 * (math.asin(math.sqrt(q)) - math.asin(math.sqrt(p))) - norm.isf(1e-4) * math.sqrt(1 / n + 1 / m)


def _with_first(reference, **changed):
    return replace(reference, features=(replace(reference.features[0], **changed), *reference.features[1:]))


def test_invalid_values_have_a_bound_of_their_own(profile, number, window):
    """100 of 1,000 rows are invalid, where 100 of 10,000 were: 10 % against 1 %."""
    reference = profile([number([5_000, 4_900, 0, 100])])
    found = _score(reference, window([[500, 400, 0, 100]]), FEATURE_INVALID_EXCESS)
    assert found == pytest.approx(_bound(0.1, 0.01, 1_000, 10_000))
    assert _score(reference, window([[500, 490, 0, 10]]), FEATURE_INVALID_EXCESS) == 0.0


@pytest.mark.parametrize("cells", [[0, 0, 0, 0], [1, 0, 0, 0], [2, 1, 1, 1]])
def test_windows_of_no_one_and_five_rows_have_no_bounds(profile, number, window, cells):
    """Nobody knows a share of so few rows."""
    reference = profile([number([5_000, 4_900, 0, 100])])
    found = quality_scores(reference, [window([cells])], required_observations=100)
    assert all(np.isnan(values).all() for values in found.values())


def test_good_and_turing_add_what_a_new_row_would_not_find(profile, category, window):
    """2 % unknown in training and 3 % that just sufficed make 5 % to be expected."""
    plain = profile([category([9_000, 500, 300, 200, 0, 0])])
    reference = _with_first(plain, once_seen=300)
    counts = window([[800, 80, 20, 100, 0, 0]])
    assert _score(plain, counts, FEATURE_UNSEEN_EXCESS) == pytest.approx(_bound(0.1, 0.02, 1_000, 10_000))
    assert _score(reference, counts, FEATURE_UNSEEN_EXCESS) == pytest.approx(_bound(0.1, 0.05, 1_000, 10_000))


def test_good_and_turing_tell_the_share_of_new_rows():
    """Brute force, 2,000 categories as Zipf has them: what training calls unseen, and what new rows meet."""
    generator = np.random.default_rng(8)
    weights = 1 / np.arange(1, 2_001)
    measured, expected, naive = [], [], []
    for _ in range(40):
        rows = generator.choice(2_000, 8_000, p=weights / weights.sum())
        times = Counter(rows[:4_000].tolist())
        rare = sum(n for n in times.values() if n < 5)
        naive.append(rare / 4_000)
        expected.append((rare + sum(n for n in times.values() if n == 5)) / 4_000)
        measured.append(np.mean([times[row] < 5 for row in rows[4_000:].tolist()]))
    assert np.mean(expected) == pytest.approx(np.mean(measured), abs=0.004)
    assert np.mean(measured) - np.mean(naive) > 0.02


def test_learned_noise_keeps_correlated_rows_quiet(profile, number, window):
    """A burst of 60 retried rows is significant for rows that come by chance, and not for these."""
    reference = profile([number([5_000, 5_000, 0, 0])])
    noisy = _with_first(reference, noise={"1h": ComponentNoise(24, 0.03, 0.03, 0.03)})
    counts = window([[470, 470, 60, 0]])
    assert _score(reference, counts, FEATURE_MISSING_EXCESS) > 0.2
    assert _score(noisy, counts, FEATURE_MISSING_EXCESS) == 0.0
    lost = window([[100, 100, 800, 0]])
    expected = 2 * math.asin(math.sqrt(0.8)) - student.isf(1e-4, 24) * math.sqrt(0.03)
    assert _score(noisy, lost, FEATURE_MISSING_EXCESS) == pytest.approx(expected)


@pytest.fixture
def seasonal(profile, number):
    """By day 1 % of 9,000 rows are missing, by night half of 1,000; a third slot has no training rows."""
    slots = Slots(
        seasons=(0,) * 56 + (1,) * 56 + (2,) * 56, segment="", segments=(), table=(0, 1, 2),
        names=("day", "night", "never"), cells=((4_910, 4_000, 90, 0), (250, 250, 500, 0), (0, 0, 0, 0)),
        rows=(9_000, 1_000, 0),
    )  # fmt: skip
    return replace(profile([number([5_160, 4_250, 590, 0])]), slots=slots)


def _in_slots(reference, window, rows):
    cells = np.zeros(max(place.stop for place in reference.side_places.values()), dtype=np.int64)
    cells[reference.side_places[SLOTS]] = rows
    return replace(window, side_cells=cells)


def test_a_share_that_differs_by_hour_is_no_rise(seasonal, window):
    """Half of the values are missing at night in training as in serving; by day that is a rise."""
    counts = window([[250, 250, 500, 0]])
    assert _score(seasonal, counts, FEATURE_MISSING_EXCESS) > 0.2
    assert _score(seasonal, _in_slots(seasonal, counts, [0, 1_000, 0]), FEATURE_MISSING_EXCESS) == 0.0
    by_day = _score(seasonal, _in_slots(seasonal, counts, [1_000, 0, 0]), FEATURE_MISSING_EXCESS)
    assert by_day == pytest.approx(_bound(0.5, 0.01, 1_000, 9_000))


def test_a_mix_of_slots_is_expected_by_its_parts(seasonal, window):
    """750 rows by day and 250 by night: 13.25 % missing, known from 1 / (.75^2/9000 + .25^2/1000) rows."""
    counts = _in_slots(seasonal, window([[300, 300, 400, 0]]), [750, 250, 0])
    found = expected_rows(seasonal, [counts])
    assert found.cells[0, 2] / found.cells[0].sum() == pytest.approx(0.1325)
    assert found.rows[0, 0] == pytest.approx(8_000)
    assert _score(seasonal, counts, FEATURE_MISSING_EXCESS) == pytest.approx(
        _bound(0.4, 0.1325, 1_000, 8_000)
    )


@pytest.mark.parametrize("rows", [[0, 0, 0], [100, 0, 900]], ids=["not counted", "mostly unknown"])
def test_unknown_slots_fall_back_to_all_of_training(seasonal, window, rows):
    """Without slots, or with most rows in slots without training rows, the whole is expected."""
    counts = _in_slots(seasonal, window([[300, 300, 400, 0]]), rows)
    found = expected_rows(seasonal, [counts])
    assert found.cells[0].tolist() == [5_160, 4_250, 590, 0]
    assert found.rows[0, 0] == 10_000


def test_rows_of_unknown_slots_are_left_out_of_a_mix(seasonal, window):
    """800 rows by day and 200 in a slot without training rows are expected as rows by day."""
    counts = _in_slots(seasonal, window([[300, 300, 400, 0]]), [800, 0, 200])
    found = expected_rows(seasonal, [counts])
    assert found.cells[0, 2] / found.cells[0].sum() == pytest.approx(0.01)


def test_the_feature_that_tells_segments_is_compared_with_all_of_training(profile, category, number, window):
    """30 % have no country in training, and are a segment: when all rows have none, that is a rise."""
    slots = Slots(
        seasons=(0,) * 168, segment="country", segments=(0, 1, 1, 1, 1), table=(0, 1), names=("de", "others"),
        cells=((7_000, 0, 0, 0, 0, 3_500, 3_500, 0, 0), (0, 0, 0, 3_000, 0, 1_000, 1_000, 1_000, 0)),
        rows=(7_000, 3_000),
    )  # fmt: skip
    country = category([7_000, 0, 0, 3_000, 0])
    plain = profile([country, number([4_500, 4_500, 1_000, 0])])
    reference = replace(_with_first(plain, name="country"), slots=slots)
    counts = _in_slots(reference, window([[0, 0, 0, 1_000, 0], [333, 333, 334, 0]]), [0, 1_000])
    found = quality_scores(reference, [counts], required_observations=100)[FEATURE_MISSING_EXCESS.name][0]
    assert found[0] == pytest.approx(_bound(1.0, 0.3, 1_000, 10_000), rel=0.02)
    assert found[1] == 0.0
