from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from mlexporter.records import OutputReference

ROW = {"size": 1.5, "colour": "red"}


@dataclass
class Answer:
    """What a model may answer."""

    score: float
    label: str


@pytest.mark.parametrize(
    "result",
    [0.7, np.float32(0.7), [0.7], np.array([0.7]), np.array(0.7), np.array([[0.7]]), pd.Series([0.7]),
     {"score": 0.7, "label": "yes"}, {"prediction": 0.7, "other": 1}, Answer(0.7, "yes"), pd.DataFrame({"p": [0.7]})],
    ids=lambda result: type(result).__name__,
)  # fmt: skip
def test_one_output_is_found_in_every_shape(rig, result):
    """A number is a number, wherever it stands."""
    rig.monitor.wrap(lambda row: result)(ROW)

    assert rig.output() == {"01": 1}
    assert rig.violations() == {}


@pytest.mark.parametrize(
    "result",
    [[0.7, 0.7], {}, {"a": 0.7}, object(), np.zeros((2, 2)), [], print, {1, 2}, b"x"],
    ids=lambda result: type(result).__name__,
)
def test_a_result_that_does_not_fit_is_invalid(rig, result):
    """It is returned untouched, and counted as unreadable."""
    assert result is rig.monitor.wrap(lambda row: result)(ROW)
    assert rig.output() == {"invalid": 1}
    rig.assert_balanced()


def test_a_label_is_taken_where_the_profile_has_labels(new_rig, new_reference, distributions):
    """``label`` goes before ``score`` for an output of categories."""
    rig = new_rig(new_reference(outputs=[OutputReference("prediction", distributions["label"])]))
    predict = rig.monitor.wrap(lambda row: row["answer"])
    for answer in ("yes", {"score": 0.1, "label": "yes"}, np.array(["yes"]), "perhaps", None):
        predict({**ROW, "answer": answer})

    assert rig.output() == {"01": 3, "unseen": 1, "missing": 1}


def class_rig(new_rig, new_reference, distributions):
    outputs = [
        OutputReference("prediction", distributions["score"], class_name=name) for name in ("cat", "dog")
    ]
    return new_rig(new_reference(outputs=outputs))


@pytest.mark.parametrize(
    "result",
    [[0.2, 0.8], np.array([[0.2, 0.8]]), {"dog": 0.8, "cat": 0.2}, {"score": [0.2, 0.8]}, (0.2, 0.8)],
    ids=lambda result: type(result).__name__,
)
def test_class_scores_of_a_row_go_to_their_classes(new_rig, new_reference, distributions, result):
    """Positions follow the classes of the profile, names go by name."""
    rig = class_rig(new_rig, new_reference, distributions)
    rig.monitor.wrap(lambda row: result)(ROW)

    assert [rig.output(0), rig.output(1)] == [{"00": 1}, {"01": 1}]
    assert rig.violations() == {}


def test_class_scores_of_a_batch_have_one_column_a_class(new_rig, new_reference, distributions):
    """Shape (n, k) fits; another width is unreadable for all rows."""
    rig = class_rig(new_rig, new_reference, distributions)
    rig.monitor.wrap(lambda rows: np.array([[0.2, 0.8]] * 3))([ROW] * 3)
    rig.monitor.wrap(lambda rows: np.zeros((3, 5)))([ROW] * 3)

    assert [rig.output(0), rig.output(1)] == [{"00": 3, "invalid": 3}, {"01": 3, "invalid": 3}]
    assert rig.violations() == {"unreadable_prediction": 3}
    rig.assert_balanced()


def test_outputs_by_name(new_rig, new_reference, distributions):
    """A mapping, rows of mappings and a frame give each output its values."""
    outputs = [
        OutputReference("risk", distributions["score"]),
        OutputReference("verdict", distributions["label"]),
    ]
    rig = new_rig(new_reference(outputs=outputs))
    answer = {"risk": 0.9, "verdict": "no"}
    rig.monitor.wrap(lambda row: answer)(ROW)
    rig.monitor.wrap(lambda rows: [answer] * 3)([ROW] * 3)
    rig.monitor.wrap(lambda rows: pd.DataFrame([answer] * 2))([ROW] * 2)
    rig.monitor.wrap(lambda row: 0.7)(ROW)

    assert rig.output(0) == {"01": 6, "invalid": 1}
    assert rig.output(1) == {"00": 6, "invalid": 1}
    assert rig.violations() == {"unreadable_prediction": 1}


@pytest.mark.parametrize("chooser", ["risk", lambda result: result["risk"]])
def test_the_prediction_can_be_chosen(new_rig, new_reference, chooser):
    """A key or a callable, for a row and for a list of results."""
    rig = new_rig(new_reference(), prediction=chooser)
    rig.monitor.wrap(lambda row: {"risk": 0.9, "trace": object()})(ROW)

    assert rig.output() == {"01": 1}


def test_a_broken_chooser_is_an_unreadable_prediction(new_rig, new_reference):
    """A callable of the user that raises does not reach the caller, also under strict."""
    rig = new_rig(new_reference(), prediction=lambda result: result.nothing)

    assert rig.monitor.wrap(lambda row: 0.7)(ROW) == 0.7
    assert rig.violations() == {"unreadable_prediction": 1}


def test_lengths_that_differ_are_unreadable(rig):
    """N rows need n predictions."""
    for result in ([0.7] * 3, np.zeros(1), 0.7, pd.Series([0.1] * 5)):
        rig.monitor.record([ROW] * 4, result)

    assert rig.output() == {"invalid": 16}
    assert rig.violations() == {"unreadable_prediction": 16}
    rig.assert_balanced()


def test_a_profile_without_outputs_reads_no_result(new_rig, new_reference):
    """Whatever comes back is nobody's business: one row, some rows, many."""
    rig = new_rig(new_reference(outputs=()))
    predict = rig.monitor.wrap(lambda rows: object())
    for n_rows in (1, 3, 40):
        predict([{"size": 1.5, "colour": "red"}] * n_rows)

    assert rig.snapshot.profile.output_cells.sum() == 0
    assert rig.violations() == {}
    rig.assert_balanced()


@pytest.mark.parametrize("chooser", [None, "score"])
def test_predictions_of_a_batch_may_be_dicts_or_a_frame_of_one_column(new_rig, new_reference, chooser):
    """Each element is a result of its own; the key applies to each."""
    rig = new_rig(new_reference(), prediction=chooser)
    rows = [{"size": 1.5, "colour": "red"}] * 20
    rig.monitor.wrap(lambda rows: [{"score": 0.2}] * 20)(rows)
    rig.monitor.wrap(lambda rows: pd.DataFrame({"score": [0.7] * 20}))(rows)

    assert rig.output() == {"00": 20, "01": 20}
    assert rig.violations() == {}
    rig.assert_balanced()


@pytest.mark.parametrize("row", [{"size": 1.5, "colour": "red"}, [{"size": 1.5, "colour": "red"}] * 2])
def test_what_can_be_gone_through_only_once_is_left_to_the_caller(rig, row):
    """An iterator is an unreadable prediction, and nothing is taken out of it."""
    answer = rig.monitor.wrap(lambda row: iter([0.2, 0.7]))(row)

    assert list(answer) == [0.2, 0.7]
    assert {"unreadable_prediction": rig.service.accepted} == rig.violations()
    rig.assert_balanced()
