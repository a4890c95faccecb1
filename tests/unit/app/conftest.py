import numpy as np
import pytest

import mlexporter


@pytest.fixture
def training():
    """3,000 rows: a number, a category and the score that a model gave them."""
    generator = np.random.default_rng(7)
    distance = generator.gamma(2.0, 300.0, 3000)
    carrier = generator.choice(["AA", "DL", "UA"], 3000, p=[0.5, 0.3, 0.2])
    return {"distance": distance, "carrier": carrier, "score": 1 / (1 + np.exp(distance / 600 - 1))}


@pytest.fixture
def profile(training):
    return mlexporter.Profile.fit(training, model="flights", version="1", prediction="score")
