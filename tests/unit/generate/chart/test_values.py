"""One table of values becomes a file, a schema and a table that people read."""

import json

import pytest
import yaml

from mlexporter.generate.chart.chart_value import TEXT, TEXTS, Section, Value, one_of, some_of, values_below
from mlexporter.generate.chart.value_table import type_of, value_table
from mlexporter.generate.chart.values.table import chart_values
from mlexporter.generate.chart.values_file import values_file
from mlexporter.generate.chart.values_schema import values_schema

INNER = Section("b", "B.", (Value("c", 1, {"type": "integer"}, "C."),))
OUTER = Section("a", "A.", (INNER, Value("d", "", TEXT, "D.")))


def test_a_value_has_a_path():
    """Sections are walked in order."""
    assert [path for path, _ in values_below(OUTER)] == ["a.b.c", "a.d"]


def test_the_file_is_read_as_it_was_meant():
    """Comments and examples change nothing."""
    found = yaml.safe_load(values_file())
    assert list(found) == [part.name for part in chart_values()]
    assert found["podSecurityContext"]["runAsUser"] == 65532


def test_examples_are_yaml():
    """Without its sign of a comment each is a value of the right kind."""
    for part in chart_values():
        for path, value in values_below(part):
            if value.example:
                assert isinstance(yaml.safe_load(value.example), type(value.default)), path


def test_no_line_of_the_file_is_long():
    """A person reads it in a terminal; what cannot be folded is a default."""
    assert max(len(line) for line in values_file().splitlines() if line.lstrip().startswith("# ")) <= 125


def test_the_schema_knows_what_a_parent_adds():
    """Helm puts `global` into every dependency, and a condition needs `enabled`."""
    properties = json.loads(values_schema())["properties"]
    assert {"global", "enabled"} <= set(properties)
    assert not {"global", "enabled"} & set(yaml.safe_load(values_file()))


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (TEXT, "string"), (TEXTS, "list of strings"), (one_of("a", ""), "`a` or nothing"), (some_of(("a",)), "list of names"),
        ({"type": ["integer", "null"]}, "integer or null"), ({"anyOf": [TEXT, {"type": "integer"}]}, "string or integer"),
    ],
)  # fmt: skip
def test_a_type_is_told_in_words(shape, words):
    """As people say it."""
    assert type_of(shape) == words


def test_no_row_of_the_table_is_broken():
    """A bar within a cell would begin another one."""
    rows = [line for line in value_table().splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {5}
