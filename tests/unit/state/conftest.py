"""Counters of one model over a small profile, fed as calls feed them."""

from __future__ import annotations

import itertools
import time

import pytest

from mlexporter.instrument.plain_rows import PlainReader
from mlexporter.instrument.rows import RowReader
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
from mlexporter.state.ledger import PLAIN
from mlexporter.state.model import ModelState

NUMBER = Distribution(
    Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0, 2.0), counts=(5, 5, 5, 0, 0), minimum=0.0, maximum=3.0
)
TEXT = Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=("blue",), counts=(9, 0, 0, 0, 0))


def make_reference(fingerprint="0a1b2c3d"):
    """A category, a number and a score."""
    features = (FeatureReference("colour", TEXT), FeatureReference("size", NUMBER))
    return Reference(
        "m", "1", features, (OutputReference("prediction", NUMBER),), fingerprint, "0" * 16, 15, 0.0
    )


class Hook:
    """What ``unpack`` does before it reads rows; nothing unless a test says so."""

    def __init__(self) -> None:
        self.before = None
        self.calls = 0

    def __call__(self):
        """Count this, and do it."""
        self.calls += 1
        if self.before is not None:
            self.before()


class Counted:
    """A ``ModelState``, and calls as the decorator makes them."""

    def __init__(self, *, buffer_rows=256, buffer_limit_rows=512, strict=False, **options) -> None:
        self.counter = ExporterCounter()
        self.state = ModelState(
            ModelKey("m", "1"), latency_bounds=(0.1, 1.0), buffer_rows=buffer_rows,
            buffer_limit_rows=buffer_limit_rows, wall_clock=lambda: 1234.5,
            counter=self.counter, strict=strict, **options,
        )  # fmt: skip

    def open(self, reference=None):
        """Open a profile; return its lane, an inlet into it, and what its unpacking does first."""
        lane = self.state.open_profile(reference or make_reference())
        careful = RowReader(lane, lane.block, allowed=(), checks_extra=True)
        reader = PlainReader(lane, lane.block, careful, on_hazard=lambda: None)
        hook = Hook()

        def unpack(rows):
            hook()
            return reader.unpack(rows)

        return lane, self.state.new_inlet(lane, unpack), hook

    def plain(self, inlet, n_calls=1, row=None, result=0.5):
        """Make calls of one plain row that succeed: as ``instrument/wrap.py`` writes them out."""
        for _ in range(n_calls):
            n_entered = self.state.enter()
            inlet.lane.ledger[PLAIN] += 1
            inlet.waiting.append(({"colour": "blue", "size": 1.5} if row is None else row, 5, result))
            if n_entered % self.state.relieve_every == 0:
                self.state.relieve()

    @property
    def profile(self):
        """The profile counts now."""
        return self.state.snapshot(0.0).profile

    @property
    def service(self):
        """The service counts now."""
        return self.state.snapshot(0.0).service

    def balance(self):
        """Return rows (accepted, drained, dropped) with nothing waiting, after checking each feature."""
        profile = self.profile
        binned = [
            int(profile.feature_cells[a:b].sum())
            for a, b in itertools.pairwise(self.state.reference.feature_offsets)
        ]

        assert binned == [profile.drained] * 2
        assert profile.accepted == profile.drained + profile.dropped + profile.lost
        return profile.accepted, profile.drained, profile.dropped


@pytest.fixture
def counted():
    """Counters of a model."""
    return Counted()


@pytest.fixture
def new_counted():
    """Make counters: ``new_counted(buffer_rows=..., buffer_limit_rows=..., strict=...)``."""
    return Counted


@pytest.fixture
def new_reference():
    """Make a small profile: ``new_reference(fingerprint)``."""
    return make_reference


@pytest.fixture
def until():
    """Wait for something, 10 seconds at most: ``until(lambda: ...)``."""

    def wait(is_so):
        end = time.monotonic() + 10
        while not is_so() and time.monotonic() < end:
            time.sleep(0.001)
        assert is_so()

    return wait
