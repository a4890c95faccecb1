from dataclasses import replace

import numpy as np

from mlexporter import Profile, catalogue
from mlexporter.app.offline import OfflineOptions, evaluate_rows
from mlexporter.app.offline.findings import DRIFT, NO_VERDICT, QUALITY, findings
from mlexporter.profile.sources import FrameSource
from offline_rows import rows_of


def kinds(evaluation):
    """Return kind and subject of each finding."""
    return [(found.kind, found.subject) for found in findings(evaluation.reference, evaluation.window)]


def test_nothing_is_found_in_clean_rows(evaluated):
    """Rows like those of training."""
    assert kinds(evaluated(rows_of(1000, seed=2))) == []


def test_drift_comes_before_quality(evaluated):
    """A shift by two deviations, and a third of the countries missing."""
    columns = rows_of(900, seed=2, shift=20.0)
    columns["country"][:300] = [None] * 300
    assert kinds(evaluated(columns))[:2] == [(DRIFT, "amount"), (QUALITY, "country")]


def test_another_unit_is_named(evaluated):
    """A factor of 1,000 is drift, and the sentence says what it looks like."""
    first = findings(*_of(evaluated(rows_of(1000, seed=2, factor=1000.0))))[0]
    assert first.subject == "amount"
    assert "as if multiplied by 1,000" in first.sentence


def test_silence_for_lack_of_rows_is_a_finding(evaluated):
    """No verdict is no all-clear."""
    assert kinds(evaluated(rows_of(20, seed=2))) == [(NO_VERDICT, "")]


def _of(evaluation):
    return evaluation.reference, evaluation.window


def test_rows_that_came_in_groups_hang_nowhere(evaluated):
    """Each row five times, as sessions send them: 80 % of the values repeat and no feature has one value."""
    columns = {name: np.repeat(values, 5) for name, values in rows_of(400, seed=2).items()}
    assert not any("repeats it" in each.sentence for each in findings(*_of(evaluated(columns))))


def test_a_feature_with_one_value_hangs(evaluated):
    """Two thirds of the rows are not enough, all are."""
    columns = rows_of(1500, seed=2)
    columns["amount"][:1000] = 100.5
    assert not any("repeats it" in each.sentence for each in findings(*_of(evaluated(columns))))
    columns["amount"][:] = 100.5
    assert any("repeats it" in each.sentence for each in findings(*_of(evaluated(columns))))


def test_rows_that_a_join_has_multiplied_are_found(evaluated):
    """Half of the rows repeat the row before, in training none did."""
    columns = {name: np.repeat(values, 2) for name, values in rows_of(600, seed=2).items()}
    found = [each for each in findings(*_of(evaluated(columns))) if "repeat other rows" in each.sentence]
    assert [(each.kind, each.subject) for each in found] == [(QUALITY, "")]


def test_a_derivation_that_is_wrong_in_some_rows_is_found(evaluated):
    """The alert allows 1 % of the rows; the sentence tells the share."""
    clean = evaluated(rows_of(300, seed=2))
    values = np.array([np.nan, 0.02])
    scores = replace(clean.window.features, scores={catalogue.FEATURE_SKEW.name: values})
    skewed = replace(clean.window, features=scores)
    found = [each for each in findings(clean.reference, skewed) if each.kind == QUALITY]
    assert [(each.subject, each.value) for each in found] == [("country", 0.02)]
    assert "at least 2.0% of the rows" in found[0].sentence
    values[1] = 0.009
    assert not [each for each in findings(clean.reference, skewed) if each.kind == QUALITY]


def test_an_output_without_a_value_is_no_all_clear(evaluated):
    """Scores that are all missing, where features are as they were."""
    columns = rows_of(600, seed=2)
    columns["score"][:] = np.nan
    assert kinds(evaluated(columns)) == [(NO_VERDICT, "prediction")]


def test_text_among_the_scores_of_a_class_is_invalid():
    """One class of three sends text in a tenth of the rows: the rest is judged."""
    random = np.random.default_rng(5)
    rows = {
        "x": random.normal(size=2000),
        **dict(zip("abc", random.dirichlet([1, 1, 1], 2000).T, strict=True)),
    }
    profile = Profile.fit(rows, model="m", version="1", prediction=["a", "b", "c"], joint=False)
    rows["a"] = ["text" if row % 10 == 0 else value for row, value in enumerate(rows["a"])]
    with evaluate_rows(FrameSource(rows), profile, OfflineOptions()) as evaluation:
        assert evaluation.window.outputs.observations.tolist() == [1800, 2000, 2000]


def test_dependence_follows_the_feature_it_moves_with():
    """A unit of one feature moves all that depends on it: the feature is told first."""
    random = np.random.default_rng(6)

    def rows(n_rows):
        one, two = random.normal(size=(2, n_rows))
        return {"one": one, "two": one * 0.8 + two, "three": two}

    profile = Profile.fit(rows(4000), model="m", version="1")
    current = rows(2000)
    current["two"] *= 1000
    with evaluate_rows(FrameSource(current), profile, OfflineOptions()) as evaluation:
        found = [each for each in findings(evaluation.reference, evaluation.window) if each.kind == DRIFT]
    assert [each.subject for each in found] == ["two", ""]
    assert found[1].value > 1
    assert found[1].sentence.endswith("it moves with two, too")
