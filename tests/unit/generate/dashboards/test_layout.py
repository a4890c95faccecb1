import pytest

from mlexporter.errors import ConfigurationError
from mlexporter.generate.dashboards.fields import Fields
from mlexporter.generate.dashboards.layout import Row, placed
from mlexporter.generate.dashboards.panel import Face
from mlexporter.generate.dashboards.panel_kinds import stat
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.words import Words

WORDS = Words(shows="a", computed="b", bad="c", do="d")


def tile(width, height, title="Tile"):
    return stat(Face(title, WORDS, width, height), Query("up"), Fields("none"))


def places(panels):
    return [tuple(panel["gridPos"][name] for name in "xywh") for panel in panels]


def test_panels_fill_lines_from_left_to_right():
    """24 columns a line; a heading takes one row; ids are unique and rise."""
    panels = placed(
        [Row("", [tile(12, 4), tile(12, 4)]), Row("Below", [tile(24, 8), tile(8, 5), tile(16, 5)])]
    )
    assert places(panels) == [
        (0, 0, 12, 4), (12, 0, 12, 4), (0, 4, 24, 1), (0, 5, 24, 8), (0, 13, 8, 5), (8, 13, 16, 5),
    ]  # fmt: skip
    assert [panel["id"] for panel in panels] == [1, 2, 3, 4, 5, 6]


def test_a_closed_row_holds_its_panels_and_takes_one_line():
    """What follows it stands directly below its heading, until somebody opens it."""
    closed, after, tile_after = placed(
        [Row("Closed", [tile(24, 8)], is_collapsed=True), Row("After", [tile(24, 2)])]
    )
    assert closed["collapsed"]
    assert places([closed, *closed["panels"], after, tile_after]) == [
        (0, 0, 24, 1), (0, 1, 24, 8), (0, 1, 24, 1), (0, 2, 24, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("panels", "told"),
    [
        ([], "is empty"),
        ([tile(12, 4)], "last line is not filled"),
        ([tile(12, 4), tile(12, 5)], "does not fit into its line"),
        ([tile(16, 4), tile(12, 4)], "does not fit into its line"),
    ],
)
def test_a_ragged_line_is_refused(panels, told):
    with pytest.raises(ConfigurationError, match=told):
        placed([Row("Ragged", panels)])


def test_a_title_that_would_be_cut_is_refused():
    """Four columns hold twenty characters."""
    with pytest.raises(ConfigurationError, match="at most 20 characters"):
        tile(4, 4, "Twenty-one characters")
    tile(5, 4, "Twenty-one characters")


@pytest.mark.parametrize("size", [(0, 4), (25, 4), (4, 0)])
def test_a_size_off_the_grid_is_refused(size):
    with pytest.raises(ConfigurationError, match="no size on the grid"):
        tile(*size)
