"""Transforms of numeric features: knots, whitening, and what is left out."""

from statistics import NormalDist

import numpy as np
import pytest

from mlexporter.profile.score_learning import PROJECTIONS, learn_scores, score_knots, whitening_of
from mlexporter.state.joint_transform import ScoreKernel

ROWS = 4_000


def _sample(*columns):
    return np.column_stack(columns).astype(np.float32)


@pytest.fixture
def normal():
    """Rows of three columns, two of them correlated."""
    generator = np.random.default_rng(1)
    first = generator.normal(size=ROWS)
    return _sample(first, 0.8 * first + 0.6 * generator.normal(size=ROWS), generator.normal(size=ROWS))


def test_whitened_columns_are_uncorrelated():
    """numpy.cov of the whitened columns is the identity."""
    generator = np.random.default_rng(2)
    scores = generator.normal(size=(6, 6)) @ generator.normal(size=(6, 5_000))
    scores -= scores.mean(axis=1, keepdims=True)
    whitened = scores.T @ whitening_of(scores)
    np.testing.assert_allclose(np.cov(whitened.T, bias=True), np.eye(6), atol=1e-8)


def test_whitening_of_two_columns_worked_by_hand():
    """Correlation 0.6: variances 1.6 and 0.4 along the diagonals, so (1/sqrt(1.6) +- 1/sqrt(0.4)) / 2."""
    scores = np.array([[1.0, 1.0, -1.0, -1.0], [1.0, -0.2, 0.2, -1.0]])
    scores[1] *= 1 / np.sqrt((scores[1] ** 2).mean())
    correlation = (scores[0] * scores[1]).mean()
    wide, narrow = 1 / np.sqrt(1 + correlation), 1 / np.sqrt(1 - correlation)
    expected = [[wide + narrow, wide - narrow], [wide - narrow, wide + narrow]]
    np.testing.assert_allclose(whitening_of(scores), np.array(expected) / 2)


def test_training_looks_round(normal):
    """On the rows of the fit all components but the distance have mean 0 and variance 1."""
    transform, kept = learn_scores(normal, 20)
    components = ScoreKernel(transform)(normal)
    assert kept == [0, 1, 2]
    assert components.shape == (ROWS, 3 + PROJECTIONS + 1)
    np.testing.assert_allclose(components[:, :-1].mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(components[:, :-1].std(axis=0), 1, atol=1e-3)
    np.testing.assert_allclose((components[:, -1] ** 2).mean(), 3, rtol=1e-3)


@pytest.mark.parametrize("measure", [np.exp, lambda values: values**3, lambda values: 1e6 + values])
def test_components_do_not_hang_on_what_a_feature_is_measured_in(normal, measure):
    """A rising function of a feature leaves its scores nearly as they are."""
    plain = ScoreKernel(learn_scores(normal, 20)[0])(normal)
    changed = normal.astype(np.float64)
    changed[:, 0] = measure(changed[:, 0])
    transformed = ScoreKernel(learn_scores(changed, 20)[0])(changed)
    correlations = [np.corrcoef(a, b)[0, 1] for a, b in zip(plain.T, transformed.T, strict=True)]
    assert min(correlations) > 0.98


def test_knots_lie_at_normal_quantiles_and_rest_on_enough_rows(normal):
    """Each knot's score is the normal quantile of the share of rows below it; 20 rows lie between any two."""
    values = normal[:, 0]
    knots, scores = score_knots(values, 20)
    assert len(knots) == 17
    shares = [(values <= knot).mean() for knot in knots]
    np.testing.assert_allclose(scores, [NormalDist().inv_cdf(share) for share in shares], atol=1e-5)
    rows = np.diff([0, *(int((values <= knot).sum()) for knot in knots), ROWS])
    assert rows.min() >= 20
    assert not set(np.float32(knots)) & set(values)


def test_a_value_of_many_rows_is_a_knot_at_its_middle_rank():
    """Half of the rows are 0, the others above: 0 has the score of a quarter."""
    values = np.concatenate([np.zeros(500), np.arange(1, 501)])
    knots, scores = score_knots(values, 20)
    assert knots[0] == 0.0
    assert scores[0] == pytest.approx(NormalDist().inv_cdf(0.25), abs=1e-6)
    assert list(scores) == sorted(scores)
    assert len(knots) > 5


def test_knots_of_few_rows_or_values():
    """Nothing rests on fewer rows than allowed."""
    assert score_knots(np.arange(39.0), 20) == ((), ())
    assert score_knots(np.full(100, np.nan), 20) == ((), ())
    assert score_knots(np.full(100, 3.0), 20) == ((3.0,), (0.0,))
    rare = np.concatenate([np.zeros(90), np.ones(10)])
    assert score_knots(rare, 20)[0] == (0.0,)


def test_columns_that_say_nothing_are_left_out(normal):
    """Constant, empty, infinite and two-valued columns do not go in."""
    said = _sample(
        np.full(ROWS, 3.0),
        normal[:, 0],
        np.full(ROWS, np.nan),
        normal[:, 1],
        np.arange(ROWS) % 2,
        np.full(ROWS, np.inf),
    )
    transform, kept = learn_scores(said, 20)
    assert kept == [1, 3]
    assert len(transform.knots) == len(transform.center) == 2


@pytest.mark.parametrize(
    "columns",
    [
        [np.arange(ROWS)],
        [np.arange(ROWS), np.ones(ROWS)],
        [np.full(ROWS, np.nan)] * 3,
        [np.arange(ROWS)[:30]] * 2,
    ],
)
def test_too_little_gives_no_transform(columns):
    """One column, one that varies, all missing, thirty rows: nothing is joint."""
    assert learn_scores(_sample(*columns), 20) is None


def test_copies_are_watched_and_not_blown_up(normal):
    """A column and its copy stay where they are in training, and are far out once they differ."""
    twins = _sample(normal[:, 0], normal[:, 0], normal[:, 2])
    transform, _ = learn_scores(twins, 20)
    kernel = ScoreKernel(transform)
    usual = kernel(twins)
    assert np.isfinite(usual).all()
    assert usual.std(axis=0).max() < 1.1
    assert kernel(twins * np.float32(1 + 1e-6))[:, -1].max() < usual[:, -1].max() + 0.1
    parted = twins.copy()
    parted[:, 1] = np.roll(parted[:, 1], 1)
    assert np.median(kernel(parted)[:, -1]) > 5 * usual[:, -1].max()


def test_missing_values_are_in_the_middle_in_training_too(normal):
    """A column with gaps still has mean 0 and variance 1 after whitening."""
    gaps = normal.copy()
    gaps[::3, 0] = np.nan
    gaps[1::9, 1] = np.inf
    transform, _ = learn_scores(gaps, 20)
    components = ScoreKernel(transform)(gaps)
    np.testing.assert_allclose(components[:, :-1].mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(components[:, :-1].std(axis=0), 1, atol=1e-3)


def test_learning_twice_gives_the_same(normal):
    """Directions are seeded: equal rows give an equal transform."""
    assert learn_scores(normal, 20) == learn_scores(normal, 20)
