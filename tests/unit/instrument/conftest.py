"""A small profile and counters that are read back in plain words."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mlexporter.instrument.monitor import Monitor
from mlexporter.instrument.selection import Selection
from mlexporter.records import (
    Distribution,
    FeatureReference,
    Kind,
    ModelKey,
    OutputReference,
    Reference,
    TrainingType,
)
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState

NUMBER = Distribution(
    Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0, 2.0), counts=(5, 5, 5, 0, 0), minimum=0.0, maximum=3.0
)
TEXT = Distribution(
    Kind.CATEGORICAL, TrainingType.TEXT, categories=("blue", "red"), counts=(9, 6, 0, 0, 0, 0)
)
SCORE = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(0.5,), counts=(8, 7, 0, 0))
LABEL = Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=("no", "yes"), counts=(8, 7, 0, 0, 0, 0))


def make_reference(outputs=None, features=None):
    """A profile with a number, a category, and outputs."""
    if features is None:
        features = (FeatureReference("colour", TEXT), FeatureReference("size", NUMBER))
    if outputs is None:
        outputs = (OutputReference("prediction", SCORE),)
    return Reference("m", "1", tuple(features), tuple(outputs), "0a1b2c3d", "0" * 16, 15, 0.0)


class Rig:
    """One monitor over one state; ``totals`` reads back what was counted."""

    def __init__(self, reference=None, *, strict=True, buffer_rows=256, warmup=None, **selection) -> None:
        self.counter = ExporterCounter()
        self.state = ModelState(
            ModelKey("m", "1"), latency_bounds=(0.1, 1.0), buffer_rows=buffer_rows, buffer_limit_rows=4096,
            wall_clock=lambda: 1000.0, counter=self.counter, strict=strict,
        )  # fmt: skip
        self.reference = reference
        self.monitor = Monitor(
            self.state, selection=Selection(**selection), reference=reference, warmup=warmup,
            strict=strict, on_error=self.counter.on_error,
        )  # fmt: skip

    @property
    def snapshot(self):
        """All counts now."""
        return self.state.snapshot(1.0)

    @property
    def service(self):
        """The service counts now."""
        return self.snapshot.service

    def feature(self, name):
        """Rows of a feature by the label of its bin, zeros left out."""
        place = self.reference.feature_names.index(name)
        return self._cells(
            self.snapshot.profile.feature_cells,
            self.reference.feature_offsets,
            self.reference.features,
            place,
        )

    def output(self, place=0):
        """Rows of an output by the label of its bin, zeros left out."""
        return self._cells(
            self.snapshot.profile.output_cells, self.reference.output_offsets, self.reference.outputs, place
        )

    @staticmethod
    def _cells(cells, starts, subjects, place):
        labels = subjects[place].distribution.bin_labels
        values = cells[starts[place] : starts[place + 1]].tolist()
        return {label: value for label, value in zip(labels, values, strict=True) if value}

    def violations(self):
        """Schema violations by reason, zeros left out."""
        return {reason: n for reason, n in self.service.schema_violations.items() if n}

    def assert_balanced(self):
        """Accepted rows are in exactly one cell of each feature, or counted as dropped."""
        profile = self.snapshot.profile
        starts = self.reference.feature_offsets
        binned = [int(profile.feature_cells[a:b].sum()) for a, b in itertools.pairwise(starts)]

        assert [profile.accepted - profile.dropped] * len(binned) == binned
        assert profile.accepted == profile.drained + profile.dropped
        assert self.service.in_progress == 0
        assert np.all(profile.feature_cells >= 0)


@pytest.fixture
def rig():
    """A monitor with the small profile, strict."""
    return Rig(make_reference())


@pytest.fixture
def new_rig():
    """Make a rig: ``new_rig(reference, strict=..., **selection)``."""
    return Rig


@pytest.fixture
def new_reference():
    """Make a small profile: ``new_reference(outputs=..., features=...)``."""
    return make_reference


@pytest.fixture
def distributions():
    """The distributions of the small profile by name."""
    return {"number": NUMBER, "text": TEXT, "score": SCORE, "label": LABEL}
