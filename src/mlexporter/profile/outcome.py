"""The score of a model beside the truth: what class-mixed score bins are learned from."""

from __future__ import annotations

from itertools import compress

import numpy as np
import numpy.typing as npt

from mlexporter.profile.learner import Numbers, Selection, read_labels
from mlexporter.state.binning import flatten, read_numbers
from mlexporter.state.columns import Column


class OutcomeLearner:
    """Accumulates predictions together with a binary label."""

    def __init__(self) -> None:
        self._labels_of: list[npt.NDArray[np.int8]] = []
        self._scores_of: list[Numbers] = []
        self._n_labels = np.zeros(3, dtype=np.int64)
        self._are_scores = True

    def update(self, predictions: Column, labels: Column, selected: Selection) -> None:
        """Add the rows of a batch; ``selected`` ones are the sample for edges."""
        read = read_labels(labels)
        self._n_labels += np.bincount(read + 1, minlength=3)
        numbers = read_numbers(flatten(predictions))[0]
        present = ~np.isnan(numbers)
        self._are_scores &= bool(((numbers[present] >= 0) & (numbers[present] <= 1)).all())
        self._labels_of.append(read[selected])
        self._scores_of.append(numbers[selected].astype(np.float64))

    def reason_against(self, minimum_rows: int) -> str:
        """Return why the label cannot be used, or empty text."""
        unreadable, negatives, positives = (int(rows) for rows in self._n_labels)
        if unreadable:
            return (
                f"as a label it is missing or not binary (0/1, true/false) in {unreadable} rows, "
                "so no positives are stored; drop or convert them"
            )
        if min(positives, negatives) < minimum_rows:
            return (
                f"as a label it has {positives} positive and {negatives} negative rows; {minimum_rows} of each are "
                "needed (minimum_bin_rows), so no positives are stored"
            )
        return ""

    def scores(self) -> tuple[Numbers, Numbers] | None:
        """Return the sampled scores of positives and of negatives, or None if not all lie in [0, 1]."""
        if not self._are_scores:
            return None
        scores, labels = np.concatenate(self._scores_of), np.concatenate(self._labels_of)
        is_present = np.isfinite(scores)
        return scores[is_present & (labels == 1)], scores[is_present & (labels == 0)]

    def positive_rows(self, predictions: Column, labels: Column) -> Column:
        """Return the predictions of the rows with a positive label."""
        is_positive = read_labels(labels) == 1
        values = flatten(predictions)
        if isinstance(values, np.ndarray):
            chosen: Column = values[is_positive]
            return chosen
        return list(compress(values, is_positive))
