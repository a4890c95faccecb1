"""The columns of one fit: the first pass finds their bins, the second counts in them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.catalogue import DRIFT_STATISTICS
from mlexporter.errors import FitError
from mlexporter.profile.class_edges import class_score_edges
from mlexporter.profile.edges import score_edges
from mlexporter.profile.learner import ColumnLearner
from mlexporter.profile.options import FitOptions, listed, predicted
from mlexporter.profile.outcome import OutcomeLearner
from mlexporter.profile.sources import Source
from mlexporter.profile.verdict import MixedColumnError, UnusableColumnError, distribution_of
from mlexporter.records import (
    Distribution,
    FeatureReference,
    Kind,
    Lineage,
    OutputReference,
    Reference,
)
from mlexporter.state.binning import Binner, ColumnCounts
from mlexporter.state.columns import Column

SAMPLE_ROWS: Final = 500_000
"""Rows from which edges and quantiles are learned; files up to this size are used whole."""
SAMPLE_VALUES: Final = 32_000_000
LEAST_SAMPLE_ROWS: Final = 20_000
_SEED: Final = 20_130_101

DEFAULT_THRESHOLDS: Final = {"effect": 0.1, "psi": 0.2}
"""By statistic: standard deviations, and the usual bound of the population stability index."""


class FittedColumns:
    """The columns of one fit, and what is known of them after each pass.

    Args:
        source: The rows.
        options: What the fit was asked for.
        features: The columns to monitor.
    """

    def __init__(self, source: Source, options: FitOptions, features: tuple[str, ...]) -> None:
        self._source = source
        self._options = options
        self._features = features
        self._predictions = predicted(options)
        # Labels are compared with one prediction; with several nobody says which.
        self._prediction = next(iter(self._predictions)) if len(self._predictions) == 1 else None
        self._minimum_rows = options.get("minimum_bin_rows", 20)
        self._skipped: dict[str, str] = {}
        self._counts: dict[str, ColumnCounts] = {}
        self._positives: npt.NDArray[np.int64] | None = None
        names = [*features, *self._predictions]
        # Segments are names, also where they are written as numbers.
        categorical = {*options.get("categorical", ()), options.get("segment")}
        embeddings = options.get("embeddings", ())
        self._learners = {
            name: ColumnLearner(
                is_categorical=name in categorical,
                n_extremes=self._minimum_rows,
                vector_rows=source.row_count if name in features and name in embeddings else None,
            )
            for name in names
        }
        if len(self._predictions) > 1 and options.get("label"):
            self._skipped[str(options.get("label"))] = "labels are compared with a single prediction only"
        self._outcome = OutcomeLearner() if self._prediction and options.get("label") else None
        self._binners: dict[str, Binner] = {}

    def learn(self) -> None:
        """First pass: what the columns hold, and hence their bins."""
        sample = _Sample(self._source.row_count, len(self._learners))
        start = 0
        for batch in self._source.batches(self._names_to_read()):
            n_rows = len(next(iter(batch.values()), ()))
            selected = sample.of(start, n_rows)
            for name, learner in self._learners.items():
                learner.update(batch[name], selected)
            if self._outcome is not None:
                self._outcome.update(
                    batch[str(self._prediction)], batch[str(self._options.get("label"))], selected
                )
            start += n_rows
        for name in list(self._learners):
            self._decide(name)
        if self._outcome is not None and self._prediction in self._binners:
            reason = self._outcome.reason_against(self._minimum_rows)
            if reason:
                self._skipped[str(self._options.get("label"))] = reason
                self._outcome = None

    def count(self) -> None:
        """Second pass: the training counts in the bins."""
        for batch in self._source.batches(self._names_to_read()):
            for name, binner in self._binners.items():
                counts = binner.count(batch[name])
                self._counts[name] = _sum(self._counts[name], counts) if name in self._counts else counts
            if self._outcome is not None and self._prediction in self._binners:
                self._count_positives(batch, self._outcome)

    def reference(self) -> Reference:
        """Return what was learned.

        Raises:
            FitError: nothing can be monitored.
        """
        options = self._options
        features = tuple(self._feature(name) for name in self._features if name in self._binners)
        outputs = tuple(
            self._output(column, *names)
            for column, names in self._predictions.items()
            if column in self._binners
        )
        if not features and not outputs:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in list(self._skipped.items())[:5])
            raise FitError(
                f"no column can be monitored ({reasons or 'none is left after exclude and label'})"
            )
        created = options.get("created")
        threshold = options.get("decision_threshold")
        return Reference(
            model_name=options["model"],
            model_version=options["version"],
            features=features,
            outputs=outputs,
            fingerprint="",
            profile_id="",
            row_count=self._source.row_count,
            created_timestamp=round(time.time() if created is None else float(created), 3),
            lineage=options.get("lineage") or Lineage(),
            time_zone=options.get("time_zone", "UTC"),
            decision_threshold=None if threshold is None else float(threshold),
            expose_names=options.get("expose_names", True),
            skipped=dict(sorted(self._skipped.items())),
        )

    def _names_to_read(self) -> list[str]:
        label = [str(self._options.get("label"))] if self._outcome is not None else []
        return [*self._learners, *label]

    def _decide(self, name: str) -> None:
        learner = self._learners.pop(name)
        is_prediction = name in self._predictions
        try:
            distribution = distribution_of(
                learner,
                minimum_rows=self._minimum_rows,
                edges=self._score_edges(learner) if is_prediction else None,
                threshold=self._options.get("decision_threshold") if is_prediction else None,
                expose_names=self._options.get("expose_names", True),
            )
        except UnusableColumnError as error:
            is_fatal = isinstance(error, MixedColumnError) and self._options.get("strict", True)
            if is_prediction or is_fatal:
                raise FitError(
                    f"column {name!r}: {error}; the columns are: {listed(self._source.names)}"
                ) from None
            self._refuse_statistic(name, error)
            self._skipped[name] = str(error)
            return
        self._binners[name] = Binner(distribution)
        self._learners[name] = learner

    def _refuse_statistic(self, name: str, error: UnusableColumnError) -> None:
        asked = (self._options.get("statistics") or {}).get(name)
        if asked is not None and self._options.get("strict", True):
            raise FitError(
                f"statistics[{name!r}]={asked!r}: the column cannot be monitored: {error}; leave it out of statistics"
            )

    def _score_edges(self, learner: ColumnLearner) -> tuple[float, ...] | None:
        held_out = self._options.get("held_out")
        if len(self._predictions) > 1 and held_out is not None and held_out is not False:
            return class_score_edges(learner.sample, self._minimum_rows)
        if self._outcome is None or self._outcome.reason_against(self._minimum_rows):
            return None
        scores = self._outcome.scores()
        return None if scores is None else score_edges(*scores, self._minimum_rows)

    def _count_positives(self, batch: Mapping[str, Column], outcome: OutcomeLearner) -> None:
        binner = self._binners[str(self._prediction)]
        positives = outcome.positive_rows(
            batch[str(self._prediction)], batch[str(self._options.get("label"))]
        )
        cells = binner.count(positives).cells[: binner.distribution.n_shape_bins]
        self._positives = cells if self._positives is None else self._positives + cells

    def _counted(self, name: str) -> Distribution:
        counts, distribution = self._counts[name], self._binners[name].distribution
        return replace(
            distribution,
            counts=tuple(counts.cells.tolist()),
            type_mismatches=counts.type_mismatches,
            out_of_range=counts.out_of_range if distribution.kind is Kind.NUMERIC else 0,
        )

    def _threshold(self, name: str) -> float:
        statistic = self._statistic(name)
        default = DEFAULT_THRESHOLDS[statistic]
        if statistic == DRIFT_STATISTICS[0]:
            default = self._options.get("default_threshold", default)
        return float((self._options.get("thresholds") or {}).get(name, default))

    def _statistic(self, name: str) -> str:
        return (self._options.get("statistics") or {}).get(name, DRIFT_STATISTICS[0])

    def _feature(self, name: str) -> FeatureReference:
        importance = (self._options.get("importances") or {}).get(name)
        return FeatureReference(
            name,
            self._counted(name),
            threshold=self._threshold(name),
            alert=name not in self._options.get("no_alert", ()),
            statistic=self._statistic(name),
            importance=None if importance is None else float(importance),
        )

    def _output(self, name: str, output: str, class_name: str) -> OutputReference:
        positives = None if self._positives is None else tuple(self._positives.tolist())
        return OutputReference(
            output,
            self._counted(name),
            class_name=class_name,
            threshold=self._threshold(name),
            alert=name not in self._options.get("no_alert", ()),
            positives=positives,
            statistic=self._statistic(name),
        )


class _Sample:
    """Which rows edges are learned from: all of a small file, a seeded choice of a large one."""

    def __init__(self, row_count: int, n_columns: int) -> None:
        size = max(LEAST_SAMPLE_ROWS, min(SAMPLE_ROWS, SAMPLE_VALUES // max(n_columns, 1)))
        self._rows: npt.NDArray[np.int64] | None = None
        if row_count > size:
            generator = np.random.default_rng(_SEED)
            self._rows = np.sort(generator.choice(row_count, size, replace=False, shuffle=False))

    def of(self, start: int, n_rows: int) -> slice | npt.NDArray[np.int64]:
        """Return the chosen rows of a batch that begins at row ``start``."""
        if self._rows is None:
            return slice(None)
        first, last = np.searchsorted(self._rows, (start, start + n_rows))
        return self._rows[first:last] - start


def _sum(one: ColumnCounts, other: ColumnCounts) -> ColumnCounts:
    return ColumnCounts(
        one.cells + other.cells,
        one.out_of_range + other.out_of_range,
        one.type_mismatches + other.type_mismatches,
    )
