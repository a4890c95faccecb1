import pytest

from mlexporter.generate.dashboards.queries import Query, rows


@pytest.mark.parametrize(
    ("shape", "is_instant", "form"),
    [("lines", False, "time_series"), ("now", True, "time_series"), ("table", True, "table"), ("heatmap", False, "heatmap")],
)  # fmt: skip
def test_a_shape_says_when_and_how_a_query_is_asked(shape, is_instant, form):
    target = Query("up", shape=shape).as_json(1)
    assert (target["instant"], target["range"], target["format"]) == (is_instant, not is_instant, form)
    assert target["refId"] == "B"


def test_a_column_of_a_table_is_called_by_its_query():
    assert rows("up", "alerts").as_json(0)["refId"] == "alerts"
