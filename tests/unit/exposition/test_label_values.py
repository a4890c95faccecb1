import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from mlexporter import catalogue
from mlexporter.exposition.label_values import LIMIT_BYTES, clean, distinct, escape, merged
from mlexporter.exposition.samples import Family, SeriesLabels, block_of
from mlexporter.exposition.text import render_openmetrics, render_text

anything = st.text(st.characters(), max_size=200) | st.text('\\"\n{}=,# ', max_size=20)


@pytest.mark.parametrize(
    "value", ["", "distance", 'a "quoted" name', "back\\slash", "two\nlines", "a\tb", "naïve ✈"]
)
def test_harmless_values_stay(value):
    """A short valid value is left as it is."""
    assert clean(value) == value


@pytest.mark.parametrize("bad", ["\x00", "\r", "\x1b", "\x7f", "\x85", "\u2028", "\ud800", chr(0xDFFF)])
def test_unsafe_characters_are_replaced(bad):
    """Control characters and lone surrogates become U+FFFD, and the rest stays."""
    assert clean(f"a{bad}b") == "a\ufffdb"


@pytest.mark.parametrize("character", ["x", "é", "✈", "🛫", "\ud800"])
@pytest.mark.parametrize("offset", range(4))
def test_values_are_cut_between_characters(character, offset):
    """A long value ends within 128 bytes and never inside a character."""
    text = clean("y" * offset + character * 5_000)
    assert LIMIT_BYTES - 4 < len(text.encode()) <= LIMIT_BYTES
    assert "".join(sorted(set(text) - {"y"})) == clean(character)


def test_escape():
    """Backslash, quote and newline are escaped once each."""
    assert escape('\\n"\n') == '\\\\n\\"\\n'


def test_values_that_become_equal_stay_apart():
    """Two names with the same first 128 bytes keep two labels, whatever their order."""
    first, second = "x" * 200 + "1", "x" * 200 + "2"
    result = distinct([first, second])
    assert result == distinct([second, first])
    assert len(set(result.values())) == 2
    assert all(len(text.encode()) <= LIMIT_BYTES for text in result.values())


def test_a_name_that_needed_no_cleaning_keeps_its_name():
    """Somebody else's broken name does not rename a good one."""
    result = distinct(["a\x00", "a\x01", "a\ufffd"])
    assert result["a\ufffd"] == "a\ufffd"
    assert len(set(result.values())) == 3


def test_a_name_made_to_look_like_a_digest_does_not_collide():
    """The mark of one value cannot be taken by another value's own name."""
    marked = distinct(["a\x00", "a\x01"])["a\x00"]
    result = distinct(["a\x00", "a\x01", marked])
    assert len(set(result.values())) == 3


def test_counts_of_equal_names_are_added():
    """Counters whose labels become equal are one series with the sum."""
    assert merged({"E\x00": 2, "E\x01": 3, "F": 1}) == {"E\ufffd": 5, "F": 1}


@given(st.sets(anything, min_size=1, max_size=20))
def test_any_text_comes_back(texts):
    """Every set of texts gives as many clean values, which both parsers read back exactly."""
    labels = distinct(texts)
    values = set(labels.values())
    assert len(values) == len(texts)
    assert all(clean(value) == value for value in values)
    rows = [(value,) for value in values]
    block = block_of(SeriesLabels(catalogue.INTERNAL_ERRORS.labels, rows), list(range(len(rows))))
    families = [Family(catalogue.INTERNAL_ERRORS, (block,))]
    expected = [(value, index) for index, (value,) in enumerate(rows)]
    for parse, render in ((parse_text, render_text), (parse_openmetrics, render_openmetrics)):
        (family,) = parse(render(families).decode())
        assert [(sample.labels["stage"], sample.value) for sample in family.samples] == expected
