import numpy as np
import pytest

from mlexporter import Profile
from mlexporter.catalogue import FEATURE_EXPECTED_EFFECT, MEAN_ABSOLUTE_ERROR
from mlexporter.testing import isolated_exporter


def test_what_is_served_is_estimated_and_told_in_units_of_the_prediction():
    """Rows of one process, one by one: errors of the leaves they fall into, and how far x moves predictions."""
    generator = np.random.default_rng(91)
    x = generator.random(4_000)
    prediction = 10 * x
    y = prediction + generator.normal(size=4_000) * np.where(x > 0.5, 3.0, 0.1)
    profile = Profile.fit(
        {"x": x, "kind": ["a", "b"] * 2_000, "p": prediction, "y": y},
        model="prices", version="1", prediction="p", label="y", held_out=True, joint=False,
        predict=lambda columns: [10 * value for value in columns["x"]],
    )  # fmt: skip
    with isolated_exporter() as exporter:

        @exporter.monitor(model="prices", version="1", profile=profile)
        def price(x, kind):
            return 10 * x

        for row, value in enumerate(generator.random(1_000) / 2 + 0.5):  # the dear half alone
            price(x=float(value), kind="ab"[row % 2])
        exporter.drain()
        exporter.evaluate()
        window = exporter.view().models[0].report.windows[0]
    errors = {estimate.metric: estimate for estimate in window.estimates}
    expected = 3.0 * np.sqrt(2 / np.pi)
    assert errors[MEAN_ABSOLUTE_ERROR.name].lower < expected < errors[MEAN_ABSOLUTE_ERROR.name].upper
    # Means of 0.5 and 0.75, times 10; medians of bins stand for them.
    assert window.features.scores[FEATURE_EXPECTED_EFFECT.name] == pytest.approx([2.5, 0.0], abs=0.15)
