"""Views for the page: features are given by what a test is about, the rest is ordinary."""

import dataclasses
import html
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from mlexporter.catalogue import FEATURE_DRIFT, FEATURE_MISSING_EXCESS, OUTPUT_DRIFT
from mlexporter.records import (
    Distribution,
    ExporterCounts,
    FeatureReference,
    HistogramCounts,
    Kind,
    ModelKey,
    ModelView,
    OutputReference,
    Reference,
    Report,
    ServiceCounts,
    Snapshot,
    SubjectScores,
    TrainingType,
    View,
    WindowCounts,
    WindowReport,
)

NOW = 1_700_000_000.0
WINDOWS = {"1h": 3600.0, "6h": 21600.0}
NUMBERS = Distribution(
    Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0, 2.0, 3.0), counts=(250, 250, 250, 250, 0, 0), minimum=0.0
)
NAMES = Distribution(
    Kind.CATEGORICAL, TrainingType.TEXT, categories=("UA", "B6", "EV"), counts=(500, 300, 180, 20, 0, 0, 0)
)
VOID = {"meta", "link", "br", "rect", "path", "line"}


@dataclasses.dataclass(frozen=True)
class Row:
    """One feature or output: a severity for each window (None is absent) and current counts."""

    name: str
    severities: tuple = (0.0, 0.0)
    distribution: Distribution = NUMBERS
    cells: tuple | None = None
    alert: bool = True
    scores: dict = dataclasses.field(default_factory=dict)
    reason: str = "rows"
    observations: int | None = None

    def counted(self, n_rows):
        """Return current counts that look like training unless given."""
        if self.cells is not None:
            return np.array(self.cells, dtype=np.int64)
        trained = np.array(self.distribution.counts)
        return (trained * n_rows // trained.sum()).astype(np.int64)


def subject_scores(rows, window, n_rows, metrics):
    """Return the scores of one window."""
    scores = {}
    for position, statistic in enumerate(metric.statistic for metric in metrics):
        scores[metrics[position].name] = np.array([
            np.nan if row.severities[window] is None
            else row.severities[window] if statistic == "severity"
            else row.scores.get(statistic, np.nan)
            for row in rows
        ])  # fmt: skip
    scores[FEATURE_MISSING_EXCESS.name] = np.array([row.scores.get("missing", np.nan) for row in rows])
    observations = [
        row.counted(n_rows)[:-2].sum() if row.observations is None else row.observations for row in rows
    ]
    absent = tuple(row.reason if row.severities[window] is None else "" for row in rows)
    return SubjectScores(np.array(observations, dtype=np.int64), scores, absent)


def cells_of(rows, n_rows):
    """Return the flat counts of all rows."""
    return np.concatenate([row.counted(n_rows) for row in rows] or [np.zeros(0, dtype=np.int64)])


class Make:
    """Makes views of one model out of rows."""

    Row = Row
    NOW = NOW
    NUMBERS = NUMBERS
    NAMES = NAMES

    def service(self, **changes):
        """Return counts of a quiet service."""
        nothing = HistogramCounts(np.zeros(14, dtype=np.int64), 0.0)
        counts = ServiceCounts(
            0,
            0,
            {},
            {"ok": nothing},
            HistogramCounts(np.zeros(12, dtype=np.int64), 0.0),
            {},
            {},
            {},
            NOW - 240,
        )
        return dataclasses.replace(counts, **changes)

    def reference(self, rows, outputs=(), **changes):
        """Return a profile of the rows."""
        profile = Reference(
            "late_arrival",
            "2013.1",
            tuple(FeatureReference(row.name, row.distribution, alert=row.alert) for row in rows),
            tuple(OutputReference(row.name, row.distribution, alert=row.alert) for row in outputs),
            "0a1b2c3d",
            "0123456789abcdef",
            1000,
            NOW - 86400,
        )
        return dataclasses.replace(profile, **changes)

    def report(self, rows, outputs=(), n_rows=(140, 1400), **changes):
        """Return a report on the rows."""
        windows = []
        for position, (name, length) in enumerate(WINDOWS.items()):
            size = n_rows[position]
            nothing = np.zeros(len(rows), dtype=np.int64)
            counts = WindowCounts(
                name, length, size, cells_of(rows, size), nothing, nothing, cells_of(outputs, size)
            )
            features = subject_scores(rows, position, size, FEATURE_DRIFT)
            windows.append(
                WindowReport(counts, features, subject_scores(outputs, position, size, OUTPUT_DRIFT))
            )
        report = Report(ModelKey("late_arrival", "2013.1"), "0a1b2c3d", NOW - 5, 100, tuple(windows))
        return dataclasses.replace(report, **changes)

    def model(self, rows=None, outputs=(), key=None, n_rows=(140, 1400), **changes):
        """Return one model; without rows it has no profile."""
        snapshot = Snapshot(key or ModelKey("late_arrival", "2013.1"), 0.0, self.service())
        model = ModelView(snapshot)
        if rows is not None:
            reference, report = self.reference(rows, outputs), self.report(rows, outputs, n_rows)
            model = ModelView(snapshot, reference, report)
        return dataclasses.replace(model, **changes)

    def view(self, *models, **changes):
        """Return a view of the models."""
        exporter = ExporterCounts({}, {}, 0, HistogramCounts(np.zeros(12, dtype=np.int64), 0.0))
        return dataclasses.replace(View(models, exporter, {}, WINDOWS, 15.0, 10_000), **changes)


class Page(HTMLParser):
    """Reads a page strictly: every element that opens must close in turn."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.source, self.open, self.tags, self.attributes, self.seen = text, [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        """Remember an element that has opened."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attributes]
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), tag
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        """Remember an element without content."""
        assert tag in VOID, tag
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        """Check that what closes is what opened last."""
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Collect the text that people see."""
        if "style" not in self.open:
            self.seen.append(data)

    @property
    def text(self):
        """All text, each run of white space as one space."""
        return " ".join("".join(self.seen).split())


@pytest.fixture
def make():
    return Make()


@pytest.fixture
def read():
    """Return a function that checks and reads a page."""

    def checked(text):
        text.encode()
        return Page(text)

    return checked


@pytest.fixture
def words_of():
    """Return a function that gives the text of markup."""
    return lambda markup: " ".join(html.unescape(re.sub("<[^>]+>", "", markup)).split())
