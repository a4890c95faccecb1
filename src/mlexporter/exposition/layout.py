"""The prepared labels of one profile: built once for a Reference, reused at every scrape."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.exposition.label_values import clean, distinct
from mlexporter.exposition.samples import Block, SeriesLabels, block_of
from mlexporter.records import Counts, Distribution, FeatureReference, Kind, OutputReference, Reference

ModelLabels = tuple[str, str, str]
Indices = npt.NDArray[np.int64]


class SubjectLayout:
    """Labels of the features (or of the outputs) of one profile.

    Args:
        model: Label values of the model.
        names: Label values of each subject: (feature,) or (output, class).
        distributions: The bins of each subject.
        metrics: The metric with the counted bins and that with the training counts.
        profile: Fingerprint of the bins.
        expose_names: False hides the names of categories.
    """

    def __init__(
        self,
        model: ModelLabels,
        names: Sequence[tuple[str, ...]],
        distributions: Sequence[Distribution],
        *,
        metrics: tuple[Metric, Metric],
        profile: str,
        expose_names: bool,
    ) -> None:
        self._observed, self._reference = metrics
        self._profile, self._expose_names = profile, expose_names
        self._distributions = tuple(distributions)
        self._rows = [(*model, *name) for name in names]
        width = len(catalogue.MODEL_LABELS) + len(names[0]) if names else len(catalogue.MODEL_LABELS)
        self._label_names = self._observed.labels[:width]
        self._windows: dict[str, SeriesLabels] = {}
        self._absent: dict[tuple[str, str], SeriesLabels] = {}
        self._all_absent: dict[tuple[str, str], Block] = {}
        self._bins: tuple[Indices, tuple[SeriesLabels, Indices, Block]] | None = None
        self._kept: dict[str, tuple[Indices, tuple[Block, ...]]] = {}
        self._of_reference: dict[str, tuple[weakref.ref[Reference], tuple[str, ...], Block]] = {}
        sizes = np.array([d.n_cells for d in distributions], dtype=np.int64)
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.missing_cells: Indices = self._starts[1:] - 2
        self.unseen_cells: Indices = self._starts[1:] - 3
        self.each = SeriesLabels(self._label_names, self._rows)
        is_numeric = np.array([d.kind is Kind.NUMERIC for d in distributions], dtype=bool)
        self.numeric: Indices = np.flatnonzero(is_numeric)
        self.categorical: Indices = np.flatnonzero(~is_numeric)
        self.each_numeric = SeriesLabels(self._label_names, [self._rows[i] for i in self.numeric])
        self.each_categorical = SeriesLabels(self._label_names, [self._rows[i] for i in self.categorical])

    def window(self, name: str) -> SeriesLabels:
        """Return the series of all subjects in one window."""
        if name not in self._windows:
            names = (*self._label_names, "window")
            self._windows[name] = SeriesLabels(names, [(*row, name) for row in self._rows])
        return self._windows[name]

    def absent(self, window: str, reason: str) -> SeriesLabels:
        """Return the series that say, for this reason, that a subject has no score in a window."""
        key = (window, reason)
        if key not in self._absent:
            names = (*self._label_names, "window", "reason")
            self._absent[key] = SeriesLabels(names, [(*row, window, clean(reason)) for row in self._rows])
        return self._absent[key]

    def all_absent(self, window: str, reason: str) -> Block:
        """Return the samples that say this of every subject."""
        key = (window, reason)
        if key not in self._all_absent:
            labels = self.absent(window, reason)
            self._all_absent[key] = block_of(labels, [1] * len(labels), is_constant=True)
        return self._all_absent[key]

    def bins(self, selection: Indices) -> tuple[SeriesLabels, Indices, Block]:
        """Return series, cells and training counts of the bins of the selected subjects.

        Args:
            selection: Positions of the subjects, ascending. The newest selection is kept.

        Returns:
            The observed series, the cell of each in a flat vector of counts, the reference block.
        """
        kept = self._bins
        if kept is None or not np.array_equal(kept[0], selection):
            kept = (selection, self._prepare_bins(selection))
            self._bins = kept
        return kept[1]

    def kept(self, name: str, selection: Indices, make: Callable[[], tuple[Block, ...]]) -> tuple[Block, ...]:
        """Return blocks that depend on the profile and the selected subjects alone, made once for these."""
        found = self._kept.get(name)
        if found is None or not np.array_equal(found[0], selection):
            found = self._kept[name] = (selection, make())
        return found[1]

    def kept_of(
        self, name: str, reference: Reference, windows: tuple[str, ...], make: Callable[[], Block]
    ) -> Block:
        """Return a block that depends on what drift is measured against and the windows, made once for these."""
        found = self._of_reference.get(name)
        if found is None or found[0]() is not reference or found[1] != windows:
            found = self._of_reference[name] = (weakref.ref(reference), windows, make())
        return found[2]

    def _prepare_bins(self, selection: Indices) -> tuple[SeriesLabels, Indices, Block]:
        observed: list[tuple[str, ...]] = []
        reference: list[tuple[str, ...]] = []
        training: list[int] = []
        cells = [np.arange(self._starts[i], self._starts[i + 1]) for i in selection]
        for index in selection:
            distribution = self._distributions[index]
            for label, text in zip(distribution.bin_labels, self._ranges(distribution), strict=True):
                row = (*self._rows[index], label, self._profile)
                observed.append(row)
                reference.append((*row, clean(text)))
            training += map(int, distribution.counts)
        return (
            SeriesLabels(self._observed.labels, observed),
            np.concatenate(cells) if cells else np.zeros(0, dtype=np.int64),
            Block(SeriesLabels(self._reference.labels, reference), training, is_constant=True),
        )

    def _ranges(self, distribution: Distribution) -> tuple[str, ...]:
        if self._expose_names or distribution.kind is Kind.NUMERIC:
            return distribution.bin_ranges
        return distribution.bin_labels


class ProfileLayout:
    """All prepared labels of one profile under one model's label values.

    Attributes:
        features: Of the features.
        outputs: Of the outputs.
        settings: What the profile says of each of them: its threshold, and whether an output alerts.
        series_of_bins: Series that the bins of each feature and of each output make, without and with what
            only a fleet needs, as the budget counts them; filled there.
    """

    def __init__(self, model: ModelLabels, reference: Reference) -> None:
        feature_names = distinct(reference.feature_names)
        output_names = distinct(output.name for output in reference.outputs)
        class_names = distinct(output.class_name for output in reference.outputs)
        self.features = SubjectLayout(
            model,
            [(feature_names[feature.name],) for feature in reference.features],
            [feature.distribution for feature in reference.features],
            metrics=(catalogue.FEATURE_OBSERVATIONS, catalogue.FEATURE_REFERENCE),
            profile=clean(reference.fingerprint),
            expose_names=reference.expose_names,
        )
        self.outputs = SubjectLayout(
            model,
            [(output_names[output.name], class_names[output.class_name]) for output in reference.outputs],
            [output.distribution for output in reference.outputs],
            metrics=(catalogue.OUTPUT_OBSERVATIONS, catalogue.OUTPUT_REFERENCE),
            profile=clean(reference.fingerprint),
            expose_names=reference.expose_names,
        )
        self.series_of_bins: dict[bool, tuple[Counts, Counts]] = {}
        self.settings: tuple[tuple[Metric, Block], ...] = (
            (catalogue.OUTPUT_EXCLUDED, _excluded(self.outputs, reference.outputs)),
            (catalogue.FEATURE_DRIFT_THRESHOLD, _thresholds(self.features, reference.features)),
            (catalogue.OUTPUT_DRIFT_THRESHOLD, _thresholds(self.outputs, reference.outputs)),
        )


_Subjects = Sequence[FeatureReference | OutputReference]


def _excluded(layout: SubjectLayout, subjects: _Subjects) -> Block:
    return block_of(layout.each, [0 if subject.alert else 1 for subject in subjects], is_constant=True)


def _thresholds(layout: SubjectLayout, subjects: _Subjects) -> Block:
    return block_of(layout.each, [subject.threshold for subject in subjects], is_constant=True)


_layouts: Final[dict[int, tuple[weakref.ref[Reference], dict[ModelLabels, ProfileLayout]]]] = {}
_layouts_lock: Final = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_layouts_lock._at_fork_reinit)  # type: ignore[attr-defined]  # noqa: SLF001 - a child has no thread that would release it


def layout_of(model: ModelLabels, reference: Reference) -> ProfileLayout:
    """Return the layout of ``reference``, prepared at the first call and kept while it lives."""
    key = id(reference)
    with _layouts_lock:
        entry = _layouts.get(key)
        if entry is None or entry[0]() is not reference:
            entry = (weakref.ref(reference, lambda _: _forget(key)), {})
            _layouts[key] = entry
        layout = entry[1].get(model)
        if layout is None:
            layout = ProfileLayout(model, reference)
            entry[1][model] = layout
        return layout


def _forget(key: int) -> None:
    with _layouts_lock:
        entry = _layouts.get(key)
        if entry is not None and entry[0]() is None:
            del _layouts[key]
