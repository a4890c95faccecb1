"""Draws performance that was estimated without labels, with its error band and its limit."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import Markup, element, join
from mlexporter.exposition.page.service import fact
from mlexporter.records import Estimate, Reference, Report
from mlexporter.statistics.estimates import reference_qualities

NAMES: Final = {
    catalogue.ACCURACY.name: "Accuracy",
    catalogue.PRECISION.name: "Precision",
    catalogue.RECALL.name: "Recall",
    catalogue.F1.name: "F1",
    catalogue.ROC_AUC.name: "ROC AUC",
    catalogue.MEAN_ABSOLUTE_ERROR.name: "Mean absolute error",
    catalogue.ROOT_MEAN_SQUARED_ERROR.name: "Root mean squared error",
}
"""What a quality is called by people."""

LIMIT: Final = (
    "Estimated without labels, from the scores of served rows and how held-out rows with such scores turned "
    "out. It sees a change of the data; it cannot see that the same data have come to mean something else."
)


def estimate_facts(report: Report | None, reference: Reference | None) -> Markup | None:
    """Return the estimates of the longest window that has any; None where there are none."""
    if report is None or reference is None:
        return None
    for window in reversed(report.windows):
        whole = [estimate for estimate in window.estimates if not estimate.class_name]
        if whole:
            known = reference_qualities(reference)
            facts = [_fact(estimate, known.get(estimate.metric)) for estimate in whole]
            title = f"Performance in {words.window(window.counts.name)}, estimated"
            grid = element("dl", *facts, class_="facts-grid")
            return join(element("h3", title), grid, element("p", LIMIT, class_="note"))
    return None


def _fact(estimate: Estimate, held_out: float | None) -> Markup:
    band = f"{_shown(estimate.lower)} to {_shown(estimate.upper)}"
    before = "" if held_out is None else f"; {_shown(held_out)} on held-out rows"
    return fact(NAMES.get(estimate.metric, estimate.metric), _shown(estimate.value), band + before)


def _shown(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 1 else words.amount(value)
