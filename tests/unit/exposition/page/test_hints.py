import numpy as np
import pytest

from mlexporter.catalogue import (
    FEATURE_EXPECTED_EFFECT,
    FEATURE_SKEW,
    FEATURE_STUCK_EXCESS,
    FEATURE_TOP_VALUE,
    FEATURE_TRAINING_SKEW,
    FEATURE_UNIT_FACTOR,
)
from mlexporter.exposition.page.hints import hints
from mlexporter.exposition.page.subjects import subjects


@pytest.fixture
def hinted(make):
    """Return a function that gives the hints about a feature with these scores in every window."""

    def told(scores, severity=0.0, *, is_stale=False):
        rows = [make.Row("x", (severity, severity))]
        report = make.report(rows)
        for window in report.windows:
            for metric, value in scores.items():
                window.features.scores[metric.name] = np.array([value])
        (subject,) = subjects(make.reference(rows), report, is_stale=is_stale)[0]
        return [hint.replace("\u00a0", " ") for hint in hints(subject)]

    return told


@pytest.mark.parametrize(
    ("scores", "severity", "expected"),
    [
        ({}, 0.0, []),
        ({FEATURE_UNIT_FACTOR: 1000.0}, 9.0, ["Another unit? Values look as if multiplied by 1,000."]),
        ({FEATURE_UNIT_FACTOR: np.nan}, 9.0, []),
        (
            {FEATURE_STUCK_EXCESS: 0.9, FEATURE_TOP_VALUE: 0.95}, 0.0,
            ["Stuck? At least 95 % of the rows have the same value."],
        ),
        ({FEATURE_STUCK_EXCESS: 0.8, FEATURE_TOP_VALUE: 0.95}, 0.0, []),
        ({FEATURE_STUCK_EXCESS: 0.9}, 0.0, []),
        ({FEATURE_SKEW: 0.25}, 0.0, ["At least 25 % of the rows do not fit what it derives from."]),
        ({FEATURE_SKEW: 0.0}, 0.0, []),
        ({FEATURE_EXPECTED_EFFECT: 0.07}, 2.0, ["This drift is expected to matter by 0.07 for predictions."]),
        ({FEATURE_EXPECTED_EFFECT: 0.07}, 0.9, []),
        (
            {FEATURE_TRAINING_SKEW: 3.0}, 0.0,
            ["Against training the severity is 3: the accepted baseline differs from it."],
        ),
        ({FEATURE_TRAINING_SKEW: 1.0}, 0.0, []),
    ],
)  # fmt: skip
def test_each_hint_has_its_reason(hinted, scores, severity, expected):
    """A sentence where it is strange, none where it is not or where nothing is known."""
    assert hinted(scores, severity) == expected


def test_stale_scores_give_no_hints(hinted):
    """What is too old to be believed is not suspected of anything."""
    assert hinted({FEATURE_UNIT_FACTOR: 1000.0}, is_stale=True) == []


def test_before_a_report_there_are_none(make):
    """A feature that was not looked at."""
    (subject,) = subjects(make.reference([make.Row("x")]), None)[0]
    assert list(hints(subject)) == []
