"""On which line of a file something stands, in every form in which TOML can write it."""

import tomllib

import pytest

from mlexporter.configuration.mistakes import Mistake
from mlexporter.configuration.places import LONGEST_STATEMENT_LINES, located

TEXT = '''\
# nothing
[settings]
windows = [
  "1h",  # [models.fares]
  "6h",
]

[models."*"]
quality_tolerance = { accuracy = 0.02 }
[models.'a.b']
label_delay = """
error_objective = 1
"""
features.x.alert = false
[models.a]
traffic_spike = 3
[[list]]
inner = 1
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("settings",), 2),
        (("settings", "windows"), 3),
        (("models", "*"), 8),
        (("models", "*", "quality_tolerance", "accuracy"), 9),
        (("models", "a.b", "label_delay"), 11),
        (("models", "a.b", "features", "x", "alert"), 14),
        (("models", "a", "traffic_spike"), 16),
        (("models", "a", "nowhere"), 15),
        (("list", "inner"), 18),
        (("other",), None),
        ((), None),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_key_is_found_on_its_line(keys, line, end):
    """Also one that is quoted, dotted or inline; what only looks like one in a text is none."""
    text = TEXT.replace("\n", end)
    tomllib.loads(text)

    (found,) = located([Mistake(keys, "x")], text)

    assert found == Mistake(keys, "x", line)


def test_mistakes_come_in_the_order_of_the_file():
    """Those without a line are last."""
    mistakes = [Mistake(("other",), "c"), Mistake(("models", "a"), "b"), Mistake(("settings",), "a")]

    assert [each.sentence for each in located(mistakes, TEXT)] == ["a", "b", "c"]


def test_a_line_is_told_as_people_count():
    """Without one only the file is named."""
    assert Mistake((), "wrong", 3).told("a.toml") == "a.toml: line 3: wrong"
    assert Mistake((), "wrong").told("a.toml") == "a.toml: wrong"


def test_what_is_behind_a_very_long_statement_is_not_looked_for():
    """Its end would be looked for in the square of its lines."""
    text = "x = [\n" + "1,\n" * (LONGEST_STATEMENT_LINES + 1) + "]\ny = 1\n"
    tomllib.loads(text)

    assert located([Mistake(("y",), "wrong")], "y = 1\n")[0].line == 1
    assert located([Mistake(("y",), "wrong")], text)[0].line is None
