from mlexporter.app.offline.findings import DRIFT, NO_VERDICT, QUALITY, findings
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
