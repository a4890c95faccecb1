import json
from dataclasses import replace

import numpy as np
import pytest

from mlexporter import Profile
from mlexporter.errors import FitError, ProfileFormatError
from mlexporter.profile.identity import fingerprint

CLASSES = ["low", "mid", "high"]


def _fit(frame, **options):
    return Profile.fit(
        frame, **({"model": "m", "version": "1", "created": 1.0, "joint": False, "label": "y"} | options)
    )


@pytest.fixture(scope="module")
def scored():
    """1,500 rows of a score that is calibrated, and their labels."""
    generator = np.random.default_rng(71)
    x = generator.normal(size=1_500)
    score = 1 / (1 + np.exp(-x))
    return {"x": x, "score": score, "y": generator.random(1_500) < score}


@pytest.fixture(scope="module")
def measured():
    """1,500 rows of a prediction that errs more where x is large and for one kind."""
    generator = np.random.default_rng(72)
    x, kind = generator.random(1_500), generator.choice(["a", "b", "c"], 1_500)
    prediction = 10 * x
    y = prediction + generator.normal(size=1_500) * (0.1 + 3 * (x > 0.5) + 2 * (kind == "b"))
    return {"x": x, "kind": kind.tolist(), "p": prediction, "y": y}


def test_held_out_rows_make_a_table_of_the_score_bins(scored):
    """Every held-out row is in one bin; positives and right decisions are those of the rows."""
    estimation = _fit(
        scored, prediction="score", held_out=scored, decision_threshold=0.5
    ).reference.estimation
    (table,) = estimation.tables
    decided = np.float32(scored["score"]) >= np.float32(0.5)
    assert estimation.row_count == sum(table.rows) == 1_500
    assert sum(table.positives) == scored["y"].sum()
    assert sum(table.predicted) == decided.sum()
    assert sum(table.right) == (decided & scored["y"]).sum()
    # The threshold is an edge, so that each bin is decided one way.
    assert all(part in {0, rows} for part, rows in zip(table.predicted, table.rows, strict=True))
    assert estimation.decision_threshold == 0.5
    assert estimation.notes == ()


def test_without_a_threshold_probabilities_are_decided_at_one_half(scored):
    """A note says so; scores beyond 0 to 1 are not decided, and it says that."""
    half = _fit(scored, prediction="score", held_out=True).reference.estimation
    assert half.decision_threshold == 0.5
    assert "0.5" in half.notes[0]
    wide = scored | {"score": np.asarray(scored["score"]) * 9}
    undecided = _fit(wide, prediction="score", held_out=True).reference.estimation
    assert undecided.decision_threshold is None
    assert undecided.tables[0].predicted == ()
    assert "decision_threshold" in undecided.notes[0]


def test_a_frame_a_file_and_the_rows_themselves_say_the_same(scored, tmp_path):
    """Held-out rows may be given in three ways."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "held.parquet"
    pq.write_table(pa.table({name: np.asarray(column) for name, column in scored.items()}), path)
    found = [
        _fit(scored, prediction="score", held_out=given).reference.estimation
        for given in (scored, path, str(path), True)
    ]
    assert found[0].tables
    assert all(each == found[0] for each in found)


def test_without_held_out_rows_nothing_is_estimated_and_it_says_why(scored):
    """Rows of the training promise too much, so they are never used by themselves."""
    told = []
    reference = _fit(scored, prediction="score", tell=told.append).reference
    assert reference.estimation is None
    assert any("held_out" in sentence for sentence in told)


def test_tables_do_not_change_the_fingerprint_and_trees_do(scored, measured):
    """Tables are of bins that count anyway; a tree decides in which leaf a row is counted."""
    plain = _fit(scored, prediction="score").reference
    assert _fit(scored, prediction="score", held_out=True).reference.fingerprint == plain.fingerprint
    grown = _fit(measured, prediction="p", held_out=True).reference
    assert grown.fingerprint != _fit(measured, prediction="p").reference.fingerprint
    tree = replace(grown.estimation.tree, thresholds=(0.123, *grown.estimation.tree.thresholds[1:]))
    assert fingerprint(replace(grown, estimation=replace(grown.estimation, tree=tree))) != grown.fingerprint


def test_a_regression_gets_a_tree_that_tells_where_errors_are_large(measured):
    """Leaves rest on 20 rows or more of the half that the tree was not grown on."""
    estimation = _fit(measured, prediction="p", held_out=True).reference.estimation
    assert estimation.n_leaves == len(estimation.leaves.rows) == len(estimation.tree.inputs) + 1
    assert min(estimation.leaves.rows) >= 20
    assert sum(estimation.leaves.rows) == 750
    assert max(estimation.leaves.absolute) > 5 * min(estimation.leaves.absolute)


@pytest.mark.parametrize("kind", ["scored", "measured"])
def test_what_was_learned_survives_the_file(kind, request):
    """And the text is the same to the byte."""
    profile = _fit(
        request.getfixturevalue(kind), prediction={"scored": "score", "measured": "p"}[kind], held_out=True
    )
    read = Profile.from_json(profile.to_json())
    assert read == profile
    assert read.to_json() == profile.to_json()


def test_class_scores_are_compared_with_labels_called_like_them():
    """One table a class; of the rows without a label nothing is counted."""
    generator = np.random.default_rng(73)
    scores = generator.dirichlet((1, 1, 1), 900)
    labels = [CLASSES[place] for place in scores.argmax(axis=1)]
    labels[0] = None
    frame = dict(zip(CLASSES, scores.T, strict=True)) | {"y": labels}
    estimation = _fit(frame, prediction=CLASSES, held_out=True).reference.estimation
    assert [(table.output, table.class_name) for table in estimation.tables] == list(enumerate(CLASSES))
    assert estimation.row_count == 899
    assert sum(sum(table.right) for table in estimation.tables) == 899
    with pytest.raises(FitError, match=r"'top' is called like no column of class scores"):
        _fit(frame | {"y": ["top"] * 900}, prediction=CLASSES, held_out=True)


def test_labels_as_predictions_are_compared_by_name():
    """Texts and booleans; where no name is the same it is a mistake."""
    said = ["yes", "no", "no"] * 100
    truth = ["yes", "no", "yes"] * 100
    texts = _fit({"p": said, "y": truth}, prediction="p", held_out=True).reference.estimation
    assert {table.class_name: sum(table.right) for table in texts.tables} == {"no": 100, "yes": 100}
    flags = {"p": [value == "yes" for value in said], "y": [int(value == "yes") for value in truth]}
    (table,) = _fit(flags, prediction="p", held_out=True).reference.estimation.tables
    assert (sum(table.predicted), sum(table.right), sum(table.positives)) == (100, 100, 200)
    with pytest.raises(FitError, match="called like no prediction"):
        _fit({"p": said, "y": ["ja"] * 300}, prediction="p", held_out=True)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"score": None}, {}, "no column 'score' .prediction="),
        ({"y": None}, {}, "no column 'y' .label="),
        ({"y": ["late", "early", "other"] * 500}, {}, "labels are no numbers"),
        ({}, {"held_out": "nowhere.parquet"}, "held_out: nowhere.parquet: there is no such file"),
        ({}, {"held_out": {}}, "held_out: the training data has no rows"),
        ({}, {"prediction": {"one": "score", "two": "x"}}, "compared with one prediction"),
    ],
)
def test_held_out_rows_that_do_not_fit_are_refused(scored, change, options, message):
    """The message says what is wrong and names the column."""
    held_out = {name: change.get(name, column) for name, column in scored.items()}
    held_out = {name: column for name, column in held_out.items() if column is not None}
    with pytest.raises(FitError, match=message):
        _fit(scored, **({"prediction": "score", "held_out": held_out} | options))


def test_a_regression_needs_the_features_in_held_out_rows(measured):
    """The tree looks at them."""
    held_out = {name: column for name, column in measured.items() if name != "kind"}
    with pytest.raises(FitError, match=r"no column 'kind' .features="):
        _fit(measured, prediction="p", held_out=held_out)


def test_errors_without_bounds_still_make_a_profile(measured):
    """The fourth power of an error of 1e100 is no number; it is cut before."""
    vast = measured | {"y": np.asarray(measured["y"]) * 1e100}
    profile = _fit(vast, prediction="p", held_out=True)
    assert np.isfinite(profile.reference.estimation.leaves.fourth).all()
    assert Profile.from_json(profile.to_json()) == profile


def test_too_few_held_out_rows_give_no_estimate_and_say_why(scored, measured):
    """The profile is made all the same."""
    told = []
    few = {name: column[:30] for name, column in scored.items()}
    assert _fit(scored, prediction="score", held_out=few, tell=told.append).reference.estimation is None
    few = {name: column[:30] for name, column in measured.items()}
    assert _fit(measured, prediction="p", held_out=few, tell=told.append).reference.estimation is None
    assert sum("minimum_bin_rows" in sentence for sentence in told) == 2


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("tables", 0, "output"), 1, "tables.0..output"),
        (("tables", 0, "rows"), [1], "rows"),
        (("tables", 0, "positives", 0), 10**9, "positives"),
        (("tables", 0, "right", -1), -1, "right"),
        (("tables", 0, "concordance", 0), 1.5, "concordance"),
        (("row_count",), 0, "row_count"),
        (("notes",), [1], "notes"),
        (("tree",), {"inputs": []}, "inputs"),
        (("surprise",), 1, "surprise"),
    ],
)
def test_impossible_tables_are_refused(scored, path, value, message):
    """The error names the field."""
    with pytest.raises(ProfileFormatError, match=message):
        Profile.from_json(_changed(_fit(scored, prediction="score", held_out=True), path, value))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("tree", "inputs", 0), 9, "inputs"),
        (("tree", "inputs", 0), True, "inputs"),
        (("tree", "thresholds", 0), "1", "thresholds"),
        (("tree", "cells", 0), [99], "cells"),
        (("tree", "left", 0), 0, "left"),
        (("tree", "left", 0), -70, "left"),
        (("tree", "right", -1), -1, "left"),
        (("leaves", "rows"), [20], "rows"),
        (("leaves", "square", 0), -1.0, "square"),
        (("leaves",), None, "leaves"),
    ],
)
def test_impossible_trees_are_refused(measured, path, value, message):
    """A loop among its nodes, too: nothing walks for ever."""
    with pytest.raises(ProfileFormatError, match=message):
        Profile.from_json(_changed(_fit(measured, prediction="p", held_out=True), path, value))


def _changed(profile, path, value):
    document = json.loads(profile.to_json())
    place = document["estimation"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(document)
