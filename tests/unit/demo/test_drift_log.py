import dataclasses

import numpy as np
import pytest

from mlexporter.catalogue import FEATURE_DRIFT_SEVERITY
from mlexporter.demo.drift_log import DriftLog
from mlexporter.demo.replay import Moment


@pytest.fixture
def model(view):
    return view.models[0]


def with_severities(report, *severities):
    """Return the report with other severities of (distance, carrier) in its last window."""
    window = report.windows[-1]
    scores = {**window.features.scores, FEATURE_DRIFT_SEVERITY.name: np.array(severities)}
    changed = dataclasses.replace(window, features=dataclasses.replace(window.features, scores=scores))
    return dataclasses.replace(report, windows=(*report.windows[:-1], changed))


def test_a_stretch_above_one_is_one_episode_with_its_peak(model):
    """It begins at the first look above 1 and ends at the first one that is not."""
    log = DriftLog()
    begun = [
        [
            episode.subject
            for episode in log.update(with_severities(model.report, value, 0.0), model.reference, at)
        ]
        for value, at in zip(
            [0.5, 1.2, 4.0, 0.9, 2.0], [Moment(float(i), 0.0) for i in range(5)], strict=True
        )
    ]
    assert begun == [[], ["distance"], [], [], ["distance"]]
    first, second = log.of("distance")
    assert (first.began.seconds, first.ended.seconds, first.peak) == (1.0, 3.0, 4.0)
    assert second.ended is None
    assert first.is_alerting


def test_what_is_shown_only_has_episodes_and_is_never_the_worst(model):
    """Carrier does not alert in this profile."""
    log = DriftLog()
    begun = log.update(with_severities(model.report, 0.4, 9.0), model.reference, Moment(0.0, 0.0))
    assert [(episode.subject, episode.is_alerting) for episode in begun] == [("carrier", False)]
    assert log.worst == ("prediction", 0.6)


def test_unknown_is_neither_drift_nor_the_end_of_it(model):
    """A score that is absent says nothing; an episode goes on."""
    log = DriftLog()
    log.update(with_severities(model.report, 3.0, 0.0), model.reference, Moment(0.0, 0.0))
    assert log.update(with_severities(model.report, np.nan, np.nan), model.reference, Moment(1.0, 0.0)) == []
    assert log.of("distance")[0].ended is None
    assert log.of("carrier") == []
