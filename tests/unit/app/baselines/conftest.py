"""A model that is served hour by hour, with counts that are made up, and the evaluator's part that watches it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from mlexporter.app.baselines.baselines import Baselines
from mlexporter.app.baselines.decision_file import add_decisions
from mlexporter.app.baselines.decisions import Decision, new_identity
from mlexporter.app.snapshot_folder import SnapshotFolder
from mlexporter.catalogue import FEATURE_DRIFT_SEVERITY
from mlexporter.records import (
    Distribution,
    FeatureReference,
    HistogramCounts,
    Kind,
    ModelKey,
    OutputReference,
    ProfileCounts,
    Reference,
    ServiceCounts,
    Snapshot,
    TrainingType,
)
from mlexporter.settings import Settings
from mlexporter.state.moment import Moment
from mlexporter.state.windows import WindowRing

HOUR = 3600.0
WALL = 1_700_000_000.0
KEY = ModelKey("fares", "3")
N_FEATURES = 4
_MASSES = np.array([0.5, 1.5, 3, 5, 5, 5, 10, 10, 10, 10, 10, 10, 5, 5, 5, 3, 1.5, 0.5]) / 100
_ROWS = 10_000


class Files(dict):
    """A directory in memory that several processes share: files, locks, and errors on demand."""

    def __init__(self):
        super().__init__()
        self.error = None
        self.locked = set()

    def write_shared(self, name, data):
        """Keep it."""
        self._fail()
        self[name] = data

    def read_shared(self, name):
        """Return it."""
        self._fail()
        return self.get(name)

    def try_lock(self, name):
        """Return the lock if it is free."""
        self._fail()
        if name in self.locked:
            return None
        self.locked.add(name)
        return _Lock(self.locked, name)

    def _fail(self):
        if self.error is not None:
            raise self.error


@dataclass
class _Lock:
    locked: set
    name: str

    def release(self):
        self.locked.discard(self.name)


class Failures:
    """Gets what goes wrong in us; nothing may."""

    def on_error(self, stage, error):
        """Fail the test."""
        raise AssertionError(stage) from error


def _number(counts, **more):
    edges = tuple(float(edge) for edge in range(1, len(counts)))
    return Distribution(
        Kind.NUMERIC,
        TrainingType.FLOAT,
        edges=edges,
        counts=(*counts, 0, 0),
        minimum=0.0,
        maximum=20.0,
        **more,
    )


def make_reference(fingerprint="bins0001"):
    """A profile of 10,000 rows: four numbers with 18 bins, a carrier, a score."""
    counts = tuple(int(count) for count in np.rint(_MASSES * _ROWS))
    features = [FeatureReference(f"x{place}", _number(counts)) for place in range(N_FEATURES)]
    carrier = Distribution(
        Kind.CATEGORICAL, TrainingType.TEXT, categories=("UA", "B6"), counts=(6000, 3800, 195, 5, 0, 0)
    )
    features.append(FeatureReference("carrier", carrier))
    score = OutputReference("prediction", _number((5000, 3000, 2000)))
    return Reference(
        KEY.name, KEY.version, tuple(features), (score,), fingerprint, "profile1", _ROWS, WALL - 1e6
    )


@dataclass
class World:
    """Serves rows: each hour adds to counters that only rise."""

    reference: Reference
    rows: int = 200
    repeats: int = 1
    seed: int = 1
    epoch: str = "life"
    shift: float = 0.0
    missing: dict = field(default_factory=dict)
    violations: int = 0

    def __post_init__(self):
        self.random = np.random.default_rng(self.seed)
        self.begin_anew(self.epoch)

    def begin_anew(self, epoch):
        """Begin to count at zero, as a process does that was started again."""
        self.epoch = epoch
        self.features = np.zeros(self.reference.feature_offsets[-1], np.int64)
        self.outputs = np.zeros(self.reference.output_offsets[-1], np.int64)
        self.drained = 0

    def serve(self, hours=1.0):
        """Serve rows of so many hours."""
        n_rows = round(self.rows * hours)
        for place, feature in enumerate(self.reference.features):
            cells = slice(self.reference.feature_offsets[place], self.reference.feature_offsets[place + 1])
            self.features[cells] += self._drawn(feature, n_rows)
        for place, output in enumerate(self.reference.outputs):
            cells = slice(self.reference.output_offsets[place], self.reference.output_offsets[place + 1])
            self.outputs[cells] += self._drawn(output, n_rows)
        self.drained += n_rows

    def snapshot(self, now):
        """Return what was counted up to now."""
        service = ServiceCounts(
            self.drained, 0, {}, {}, HistogramCounts(np.zeros(1, np.int64), 0.0), {}, {},
            {"missing_feature": self.violations, "extra_feature": self.drained}, 0.0,
        )  # fmt: skip
        zeros = np.zeros(len(self.reference.features), np.int64)
        sides = np.zeros(self.reference.side_places["leaves"].stop, np.int64)
        counts = ProfileCounts(
            self.reference.fingerprint, self.epoch, self.drained, self.drained, 0, self.features.copy(), zeros,
            zeros, self.outputs.copy(), side_cells=sides,
        )  # fmt: skip
        return Snapshot(KEY, float(now), service, counts)

    def _drawn(self, subject, n_rows):
        shares = np.asarray(subject.distribution.counts, np.float64)
        if subject.distribution.is_ordered and self.shift:
            u = np.linspace(-1, 1, subject.distribution.n_shape_bins)
            shares[: len(u)] *= np.exp(self.shift * u)
        shares /= shares.sum()
        lost = self.missing.get(subject.name, 0.0)
        shares *= 1 - lost
        shares[subject.distribution.n_shape_bins] += lost
        return self.repeats * self.random.multinomial(n_rows // self.repeats, shares)


class Evaluation:
    """A process that evaluates: the part of it that knows of baselines, and its windows."""

    def __init__(self, world, shared=None, snapshot_dir="", boot="boot", **settings):
        self.world = world
        self.settings = Settings(snapshot_dir=str(snapshot_dir), **settings)
        self.shared = shared
        self.boot = boot
        self.disk = SnapshotFolder(str(snapshot_dir)) if snapshot_dir else None
        self.baselines = Baselines(self.settings, shared, self.disk, Failures())
        self.ring = WindowRing(self.settings.window_seconds)
        self.term = 1
        self.now = 0.0
        self.wall = WALL

    def moment(self):
        """Return the present."""
        return Moment(self.now, self.wall, self.boot)

    def look(self, *, is_quick=False):
        """Evaluate once; a quick look measures no windows."""
        snapshot = self.world.snapshot(self.now)
        self.ring.push(snapshot)
        counts = () if is_quick else self.ring.counts(snapshot)
        self.report = self.baselines.report(
            self.world.reference, snapshot, counts, self.moment(), term=self.term
        )
        return self.report

    def wait(self, hours):
        """Serve and look for so many hours, without measuring windows."""
        for _ in range(hours):
            self.world.serve()
            self.now += HOUR
            self.wall += HOUR
            self.look(is_quick=True)

    def run(self, hours, looks_an_hour=1):
        """Serve and evaluate for so many hours; return the largest severity of each look."""
        found = []
        for _ in range(int(hours * looks_an_hour)):
            self.world.serve(1 / looks_an_hour)
            self.now += HOUR / looks_an_hour
            self.wall += HOUR / looks_an_hour
            self.look()
            found.append(self.severity())
        return np.array(found)

    def severity(self, window=0, name=FEATURE_DRIFT_SEVERITY.name):
        """Return the largest severity of a number in a window."""
        return np.fmax.reduce(self.report.windows[window].features.scores[name][:N_FEATURES])

    @property
    def state(self):
        """What everybody is told."""
        return self.baselines.state(KEY, self.world.reference)

    def decide(self, kind, feature="", files=None, **more):
        """Be a person at the command line."""
        decision = Decision(
            new_identity(),
            kind,
            "anna",
            "because",
            self.wall,
            self.world.reference.fingerprint,
            feature,
            **more,
        )
        add_decisions(files or self.shared, KEY, [decision])
        return decision

    def close(self):
        """End in order."""
        self.baselines.close(self.moment(), is_in_office=True)
        if self.disk is not None:
            self.disk.release()


@pytest.fixture
def reference():
    return make_reference()


@pytest.fixture
def other_bins():
    """The same profile with other bins, as a retrained one has."""
    return replace(make_reference("bins0002"))


@pytest.fixture
def world(reference):
    return World(reference)


@pytest.fixture
def make_world():
    return World


@pytest.fixture
def files():
    return Files()


@pytest.fixture
def evaluation():
    """Return a maker of evaluations; they are closed at the end."""
    made = []

    def make(*arguments, **settings):
        made.append(Evaluation(*arguments, **settings))
        return made[-1]

    yield make
    for each in made:
        each.close()
