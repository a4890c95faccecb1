from mlexporter.exposition.page.quality import risen_shares
from mlexporter.exposition.page.subjects import by_importance, subjects


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
