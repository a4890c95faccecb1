"""Two halves of the days agree on a season, and on nothing where there is none."""

import numpy as np
import pytest

from mlexporter.profile.season_worth import REQUIRED_AGREEMENT, season_agreement

EVEN = np.full(10, 0.1)


def _agreement(seed, shares_of_slots, n_rows, repeats=1):
    generator = np.random.default_rng(seed)
    halves = [
        np.array([repeats * generator.multinomial(n_rows // repeats, shares) for shares in shares_of_slots])
        for _ in range(2)
    ]
    return season_agreement(*halves)


def test_agreement_without_a_season_is_about_standard_normal():
    """Over 400 worlds the mean is near 0 and the deviation near 1, so 5 deviations are rare."""
    found = np.array([_agreement(seed, [EVEN] * 24, 500) for seed in range(400)])
    assert abs(found.mean()) < 0.2
    assert 0.8 < found.std() < 1.15


def test_rows_that_repeat_each_other_make_no_season():
    """With every row five times, chance agreement stays within what is required."""
    found = [_agreement(seed, [EVEN] * 24, 500, repeats=5) for seed in range(100)]
    assert max(found) < REQUIRED_AGREEMENT
    assert np.std(found) < 1.5


def test_a_season_is_agreed_on():
    """Slots that differ by 3 % of the rows are found with 1,000 rows each."""
    other = EVEN + np.repeat([0.03, -0.03], 5)
    assert _agreement(1, [EVEN, other] * 12, 1_000) > REQUIRED_AGREEMENT


def test_what_one_half_alone_shows_is_no_season():
    """A slot that is wild in one half of the days, as in an incident, is not agreed on."""
    wild = np.array([0.55] + [0.05] * 9)
    generator = np.random.default_rng(5)
    first = np.array([generator.multinomial(500, wild if slot == 3 else EVEN) for slot in range(24)])
    second = np.array([generator.multinomial(500, EVEN) for _ in range(24)])
    assert season_agreement(first, second) < REQUIRED_AGREEMENT


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (np.zeros((2, 3)), np.zeros((2, 3))), (np.full((2, 1), 9), np.full((2, 1), 9)), (np.full((1, 3), 9), np.full((1, 3), 9)),
        (np.array([[5, 5], [0, 0]]), np.array([[0, 0], [5, 5]])),
    ],
)  # fmt: skip
def test_nothing_to_compare_is_no_agreement(first, second):
    """Empty halves, one cell or one slot tell nothing."""
    assert season_agreement(first.astype(np.int64), second.astype(np.int64)) == 0.0


def test_agreement_by_hand():
    """Two slots of 100 and 100 rows a half, shares 0.6 and 0.4 in both: 0.04 squared over chance."""
    cells = np.array([[60, 40], [40, 60]])
    # Differences are +-0.1; agreed = 0.5 * 2 * (0.01/0.5 + 0.01/0.5) = 0.04, scattered as much, so nothing
    # is left for repeats; deviation = sqrt(1 * 2 * 0.5**2 / 100 / 100).
    assert season_agreement(cells, cells) == pytest.approx(0.04 / np.sqrt(0.5 / 10_000))
