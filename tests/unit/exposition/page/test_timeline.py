import math

import pytest

from mlexporter.exposition.page.timeline import TimelineRow, timeline

DAY = 86_400.0
NAN = math.nan


def drawn(read, rows, n_periods, note="how to read it"):
    """Return the page of a timeline."""
    begins = [place * DAY for place in range(n_periods)]
    return read(timeline("Over time", note, begins, rows))


def boxes(page):
    """Return class, begin and width of each box."""
    found = [{}]
    for tag, name, value in page.attributes:
        if tag == "rect":
            if name in found[-1]:
                found.append({})
            found[-1][name] = value
    return [(box["class"], float(box["x"]), float(box["width"])) for box in found if box]


def test_runs_that_look_alike_are_one_box(read):
    """Four periods of 200 units: two without drift, one with a little, one far above."""
    row = TimelineRow("x", True, (0.0, 1.0, 1.5, 9.0), (0.1,) * 4)
    page = drawn(read, [row], 4)
    assert boxes(page) == [("still", 0, 400), ("above", 400, 200), ("farthest", 600, 200)]
    assert "x, 01 Jan 1970 to 02 Jan 1970: no drift" in page.text
    assert "x, 04 Jan 1970: above 5, severity up to 9" in page.text
    assert "2 of 4 periods" in page.text


@pytest.mark.parametrize(
    ("severity", "visible", "level"),
    [
        (0.0, 0.1, "still"),
        (1.0, NAN, "still"),
        (1.01, 0.1, "above"),
        (2.0, 0.1, "above"),
        (2.1, 0.1, "far"),
        (5.1, 0.1, "farthest"),
        (math.inf, 0.1, "farthest"),
        (0.0, 1.76, "blind"),
        (3.0, 1.76, "far"),
        (NAN, 0.1, "absent"),
        (NAN, NAN, "absent"),
    ],
)
def test_each_level_has_its_class(severity, visible, level):
    """What could not be seen, and what has no score, is not told as no drift."""
    assert TimelineRow("x", True, (severity,), (visible,)).level(0) == level


def test_the_legend_names_what_is_there(read):
    """Classes that do not occur need no key."""
    row = TimelineRow("x", True, (0.0, NAN, 0.0), (0.1, NAN, 3.0))
    page = drawn(read, [row], 3)
    swatches = [value for tag, name, value in page.attributes if tag == "i" and name == "class"]
    assert swatches == ["swatch still", "swatch blind", "swatch absent"]
    assert "no shift could be seen" in page.text
    assert "above 5" not in page.text


def test_most_drift_comes_first(read):
    """Then by name; what must not alert says so."""
    rows = [
        TimelineRow("calm", True, (0.0, 0.0), (0.1, 0.1)),
        TimelineRow("always", False, (3.0, 3.0), (0.1, 0.1)),
        TimelineRow("once", True, (3.0, NAN), (0.1, NAN)),
    ]
    page = drawn(read, rows, 2)
    places = [page.text.index(text) for text in ("always", "once", "calm")]
    assert places == sorted(places)
    assert page.text.count("shown only") == 1


def test_hostile_names_are_text(read):
    """In the cell, in the label of the picture and in tooltips; the note is text as well."""
    name = '"><script>alert(1)</script>'
    page = drawn(read, [TimelineRow(name, True, (3.0,), (0.1,))], 1, note="<b>note")
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert name in page.text


@pytest.mark.parametrize("n_periods", [0, 1])
def test_none_and_one_period(read, n_periods):
    """Nothing to draw is no failure."""
    page = drawn(read, [TimelineRow("x", True, (3.0,) * n_periods, (0.1,) * n_periods)], n_periods)
    assert len(boxes(page)) == n_periods
    assert f"{n_periods} of {n_periods} period" in page.text


def test_no_rows(read):
    """A profile without subjects."""
    assert "Over time" in drawn(read, [], 3).text


def test_many_periods_have_few_dates(read):
    """At most eight dates fit; each is inside the picture."""
    page = drawn(read, [TimelineRow("x", True, (0.0,) * 275, (0.1,) * 275)], 275)
    places = [float(value) for tag, name, value in page.attributes if tag == "text" and name == "x"]
    assert 2 <= len(places) <= 8
    assert max(places) < 800


def test_impossible_times_are_a_dash(read):
    """A time beyond the calendar does not blank the page."""
    row = TimelineRow("x", True, (0.0,), (0.1,))
    page = read(timeline("t", "n", [1e18], [row]))
    assert "x, –: no drift" in page.text
