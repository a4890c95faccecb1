from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pandas as pd
import pytest

from mlexporter.errors import ConfigurationError
from mlexporter.instrument.warmup import WarmUp

ROW = {"size": 1.5, "colour": "red"}


def test_a_record_counts_like_a_call(rig):
    """Features, prediction and duration by hand."""
    rig.monitor.record(ROW, 0.7, id="7", timestamp=3.0, duration_seconds=0.5)

    durations = rig.service.durations["ok"]
    assert (durations.buckets.tolist(), durations.total) == ([0, 1, 0], 0.5)
    assert rig.output() == {"01": 1}
    rig.assert_balanced()


@pytest.mark.parametrize("duration", [None, -1.0, float("nan"), float("inf"), "long"])
def test_a_duration_that_can_be_none_is_not_counted(rig, duration):
    """The call is."""
    rig.monitor.record(ROW, 0.7, duration_seconds=duration)

    assert rig.service.durations["ok"].buckets.sum() == 0
    assert rig.service.requests["ok"] == 1


def test_a_record_of_an_error_has_its_class(rig):
    """An exception or a name; the message is nowhere."""
    rig.monitor.record(ROW, error=ValueError("Ada, born 1815"))
    rig.monitor.record(ROW, error="requests.Timeout")
    rig.monitor.record(ROW, error="KeyError: no such person, Ada")

    assert rig.service.errors == {"ValueError": 1, "requests.Timeout": 1, "other": 1}
    assert "Ada" not in repr(rig.snapshot)
    rig.assert_balanced()


def test_a_record_without_a_prediction_is_missing_in_the_output(rig):
    """None is a missing value there as everywhere."""
    rig.monitor.record(ROW)

    assert rig.output() == {"missing": 1}
    assert rig.violations() == {}


def test_a_batch_is_one_call_of_many_rows(rig):
    """Rows, batch size and predictions of a frame."""
    rig.monitor.record_batch(pd.DataFrame([ROW] * 300), np.full(300, 0.2), duration_seconds=0.01)

    assert (rig.service.requests["ok"], rig.service.accepted, rig.service.batch_rows.total) == (1, 300, 300.0)
    assert rig.output() == {"00": 300}
    rig.assert_balanced()


def test_sampled_calls_are_counted_and_accounted_for(new_rig, new_reference):
    """Rows left out are dropped with the reason ``sampled``, in every feature alike."""
    rig = new_rig(new_reference(), sample=0.25)
    for _ in range(400):
        rig.monitor.record(ROW, 0.7)
    rig.monitor.record_batch([ROW] * 100, [0.7] * 100)

    assert rig.service.accepted == 500
    assert 100 < rig.service.dropped["sampled"] < 490
    rig.assert_balanced()


def test_without_a_profile_there_are_service_counts(new_rig):
    """Calls and rows are counted, whatever the argument is."""
    rig = new_rig()
    predict = rig.monitor.wrap(lambda row: 0.7)
    for container in (ROW, [ROW] * 3, np.zeros((5, 2)), "text", None, object()):
        predict(container)

    assert (rig.service.requests["ok"], rig.service.accepted) == (6, 12)
    assert rig.snapshot.profile is None
    assert "drift is not monitored" in dict(rig.monitor.notes())["profile"]


def test_rows_are_counted_alike_with_and_without_a_profile(rig, new_rig):
    """A dict of columns is as many rows as it has, whoever looks."""
    columns = {"size": [1.5, 0.5, 2.5], "colour": ["red", "blue", "red"]}
    without = new_rig()
    for each in (rig, without):
        each.monitor.record_batch(columns, [0.7] * 3)
        each.monitor.record({}, 0.7)

    assert (rig.service.accepted, without.service.accepted) == (4, 4)


def test_parameters_that_the_profile_names_are_the_features(rig):
    """Positions, keywords and defaults; a parameter that is no feature is let be."""

    @rig.monitor.wrap
    def predict(size, colour="red", *, verbose=False):
        return 0.7

    predict(1.5)
    predict(colour="blue", size=0.5, verbose=True)

    assert rig.feature("size") == {"01": 1, "00": 1}
    assert rig.feature("colour") == {"01": 1, "00": 1}
    assert rig.violations() == {}
    assert "size" in rig.monitor.notes()[0][1]


def test_arrays_in_named_parameters_are_a_batch(rig):
    """Equally long columns are rows."""
    rig.monitor.wrap(lambda size, colour: size)(np.array([0.5, 1.5, 2.5]), ["red", "blue", "red"])

    assert rig.service.accepted == 3
    assert rig.feature("size") == {"00": 1, "01": 1, "02": 1}


def test_keyword_parameters_are_a_container(rig):
    """``**features`` holds the row."""
    rig.monitor.wrap(lambda **features: 0.7)(**ROW)

    assert rig.feature("size") == {"01": 1}


def test_several_parameters_that_no_profile_names_are_not_features(rig):
    """There are service metrics and a note that says why; no feature counts as missing."""
    rig.monitor.wrap(lambda a, b: 0.7)(1, 2)

    assert rig.feature("size") == {}
    assert rig.output() == {}
    assert "features are not monitored" in rig.monitor.notes()[0][1]
    rig.assert_balanced()


def test_features_by_name_or_callable_win(new_rig, new_reference):
    """Names of keys, names of parameters, a callable over the arguments."""
    names = new_rig(new_reference(), features=["size", "colour"])
    names.monitor.wrap(lambda request, verbose=False: 0.7)({**ROW, "extra": 1})
    names.monitor.wrap(lambda x, size, colour: 0.7)(0, 1.5, "red")
    taken = new_rig(new_reference(), features=lambda x, request: request["row"])
    taken.monitor.wrap(lambda x, request: 0.7)(0, {"row": ROW})

    assert names.feature("size") == {"01": 2}
    assert names.violations() == {}
    assert taken.feature("size") == {"01": 1}


def test_a_broken_features_callable_is_an_unreadable_row(new_rig, new_reference):
    """It does not reach the caller, also under strict."""
    rig = new_rig(new_reference(), features=lambda row: row.nothing)

    assert rig.monitor.wrap(lambda row: 0.7)(ROW) == 0.7
    assert rig.violations() == {"unreadable_row": 1}
    rig.assert_balanced()


def test_wrong_uses_raise_at_once(new_rig, new_reference):
    """A class, a value, and names that the function does not have."""
    rig = new_rig(new_reference(), features=["size", "weight"])

    with pytest.raises(ConfigurationError, match=r"'weight' is no parameter of .*name parameters"):
        rig.monitor.wrap(lambda size, colour: 0.7)
    with pytest.raises(ConfigurationError, match="decorate its predict method"):
        rig.monitor.wrap(dict)
    with pytest.raises(ConfigurationError, match="cannot be called"):
        rig.monitor.wrap(3)


def test_notes_say_what_features_and_the_profile_do_not_share(new_rig, new_reference):
    """Both directions, by name."""
    notes = dict(new_rig(new_reference(), features=["size", "weight"], sample=0.5).monitor.notes())

    assert "counted as missing" in notes["colour"]
    assert "not monitored" in notes["weight"]
    assert "0.5 of the calls" in notes["sample"]


def test_a_warm_up_learns_and_then_counts(new_rig, new_reference):
    """Rows of the warm-up are calls and no observations; the profile counts from its opening on."""
    full = []
    rig = new_rig(warmup=WarmUp(4, full.append))
    predict = rig.monitor.wrap(lambda row: [0.7] * len(row) if isinstance(row, list) else 0.7)
    predict(ROW)
    predict([ROW] * 2)
    assert full == []
    predict(ROW)
    predict(ROW)

    assert full == [{"size": [1.5] * 4, "colour": ["red"] * 4, "prediction": [0.7] * 4}]
    rig.reference = new_reference()
    rig.state.open_profile(rig.reference)
    rig.monitor.adopt(rig.reference)
    predict(ROW)

    assert rig.service.accepted == 6
    assert rig.feature("size") == {"01": 1}
    rig.assert_balanced()


def test_a_warm_up_keeps_no_failed_call(new_rig):
    """A row without an answer teaches nothing."""
    warmup = WarmUp(2, print)
    rig = new_rig(warmup=warmup)

    @rig.monitor.wrap
    def predict(row):
        raise ValueError

    with pytest.raises(ValueError):
        predict(ROW)
    assert warmup.collected == 0
    assert "0 rows of the warm-up" in dict(rig.monitor.notes())["profile"]


def test_a_call_under_way_keeps_its_profile(rig, new_reference):
    """A row read in the old bins is not counted in the new ones, and both stay balanced."""
    new = dataclasses.replace(new_reference(), fingerprint="1" * 16)

    @rig.monitor.wrap
    def predict(row):
        if rig.state.reference is not new:
            rig.state.open_profile(new)
            rig.monitor.adopt(new)
        return 0.7

    predict(ROW)
    assert (rig.service.accepted, rig.snapshot.profile.accepted) == (1, 0)
    predict(ROW)

    assert rig.snapshot.profile.accepted == 1
    rig.assert_balanced()


@pytest.mark.parametrize("strict", [False, True])
def test_an_error_of_ours_is_counted_and_raised_only_under_strict(
    new_rig, new_reference, strict, monkeypatch
):
    """The row is dropped with a reason, and the call goes on."""
    rig = new_rig(new_reference(), strict=strict)
    predict = rig.monitor.wrap(lambda row: 0.7)
    capture = rig.monitor._wrapped[0].accounting._reading[0]
    monkeypatch.setattr(capture, "take", lambda *_: 1 / 0)

    if strict:
        with pytest.raises(ZeroDivisionError):
            predict(ROW)
    else:
        assert predict(ROW) == 0.7
    assert rig.counter.counts().internal_errors == {"capture": 1}
    assert rig.service.dropped["internal_error"] == 1
    rig.assert_balanced()


def test_keywords_beside_parameters_bring_the_other_features(rig):
    """``**rest`` next to named parameters holds features too; what is neither is let be."""
    rig.monitor.wrap(lambda size, **rest: 0.7)(1.5, colour="red", other=1)
    rig.monitor.wrap(lambda session, colour, **rest: 0.7)(object(), size=0.5, colour="blue")

    assert rig.feature("size") == {"01": 1, "00": 1}
    assert rig.feature("colour") == {"01": 1, "00": 1}
    assert rig.violations() == {}


def test_what_a_partial_has_set_is_no_parameter(rig):
    """The one parameter that is left is the container, and the function keeps its name."""

    def predict(row, model):
        return 0.7

    rig.monitor.wrap(functools.partial(predict, model=3))(ROW)

    assert rig.feature("size") == {"01": 1}
    assert rig.monitor.notes()[0][0].endswith("predict")


async def test_a_generator_that_returns_nothing_has_no_prediction(rig):
    """What it yields is no output: none is counted as missing, and its features are counted."""

    def stream(row):
        yield 0.5

    async def stream_async(row):
        yield 0.5

    assert list(rig.monitor.wrap(stream)(ROW)) == [0.5]
    assert [item async for item in rig.monitor.wrap(stream_async)(ROW)] == [0.5]

    assert rig.feature("size") == {"01": 2}
    assert rig.snapshot.profile.output_cells.sum() == 0
    rig.assert_balanced()


def test_features_that_are_not_chosen_are_missing_and_told(new_rig, new_reference):
    """The names in features= win over the keys of the row; a warning names what the profile has beyond."""
    rig = new_rig(new_reference(), features=["size"])
    rig.monitor.wrap(lambda row: 0.7)(ROW)
    rig.monitor.wrap(lambda rows: [0.7] * len(rows))([ROW] * 20)

    assert rig.feature("size") == {"01": 21}
    assert rig.feature("colour") == {"missing": 21}
    assert rig.violations() == {}
    assert any("colour: counted as missing" in warning for warning in rig.monitor.warnings())
    rig.assert_balanced()


def test_a_typo_in_every_chosen_name_leaves_service_metrics_and_a_warning(new_rig, new_reference):
    """Nothing counts as missing where no chosen name is in the profile; the warning lists the known ones."""
    rig = new_rig(new_reference(), features=["sise"])
    rig.monitor.wrap(lambda row: 0.7)(ROW)

    assert rig.feature("size") == {}
    assert any("sise" in warning and "size" in warning for warning in rig.monitor.without_features())


def test_the_only_parameter_may_be_called_like_a_feature(rig):
    """A single value of it is that feature; a row in it is a row."""
    predict = rig.monitor.wrap(lambda size: 0.7)
    predict(1.5)
    predict(ROW)

    assert rig.feature("size") == {"01": 2}
    assert rig.feature("colour")["missing"] == 1
    rig.assert_balanced()
