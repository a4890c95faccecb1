from mlexporter.generate.dashboards.fields import Fields, Override
from mlexporter.generate.dashboards.panel import Face
from mlexporter.generate.dashboards.queries import Query, rows
from mlexporter.generate.dashboards.tables import Columns, never_empty, table
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


def test_beside_a_course_no_column_is_ever_empty():
    """One that is would leave Grafana nothing to join on; what it gets is NaN, or a row that says why."""
    course, column = never_empty(
        [Query("c", ref="course"), rows("a", "worst")], "base", "model_name", "No model"
    )
    assert course.expression == "c"
    assert column.expression == (
        '(a) or on () NaN * base or on () label_replace(vector(NaN), "model_name", "No model", "", "")'
    )


def test_only_courses_become_sparklines():
    """Grafana takes a column of a single row for a course, too."""
    panel = table(
        FACE, [rows("a", "worst"), Query("b", ref="course")], Fields("none"), Columns(NAMES, "Worst")
    ).as_json(1, 0, 0)
    assert panel["transformations"][0]["filter"] == {"id": "byRefId", "options": "course"}
    assert all("filter" not in each for each in panel["transformations"][1:])


def test_the_first_column_takes_the_room_that_is_left():
    """Where every column has a width the table would end in the middle of its panel."""

    def widths(*overrides):
        panel = table(
            FACE, [rows("a", "worst")], Fields("none", overrides=overrides), Columns(NAMES[::2], "Worst")
        )
        made = [
            sorted(each["id"] for each in override["properties"] if "idth" in each["id"])
            for override in panel.as_json(1, 0, 0)["fieldConfig"]["overrides"]
        ]
        return [each for each in made if each]

    model, worst = Override("Model", {"custom.width": 200}), Override("Worst", {"custom.width": 90})
    assert widths(model, worst) == [["custom.minWidth"], ["custom.width"]]
    assert widths(worst) == [["custom.width"]]


def test_labels_are_text_even_where_they_look_like_numbers():
    """A version 2013.2 would be shown as 2013."""
    panel = table(FACE, [rows("a", "worst")], Fields("none"), Columns(NAMES[::2], "Worst")).as_json(1, 0, 0)
    assert panel["fieldConfig"]["overrides"] == [
        {"matcher": {"id": "byName", "options": "Model"}, "properties": [{"id": "unit", "value": "string"}]}
    ]
