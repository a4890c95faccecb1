import numpy as np
import pytest


@pytest.fixture(scope="session")
def rows():
    """3,000 rows with every kind of column that a profile knows, and some that it skips."""
    generator = np.random.default_rng(7)
    n = 3_000
    late = generator.random(n) < 0.2
    gaps = generator.normal(size=n)
    gaps[::10] = np.nan
    return {
        "distance": generator.gamma(2, 300, n).round(1),
        "gaps": gaps,
        "zeros": np.where(generator.random(n) < 0.4, 0.0, generator.lognormal(size=n)),
        "stops": generator.integers(0, 4, n),
        "origin": generator.choice(["JFK", "LGA", "EWR"], n).tolist(),
        "tail": [f"N{index}" for index in range(n)],
        "route": [f"r{index % 100:02d}" if index < 2_900 else f"rare{index}" for index in range(n)],
        "night": generator.random(n) < 0.3,
        "empty": np.full(n, np.nan),
        "score": np.clip(generator.beta(2, 6, n) + 0.2 * late, 0, 1),
        "late": late,
    }


@pytest.fixture(scope="session")
def options():
    """The arguments that make everything but the rows equal."""
    return {
        "model": "delays",
        "version": "1",
        "prediction": "score",
        "label": "late",
        "created": 1_700_000_000.0,
    }
