import dataclasses

import numpy as np
import pytest

from mlexporter import catalogue
from mlexporter.records import Estimate, JointReference, SubjectScores

JOINT, TEXT, HOSTILE = JointReference("", ("distance",), ()), JointReference("text", ("text",), ()), JointReference(
    'x"\n<b>', ("x",), ()
)  # fmt: skip
SEVERITIES = SubjectScores(
    np.array([256, 256, 3]),
    {
        catalogue.JOINT_DRIFT_SEVERITY.name: np.array([2.5, np.nan, np.nan]),
        catalogue.EMBEDDING_DRIFT_SEVERITY.name: np.array([np.nan, 0.5, 1.5]),
    },
    ("", "", "rows"),
)
ESTIMATES = (
    Estimate(catalogue.ACCURACY.name, "", 0.8, 0.7, 0.9),
    Estimate(catalogue.F1.name, "", 0.6, 0.5, 0.7),
    Estimate(catalogue.F1.name, "late", 0.4, 0.3, 0.5),
)


@pytest.fixture
def with_window(view, with_model):
    """Return a function that changes the longest window of the report."""

    def change(**changes):
        first, last = view.models[0].report.windows
        return with_model("report.windows", (first, dataclasses.replace(last, **changes)))

    return change


def test_all_features_together(with_window, scrape, values):
    """What is not in the report is absent: one window has these, and no share of drifted features."""
    model = {catalogue.DATASET_P_VALUE.name: 0.0, catalogue.DRIFTED_FEATURES.name: 2.0}
    samples = scrape(with_window(model=model))
    assert values(samples, catalogue.DATASET_P_VALUE, "window") == {("6h",): 0}
    assert values(samples, catalogue.DRIFTED_FEATURES, "window") == {("6h",): 2}
    assert values(samples, catalogue.DRIFTED_FEATURES_RATIO) == {}
    assert values(samples, catalogue.DUPLICATE_ROWS_EXCESS) == {}


def test_joints_by_name(view, with_window, scrape, values):
    """The dependence has no label of its own, an embedding its name, whatever is in it; NaN is absent."""
    changed = with_window(joints=SEVERITIES)
    reference = dataclasses.replace(view.models[0].reference, joints=(JOINT, TEXT, HOSTILE))
    model = dataclasses.replace(changed.models[0], reference=reference)
    samples = scrape(dataclasses.replace(changed, models=(model, *changed.models[1:])))
    assert values(samples, catalogue.JOINT_DRIFT_SEVERITY, "window") == {("6h",): 2.5}
    assert values(samples, catalogue.EMBEDDING_DRIFT_SEVERITY, "feature", "window") == {
        ("text", "6h"): 0.5,
        ('x"\n<b>', "6h"): 1.5,
    }


def test_estimates_say_that_they_are_some(with_window, scrape, values):
    """``source`` tells them from realised qualities; classes have a label, and no band."""
    samples = scrape(with_window(estimates=ESTIMATES))
    assert values(samples, catalogue.ACCURACY, "source", "window") == {("estimated", "6h"): 0.8}
    assert values(samples, catalogue.F1, "class", "source") == {
        ("", "estimated"): 0.6,
        ("late", "estimated"): 0.4,
    }
    assert values(samples, catalogue.QUALITY_LOWER, "metric") == {
        (catalogue.ACCURACY.name,): 0.7, (catalogue.F1.name,): 0.5,
    }  # fmt: skip
    assert values(samples, catalogue.QUALITY_UPPER, "metric") == {
        (catalogue.ACCURACY.name,): 0.9, (catalogue.F1.name,): 0.7,
    }  # fmt: skip


def test_an_old_report_says_nothing(with_window, scrape, values, now):
    """Neither estimates nor joints nor p-values outlive a report that is too old."""
    model = {catalogue.DATASET_P_VALUE.name: 0.5}
    samples = scrape(with_window(estimates=ESTIMATES, model=model), now=now + 3600)
    for metric in (catalogue.ACCURACY, catalogue.QUALITY_LOWER, catalogue.DATASET_P_VALUE):
        assert values(samples, metric) == {}


def test_nothing_without_a_report(with_model, scrape, values):
    """Before the first evaluation."""
    samples = scrape(with_model("report", None))
    assert values(samples, catalogue.ACCURACY) == {}
    assert values(samples, catalogue.DATASET_P_VALUE) == {}
