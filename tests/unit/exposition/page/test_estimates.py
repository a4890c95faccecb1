import dataclasses

import pytest

from mlexporter import catalogue
from mlexporter.exposition.page.document import document
from mlexporter.exposition.page.estimates import LIMIT, estimate_facts
from mlexporter.records import Estimate, Estimation, LeafErrors

ACCURACY = Estimate(catalogue.ACCURACY.name, "", 0.81, 0.7, 0.9)
ERROR = Estimate(catalogue.MEAN_ABSOLUTE_ERROR.name, "", 12.0, 11.0, 13.0)
OF_A_CLASS = Estimate(catalogue.F1.name, "late", 0.4, 0.3, 0.5)


@pytest.fixture
def model(make):
    """Return a function that gives a model with estimates in its windows."""

    def made(first, last):
        found = make.model([make.Row("x")])
        windows = [
            dataclasses.replace(window, estimates=estimates)
            for window, estimates in zip(found.report.windows, (first, last), strict=True)
        ]
        return dataclasses.replace(found, report=dataclasses.replace(found.report, windows=tuple(windows)))

    return made


def told(model, words_of):
    """Return the text of the estimates."""
    return words_of(estimate_facts(model.report, model.reference) or "")


def test_the_longest_window_with_estimates_is_told(model, words_of):
    """With its band and what its limit is; 1h has an estimate, 6h has none."""
    text = told(model((ACCURACY,), ()), words_of)
    assert text.startswith("Performance in the last 1h, estimatedAccuracy0.8100.700 to 0.900")
    assert text.endswith(LIMIT)


def test_classes_are_left_to_metrics(model, words_of):
    """The page tells of the whole model; where only classes are told there is nothing to show."""
    assert "F1" not in told(model((), (ACCURACY, OF_A_CLASS)), words_of)
    assert told(model((), (OF_A_CLASS,)), words_of) == ""


def test_errors_are_beside_those_of_held_out_rows(model, words_of):
    """10 rows that err by 8 and 30 by 12 err by 11 on average."""
    found = model((), (ERROR,))
    estimation = Estimation(40, 2, leaves=LeafErrors((10, 30), (8.0, 12.0), (64.0, 144.0), (4096.0, 20736.0)))
    reference = dataclasses.replace(found.reference, estimation=estimation)
    text = told(dataclasses.replace(found, reference=reference), words_of)
    assert "Mean absolute error1211 to 13; 11 on held-out rows" in text


@pytest.mark.parametrize("missing", ["report", "reference"])
def test_nothing_without_both(model, missing):
    """Before an evaluation, and without a profile."""
    found = dataclasses.replace(model((), (ACCURACY,)), **{missing: None})
    assert estimate_facts(found.report, found.reference) is None


def test_the_page_drops_estimates_that_are_too_old(model, make, read):
    """They vanish with the scores of a stale report."""
    view = make.view(model((), (ACCURACY,)))
    assert "Accuracy" in read(document(view, now=make.NOW)).text
    assert "Accuracy" not in read(document(view, now=make.NOW + 3600)).text
