"""Says what features do together: whether they still fit each other, and how many really moved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mlexporter import catalogue
from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import Markup, join, name_markup
from mlexporter.records import JointReference, Reference, Report

_DRIFT_ABOVE = 1.0
_CERTAIN = 0.001


def joint_drifts(reference: Reference | None, report: Report) -> list[tuple[JointReference, float, str]]:
    """Return the joints that alert and drift, with their worst severity and its window."""
    found = []
    for place, joint in enumerate(() if reference is None else reference.joints):
        metric = catalogue.EMBEDDING_DRIFT_SEVERITY if joint.name else catalogue.JOINT_DRIFT_SEVERITY
        known = [
            (float(values[place]), window.counts.name)
            for window in report.windows
            if (values := window.joints.scores.get(metric.name)) is not None and np.isfinite(values[place])
        ]
        if known and joint.alert and max(known)[0] > _DRIFT_ABOVE:
            found.append((joint, *max(known)))
    return found


def joint_sentences(reference: Reference | None, report: Report, *, is_explained: bool) -> Iterator[Markup]:
    """Yield a sentence for each joint that drifts.

    Args:
        reference: The profile.
        report: Its newest report.
        is_explained: Whether single features drift: they move what is joint with them.
    """
    for joint, severity, window in joint_drifts(reference, report):
        place = f"(severity {words.amount(severity)} in {words.window(window)})"
        if joint.name:
            yield join("The embedding ", name_markup(joint.name), f" has drifted {place}.")
            continue
        because = (
            " Features that drift by themselves may be all of it."
            if is_explained
            else " No single feature shows it: look for a feed that is joined wrongly, a sign, or rows mixed up."
        )
        yield join(f"The dependence between features has changed {place}.", because)


def together_sentences(report: Report) -> Iterator[Markup]:
    """Yield what all features say together where that is more than chance; the longest window that has it."""
    for window in reversed(report.windows):
        p_value = window.model.get(catalogue.DATASET_P_VALUE.name)
        if p_value is None:
            continue
        drifted = int(window.model.get(catalogue.DRIFTED_FEATURES.name, 0.0))
        if p_value < _CERTAIN and drifted:
            noun = words.plural(drifted, "feature")
            yield join(
                f"All together: {noun} moved by more than chance in {words.window(window.counts.name)}, "
                "however little (5 % of such findings may be chance)."
            )
        return
