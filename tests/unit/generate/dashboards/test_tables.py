from mlexporter.generate.dashboards.fields import Fields
from mlexporter.generate.dashboards.panel import Face
from mlexporter.generate.dashboards.queries import Query, rows
from mlexporter.generate.dashboards.tables import Columns, table
from mlexporter.generate.dashboards.words import Words

FACE = Face("Models", Words(shows="a", computed="b", bad="c", do="d"), 24, 8)
NAMES = [("model_name", "Model"), ("Trend #course", "Course"), ("Value #worst", "Worst")]


def test_columns_are_ordered_and_named_in_old_and_new_versions_of_grafana():
    """The column of sparklines is called ``Trend`` by older ones."""
    panel = table(
        FACE, [rows("a", "worst"), Query("b", ref="course")], Fields("none"), Columns(NAMES, "Worst")
    ).as_json(1, 0, 0)
    *_, organised = panel["transformations"]
    assert [each["id"] for each in panel["transformations"]] == ["timeSeriesTable", "merge", "organize"]
    names = organised["options"]["renameByName"]
    assert names["Trend"] == names["Trend #course"] == "Course"
    order = organised["options"]["indexByName"]
    assert sorted(order, key=order.get) == ["model_name", "Trend #course", "Trend", "Value #worst"]
    assert panel["options"]["sortBy"] == [{"displayName": "Worst", "desc": True}]


def test_without_a_course_there_is_no_transformation_for_it():
    """It would turn every row of a plain table into one of sparklines."""
    panel = table(FACE, [rows("a", "worst")], Fields("none"), Columns(NAMES[::2], "Worst")).as_json(1, 0, 0)
    assert [each["id"] for each in panel["transformations"]] == ["merge", "organize"]
