from dataclasses import replace

import numpy as np
import pytest

from mlexporter.errors import BinMismatchError
from mlexporter.records import Slots
from mlexporter.records.sides import SLOTS
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.learned_noise import REQUIRED_BLOCKS, learn_noise
from mlexporter.statistics.location import location
from mlexporter.statistics.spread import spread

SHARES = np.array([0.1, 0.2, 0.4, 0.2, 0.1])


def _drawn(random, n_blocks, n=1_000, *, repeats=1, shares=SHARES):
    return random.multinomial(n // repeats, shares, size=n_blocks) * repeats


def _cells(rows):
    return [*rows, 0, 0]


@pytest.fixture
def learn(profile, number, category, window):
    """Learn the noise of one subject from its blocks, against a reference of these counts (or of them all)."""

    def run(blocks, reference=None, *, is_ordered=True, **others):
        blocks = np.asarray(blocks)
        make = number if is_ordered else category
        training = blocks.sum(axis=0) if reference is None else reference
        found = learn_noise(
            profile([make(_cells(training))]),
            (window([_cells(rows)]) for rows in blocks),
            **({"required_observations": 100, "are_in_reference": reference is None} | others),
        )
        assert found.outputs == {}
        return found.features.get(0)

    return run


def test_mean_squares_by_a_plain_loop(learn):
    """Means of squared location and spread; the omnibus is never less than the mean contingency."""
    blocks, reference = _drawn(np.random.default_rng(1), 40), np.array([1_000, 2_100, 3_900, 2_000, 1_000])
    found = learn(blocks, reference)
    singles = [Comparison(rows[None], reference[None], is_ordered=True) for rows in blocks]
    assert found.blocks == 40
    assert found.location == pytest.approx(np.mean([location(single)[0] ** 2 for single in singles]))
    assert found.spread == pytest.approx(np.mean([spread(single)[0] ** 2 for single in singles]))
    contingency = np.mean([single.phi_squared[0] for single in singles])
    assert 1 <= found.omnibus / (contingency / 4) < 1.5


@pytest.mark.slow
@pytest.mark.parametrize("is_ordered", [True, False])
@pytest.mark.parametrize("repeats", [1, 5])
def test_noise_of_new_rows_is_learned_from_blocks_of_the_reference(learn, is_ordered, repeats):
    """400 draws of 24 blocks of 1,000 rows, each row ``repeats`` times: repeats x (1/n + 1/m) on average.

    Though blocks differ from a reference that they are part of by 1/n - 1/m only. Noise of the omnibus
    may be up to 15 % larger: how few directions it has is estimated too.
    """
    random = np.random.default_rng(repeats)
    found = [learn(_drawn(random, 24, repeats=repeats), is_ordered=is_ordered) for _ in range(200)]
    expected = repeats * (1 / 1_000 + 1 / 24_000)
    assert {noise.blocks for noise in found} == {24}
    assert 0.97 < np.mean([noise.omnibus for noise in found]) / expected < 1.15
    if is_ordered:
        assert np.mean([noise.location for noise in found]) == pytest.approx(expected, rel=0.06)
        assert np.mean([noise.spread for noise in found]) == pytest.approx(expected, rel=0.06)
    else:
        assert {(noise.location, noise.spread) for noise in found} == {(None, None)}


def test_categories_that_wander_together_have_more_noise_than_their_mean(learn):
    """One share that goes up and down has one direction: a chi-square with all degrees would not reach it."""
    random = np.random.default_rng(4)
    shares = np.array([0.3, 0.2, 0.2, 0.1, 0.1, 0.1])
    wandering = [
        np.append(shares[:1] + moved, shares[1:] * (0.7 - moved) / 0.7)
        for moved in random.normal(0, 0.05, 60)
    ]
    blocks = np.array([random.multinomial(20_000, row) for row in wandering])
    found = learn(blocks, is_ordered=False)
    total = blocks.sum(axis=0)
    mean = np.mean(
        [Comparison(rows[None], total[None], is_ordered=False).phi_squared[0] / 5 for rows in blocks]
    )
    assert 1.5 < found.omnibus / mean < 4


@pytest.mark.parametrize(("n_blocks", "is_known"), [(23, False), (24, True)])
def test_fewer_than_24_usable_blocks_teach_nothing(learn, n_blocks, is_known):
    """Blocks with fewer rows than required do not count, and do not add to the mean."""
    random = np.random.default_rng(2)
    usable, small = _drawn(random, n_blocks), _drawn(random, 30, n=99)
    reference = (10_000 * SHARES).astype(int)
    found = learn(np.concatenate([usable, small]), reference)
    assert (found is not None) == is_known
    assert REQUIRED_BLOCKS == 24
    if is_known:
        assert found == learn(usable, reference)


def test_blocks_that_are_most_of_the_reference_teach_nothing(learn):
    """A block cannot be compared with itself: 24 blocks of which one is nearly everything are 23."""
    blocks = _drawn(np.random.default_rng(3), 24)
    blocks[0] *= 100
    assert learn(blocks) is None


def test_a_reference_of_one_bin_teaches_nothing(learn):
    """There is nothing that could move."""
    assert learn(np.tile([500, 0, 0, 0, 0], (30, 1))) is None
    assert learn(np.zeros((0, 5), dtype=int), [100] * 5) is None


def test_rare_categories_have_the_noise_of_their_common_share(learn):
    """Where merging leaves one bin: the mean square of Cohen's h, against other rows."""
    blocks = np.array([[99, 1, 0], [98, 2, 0], [100, 0, 0]] * 10)
    found = learn(blocks, [9_900, 90, 10], is_ordered=False)
    base = 2 * np.arcsin(np.sqrt(0.01))
    squares = [(2 * np.arcsin(np.sqrt(share)) - base) ** 2 for share in (0.01, 0.02, 0.0)]
    assert found.omnibus == pytest.approx(np.mean(squares), rel=1e-9)


def test_seasons_are_no_noise(profile, number, window):
    """Shares that swing between two slots: with slots the noise is that of sampling, without ten times that."""
    random = np.random.default_rng(5)
    shares = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]])
    blocks = np.array([random.multinomial(500, shares[block % 2]) for block in range(100)])
    of_slots = np.stack([blocks[::2].sum(axis=0), blocks[1::2].sum(axis=0)])
    plain = profile([number(_cells(blocks.sum(axis=0)))])
    slots = Slots(
        (0, 1) * 84,
        "",
        (),
        (0, 1),
        ("even", "odd"),
        tuple((*map(int, row), 0, 0) for row in of_slots),
        (25_000, 25_000),
    )
    seasonal = replace(plain, slots=slots)

    def counted(block, rows):
        side_cells = np.zeros(max(place.stop for place in seasonal.side_places.values()), dtype=np.int64)
        side_cells[seasonal.side_places[SLOTS]][block % 2] = 500
        return replace(window([_cells(rows)]), side_cells=side_cells)

    windows = [counted(block, rows) for block, rows in enumerate(blocks)]
    with_slots = learn_noise(seasonal, windows, required_observations=100).features[0]
    without = learn_noise(
        plain, [replace(found, side_cells=np.zeros(0, int)) for found in windows], required_observations=100
    ).features[0]
    expected = 1 / 500 + 1 / 25_000
    assert with_slots.location == pytest.approx(expected, rel=0.4)
    assert without.location > 10 * with_slots.location
    # Each slot has 50 blocks of its own: two of a hundred degrees of freedom are spent on their means.
    assert with_slots.blocks == 99


def test_outputs_are_learned_too(profile, number, window):
    """By their positions, beside the features."""
    blocks = _drawn(np.random.default_rng(6), 30)
    bins = number(_cells(blocks.sum(axis=0)))
    found = learn_noise(
        profile([bins], [bins, bins]),
        [window([_cells(rows)], [_cells(rows), _cells([0] * 5)]) for rows in blocks],
        required_observations=100,
    )
    assert found.features[0] == found.outputs[0]
    assert set(found.outputs) == {0}


def test_blocks_of_other_bins_are_refused(profile, number, window):
    """Their cells would be taken for what they are not."""
    with pytest.raises(BinMismatchError, match="window 1h has 4 counts"):
        learn_noise(profile([number([5, 4, 1, 0, 0])]), [window([[1, 2, 0, 0]])], required_observations=1)
