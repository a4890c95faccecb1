"""Comparisons and windows written as lists, and the 40 reference cases."""

import json
from pathlib import Path

import numpy as np
import pytest

from mlexporter.records import (
    Distribution,
    FeatureReference,
    Kind,
    ModelKey,
    OutputReference,
    Reference,
    TrainingType,
    WindowCounts,
)
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.evaluate import evaluate

CASES = Path(__file__).parents[2] / "data" / "drift_cases.json"


def _compare(current, reference, *, is_ordered=True, **others):
    return Comparison(np.atleast_2d(current), np.atleast_2d(reference), is_ordered, **others)


@pytest.fixture
def compare():
    """Make a Comparison of one row (or of rows) from plain lists."""
    return _compare


@pytest.fixture(scope="session")
def drift_cases():
    """The reference values, each with an ordered Comparison that merges no bins."""
    return [
        (
            case,
            _compare(
                case["current"],
                case["reference"],
                n_subjects=case["features"],
                n_windows=case["windows"],
                thin_bin_rows=0.0,
            ),
        )
        for case in json.loads(CASES.read_text(encoding="utf-8"))
    ]


@pytest.fixture
def agrees(drift_cases):
    """Assert that a statistic equals one value of every reference case."""

    def check(statistic, name, *, rtol=1e-9, atol=1e-12, where=lambda case: True):
        chosen = [(case, comparison) for case, comparison in drift_cases if where(case)]
        found = [statistic(comparison)[0] for _, comparison in chosen]
        np.testing.assert_allclose(found, [case[name] for case, _ in chosen], rtol=rtol, atol=atol)
        return len(chosen)

    return check


def _number(counts, **others):
    described = {"minimum": 0.0, "maximum": float(len(counts)), "standard_deviation": 1.0} | others
    edges = tuple(float(edge) for edge in range(1, len(counts) - 2))
    return Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=edges, counts=tuple(counts), **described)


def _category(counts, **others):
    names = tuple(f"c{place}" for place in range(len(counts) - 4))
    return Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=names, counts=tuple(counts), **others)


@pytest.fixture
def number():
    """Make a numeric distribution from training counts: shape bins, missing, invalid."""
    return _number


@pytest.fixture
def category():
    """Make a categorical distribution from counts: categories, other, unseen, missing, invalid."""
    return _category


@pytest.fixture
def profile():
    """Make a Reference from distributions of features and outputs."""

    def make(features, outputs=(), *, threshold=0.1):
        return Reference(
            model_name="churn",
            model_version="7",
            features=tuple(
                FeatureReference(f"feature{place}", found, threshold) for place, found in enumerate(features)
            ),
            outputs=tuple(OutputReference(f"output{place}", found) for place, found in enumerate(outputs)),
            fingerprint="0123abcd",
            profile_id="0123456789abcdef",
            row_count=10_000,
            created_timestamp=0.0,
        )

    return make


@pytest.fixture
def window():
    """Make WindowCounts from one list of cells per feature and per output."""

    def make(features, outputs=(), *, name="1h", out_of_range=None, type_mismatches=None):
        nothing = [0] * len(features)
        return WindowCounts(
            name=name,
            span_seconds=3600.0,
            row_count=max((sum(cells) for cells in features), default=0),
            feature_cells=np.array([rows for cells in features for rows in cells], dtype=np.int64),
            out_of_range=np.array(nothing if out_of_range is None else out_of_range, dtype=np.int64),
            type_mismatches=np.array(nothing if type_mismatches is None else type_mismatches, dtype=np.int64),
            output_cells=np.array([rows for cells in outputs for rows in cells], dtype=np.int64),
        )

    return make


@pytest.fixture
def report():
    """Evaluate windows against a profile with 100 required rows and all measures."""

    def make(reference, windows, *, required_observations=100, measures="all"):
        return evaluate(
            reference,
            windows,
            key=ModelKey("churn", "7"),
            evaluated_timestamp=12.5,
            required_observations=required_observations,
            measures=measures,
        )

    return make
