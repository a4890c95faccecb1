import dataclasses

import numpy as np
import pytest

from mlexporter.catalogue import (
    DATASET_P_VALUE,
    DRIFTED_FEATURES,
    EMBEDDING_DRIFT_SEVERITY,
    JOINT_DRIFT_SEVERITY,
)
from mlexporter.exposition.page.model import ModelPage
from mlexporter.exposition.page.verdict import State, reason_words
from mlexporter.records import BaselineState, JointReference, SubjectScores


@pytest.fixture
def judge(make, words_of):
    """Return a function that gives the state, the headline and the details of a model."""

    def judged(model, now=make.NOW):
        found = ModelPage(model, make.view(model), now).verdict
        return found.state, words_of(found.headline), [words_of(detail) for detail in found.details]

    return judged


def test_drift_names_the_worst(make, judge):
    """Drift is told as a number of features, the worst one, its severity and its window."""
    rows = [make.Row("carrier", (1.2, 0.4)), make.Row("distance", (2.0, 9.34)), make.Row("hour", (0.1, 0.2))]
    state, headline, _ = judge(make.model(rows))
    assert state is State.DRIFT
    assert headline == "2 of 3 features drift, worst: distance (severity 9.3 in the last 6h)."


def test_severity_of_one_is_not_drift(make, judge):
    """Only a severity above 1 is drift."""
    assert judge(make.model([make.Row("hour", (1.0, 1.0))]))[0] is State.STEADY
    assert judge(make.model([make.Row("hour", (1.0, 1.0001))]))[0] is State.DRIFT


def test_prediction_drift_is_told(make, judge):
    """A drifting output is part of the headline, also when no feature drifts."""
    outputs = [make.Row("prediction", (3.1, 0.0))]
    assert judge(make.model([make.Row("a")], outputs))[1] == (
        "The predictions drift, worst: prediction (severity 3.1 in the last 1h). No feature that alerts does."
    )
    both = judge(make.model([make.Row("a", (2.0, 2.0))], outputs))[1]
    assert both.startswith("1 of 1 feature drifts, worst: a (severity 2 in the last 1h).")
    assert "The predictions drift too, worst: prediction (severity 3.1 in the last 1h)." in both


def test_steady_says_what_could_have_been_seen(make, judge):
    """No drift on few rows is not an all-clear."""
    rows = [make.Row("hour", (0.0, None), scores={"minimum_detectable_effect": 0.5})]
    state, headline, _ = judge(make.model(rows, n_rows=(140, 1400)))
    assert state is State.STEADY
    assert headline == (
        "No drift seen. With 140 rows in the last 1h only shifts above 0.5 standard deviations could have been."
    )


def test_the_weakest_feature_says_what_could_have_been_seen(make, judge):
    """The sentence holds for every feature: the largest smallest visible shift is told."""
    rows = [make.Row(str(size), scores={"minimum_detectable_effect": size}) for size in (0.1, 0.7, 0.2)]
    assert "above 0.7 standard" in judge(make.model(rows))[1]


def test_steady_without_a_detectable_effect(make, judge):
    """Without a smallest visible shift none is made up."""
    assert (
        judge(make.model([make.Row("hour")], n_rows=(8, 1400)))[1]
        == "No drift seen in 1,400 rows of the last 6h."
    )


def test_too_few_rows(make, judge):
    """Too few rows are told as have and need."""
    model = make.model([make.Row("hour", (None, None), observations=61)], n_rows=(20, 61))
    assert judge(model)[:2] == (State.UNKNOWN, "No verdict yet: 61 of 100 rows in the last 6h.")


def test_too_few_usable_rows(make, judge):
    """Rows without usable values do not count as rows of a feature."""
    model = make.model([make.Row("hour", (None, None), observations=3)], n_rows=(20, 500))
    assert judge(model)[1] == (
        "No verdict yet: 3 of 100 rows with a usable value in the last 6h, of 500 rows in all."
    )


def test_no_rows(make, judge):
    """No rows at all have a sentence of their own."""
    model = make.model([make.Row("hour", (None, None), cells=(0,) * 6)], n_rows=(0, 0))
    assert judge(model)[1] == "No verdict yet: no rows in the last 6h, 100 are needed."


@pytest.mark.parametrize(
    ("reason", "words"), [("error", "could not be computed"), ("profile", "no rows for it")]
)
def test_other_reasons(make, judge, reason, words):
    """A score that failed for another reason than rows says which."""
    model = make.model([make.Row("hour", (None, None), reason=reason)])
    state, headline, _ = judge(model)
    assert state is State.UNKNOWN
    assert words in headline


def test_no_profile(make, judge):
    """Without a profile drift is not measured."""
    state, headline, _ = judge(make.model())
    assert state is State.UNKNOWN
    assert headline == "Drift is not measured: this model has no profile to compare with."


def test_empty_profile(make, judge):
    """A profile without columns has nothing to compare."""
    assert judge(make.model([]))[1] == "Drift is not measured: the profile has no features and no outputs."


def test_no_report_yet(make, judge):
    """Before the first evaluation there is no verdict."""
    model = dataclasses.replace(make.model([make.Row("hour", (9.0, 9.0))]), report=None)
    assert judge(model)[1] == "No verdict yet: the first evaluation of drift is still to come."


def test_report_of_other_bins(make, judge):
    """A report on the bins of another profile is not shown."""
    model = make.model([make.Row("hour", (9.0, 9.0))])
    other = dataclasses.replace(model, report=dataclasses.replace(model.report, fingerprint="ffffffff"))
    assert judge(other)[0] is State.UNKNOWN


def test_stale_report(make, judge):
    """Scores older than three intervals are not believed."""
    model = make.model([make.Row("hour", (9.0, 9.0))])
    assert judge(model, now=make.NOW + 40)[0] is State.DRIFT
    state, headline, _ = judge(model, now=make.NOW + 235)
    assert state is State.UNKNOWN
    assert headline == "No verdict: drift was last evaluated 4 minutes ago, which is too old."


def test_not_alerted_drift_is_no_verdict(make, judge):
    """Features that must not alert do not make the model drift, but are told."""
    rows = [make.Row("hour", (9.0, 9.0), alert=False), make.Row("distance", (0.1, 0.1))]
    state, _, details = judge(make.model(rows))
    assert state is State.STEADY
    assert details == ["1 more moves but is shown only, not alerted on: hour."]


def test_only_not_alerted_features(make, judge):
    """Where nothing may alert there is no all-clear either."""
    assert judge(make.model([make.Row("hour", alert=False)]))[0] is State.UNKNOWN


def test_features_without_scores_are_told(make, judge):
    """A verdict says which features it does not speak of."""
    rows = [make.Row("hour"), make.Row("temp", (None, None))]
    assert judge(make.model(rows))[2] == ["1 without a score yet: temp."]


def test_missing_values_are_told(make, judge):
    """A feature that went missing is told even where it has too few rows for a score."""
    rows = [make.Row("temp", (None, None), cells=(0, 0, 0, 0, 140, 0)), make.Row("hour")]
    details = judge(make.model(rows))[2]
    assert "worst: temp (100 % missing now, 0 % in training)." in details[0].replace("\u00a0", " ")


def test_every_reason_has_words():
    """No reason shows as its label."""
    from mlexporter.catalogue import ABSENT_REASONS

    assert len({reason_words(reason) for reason in ABSENT_REASONS}) == len(ABSENT_REASONS)
    assert reason_words("new") == "no score"


def test_blind_features_are_counted_and_not_taken_for_visible(make, judge):
    """What could have been seen is told of features that are seen at all; the others are counted."""
    sizes = {"a": 0.5, "b": 1.76, "c": 2.5, "d": 1.75}
    rows = [make.Row(name, scores={"minimum_detectable_effect": size}) for name, size in sizes.items()]
    state, headline, details = judge(make.model(rows))
    assert state is State.STEADY
    assert "only shifts above 1.8 standard deviations" in headline
    assert details == ["2 features move so much by themselves that no shift could be seen."]


def test_one_blind_feature(make, judge):
    """In the singular."""
    rows = [
        make.Row(name, scores={"minimum_detectable_effect": size}) for name, size in (("a", 0.5), ("b", 3))
    ]
    assert judge(make.model(rows))[2] == ["1 feature moves so much by itself that no shift could be seen."]


def test_blindness_is_no_all_clear(make, judge):
    """Where no shift could have been seen anywhere, nothing is steady."""
    rows = [make.Row("a", scores={"minimum_detectable_effect": 9.0})]
    state, headline, details = judge(make.model(rows))
    assert (state, headline) == (State.UNKNOWN, "No verdict: no shift could have been seen, however large.")
    assert details == ["1 feature moves so much by itself that no shift could be seen."]


def test_the_longest_window_is_that_of_all_features(make, judge):
    """One feature without a score in the longest window does not make the others' shorter one count."""
    rows = [
        make.Row("a", (0.0, 0.0), scores={"minimum_detectable_effect": 0.3}),
        make.Row("b", (0.0, None), scores={"minimum_detectable_effect": 0.9}),
    ]
    assert judge(make.model(rows))[1] == (
        "No drift seen. With 1,400 rows in the last 6h only shifts above 0.3 standard deviations could have been."
    )


def test_a_feature_that_people_excluded_does_not_alert(make, judge):
    """Its drift is told as shown only."""
    model = make.model([make.Row("a", (9.0, 9.0)), make.Row("b")])
    decided = BaselineState("training", 0, 24, 0, 168, 3600.0, excluded=frozenset({"a"}))
    state, _, details = judge(dataclasses.replace(model, baseline=decided))
    assert state is State.STEADY
    assert details == ["1 more moves but is shown only, not alerted on: a."]


def test_an_acknowledged_drift_is_drift_that_somebody_knows(make, judge):
    """It stays a drift, and the page says that nobody is called for it."""
    model = make.model([make.Row("a", (9.0, 9.0)), make.Row("b", (0.2, 0.2))])
    decided = BaselineState("training", 0, 24, 0, 168, 3600.0, acknowledged={"a": 1.0, "b": 1.0})
    state, _, details = judge(dataclasses.replace(model, baseline=decided))
    assert state is State.DRIFT
    assert details == ["Acknowledged, so not alerted on until it is over: a."]


def with_joint(make, rows, severity, name="", *, alert=True, model=None):
    """Return a model with one joint, of this severity in the longer window."""
    metric = EMBEDDING_DRIFT_SEVERITY if name else JOINT_DRIFT_SEVERITY
    found = make.model(rows)
    scores = SubjectScores(np.array([256]), {metric.name: np.array([severity])}, ("",))
    first, last = found.report.windows
    last = dataclasses.replace(last, joints=scores, model=model or {})
    reference = dataclasses.replace(found.reference, joints=(JointReference(name, ("a",), (), alert=alert),))
    report = dataclasses.replace(found.report, windows=(first, last))
    return dataclasses.replace(found, reference=reference, report=report)


def test_a_broken_dependence_is_drift(make, judge):
    """Though no feature has moved; the sentence says where to look."""
    state, headline, details = judge(with_joint(make, [make.Row("a")], 4.0))
    assert (state, headline) == (State.DRIFT, "Features fit each other no longer as in training.")
    (told,) = details
    assert told == (
        "The dependence between features has changed (severity 4 in the last 6h). No single feature shows it: "
        "look for a feed that is joined wrongly, a sign, or rows mixed up."
    )


def test_a_dependence_among_features_that_drift_is_explained(make, judge):
    """Features that drift by themselves move what is joint with them."""
    details = judge(with_joint(make, [make.Row("a", (2.0, 2.0))], 4.0))[2]
    assert details[0].endswith("Features that drift by themselves may be all of it.")


def test_an_embedding_is_named_and_escaped(make):
    """Its name is a name of a user."""
    model = with_joint(make, [make.Row("a")], 4.0, "<i>text")
    (sentence,) = ModelPage(model, make.view(model), make.NOW).verdict.details
    assert sentence == "The embedding &lt;i&gt;text has drifted (severity 4 in the last 6h)."


@pytest.mark.parametrize(("severity", "alert"), [(1.0, True), (np.nan, True), (4.0, False)])
def test_a_joint_that_does_not_drift_or_alert_is_no_drift(make, judge, severity, alert):
    """Severity 1 is none, unknown is none, and one that must not alert does not."""
    assert judge(with_joint(make, [make.Row("a")], severity, alert=alert))[::2] == (State.STEADY, [])


def test_a_stale_report_says_nothing_of_joints(make, judge):
    """Its sentences vanish with its scores."""
    model = with_joint(
        make, [make.Row("a")], 4.0, model={DATASET_P_VALUE.name: 0.0, DRIFTED_FEATURES.name: 1.0}
    )
    assert len(judge(model)[2]) == 2
    state, _, details = judge(model, now=make.NOW + 3600)
    assert (state, details) == (State.UNKNOWN, [])


@pytest.mark.parametrize(
    ("p_value", "drifted", "is_told"), [(1e-4, 3.0, True), (0.01, 3.0, False), (1e-4, 0.0, False)]
)
def test_more_than_chance_is_told(make, judge, p_value, drifted, is_told):
    """Where all features together say so, and some of them can be named as having moved."""
    model = {DATASET_P_VALUE.name: p_value, DRIFTED_FEATURES.name: drifted}
    details = judge(with_joint(make, [make.Row("a")], 0.0, model=model))[2]
    told = "All together: 3 features moved by more than chance in the last 6h, however little (5 % of such findings may be chance)."
    assert details == ([told] if is_told else [])
