import numpy as np

from mlexporter.catalogue import FEATURE_EXPECTED_EFFECT
from mlexporter.exposition.page.quality import risen_shares
from mlexporter.exposition.page.subjects import by_importance, subjects
from mlexporter.records import BaselineState


def joined(make, rows, **options):
    """Return the features of a profile of ``rows`` with their report."""
    return subjects(make.reference(rows), make.report(rows), **options)[0]


def test_worst_window_decides_the_order(make):
    """Features follow their worst severity over the windows; unknown later, not alerted last."""
    rows = [
        make.Row("steady", (0.2, 0.1)),
        make.Row("quiet", (50.0, 50.0), alert=False),
        make.Row("unknown", (None, None)),
        make.Row("late", (0.0, 7.0)),
        make.Row("early", (8.0, None)),
    ]
    assert [subject.name for subject in by_importance(joined(make, rows))] == [
        "early", "late", "steady", "unknown", "quiet",
    ]  # fmt: skip


def test_drift_is_drawn_in_its_worst_window(make):
    """The picture shows the window that the severity is worst in, else the longest with a score."""
    rows = [make.Row("early", (8.0, 2.0)), make.Row("steady", (0.5, 0.1)), make.Row("short", (0.1, None))]
    assert [subject.shown.window for subject in joined(make, rows)] == ["1h", "6h", "1h"]


def test_absent_is_not_zero(make):
    """A score that is not published is None, with its reason."""
    (subject,) = joined(make, [make.Row("x", (None, 0.0))])
    assert subject.windows[0].severity is None
    assert subject.windows[0].reason == "rows"
    assert subject.windows[1].severity == 0.0
    assert subject.windows[1].reason == ""


def test_stale_scores_are_dropped_and_counts_kept(make):
    """An old report still has its counts, and no scores."""
    (subject,) = joined(make, [make.Row("x", (5.0, 5.0))], is_stale=True)
    assert subject.worst is None
    assert subject.windows[0].reason == "stale"
    assert subject.windows[0].cells.sum() == 140


def test_without_a_report_there_are_no_windows(make):
    """Before the first evaluation a feature has nothing to show but its profile."""
    (subject,) = subjects(make.reference([make.Row("x")]), None)[0]
    assert subject.shown is None
    assert risen_shares(subject) == []


def test_rise_follows_its_published_bound(make):
    """A rise is told when its bound is above 0; without a bound from one percentage point on."""
    cells = (30, 30, 30, 30, 3, 0)
    told = [
        bool(risen_shares(*joined(make, [make.Row("x", cells=cells, scores=scores)])))
        for scores in ({}, {"missing": 0.01}, {"missing": 0.0})
    ]
    assert told == [True, True, False]


def test_unknown_categories_are_told(make):
    """A share of unknown categories is told against that of training."""
    row = make.Row("carrier", distribution=make.NAMES, cells=(50, 30, 10, 0, 10, 0, 0))
    (risen,) = risen_shares(*joined(make, [row]))
    assert (risen.what, risen.current, risen.reference) == ("in unknown categories", 0.1, 0.0)


def test_what_matters_more_comes_first_among_drifts(make):
    """Expected effect ranks drifts before severity does; without one, and without drift, severity ranks."""
    severities = {"far": 9.0, "matters": 2.0, "some": 3.0, "unasked": 5.0, "steady": 0.5, "calm": 0.1}
    effects = [0.01, 0.4, 0.2, np.nan, 0.9, 0.1]
    rows = [make.Row(name, (severity, severity)) for name, severity in severities.items()]
    report = make.report(rows)
    for window in report.windows:
        window.features.scores[FEATURE_EXPECTED_EFFECT.name] = np.array(effects)
    found = subjects(make.reference(rows), report)[0]
    assert [subject.name for subject in by_importance(found)] == [
        "matters", "some", "far", "unasked", "steady", "calm",
    ]  # fmt: skip


def test_people_decide_about_features(make):
    """Excluded: not alerted on. Acknowledged: with the time. Others, and names that are gone: untouched."""
    rows = [make.Row("a"), make.Row("b"), make.Row("c", alert=False)]
    decided = BaselineState(
        "training", 0, 24, 0, 168, 3600.0, excluded=frozenset({"a", "gone"}), acknowledged={"b": 7.0}
    )
    found = joined(make, rows, decided=decided)
    assert [(each.alert, each.is_excluded, each.acknowledged) for each in found] == [
        (False, True, None), (True, False, 7.0), (False, False, None),
    ]  # fmt: skip


def test_a_window_is_blind_where_nothing_could_be_seen(make):
    """Ranks move by the root of 3 at most; an unknown smallest shift is not blindness."""
    sizes = (1.75, 1.76, np.nan)
    found = joined(make, [make.Row(str(size), scores={"minimum_detectable_effect": size}) for size in sizes])
    assert [subject.windows[0].is_blind for subject in found] == [False, True, False]
    assert found[2].windows[0].visible is None
