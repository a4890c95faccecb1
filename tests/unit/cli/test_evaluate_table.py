import types

import numpy as np
import pytest

from mlexporter.catalogue import FEATURE_DRIFT
from mlexporter.cli.evaluate_table import _limit

VISIBLE = next(metric.name for metric in FEATURE_DRIFT if metric.statistic == "minimum_detectable_effect")


@pytest.mark.parametrize(
    ("visible", "sentence"),
    [
        ([0.2, 0.43, np.nan], "; only shifts above 0.43 standard deviations could have been"),
        (
            [0.2, 1.76, 9.0],
            (
                "; only shifts above 0.2 standard deviations could have been"
                "; none could in 2 that move too much by themselves"
            ),
        ),
        ([9.0], "; none could in 1 that move too much by themselves"),
        ([np.nan], ""),
        (None, ""),
    ],
)
def test_silence_says_what_could_not_have_been_seen(visible, sentence):
    """Features that could not have been seen at all do not make the smallest visible shift absurd."""
    scores = {} if visible is None else {VISIBLE: np.array(visible)}
    window = types.SimpleNamespace(features=types.SimpleNamespace(scores=scores))
    assert _limit(types.SimpleNamespace(window=window)) == sentence
