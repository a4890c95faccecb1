"""Profiles of more than one output: class scores, and outputs by name, up to what is counted."""

import itertools

import numpy as np
import pytest

import mlexporter
from mlexporter.errors import ConfigurationError, FitError
from mlexporter.testing import isolated_exporter

MODEL = {"model": "pets", "version": "1"}


@pytest.fixture
def frame():
    generator = np.random.default_rng(5)
    cat = generator.random(1000)
    return {"size": generator.normal(size=1000), "cat": cat, "dog": 1 - cat, "kind": cat > 0.5}


def counted(snapshot, reference):
    """Return the rows in each output's cells."""
    offsets = reference.output_offsets
    return [int(snapshot.profile.output_cells[start:end].sum()) for start, end in itertools.pairwise(offsets)]


def test_a_list_of_columns_holds_class_scores(frame):
    """One output with a class for each column; arrays (n, k) and (k,) and mappings by class are counted."""
    profile = mlexporter.Profile.fit(frame, **MODEL, prediction=["cat", "dog"], label="kind")
    reference = profile.reference
    with isolated_exporter() as exporter:
        monitor = mlexporter.Monitor(**MODEL, profile=profile)
        monitor.record_batch({"size": frame["size"][:50]}, np.column_stack([frame["cat"], frame["dog"]])[:50])
        monitor.record({"size": 1.0}, np.array([0.25, 0.75]))
        monitor.record({"size": 1.0}, {"cat": 0.25, "dog": 0.75})
        snapshot = exporter.view().models[0].snapshot

    assert [(output.name, output.class_name) for output in reference.outputs] == [
        ("prediction", "cat"), ("prediction", "dog"),
    ]  # fmt: skip
    assert reference.feature_names == ("size",)
    assert "kind" in reference.skipped
    assert counted(snapshot, reference) == [52, 52]
    assert snapshot.service.schema_violations["unreadable_prediction"] == 0
    assert mlexporter.Profile.from_json(profile.to_json()) == profile


def test_a_mapping_holds_outputs_by_name(frame):
    """Each output has its own column; a dict of outputs is counted by name."""
    profile = mlexporter.Profile.fit(frame, **MODEL, prediction={"fare": "cat", "tip": "dog"}, label="kind")
    with isolated_exporter() as exporter:
        predict = exporter.monitor(**MODEL, profile=profile)(lambda size: {"fare": 0.2, "tip": 0.8})
        predict(1.0)
        predict(2.0)
        snapshot = exporter.view().models[0].snapshot

    assert [output.name for output in profile.reference.outputs] == ["fare", "tip"]
    assert counted(snapshot, profile.reference) == [2, 2]


@pytest.mark.parametrize("given", [7, [], ["cat", "cat"], {"a": 1}, {"": "cat"}, b"cat"])
def test_an_impossible_prediction_names_the_three_forms(frame, given):
    """The message quotes the value and says what would do."""
    with pytest.raises(ConfigurationError, match=r"prediction=.*a column, a list of columns"):
        mlexporter.Profile.fit(frame, **MODEL, prediction=given)


def test_a_column_that_is_not_there_is_named(frame):
    """Also where it stands in a list."""
    with pytest.raises(FitError, match="no column 'bird'"):
        mlexporter.Profile.fit(frame, **MODEL, prediction=["cat", "bird"])


def test_a_label_among_the_predictions_is_refused(frame):
    """A column is what the model said or what was true, not both."""
    with pytest.raises(FitError, match="both prediction and label"):
        mlexporter.Profile.fit(frame, **MODEL, prediction=["cat", "kind"], label="kind")
