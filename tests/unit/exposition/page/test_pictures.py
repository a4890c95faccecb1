import re

import pytest

from mlexporter.exposition.page.bars import bars
from mlexporter.exposition.page.histogram import NARROW, WIDE, histogram
from mlexporter.exposition.page.shares import alternative, shares
from mlexporter.exposition.page.subjects import subjects
from mlexporter.records import Distribution, Kind, TrainingType


@pytest.fixture
def joined(make):
    """Return a function that joins one row with its report."""
    return lambda row: subjects(make.reference([row]), make.report([row]))[0][0]


def bars_of(markup, kind):
    """Return x, y, width and height of the rectangles of a class."""
    pattern = rf'<rect class="{kind}" x="([\d.-]+)" y="([\d.-]+)" width="([\d.-]+)" height="([\d.-]+)"'
    return [tuple(float(part) for part in found) for found in re.findall(pattern, markup)]


def test_bins_keep_their_order_and_scale(make, joined):
    """Bars are equally wide, in the order of the bins, as high as their shares."""
    found = shares(joined(make.Row("x", cells=(10, 20, 40, 30, 0, 0))))
    drawn = bars_of(histogram(found, "x", WIDE), "now")
    assert [left for left, *_ in drawn] == sorted(left for left, *_ in drawn)
    assert len({width for _, _, width, _ in drawn}) == 1
    heights = [height for *_, height in drawn]
    assert heights == pytest.approx([heights[2] * part for part in (0.25, 0.5, 1.0, 0.75)], abs=0.1)


def test_missing_is_drawn_beside(make, joined):
    """Missing rows have a bar of their own class at the right and do not change the shape's shares."""
    found = shares(joined(make.Row("x", cells=(25, 25, 25, 25, 100, 0))))
    assert [cell.current for cell in found.shape] == [0.25] * 4
    assert found.sides[0].current == 0.5
    picture = histogram(found, "x", WIDE)
    ((left, *_),) = bars_of(picture, "side")
    assert left > max(x for x, *_ in bars_of(picture, "now"))
    assert ">missing</text>" in picture


def test_ranges_show_under_the_pointer(make, joined):
    """Each bin tells its range and both shares."""
    picture = histogram(shares(joined(make.Row("x", cells=(10, 20, 40, 30, 0, 0)))), "x", WIDE)
    assert "<title>1 – 2: 20\u00a0% now, 25\u00a0% in training</title>" in picture


def test_no_rows_draw_no_bars(make, joined):
    """A window without rows is drawn as the outline of training alone, and its shares are unknown."""
    found = shares(joined(make.Row("x", (None, None), cells=(0,) * 6)))
    picture = histogram(found, "x", WIDE)
    assert bars_of(picture, "now") == []
    assert 'class="then"' in picture
    assert "≤ 1: – now, 25\u00a0% in training" in picture


def test_text_alternative(make, joined):
    """The picture in words names the rows on both sides and the largest change."""
    subject = joined(make.Row("x", cells=(0, 20, 50, 30, 0, 0)))
    text = alternative(subject, shares(subject)).replace("\u00a0", " ")
    assert text == (
        "x: 100 rows of the last 6h against 1,000 training rows. "
        "Largest change, ≤ 1: 0 % now, 25 % in training."
    )


def test_text_alternative_without_rows(make):
    """Without current rows the words say so."""
    (subject,) = subjects(make.reference([make.Row("x")]), None)[0]
    assert "no current rows" in alternative(subject, shares(subject))


def test_categories_are_labelled(make, joined):
    """Each category has a row with its name and its share; unknown ones are apart."""
    row = make.Row("carrier", distribution=make.NAMES, cells=(60, 20, 10, 0, 10, 0, 0))
    picture = bars(shares(joined(row)), "x", NARROW)
    labels = re.findall(r'<text class="name"[^>]*>([^<]*)</text>', picture)
    assert labels == ["UA", "B6", "EV", "other", "unseen"]
    assert len(bars_of(picture, "side")) == 1


def test_hidden_category_names_stay_hidden(make, joined):
    """expose_names=False puts numbers in place of names, in pictures and in words."""
    row = make.Row("carrier", distribution=make.NAMES, cells=(60, 20, 10, 0, 10, 0, 0))
    subject = joined(row)
    found = shares(subject, expose_names=False)
    text = bars(found, alternative(subject, found), NARROW)
    assert "UA" not in text
    assert "category 1" in text


def test_many_categories_are_added_up(make, joined):
    """What has no row of its own is one row with the sum of the shares."""
    names = tuple(f"name{index:02d}" for index in range(20))
    many = Distribution(
        Kind.CATEGORICAL, TrainingType.TEXT, categories=names, counts=(*([50] * 20), 0, 0, 0, 0)
    )
    row = make.Row("dest", distribution=many, cells=(*([10] * 19), 810, 0, 0, 0, 0))
    picture = bars(shares(joined(row)), "x", NARROW)
    labels = re.findall(r'<text class="name"[^>]*>([^<]*)</text>', picture)
    assert len(labels) == 7
    assert labels[-1] == "14 more"
    assert "name19" in labels


def test_one_bin_without_edges(make, joined):
    """A distribution of one bin can be drawn."""
    one = Distribution(Kind.NUMERIC, TrainingType.FLOAT, counts=(100, 0, 0))
    picture = histogram(shares(joined(make.Row("x", distribution=one, cells=(5, 0, 0)))), "x", WIDE)
    assert len(bars_of(picture, "now")) == 1


def test_profile_without_counts(make, joined):
    """A profile whose counts are all 0 divides by nothing."""
    none = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0,), counts=(0, 0, 0, 0))
    found = shares(joined(make.Row("x", (None, None), distribution=none, cells=(0, 0, 0, 0))))
    assert [cell.reference for cell in found.shape] == [None, None]
    assert "svg" in histogram(found, "x", WIDE)
