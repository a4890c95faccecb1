"""Another unit is told where it explains the quantiles, and is not told of other drift."""

import math

import numpy as np
import pytest

from mlexporter.statistics.unit_factor import suspected_unit, unit_words

PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)
SHAPES = {
    "normal": lambda generator, n: generator.normal(20, 5, n),
    "lognormal": lambda generator, n: generator.lognormal(3, 1, n),
    "exponential": lambda generator, n: generator.exponential(30, n),
    "uniform": lambda generator, n: generator.uniform(0, 1, n),
    "signed": lambda generator, n: generator.normal(0, 1, n),
    "heavy": lambda generator, n: generator.standard_t(3, n) * 3 + 10,
    "integers": lambda generator, n: generator.integers(0, 24, n).astype(float),
}
UNITS = {
    10.0: lambda x: x * 10, 100.0: lambda x: x * 100, 1000.0: lambda x: x * 1000, 2.54: lambda x: x * 2.54,
    0.1: lambda x: x / 10, 0.01: lambda x: x / 100, 0.001: lambda x: x / 1000, 1 / 2.54: lambda x: x / 2.54,
}  # fmt: skip


def _quantiles(values):
    return np.quantile(values, PROBABILITIES)


def _in_half_octaves(values):
    """Return quantiles of which only the cells of half an octave are known, evenly filled within."""
    ordered = np.sort(values)
    cells = np.where(ordered < 0, -1, 1) * (np.floor(2 * np.log2(np.abs(ordered) + 1e-9)) + 100)
    told = np.empty(len(values))
    for cell in np.unique(cells):
        members = np.flatnonzero(cells == cell)
        parts = (np.arange(len(members)) + 0.5) / len(members)
        parts = parts if cell > 0 else 1 - parts
        told[members] = np.sign(cell) * 2.0 ** ((abs(cell) - 100 + parts) / 2)
    return _quantiles(told)


def _suspected(observed, training):
    return suspected_unit(np.atleast_2d(observed), np.atleast_2d(training))[0]


def test_a_hand_worked_case():
    """Kilograms of 50 to 90 that arrive as grams: each quantile is 1,000 times as large, exactly."""
    training = [50.0, 60.0, 70.0, 80.0, 90.0]
    assert _suspected([50e3, 60e3, 70e3, 80e3, 90e3], training) == 1000.0
    assert _suspected(training, [50e3, 60e3, 70e3, 80e3, 90e3]) == pytest.approx(0.001)


@pytest.mark.parametrize("factor", UNITS, ids=lambda factor: f"{factor:.4g}")
@pytest.mark.parametrize("shape", ["normal", "lognormal", "exponential", "uniform"])
def test_every_factor_is_found_through_half_octaves(shape, factor):
    """500 sampled values in cells of half an octave are enough, for two of three seeds at least; none is wrong."""
    found = []
    for seed in range(20):
        generator = np.random.default_rng(seed)
        training = _quantiles(SHAPES[shape](generator, 3_000))
        found.append(_suspected(_in_half_octaves(UNITS[factor](SHAPES[shape](generator, 500))), training))
    right = [hint for hint in found if math.isclose(hint, factor)]
    assert len(right) >= 14
    assert all(math.isnan(hint) or math.isclose(hint, factor) for hint in found)


def test_temperatures_are_told_in_both_directions():
    """Celsius of -5 to 35 as Fahrenheit, and back; 32 is what tells them from a factor of 1.8."""
    celsius = np.array([0.0, 9.0, 15.0, 21.0, 30.0])
    assert _suspected(1.8 * celsius + 32, celsius) == 1.8
    assert _suspected(celsius, 1.8 * celsius + 32) == pytest.approx(1 / 1.8)
    prices = celsius * 100 + 1_000
    assert np.isnan(_suspected(1.8 * prices + 32, prices))


def _drifted(generator, kind, draw, n):
    values = draw(generator, n)
    deviation = draw(np.random.default_rng(1), 2_000).std()
    return (
        lambda: values + generator.normal() * 2 * deviation,
        lambda: values * generator.uniform(1.2, 1.5),
        lambda: values / generator.uniform(1.2, 1.5),
        lambda: np.where(generator.random(n) < 0.3, values * generator.uniform(3, 20), values),
        lambda: list(SHAPES.values())[generator.integers(len(SHAPES))](generator, n) * deviation,
        lambda: (values - values.mean()) * generator.uniform(0.3, 3) + values.mean() + generator.normal() * deviation,
    )[kind]()  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_random_drift_is_hardly_ever_taken_for_a_unit(seed):
    """500 shifts, scales of 1.2 to 1.5, heavier tails and other shapes: at most 2 % are called a unit."""
    generator = np.random.default_rng(seed)
    observed, training = [], []
    for number in range(500):
        draw = list(SHAPES.values())[generator.integers(len(SHAPES))]
        training.append(_quantiles(draw(generator, 1_000)))
        observed.append(_in_half_octaves(_drifted(generator, number % 6, draw, 300)))
    hints = suspected_unit(np.array(observed), np.array(training))
    assert np.count_nonzero(np.isfinite(hints)) <= 10


def test_three_quantiles_are_enough_and_unknown_ones_are_absent():
    """A small profile has the middle three; NaN, infinite ends and no rows tell nothing."""
    middle = np.array([[20.0, 30.0, 45.0]])
    assert suspected_unit(middle * 100, middle)[0] == 100.0
    rows = np.array([[20.0, np.nan, 45.0], [20.0, 30.0, np.inf]])
    assert np.isnan(suspected_unit(rows, np.repeat(middle, 2, axis=0))).all()
    assert suspected_unit(np.zeros((0, 5)), np.zeros((0, 5))).shape == (0,)


@pytest.mark.parametrize("value", [0.0, 7.0, -3.0])
def test_a_feature_of_one_value_is_no_unit_of_itself(value):
    """No change is no unit, and zero is zero in any."""
    same = np.full((1, 5), value)
    assert np.isnan(suspected_unit(same, same))[0]


def test_extreme_numbers_do_no_harm():
    """What overflows is no unit, and says nothing."""
    large = np.array([[1e300, 2e300, 3e300, 4e300, 1e308]])
    assert np.isnan(suspected_unit(large, large))[0]
    assert np.isnan(suspected_unit(np.full((1, 5), 5e-324), large))[0]


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1000.0, "as if multiplied by 1,000"),
        (2.54, "as if multiplied by 2.54"),
        (0.01, "as if divided by 100"),
        (1 / 2.54, "as if divided by 2.54"),
        (1.8, "as if °C had become °F (1.8 x + 32)"),
        (0.5556, "as if °F had become °C ((x − 32) / 1.8)"),
    ],
)
def test_words(factor, words):
    """It says what the numbers look like, and claims no unit but those of a temperature."""
    assert unit_words(factor) == words
