import numpy as np
import pytest

from mlexporter.records import LeafErrors
from mlexporter.statistics.expected_errors import expected_errors

SCALES = np.array([1.0, 4.0])


def test_two_leaves_are_as_computed_by_hand():
    """Of 30 and 10 sampled rows the mean absolute error is (30 x 1 + 10 x 3) / 40, the root that of 5.5."""
    leaves = LeafErrors(rows=(50, 50), absolute=(1.0, 3.0), square=(2.0, 16.0), fourth=(16.0, 900.0))
    mean, root = expected_errors(leaves, np.array([30, 10]), 40.0)
    assert mean.value == pytest.approx(1.5)
    assert root.value == pytest.approx(5.5**0.5)
    # Within leaves (0.75 x 1 + 0.25 x 7) / 40, held out (0.75^2 x 1 + 0.25^2 x 7) / 50.
    assert mean.variance == pytest.approx(2.5 / 40 + (0.5625 + 0.4375) / 50)
    assert root.variance == pytest.approx(
        (0.25 / 5.5) * ((0.75 * 12 + 0.25 * 644) / 40 + (0.5625 * 12 + 0.0625 * 644) / 50)
    )


def test_rows_that_were_not_looked_at_add_the_variance_between_leaves():
    """With 40 of 400 rows sampled the variance between leaves counts with 1/40 - 1/400."""
    leaves = LeafErrors(rows=(10**9, 10**9), absolute=(1.0, 3.0), square=(1.0, 9.0), fourth=(1.0, 81.0))
    mean, _ = expected_errors(leaves, np.array([30, 10]), 400.0)
    assert mean.variance == pytest.approx(0.75 * (1 / 40 - 1 / 400), rel=1e-6)


def test_errors_of_nothing_have_no_band():
    """Where all held-out errors are 0, errors and bands are 0."""
    leaves = LeafErrors(rows=(20,), absolute=(0.0,), square=(0.0,), fourth=(0.0,))
    assert [tuple(part) for part in expected_errors(leaves, np.array([5]), 5.0)] == [(0.0, 0.0), (0.0, 0.0)]


def test_bands_hold_what_is_realised():
    """Over held-out rows, samples and windows drawn anew, 95 % bands hold 91 to 99 % of the time."""
    generator = np.random.default_rng(21)
    inside = []
    for _ in range(400):
        known = generator.normal(size=(2, 500)) * SCALES[:, None]
        leaves = LeafErrors(
            (500, 500), *(tuple((np.abs(known) ** power).mean(axis=1).tolist()) for power in (1, 2, 4))
        )
        places = (generator.random(2_000) < 0.3).astype(int)
        errors = np.abs(generator.normal(size=2_000)) * SCALES[places]
        sampled = np.bincount(places[:400], minlength=2)
        real = errors.mean(), np.sqrt((errors**2).mean())
        inside.append(
            [
                abs(found.value - value) <= 1.96 * found.variance**0.5
                for found, value in zip(expected_errors(leaves, sampled, 2_000.0), real, strict=True)
            ]
        )
    shares = np.mean(inside, axis=0)
    assert (shares > 0.91).all(), shares
    assert (shares < 0.99).all(), shares
